"""Positions: where the vertices of a layer stand, links straight where they can be.

Layer by layer each vertex wants to be where the middle of its neighbours is, the inner parts of
long links most of all (priorities as in Gansner, Koutsofios, North, Vo 1993, section 4). What all
of a layer want is met as nearly as the order and the distances allow: least squares under
`x[i + 1] - x[i] >= distance[i]`, which is an isotonic regression, solved exactly by pooling
neighbours that are too close (Ayer, Brunk, Ewing, Reid, Silverman 1955).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf
from typing import NamedTuple

SWEEPS = 18
"""Times all layers are looked at, down and up again; in the last third by both sides at once."""


STRAIGHTENINGS = 3
"""Times all long links are straightened, since one may make room for another."""

PINNED = 1e9
"""How much a vertex wants to stay for which others make room."""

INDIFFERENT = 0.01
"""How much a vertex without neighbours wants to stay where it is."""


class Wish(NamedTuple):
    """Where a vertex wants to be, and how much."""

    at: float
    weight: float


def nearest(
    wishes: Sequence[Wish], distances: Sequence[float], first: float = -inf, last: float = inf
) -> list[float]:
    """The positions nearest to what is wished for, in order, no two closer than allowed.

    `distances[i]` is that between i and i + 1; all lie between `first` and `last`, in which there
    is room for them.
    """
    offsets = [0.0]
    for distance in distances:
        offsets.append(offsets[-1] + distance)
    # pools of vertices that stand as close as they may: mean wish, weight, how many
    pools: list[tuple[float, float, int]] = []
    for wish, offset in zip(wishes, offsets, strict=True):
        at, weight, count = wish.at - offset, wish.weight, 1
        while pools and pools[-1][0] > at:
            other, more, others = pools.pop()
            at = (at * weight + other * more) / (weight + more)
            weight, count = weight + more, count + others
        pools.append((at, weight, count))
    # bounds on the first and the last are bounds on all, once the distances are taken out
    bounded = ((max(first, min(at, last - offsets[len(wishes) - 1])), n) for at, _, n in pools)
    starts = [at for at, count in bounded for _ in range(count)]
    return [start + offset for start, offset in zip(starts, offsets, strict=True)]


def settled(
    layers: Sequence[Sequence[int]],
    above: Sequence[Sequence[tuple[int, float]]],
    below: Sequence[Sequence[tuple[int, float]]],
    extents: Sequence[tuple[float, float]],
    gap: float,
    chains: Sequence[Sequence[int]] = (),
    spines: Sequence[Sequence[int]] = (),
) -> list[float]:
    """The position of each vertex.

    `above` and `below` are a vertex's neighbours with the weight of the link; `extents` is how far
    it reaches to the left and to the right of its position; `chains` are vertices that should
    stand under one another if there is room, `spines` those for which others make room.
    """
    places = _Places(layers, above, below, extents, gap)
    places.settle()
    for spine in spines:
        places.pin(spine)
    for _ in range(STRAIGHTENINGS):
        for chain in chains:
            places.straighten(chain)
    return places.x


class _Places:
    """The positions of the vertices while they settle."""

    def __init__(
        self,
        layers: Sequence[Sequence[int]],
        above: Sequence[Sequence[tuple[int, float]]],
        below: Sequence[Sequence[tuple[int, float]]],
        extents: Sequence[tuple[float, float]],
        gap: float,
    ) -> None:
        self.layers = layers
        self.above = above
        self.below = below
        self.distances = [
            [extents[a][1] + gap + extents[b][0] for a, b in pairwise(layer)] for layer in layers
        ]
        self.spot = {
            vertex: (number, at)
            for number, layer in enumerate(layers)
            for at, vertex in enumerate(layer)
        }
        self.x = [0.0] * len(extents)
        for layer, distances in zip(layers, self.distances, strict=True):
            at = -sum(distances) / 2
            for vertex, distance in zip(layer, (*distances, 0.0), strict=True):
                self.x[vertex] = at
                at += distance

    def settle(self) -> None:
        """Sweep down, up, and at last by both sides."""
        numbers = range(len(self.layers))
        for sweep in range(SWEEPS):
            down = sweep % 2 == 0
            both = sweep >= SWEEPS * 2 // 3
            for number in numbers if down else reversed(numbers):
                layer = self.layers[number]
                wishes = [self._wish(vertex, down=down, both=both) for vertex in layer]
                found = nearest(wishes, self.distances[number])
                for vertex, x in zip(layer, found, strict=True):
                    self.x[vertex] = x

    def pin(self, spine: Sequence[int]) -> None:
        """Put vertices under one another; their neighbours move no further than they must."""
        at = sorted(self.x[vertex] for vertex in spine)[len(spine) // 2]
        for vertex in spine:
            number, _ = self.spot[vertex]
            layer = self.layers[number]
            wishes = [
                Wish(at, PINNED) if other == vertex else Wish(self.x[other], 1.0) for other in layer
            ]
            for other, x in zip(layer, nearest(wishes, self.distances[number]), strict=True):
                self.x[other] = x

    def straighten(self, chain: Sequence[int]) -> None:
        """Put vertices under one another where there is room: as many at a time as can be."""
        first = 0
        while first < len(chain):
            low, high = self._room(chain[first])
            last = first + 1
            while last < len(chain):
                least, most = self._room(chain[last])
                if max(low, least) > min(high, most):
                    break
                low, high = max(low, least), min(high, most)
                last += 1
            some = chain[first:last]
            middle = sorted(self.x[vertex] for vertex in some)[len(some) // 2]
            for vertex in some:
                self.x[vertex] = max(low, min(middle, high))
            first = last

    def _room(self, vertex: int) -> tuple[float, float]:
        """From where to where a vertex can move while its neighbours stay."""
        number, at = self.spot[vertex]
        layer, distances = self.layers[number], self.distances[number]
        low = self.x[layer[at - 1]] + distances[at - 1] if at else -inf
        high = self.x[layer[at + 1]] - distances[at] if at + 1 < len(layer) else inf
        return low, high

    def _wish(self, vertex: int, *, down: bool, both: bool) -> Wish:
        near = self.above[vertex] if down else self.below[vertex]
        if both:
            near = [*self.above[vertex], *self.below[vertex]]
        if len(near) == 1:
            ((other, weight),) = near
            return Wish(self.x[other], weight)
        if not near:
            return Wish(self.x[vertex], INDIFFERENT)
        return _median(sorted((self.x[other], weight) for other, weight in near))


def _median(ends: Sequence[tuple[float, float]]) -> Wish:
    """The weighted median: half of the weight lies on either side."""
    whole = sum(weight for _, weight in ends)
    total = 0.0
    for at, (x, weight) in enumerate(ends):
        total += weight
        if total > whole / 2:
            return Wish(x, whole)
        if total == whole / 2:
            return Wish((x + ends[at + 1][0]) / 2, whole)
    return Wish(ends[-1][0], whole)
