"""TRACE, and the runs of TRAP and LASSO: step by step, with the exact states."""

from __future__ import annotations

from deliverycheck.certify.meaning import Budget, Meaning, Wrong
from deliverycheck.certify.sentences import Replayed
from deliverycheck.certify.wellformed import Refused, demand
from deliverycheck.system.certificates import RunOf
from deliverycheck.system.model import State, System
from deliverycheck.system.sorts import contains

WORK = 50_000_000
"""Nodes of terms evaluated before it gives up: some seconds."""


def replay(system: System, obligation: Replayed) -> None:
    """Discharge the obligation. Raises Refused, or TooLarge."""
    meaning = Meaning(system, Budget(WORK))
    demand_run(meaning, obligation.run)
    end = obligation.run.states[-1]
    goals = [meaning.of(goal.term) for goal in obligation.goals]
    if not any(holds(end) for holds in goals):
        names = " or ".join(goal.name for goal in obligation.goals) or "anything"
        raise Refused(f"the run does not end in {names}: {meaning.shown(end)}")


def demand_run(meaning: Meaning, run: RunOf) -> None:
    """Raise Refused unless every step of a run can be taken, and leads where it says."""
    system, states, actions = meaning.system, run.states, run.actions
    demand(len(states) == len(actions) + 1, "a run has one state more than actions")
    for at, state in enumerate(states):
        # Python takes `True` for 1: only states of the right sorts may be compared.
        demand(_is_state(system, state), f"state {at} of the run is no state of the system")
    demand(states[0] in system.initial, "the run does not start in an initial state")
    for at, (number, stated) in enumerate(zip(actions, states[1:], strict=True)):
        demand(0 <= number < len(system.actions), f"there is no action {number}")
        where = f"step {at + 1} of the run, `{system.actions[number].name}`"
        match meaning.after(number, states[at]):
            case None:
                raise Refused(f"{where}, cannot be taken")
            case Wrong(text):
                raise Refused(f"{where}, goes wrong: {text}")
            case after:
                demand(after == stated, f"{where}, leads to {meaning.shown(after)}")


def _is_state(system: System, state: State) -> bool:
    return len(state) == len(system.variables) and all(
        contains(variable.sort, value)
        for variable, value in zip(system.variables, state, strict=True)
    )
