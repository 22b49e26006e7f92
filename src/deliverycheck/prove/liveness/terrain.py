"""Terrain: the states without a clause's `then` that are known, and how they look from afar.

Seen through a few variables, many states are one place. Whatever one of them can do, the place may
do; a fair step that is possible in all of them has to be possible there. So what is found out about
places holds for the states (Clarke, Grumberg, Long 1994: abstraction), as far as they are known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from deliverycheck.prove.liveness.cubes import Place, View, closest, numbers
from deliverycheck.prove.liveness.moves import Moves
from deliverycheck.semantics.interpreter import evaluate
from deliverycheck.system.model import Clause, State


@dataclass(frozen=True, slots=True)
class Places:
    """The places that states are seen in, and the steps between them."""

    names: tuple[Place, ...]
    """In ascending order; elsewhere, places are known by their numbers in this order."""
    onward: tuple[tuple[tuple[int, int], ...], ...]
    """For each place, its steps: the number of the fairness assumption, and the place after."""
    sure: tuple[int, ...]
    """For each place, the assumptions that are possible in all of its states, as bits."""
    open: tuple[int, ...]
    """The places that can be reached from one with `when`."""


class Terrain:
    """States without `then`, and their steps to each other."""

    def __init__(self, moves: Moves, clause: Clause, known: Iterable[State]) -> None:
        self.moves = moves
        self.clause = clause
        self._number: dict[State, int] = {}
        self._columns: list[list[int]] = [[] for _ in moves.system.variables]
        self._asked: list[int] = []
        self._possible: list[int] = []
        self._steps: list[tuple[int, int, int]] = []
        self._walked: set[State] = set()
        self._everything = (1 << len(moves.assumptions)) - 1
        for state in known:
            self.add(state)

    def add(self, state: State) -> bool:
        """Learn what can happen in a state without `then`; False if that was known before."""
        at = self._known(state)
        if at is None or state in self._walked:
            return False
        self._walked.add(state)
        fan = self.moves.of(state)
        self._possible[at] = fan.possible
        for owner, target in fan.steps:
            to = self._known(target)
            if to is not None:
                self._steps.append((at, owner, to))
        return True

    def _known(self, state: State) -> int | None:
        """The number of a state; None if it has `then`. Of a new one the best is assumed."""
        if state not in self._number:
            now = self.moves.system.valuation(state)
            if evaluate(self.clause.then, now):
                return None
            number = len(self._number)
            self._number[state] = number
            for column, value in zip(self._columns, numbers(self.moves.system, state), strict=True):
                column.append(value)
            self._possible.append(self._everything)
            if evaluate(self.clause.when, now):
                self._asked.append(number)
        return self._number[state]

    def closest(self) -> dict[int, int]:
        """For each variable that differs at all, the last class in the closest view."""
        found: dict[int, int] = {}
        for at, column in enumerate(self._columns):
            if len(set(column)) > 1:
                found[at] = closest(self.moves.system.variables[at], max(column))
        return found

    def seen(self, view: View) -> Places:
        """How the states are seen."""
        places = view.places(self._columns, len(self._possible))
        names = sorted(set(places))
        number = {name: at for at, name in enumerate(names)}
        of = [number[place] for place in places]
        sure = [self._everything] * len(names)
        for state, possible in enumerate(self._possible):
            sure[of[state]] &= possible
        onward: list[list[tuple[int, int]]] = [[] for _ in names]
        for source, owner, target in sorted({(of[s], o, of[t]) for s, o, t in self._steps}):
            onward[source].append((owner, target))
        work = sorted({of[state] for state in self._asked})
        found = set(work)
        for place in work:  # grows while it is walked through
            fresh = {target for _, target in onward[place]} - found
            found |= fresh
            work += sorted(fresh)
        return Places(tuple(names), tuple(map(tuple, onward)), tuple(sure), tuple(sorted(found)))
