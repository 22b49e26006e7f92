"""LASSO: a run without end, step by step, and whether it is fair."""

from __future__ import annotations

from deliverycheck.certify.liveness.fair import possible, units_of
from deliverycheck.certify.meaning import Budget, Meaning
from deliverycheck.certify.replaying import WORK, demand_run
from deliverycheck.certify.sentences import Looped
from deliverycheck.certify.wellformed import demand
from deliverycheck.system.model import Clause, State, System


def go_round(system: System, obligation: Looped) -> None:
    """Discharge the obligation. Raises Refused, or TooLarge."""
    meaning = Meaning(system, Budget(WORK))
    states, loop = obligation.run.states, obligation.loop
    demand_run(meaning, obligation.run)
    demand(0 <= loop < len(states), f"the run has no state {loop} to go back to")
    # Both are states of the right sorts, so that equal is the same.
    demand(states[-1] == states[loop], f"the run does not end in its state {loop}")
    _demand_open(meaning, obligation.clause, states, loop)
    _demand_fair(meaning, states[loop:], obligation.run.actions[loop:])


def _demand_open(meaning: Meaning, clause: Clause, states: tuple[State, ...], loop: int) -> None:
    """The last state with `then` comes before the loop, and one with `when` comes after it."""
    when, then = meaning.of(clause.when), meaning.of(clause.then)
    met = [at for at, state in enumerate(states) if then(state)]
    last = met[-1] if met else -1
    about = f"the clause about `{clause.about}`"
    demand(last < loop, f"what {about} promises is there in the loop")
    waiting = any(when(state) for state in states[last + 1 :])
    demand(waiting, f"on the run, what {about} promises is not due, or comes afterwards")


def _demand_fair(meaning: Meaning, states: tuple[State, ...], actions: tuple[int, ...]) -> None:
    """The loop meets every fairness assumption; it has one state more than actions.

    Its last state is its first. Where it has no other, and no actions, the run stutters there.
    """
    for unit in units_of(meaning.system):
        steps = zip(actions, states, states[1:], strict=False)
        if any(unit.takes(*step) for step in steps):
            continue
        can = meaning.of(possible(meaning.system, unit))
        offered = [can(state) for state in states]
        starved = any(offered) if unit.strong else all(offered)
        demand(not starved, f"the loop is not fair: {unit} is possible, and never taken")
