"""A layered layout: boxes on lines, links pointing downward, few crossings, calm curves.

In three phases after Sugiyama, Tagawa, Toda, *Methods for visual understanding of hierarchical
system structures*, IEEE Trans. SMC 11(2), 1981, with what Gansner, Koutsofios, North, Vo, *A
technique for drawing directed graphs*, IEEE Trans. Softw. Eng. 19(3), 1993 (the paper of `dot`)
made of it: `layers/ranks.py`, `layers/crossings.py`, `layers/positions.py`. A label is a vertex of
its own in the middle of its link, so that nothing is written over anything.

Pure data in and out; the layout depends on the numbers of the boxes, not on the order in which
boxes and links are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from deliverycheck.report.drawing.layers.chains import Chain, Layered, Part
from deliverycheck.report.drawing.layers.crossings import ordered
from deliverycheck.report.drawing.layers.measures import Layout, Link, Place, Route, Size, Spacing
from deliverycheck.report.drawing.layers.positions import settled
from deliverycheck.report.drawing.layers.ranks import Span, components, is_turned, ranks

BETWEEN_PORTS = 16.0
"""Between the ends of two links at one side of a box, where there is room."""

SIDE = 0.7
"""The part of a box's side where links may end."""

STRAIGHT: Mapping[int, float] = {0: 1.0, 1: 2.0, 2: 8.0}
"""How much a part of a link wants to be straight, by how many of its ends are no box."""

STEEP, TALLEST = 0.16, 2.5
"""How a gap between layers grows with how far a link in it goes sideways; and how much at most."""


def layered(boxes: Mapping[int, Size], links: Iterable[Link], spacing: Spacing) -> Layout:
    """The layout of boxes and links.

    Raises ValueError for a link from a box to itself, to no box, or given twice.
    """
    numbers = sorted(boxes)
    wanted = sorted(links, key=lambda link: (link.source, link.target))
    pairs = [(link.source, link.target) for link in wanted]
    if len(set(pairs)) < len(pairs) or any(a == b for a, b in pairs):
        raise ValueError("links lead from one box to another, once")
    if not boxes.keys() >= {box for pair in pairs for box in pair}:
        raise ValueError("a link leads to no box")
    if not numbers:
        return Layout(2 * spacing.around, 2 * spacing.around, {}, (), {})
    component = components(numbers, pairs)
    turned = [(link, is_turned(pair, component)) for link, pair in zip(wanted, pairs, strict=True)]
    layer_of = ranks(numbers, [_span(link, turn) for link, turn in turned])
    graph = Layered([(box, boxes[box]) for box in numbers], turned, layer_of)
    graph.layers = ordered(graph.layers, graph.above, graph.below)
    return _measured(graph, numbers, spacing)


def _span(link: Link, turned: bool) -> Span:
    length = 2 if link.width else 1  # a label stands between
    above, below = (link.target, link.source) if turned else (link.source, link.target)
    return Span(above, below, length)


def _measured(graph: Layered, numbers: Sequence[int], spacing: Spacing) -> Layout:
    """All measures of a graph in ordered layers."""
    x = _across(graph, spacing)
    left = min(at - size.width / 2 for at, size in zip(x, graph.sizes, strict=True))
    x = [at - left + spacing.around for at in x]
    starts, ends = _ports(graph, x, upper=True), _ports(graph, x, upper=False)
    tops, bottoms = _down(graph, starts, ends, spacing)

    def middle(vertex: int) -> Place:
        layer = graph.layer_of[vertex]
        return Place(x[vertex], (tops[layer] + bottoms[layer]) / 2)

    def lower_side(vertex: int) -> float:
        half = graph.sizes[vertex].height / 2
        if graph.is_box(vertex):
            return middle(vertex).y + half
        return bottoms[graph.layer_of[vertex]]

    def upper_side(vertex: int) -> float:
        half = graph.sizes[vertex].height / 2
        if graph.is_box(vertex):
            return middle(vertex).y - half
        return tops[graph.layer_of[vertex]]

    def route(chain: Chain) -> Route:
        points: list[Place] = []
        for part in chain.parts:
            points.append(Place(starts[part], lower_side(part.upper)))
            points.append(Place(ends[part], upper_side(part.lower)))
        way = tuple(reversed(points)) if chain.turned else tuple(points)
        label = None if chain.label is None else middle(chain.label)
        return Route(chain.link.source, chain.link.target, way, label)

    right = max(at + s.width / 2 + s.aside for at, s in zip(x, graph.sizes, strict=True))
    return Layout(
        right + spacing.around,
        bottoms[-1] + spacing.around,
        {box: middle(vertex) for vertex, box in enumerate(numbers)},
        tuple(map(route, graph.chains)),
        {box: graph.layer_of[vertex] for vertex, box in enumerate(numbers)},
    )


def _across(graph: Layered, spacing: Spacing) -> list[float]:
    """The horizontal position of each vertex."""

    def weighed(near: Sequence[Sequence[int]]) -> list[list[tuple[int, float]]]:
        loose = [not graph.is_box(vertex) for vertex in range(len(near))]
        return [
            [(other, STRAIGHT[loose[vertex] + loose[other]]) for other in others]
            for vertex, others in enumerate(near)
        ]

    extents = [(size.width / 2, size.width / 2 + size.aside) for size in graph.sizes]
    above, below = weighed(graph.above), weighed(graph.below)
    return settled(graph.layers, above, below, extents, spacing.beside)


def _ports(graph: Layered, x: Sequence[float], *, upper: bool) -> dict[Part, float]:
    """Where parts touch their upper (or lower) vertices: several at one side of a box lie apart."""
    touching: dict[int, list[tuple[float, Part]]] = {}
    for part in graph.parts:
        here, there = (part.upper, part.lower) if upper else (part.lower, part.upper)
        touching.setdefault(here, []).append((x[there], part))
    found: dict[Part, float] = {}
    for vertex, parts in touching.items():
        parts.sort(key=lambda row: row[0])  # stable: parallels do not cross
        room = graph.sizes[vertex].width * SIDE if graph.is_box(vertex) else 0.0
        step = min(BETWEEN_PORTS, room / max(1, len(parts) - 1))
        first = x[vertex] - step * (len(parts) - 1) / 2
        found |= {part: first + step * at for at, (_, part) in enumerate(parts)}
    return found


def _down(
    graph: Layered, starts: Mapping[Part, float], ends: Mapping[Part, float], spacing: Spacing
) -> tuple[list[float], list[float]]:
    """By layer its upper and its lower end."""
    sideways = [0.0] * len(graph.layers)
    for part in graph.parts:
        sideways[part.layer] = max(sideways[part.layer], abs(ends[part] - starts[part]))
    tops: list[float] = []
    bottoms: list[float] = []
    y = spacing.around
    for layer, aside in zip(graph.layers, sideways, strict=True):
        tops.append(y)
        bottoms.append(y + max(graph.sizes[vertex].height for vertex in layer))
        gap = max(spacing.between, min(STEEP * aside, TALLEST * spacing.between))
        y = bottoms[-1] + gap
    return tops, bottoms
