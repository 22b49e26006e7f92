"""Order within layers: few crossings of links, by barycentres and transpositions.

Layer by layer, down and up again, each vertex goes to the mean place of its neighbours in the layer
before (Sugiyama, Tagawa, Toda 1981); then neighbours in a layer are exchanged while that takes away
crossings (Gansner, Koutsofios, North, Vo 1993, section 3). The best order met is kept.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence

SWEEPS = 16
"""Sweeps at most; half of them downward."""

PATIENCE = 4
"""Sweeps without a better order after which it is left at that."""

SMALL = 120
"""Vertices of a graph for which there is time to begin several times."""

EXCHANGES = 6
"""Times all neighbours are looked at for an exchange, after a sweep."""


class Order:
    """The vertices of each layer from left to right.

    `above[v]` and `below[v]` are the neighbours of vertex v in the layers before and after its own.
    """

    def __init__(
        self,
        layers: Sequence[Sequence[int]],
        above: Sequence[Sequence[int]],
        below: Sequence[Sequence[int]],
    ) -> None:
        self.layers = [list(layer) for layer in layers]
        self.above = above
        self.below = below
        self.place = [0] * len(above)
        for layer in self.layers:
            self._number(layer)

    def _number(self, layer: Sequence[int]) -> None:
        for at, vertex in enumerate(layer):
            self.place[vertex] = at

    def crossings(self) -> int:
        """How many pairs of links cross."""
        total = 0
        for layer in self.layers[:-1]:
            ends: list[int] = []
            for vertex in layer:
                places = [self.place[other] for other in self.below[vertex]]
                # links from further left that end further right cross this one
                total += sum(len(ends) - bisect_left(ends, place + 1) for place in places)
                for place in places:
                    insort(ends, place)
        return total

    def sweep(self, *, down: bool, turn: bool) -> None:
        """Put each vertex where its neighbours in the layer before are.

        Of those that want the same place, the order stays, or is turned round: else no sweep after
        the first would find anything new.
        """
        neighbours = self.above if down else self.below
        rest = self.layers[1:] if down else reversed(self.layers[:-1])
        for layer in rest:
            centre = {
                vertex: (
                    sum(self.place[o] for o in near) / len(near)
                    if (near := neighbours[vertex])
                    else float(self.place[vertex])
                )
                for vertex in layer
            }
            if turn:
                layer.reverse()
            layer.sort(key=centre.__getitem__)  # which is stable
            self._number(layer)

    def transpose(self) -> None:
        """Exchange neighbours in a layer while that takes away crossings."""
        for _ in range(EXCHANGES):
            improved = False
            for layer in self.layers:
                for at in range(len(layer) - 1):
                    left, right = layer[at], layer[at + 1]
                    if self._gain(left, right) > 0:
                        layer[at], layer[at + 1] = right, left
                        self.place[left], self.place[right] = at + 1, at
                        improved = True
            if not improved:
                return

    def _gain(self, left: int, right: int) -> int:
        """How many crossings fewer there are if two neighbours change places."""
        gain, place = 0, self.place
        for near in (self.above, self.below):
            others = near[right]
            if others:
                for one in near[left]:
                    here = place[one]
                    for other in others:
                        there = place[other]
                        gain += (here > there) - (here < there)
        return gain


def ordered(
    layers: Sequence[Sequence[int]],
    above: Sequence[Sequence[int]],
    below: Sequence[Sequence[int]],
) -> list[list[int]]:
    """The layers in an order with few crossings: the best that comes of some first orders."""
    best, least = [list(layer) for layer in layers], -1
    for first in _firsts(layers, above, below):
        order, idle = Order(first, above, below), 0
        for sweep in range(SWEEPS):
            order.sweep(down=sweep % 2 == 0, turn=sweep % 4 > 1)
            order.transpose()
            count = order.crossings()
            if least < 0 or count < least:
                best, least, idle = [list(layer) for layer in order.layers], count, 0
            else:
                idle += 1
            if not least or idle == PATIENCE:
                break
        if not least:
            break
    return best


def _firsts(
    layers: Sequence[Sequence[int]],
    above: Sequence[Sequence[int]],
    below: Sequence[Sequence[int]],
) -> Iterator[Sequence[Sequence[int]]]:
    """Orders to begin with; more of them where the graph is small."""
    yield layers
    yield _deep(layers, below)
    if sum(map(len, layers)) <= SMALL:
        yield list(reversed(_deep(list(reversed(layers)), above)))
        mirrored = [list(reversed(layer)) for layer in layers]
        yield mirrored
        yield _deep(mirrored, below)
        for step in (1, 2):  # a different turn for each layer
            yield [[*layer[at * step % len(layer) :], *layer[: at * step % len(layer)]]
                   for at, layer in enumerate(layers, 1)]  # fmt: skip


def _deep(layers: Sequence[Sequence[int]], below: Sequence[Sequence[int]]) -> list[list[int]]:
    """The vertices of each layer in the order in which a walk in depth meets them."""
    met: dict[int, int] = {}
    for layer in layers:
        work = list(reversed(layer))
        while work:
            vertex = work.pop()
            if vertex not in met:
                met[vertex] = len(met)
                work += reversed(below[vertex])
    return [sorted(layer, key=met.__getitem__) for layer in layers]
