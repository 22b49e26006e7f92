"""Chains: a graph cut into layers, with a vertex wherever a link passes through one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from deliverycheck.report.drawing.layers.measures import Link, Size


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a link, from a vertex to one in the next layer."""

    upper: int
    lower: int
    layer: int
    """That of the upper vertex."""
    chain: int
    """Which link it is a part of."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A link as it lies in the layers: its parts from above to below."""

    link: Link
    turned: bool
    """Whether it points upward."""
    parts: tuple[Part, ...]
    label: int | None
    """The vertex that is its label."""


class Layered:
    """A graph cut into layers. The first vertices are the boxes, in the order of their numbers."""

    def __init__(
        self,
        boxes: Sequence[tuple[int, Size]],
        links: Sequence[tuple[Link, bool]],
        layer_of: Mapping[int, int],
    ) -> None:
        """`boxes` by number, in order; `links` with whether they point upward."""
        self.layers: list[list[int]] = [[] for _ in range(max(layer_of.values()) + 1)]
        self.sizes: list[Size] = []
        self.layer_of: list[int] = []
        vertex_of = {box: self._vertex(layer_of[box], size) for box, size in boxes}
        self.boxes = len(self.sizes)
        self.chains = [
            self._chain(link, turned, vertex_of[link.source], vertex_of[link.target], number)
            for number, (link, turned) in enumerate(links)
        ]
        self.parts = [part for chain in self.chains for part in chain.parts]
        self.above: list[list[int]] = [[] for _ in self.sizes]
        self.below: list[list[int]] = [[] for _ in self.sizes]
        for part in self.parts:
            self.below[part.upper].append(part.lower)
            self.above[part.lower].append(part.upper)

    def is_box(self, vertex: int) -> bool:
        """Whether a vertex is a box, and not a place where a link passes through."""
        return vertex < self.boxes

    def _vertex(self, layer: int, size: Size) -> int:
        vertex = len(self.sizes)
        self.layers[layer].append(vertex)
        self.layer_of.append(layer)
        self.sizes.append(size)
        return vertex

    def _chain(self, link: Link, turned: bool, source: int, target: int, number: int) -> Chain:
        top, bottom = (target, source) if turned else (source, target)
        first, last = self.layer_of[top], self.layer_of[bottom]
        middle = (first + last) // 2 if link.width else None
        vertices, label = [top], None
        for layer in range(first + 1, last):
            size = Size(link.width, link.height) if layer == middle else Size(0.0, 0.0)
            vertices.append(self._vertex(layer, size))
            label = vertices[-1] if layer == middle else label
        vertices.append(bottom)
        parts = (Part(*pair, first + at, number) for at, pair in enumerate(pairwise(vertices)))
        return Chain(link, turned, tuple(parts), label)
