"""Edges: every step between the states that were found, in arrays."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from deliverycheck.explore.explored import Explored
from deliverycheck.explore.flags import flagged, numbers_in

Numbers: TypeAlias = "array[int] | memoryview[int]"
"""Many numbers, few bytes each."""


@dataclass(frozen=True, slots=True)
class Edges:
    """The steps from state n are those numbered from `starts[n]` to `starts[n + 1]`.

    Each has its target's number and its action's. States behind which nothing was looked at have
    none.
    """

    starts: Numbers
    targets: Numbers
    actions: Numbers

    @property
    def compiled(self) -> bool:
        """Whether the native engine made them: what is asked about them is compiled then, too."""
        return isinstance(self.starts, memoryview)

    def of(self, number: int) -> range:
        """The numbers of the steps from a state."""
        return range(self.starts[number], self.starts[number + 1])


@dataclass(frozen=True, slots=True)
class Backwards:
    """The edges turned round: `sources[starts[t] : starts[t + 1]]` are the states before t."""

    starts: Numbers
    sources: Numbers

    @property
    def compiled(self) -> bool:
        """As of `Edges`."""
        return isinstance(self.starts, memoryview)


def edges_of(found: Explored, first: int | None = None) -> Edges:
    """All steps between states that were found; or those from the first so many states alone."""
    if found.space is not None:
        from deliverycheck.explore.native.steps import edges_in  # heavy

        if first is not None:
            return edges_in(found.space, first, min(first, found.expanded))
        return edges_in(found.space, len(found.states), found.expanded)
    starts, targets, actions = array("q", [0]), array("q"), array("i")
    onward, index = found.code.edges, found.index
    count = len(found.states) if first is None else first
    expanded = min(found.expanded, count)
    for word in found.states[:expanded]:
        for action, target in onward(word):
            targets.append(index[target])
            actions.append(action)
        starts.append(len(targets))
    for _ in range(expanded, count):
        starts.append(len(targets))
    return Edges(starts, targets, actions)


def backwards(edges: Edges) -> Backwards:
    """All edges by their target."""
    if edges.compiled:
        from deliverycheck.explore.native import graphs  # heavy

        return graphs.backwards(edges)
    starts = array("q", bytes(8 * len(edges.starts)))
    for target in edges.targets:
        starts[target + 1] += 1
    for number in range(1, len(starts)):
        starts[number] += starts[number - 1]
    free = starts[:]
    sources = array("q", bytes(8 * len(edges.targets)))
    for number in range(len(edges.starts) - 1):
        for target in edges.targets[edges.starts[number] : edges.starts[number + 1]]:
            sources[free[target]] = number
            free[target] += 1
    return Backwards(starts, sources)


def without(edges: Edges, actions: Collection[int]) -> Edges:
    """The edges that are steps by none of these actions."""
    if edges.compiled:
        from deliverycheck.explore.native import graphs  # heavy

        return graphs.without(edges, actions)
    starts, targets, kept = array("q", [0]), array("q"), array("i")
    for number in range(len(edges.starts) - 1):
        for edge in edges.of(number):
            if edges.actions[edge] not in actions:
                targets.append(edges.targets[edge])
                kept.append(edges.actions[edge])
        starts.append(len(targets))
    return Edges(starts, targets, kept)


def reached(edges: Edges, starts: Iterable[int], barred: Collection[int] = ()) -> bytearray:
    """For each state whether steps lead to it from one of the starts, none by a barred action."""
    seen = flagged(len(edges.starts) - 1, starts)
    if edges.compiled:
        from deliverycheck.explore.native import graphs  # heavy

        graphs.reached(edges, seen, barred)
        return seen
    work = list(numbers_in(seen))
    while work:
        for edge in edges.of(work.pop()):
            target = edges.targets[edge]
            if not seen[target] and edges.actions[edge] not in barred:
                seen[target] = 1
                work.append(target)
    return seen
