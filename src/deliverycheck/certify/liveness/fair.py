"""Fairness, told once more: which steps may be relied upon, and where they are possible.

The engines take this from `system.fairness`; a mistake there must not be believed here as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from deliverycheck.system.model import Action, State, System
from deliverycheck.system.sorts import Sort
from deliverycheck.system.terms import App, Term, Var


@dataclass(frozen=True, slots=True)
class Unit:
    """A step of one actor that may be relied upon; its actions are the paths through it."""

    actor: str
    name: str
    strong: bool
    actions: tuple[int, ...]

    def takes(self, number: int, before: State, after: State) -> bool:
        """Whether a step is one of this unit's. One that changes nothing counts for nothing."""
        return number in self.actions and before != after

    def __str__(self) -> str:
        return f"the {'strongly' if self.strong else 'weakly'} fair `{self.name}` of {self.actor}"


def units_of(system: System) -> tuple[Unit, ...]:
    """The steps that may be relied upon, numbered as certificates do: as their first actions come.

    The least that is assumed of any path is all that is assumed of the step.
    """
    paths: dict[tuple[str, str], list[int]] = {}
    for number, action in enumerate(system.actions):
        if action.fault is None and action.updates:
            paths.setdefault((action.actor, action.name), []).append(number)
    units: list[Unit] = []
    for (actor, name), numbers in paths.items():
        assumed = {system.actions[number].fairness for number in numbers}
        if "none" not in assumed:
            units.append(Unit(actor, name, "weak" not in assumed, tuple(numbers)))
    return tuple(units)


def possible(system: System, unit: Unit) -> Term:
    """Where some path's guard holds, and it would change the state or leave a bound."""
    sorts = {variable.name: variable.sort for variable in system.variables}
    return App("or", tuple(_possible(sorts, system.actions[number]) for number in unit.actions))


def rest(system: System) -> Term:
    """Where nothing has to happen any more: no step that may be relied upon is possible."""
    return App("and", tuple(App("not", (possible(system, unit),)) for unit in units_of(system)))


def _possible(sorts: dict[str, Sort], action: Action) -> Term:
    changes = [
        App("not", (App("eq", (Var(name, sorts[name]), term)),))
        for name, term in action.updates.items()
    ]
    left = [App("not", (bound.term,)) for bound in action.bounds]
    return App("and", (action.guard, App("or", (*changes, *left))))
