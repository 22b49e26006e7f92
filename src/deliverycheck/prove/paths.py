"""Paths: from a given state to a goal, and all states from which the same path can be taken."""

from __future__ import annotations

from collections.abc import Sequence

from deliverycheck.prove.encode import Formula, Frames
from deliverycheck.prove.goals import after, enabled, sound
from deliverycheck.prove.samples import Onward
from deliverycheck.semantics.interpreter import evaluate
from deliverycheck.system import build
from deliverycheck.system.model import State, System
from deliverycheck.system.terms import Term

LONGEST = 16
"""Steps of a path that are looked at."""

MOST_NEW = 300
"""States nobody has been in before, which one search for a path may look at."""

Path = tuple[int, ...]
"""Numbers of actions, in the order in which they are taken."""


class Paths:
    """Finds shortest paths from states: by taking steps, or, where these are many, by Z3."""

    def __init__(self, onward: Onward, effort: int = 0) -> None:
        self._onward = onward
        self._effort = effort
        self._frames: Frames | None = None
        self._steps: list[Formula] = []

    def path(self, start: State, goal: Term, longest: int = LONGEST) -> Path | None:
        """A shortest path from a state to a goal it does not meet, or None if none was found."""
        system, onward, new = self._onward.system, self._onward, 0
        came: dict[State, Path] = {start: ()}
        front = [start]
        for _ in range(longest):
            after: list[State] = []
            for state in front:
                new += state not in onward.known
                if new > MOST_NEW:
                    return self._solved(start, goal, longest)
                for number, target in onward.after(state):
                    if target not in came:
                        came[target] = (*came[state], number)
                        if evaluate(goal, system.valuation(target)):
                            return came[target]
                        after.append(target)
            front = after
        return None

    def _solved(self, start: State, goal: Term, longest: int) -> Path | None:
        frames = self._frames = self._frames or Frames(self._onward.system, None, self._effort)
        here = frames.flag(frames.same(start))
        for length in range(1, longest + 1):
            if len(self._steps) < length:
                self._steps.append(frames.flag(frames.step(length - 1)))
            there = frames.flag(frames.true(goal, length))
            answer = frames.check(here, there, *self._steps[:length])
            if answer == "unknown":
                return None
            if answer == "sat":
                return tuple(frames.action(step) for step in range(length))
        return None


def possible_along(system: System, path: Sequence[int], goal: Term) -> Term:
    """Where the path can be taken to its end, nothing goes wrong on it, and it ends in the goal.

    The weakest precondition of a sequence of steps (Dijkstra 1975), built from its end.
    """
    term = goal
    for at in reversed(path):
        action = system.actions[at]
        term = build.all_of(enabled(action), sound(system, action), after(action, term))
    return term


def value_along(system: System, path: Sequence[int], term: Term) -> Term:
    """What a term is worth at the end of the path, said of the state before it."""
    for at in reversed(path):
        term = after(system.actions[at], term)
    return term
