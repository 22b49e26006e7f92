"""Doom: states from which no continuation at all reaches a goal."""

from __future__ import annotations

from collections.abc import Container, Iterable

from deliverycheck.explore.edges import Backwards


def can_reach(edges: Backwards, goals: Iterable[bool], barred: Container[int] = ()) -> bytearray:
    """For each state whether some continuation that was looked at reaches a goal.

    No state on the way, nor the goal itself, is one of those `barred`.
    """
    able = bytearray(goals)
    work = [number for number in range(len(able)) if able[number]]
    starts, sources = edges.starts, edges.sources
    while work:
        number = work.pop()
        for source in sources[starts[number] : starts[number + 1]]:
            if not able[source] and source not in barred:
                able[source] = 1
                work.append(source)
    return able
