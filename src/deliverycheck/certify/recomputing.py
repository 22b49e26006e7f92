"""REACH: the set of reachable states, computed once more, and what is asked of it."""

from __future__ import annotations

from deliverycheck.certify.meaning import Budget, Meaning
from deliverycheck.certify.reaching import WORK, Reached, demand_stated, reach
from deliverycheck.certify.sentences import Recomputed
from deliverycheck.certify.wellformed import Refused
from deliverycheck.system.model import Clause, System


def recompute(system: System, obligation: Recomputed) -> tuple[str, ...]:
    """Discharge the obligation: the names of the bounds that cut something off.

    Raises Refused, or TooLarge.
    """
    meaning = Meaning(system, Budget(WORK))
    reached = reach(meaning)
    demand_stated(reached, obligation.proof)
    for target in obligation.targets:
        for state in meaning.meeting(meaning.test(target.term), reached.states):
            raise Refused(f"{target.name} is reachable: {meaning.shown(state)}")
    for clause in obligation.possible:
        _demand_possible(meaning, reached, clause)
    return tuple(sorted(reached.cut))


def _demand_possible(meaning: Meaning, reached: Reached, clause: Clause) -> None:
    """From every state with `when`, one with `then` can be reached: searched backwards."""
    when, then = meaning.of(clause.when), meaning.of(clause.then)
    before: list[list[int]] = [[] for _ in reached.states]
    for source, _, target in reached.steps():
        before[target].append(source)
    stack = [at for state, at in reached.states.items() if then(state)]
    able = set(stack)
    while stack:
        for at in before[stack.pop()]:
            if at not in able:
                able.add(at)
                stack.append(at)
    for state, at in reached.states.items():
        if at not in able and when(state):
            raise Refused(
                f"the clause about `{clause.about}` is out of reach from {meaning.shown(state)}"
            )
