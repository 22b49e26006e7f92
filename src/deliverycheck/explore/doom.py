"""Doom: states from which no continuation at all reaches a goal."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

from deliverycheck.explore.search import Explored


@dataclass(frozen=True, slots=True)
class Backwards:
    """The edges turned round: `sources[starts[t] : starts[t + 1]]` are the states before t."""

    starts: array[int]
    sources: array[int]


def backwards(found: Explored) -> Backwards:
    """All edges by their target, in two passes over the states."""
    starts = array("q", bytes(8 * (len(found.states) + 1)))
    targets, index = found.code.targets, found.index
    for word in found.states[: found.expanded]:
        for target in targets(word):
            starts[index[target] + 1] += 1
    for number in range(len(found.states)):
        starts[number + 1] += starts[number]
    free = starts[:]
    sources = array("q", bytes(8 * starts[-1]))
    for number, word in enumerate(found.states[: found.expanded]):
        for target in targets(word):
            at = index[target]
            sources[free[at]] = number
            free[at] += 1
    return Backwards(starts, sources)


def can_reach(edges: Backwards, goals: Iterable[bool]) -> bytearray:
    """For each state whether some continuation that was looked at reaches a goal."""
    able = bytearray(goals)
    work = [number for number in range(len(able)) if able[number]]
    starts, sources = edges.starts, edges.sources
    while work:
        number = work.pop()
        for source in sources[starts[number] : starts[number + 1]]:
            if not able[source]:
                able[source] = 1
                work.append(source)
    return able
