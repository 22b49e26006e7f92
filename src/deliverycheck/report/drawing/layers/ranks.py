"""Layers: on which line of a picture each box stands, so that links point downward.

A link is turned only if it closes a circle (Sugiyama, Tagawa, Toda 1981, step 1): if it leads to a
box with a smaller number among those that can reach each other. Layers are the longest path from
the top; then each box moves to where its links are shorter, while all keep pointing downward (in
place of the network simplex of Gansner, Koutsofios, North, Vo 1993, section 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

ROUNDS = 24
"""Times all boxes are looked at when links are shortened."""


class Span(NamedTuple):
    """A link that points downward: `below` stands at least `length` layers under `above`."""

    above: int
    below: int
    length: int


def components(boxes: Sequence[int], links: Iterable[tuple[int, int]]) -> dict[int, int]:
    """By box the strongly connected component that it is in (Kosaraju's algorithm)."""
    after: dict[int, list[int]] = {box: [] for box in boxes}
    before: dict[int, list[int]] = {box: [] for box in boxes}
    for source, target in links:
        after[source].append(target)
        before[target].append(source)
    left: list[int] = []
    seen: set[int] = set()
    for root in boxes:
        work = [(root, 0)] if root not in seen else []
        seen.add(root)
        while work:
            box, at = work.pop()
            if at == len(after[box]):
                left.append(box)
                continue
            work.append((box, at + 1))
            child = after[box][at]
            if child not in seen:
                seen.add(child)
                work.append((child, 0))
    found: dict[int, int] = {}
    for root in reversed(left):
        todo = [root] if root not in found else []
        while todo:
            box = todo.pop()
            if box not in found:
                found[box] = root
                todo += before[box]
    return found


def is_turned(link: tuple[int, int], component: dict[int, int]) -> bool:
    """Whether a link points upward in the picture."""
    source, target = link
    return target < source and component[source] == component[target]


def ranks(boxes: Sequence[int], spans: Sequence[Span]) -> dict[int, int]:
    """By box its layer, from 0; the spans form no circle."""
    above: dict[int, list[Span]] = {box: [] for box in boxes}
    below: dict[int, list[Span]] = {box: [] for box in boxes}
    for span in spans:
        above[span.below].append(span)
        below[span.above].append(span)
    order = _topological(boxes, above, below)
    layer: dict[int, int] = {}
    for box in order:
        layer[box] = max((layer[s.above] + s.length for s in above[box]), default=0)
    for at in range(ROUNDS):
        moved = False
        for box in order if at % 2 else reversed(order):
            moved |= _shorten(box, layer, above[box], below[box])
        if not moved:
            break
    first = min(layer.values(), default=0)
    return {box: number - first for box, number in layer.items()}


def _shorten(box: int, layer: dict[int, int], above: Sequence[Span], below: Sequence[Span]) -> bool:
    """Move a box down to where its links are shorter; whether it moved.

    It stands as high as it can, so it can only go down, and should if more links lead down from it
    than up.
    """
    if len(below) <= len(above):
        return False
    best = min(layer[s.below] - s.length for s in below)
    is_new = best != layer[box]
    layer[box] = best
    return is_new


def _topological(
    boxes: Sequence[int], above: dict[int, list[Span]], below: dict[int, list[Span]]
) -> list[int]:
    """The boxes, each after all that stand above it."""
    waiting = {box: len(above[box]) for box in boxes}
    order = [box for box in boxes if not waiting[box]]
    for box in order:
        for span in below[box]:
            waiting[span.below] -= 1
            if not waiting[span.below]:
                order.append(span.below)
    return order
