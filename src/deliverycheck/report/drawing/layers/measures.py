"""What a layout is asked for, and what it answers: sizes and places, in any unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """What a box takes up."""

    width: float
    height: float
    aside: float = 0.0
    """Further room to the right of it, that no link ends at."""
    corner: float = 0.0
    """The radius of its corners."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link between two different boxes, by number, and the size of its label (0: none)."""

    source: int
    target: int
    width: float = 0.0
    height: float = 0.0
    lane: int = 0
    """Tells links between the same two boxes apart."""
    weight: float = 1.0
    """How much it wants to be straight, compared with the others."""


@dataclass(frozen=True, slots=True)
class Spacing:
    """Least distances: between neighbours, between layers, and around everything."""

    beside: float = 24.0
    between: float = 34.0
    around: float = 12.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: its middle."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Route:
    """The way of a link from its source to its target.

    The points come in pairs: a curve leads from the first to the second of each pair, through a gap
    between layers, and begins and ends vertically; from pair to pair it goes straight through a
    layer.
    """

    source: int
    target: int
    lane: int
    points: tuple[Place, ...]
    label: Place | None


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture's measures, the places of the boxes, and the routes in the order of their links."""

    width: float
    height: float
    boxes: Mapping[int, Place]
    routes: tuple[Route, ...]
    layers: Mapping[int, int]
    """By box on which line it stands, from 0."""
