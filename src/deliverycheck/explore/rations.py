"""Rations: ways through a graph on which some actions may be taken only so often, or count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import TypeAlias

from deliverycheck.explore.edges import Edges

Amounts: TypeAlias = tuple[int, ...]
"""How often what draws from each ration was taken."""


@dataclass(frozen=True, slots=True)
class Rations:
    """How often some actions may be taken on a way.

    What was taken so far is a number below `size`: so a place on the way is a node with that number
    beside it.
    """

    draws: Sequence[int | None]
    """By action: the ration it draws from; None: it is free."""
    most: Amounts
    """By ration: how often."""

    @property
    def size(self) -> int:
        """How many different things may have been taken."""
        return prod(most + 1 for most in self.most)

    def after(self, taken: int, action: int) -> int | None:
        """What has been taken after one more action; None if there is nothing left for it."""
        ration = self.draws[action]
        if ration is None:
            return taken
        unit = prod(most + 1 for most in self.most[:ration])
        full = taken // unit % (self.most[ration] + 1) == self.most[ration]
        return None if full else taken + unit


def least_taken(
    edges: Edges,
    starts: Iterable[int],
    draws: Sequence[int | None],
    rations: int,
    is_too_much: Callable[[int, Amounts], bool],
) -> Iterator[tuple[int, Amounts]]:
    """The nodes that are reached, each with the least that suffices to get there.

    A node comes several times if this may be less of one or less of another; what is less in sum
    comes first. Nothing is looked at beyond what is too much at a node; it may become so between
    one answer and the next.
    """
    settled: dict[int, list[Amounts]] = {}
    nothing: Amounts = (0,) * rations
    layer: list[tuple[int, Amounts]] = [(start, nothing) for start in starts]
    while layer:
        dearer: dict[tuple[int, Amounts], None] = {}
        for node, taken in layer:  # grows while it is walked through
            known = settled.setdefault(node, [])
            if any(_is_within(one, taken) for one in known) or is_too_much(node, taken):
                continue
            known.append(taken)
            yield node, taken
            for edge in edges.of(node):
                target, ration = edges.targets[edge], draws[edges.actions[edge]]
                if ration is None:
                    if taken not in settled.get(target, ()):
                        layer.append((target, taken))
                else:
                    more = (*taken[:ration], taken[ration] + 1, *taken[ration + 1 :])
                    dearer[target, more] = None
        layer = list(dearer)


def _is_within(one: Amounts, other: Amounts) -> bool:
    return all(a <= b for a, b in zip(one, other, strict=True))
