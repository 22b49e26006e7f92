"""Fairness: which steps may be relied upon to happen, and when they could.

Weak: a step that is possible without a break is taken in the end. Strong: one that is possible
again and again is taken again and again (Lamport 1994, *The Temporal Logic of Actions*: WF, SF).
Only what changes the state counts, as a step that is possible and as one that is taken. What only a
bound of the instance forbids is possible all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from deliverycheck.system import build
from deliverycheck.system.model import Action, Fairness, System
from deliverycheck.system.terms import App, Const, Term, Var

STRENGTH: tuple[Fairness, ...] = ("none", "weak", "strong")
"""From the weakest to the strongest."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """One step of one actor that is relied upon; its actions are the paths through that step.

    What is assumed of the step as a whole is the least that is assumed of any path.
    """

    actor: str
    name: str
    fairness: Literal["weak", "strong"]
    actions: tuple[int, ...]
    """Numbers of the system's actions."""


def assumptions_of(system: System) -> tuple[Assumption, ...]:
    """The fairness assumptions of a system, in the order of their first actions."""
    paths: dict[tuple[str, str], list[int]] = {}
    for number, action in enumerate(system.actions):
        if action.fault is None and action.updates:
            paths.setdefault((action.actor, action.name), []).append(number)
    found: list[Assumption] = []
    for (actor, name), numbers in paths.items():
        least = STRENGTH[min(STRENGTH.index(system.actions[at].fairness) for at in numbers)]
        if least != "none":
            found.append(Assumption(actor, name, least, tuple(numbers)))
    return tuple(found)


def possible(system: System, assumption: Assumption) -> Term:
    """Where the step can be taken and would change the state, in the instance or beyond it."""
    actions = [system.actions[at] for at in assumption.actions]
    return build.any_of(*(effective(system, one) for one in actions), *map(beyond, actions))


def possible_within(system: System, assumption: Assumption) -> Term:
    """Where the step can be taken within the bounds of the instance, and would change the state."""
    actions = [system.actions[at] for at in assumption.actions]
    return build.any_of(
        *(build.all_of(effective(system, one), build.negate(beyond(one))) for one in actions)
    )


def beyond(action: Action) -> Term:
    """Where only a bound forbids an action. What its updates give there means nothing."""
    kept = build.all_of(*(bound.term for bound in action.bounds))
    return build.all_of(action.guard, build.negate(kept))


def effective(system: System, action: Action) -> Term:
    """Where an action's guard holds, whatever its bounds say, and its updates change the state."""
    guard = action.guard
    parts = guard.args if isinstance(guard, App) and guard.op == "and" else (guard,)
    changes: list[Term] = []
    for name, term in action.updates.items():
        variable = Var(name, system.variables[system.index[name]].sort)
        changes.append(_differs(variable, term, parts))
    return build.all_of(guard, build.any_of(*changes))


def resting(system: System) -> Term:
    """Nothing has to happen any more: no step that is relied upon is possible."""
    return build.all_of(*(build.negate(possible(system, one)) for one in assumptions_of(system)))


def _differs(variable: Var, term: Term, known: tuple[Term, ...]) -> Term:
    """That a term has another value than the variable, where all of `known` is true."""
    match term:
        case App("add" | "sub", (Var(name), Const(int() as by))) if name == variable.name and by:
            return build.TRUE
        case _:
            differs = build.negate(build.equal(variable, term))
    if differs in known:
        return build.TRUE
    if build.negate(differs) in known:
        return build.FALSE
    for part in known:
        match part, term:
            case App("eq", (Var(name), Const(old))), Const(new) if name == variable.name:
                return build.truth(old != new)
            case _:
                pass
    return differs
