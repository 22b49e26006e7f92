"""Doom: states from which no continuation at all reaches a goal."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from deliverycheck.explore.edges import Backwards, Edges
from deliverycheck.explore.flags import numbers_in


def can_reach(edges: Backwards, goals: Iterable[int], barred: bytearray | None = None) -> bytearray:
    """For each state whether some continuation that was looked at reaches a goal.

    `goals` and `barred` say it of each state. No state on the way is barred; a goal is one all the
    same.
    """
    able = bytearray(goals)
    if barred is None:
        barred = bytearray(len(able))
    if edges.compiled:
        from deliverycheck.explore.native import graphs  # heavy

        graphs.can_reach(edges, able, barred)
        return able
    work = list(numbers_in(able))
    starts, sources = edges.starts, edges.sources
    while work:
        number = work.pop()
        for source in sources[starts[number] : starts[number + 1]]:
            if not able[source] and not barred[source]:
                able[source] = 1
                work.append(source)
    return able


def leading_to(
    edges: Edges,
    before: Callable[[], Backwards],
    goals: bytearray,
    barred: bytearray | None = None,
) -> bytearray:
    """The same, by the edges as they are, if that settles it: the others cost as much again.

    `before` gives them by their target.
    """
    if edges.compiled:
        from deliverycheck.explore.native import graphs  # heavy

        goals = goals[:]
        if graphs.swept(edges, goals, barred or bytearray(len(goals))):
            return goals
    return can_reach(before(), goals, barred)
