"""Moves: what can happen in a state, and which fair steps are possible there, by evaluation."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from deliverycheck.semantics.interpreter import ModelFault, evaluate, perform
from deliverycheck.system.fairness import assumptions_of
from deliverycheck.system.model import State, System

NOBODY = -1
"""Stands for a step that no fairness assumption speaks of."""


@dataclass(frozen=True, slots=True)
class Fan:
    """What can happen in a state."""

    possible: int
    """The fairness assumptions that are possible there, within the bounds, as bits."""
    steps: tuple[tuple[int, State], ...]
    """Each step that changes the state: the number of its assumption, and where it leads."""


class Moves:
    """What can happen in the states of a system; each is looked at once."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.assumptions = assumptions_of(system)
        self._owner = [NOBODY] * len(system.actions)
        for number, one in enumerate(self.assumptions):
            for at in one.actions:
                self._owner[at] = number
        self._fans: dict[State, Fan] = {}

    def of(self, state: State) -> Fan:
        """What can happen in the state; what goes wrong is left out (it is another goal's)."""
        if state not in self._fans:
            self._fans[state] = self._look(state)
        return self._fans[state]

    def _look(self, state: State) -> Fan:
        now = self.system.valuation(state)
        possible, steps = 0, dict[tuple[int, State], None]()
        for action, owner in zip(self.system.actions, self._owner, strict=True):
            if not evaluate(action.guard, now):
                continue
            if not any(evaluate(term, now) != now[name] for name, term in action.updates.items()):
                continue
            if not all(evaluate(bound.term, now) for bound in action.bounds):
                continue
            if owner != NOBODY:
                possible |= 1 << owner
            with suppress(ModelFault):
                steps[owner, perform(self.system, action, now)] = None
        return Fan(possible, tuple(steps))
