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

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import sqrt

from deliverycheck.report.drawing.layers.chains import Chain, Layered, Part
from deliverycheck.report.drawing.layers.crossings import ordered
from deliverycheck.report.drawing.layers.measures import Layout, Link, Place, Route, Size, Spacing
from deliverycheck.report.drawing.layers.positions import Wish, nearest, settled
from deliverycheck.report.drawing.layers.ranks import Span, components, is_turned, ranks

BETWEEN_PORTS = 16.0
"""Between the ends of two links at one side of a box, where there is room."""

SIDE = 0.7
"""The part of a box's side where links may end."""

STRAIGHT: Mapping[int, float] = {0: 1.0, 1: 2.0, 2: 8.0}
"""How much a part of a link wants to be straight, by how many of its ends are no box."""

UPWARD = 0.2
"""How much a link that points upward wants to be straight, compared with one that does not."""

STEEP, TALLEST = 0.3, 2.4
"""How a gap between layers grows with how far a link in it goes sideways; and how much at most."""


def layered(boxes: Mapping[int, Size], links: Iterable[Link], spacing: Spacing) -> Layout:
    """The layout of boxes and links.

    Raises ValueError for a link from a box to itself, to no box, or given twice in a lane.
    """
    numbers = sorted(boxes)
    wanted = sorted(links, key=_identity)
    pairs = [(link.source, link.target) for link in wanted]
    if len(set(map(_identity, wanted))) < len(wanted) or any(a == b for a, b in pairs):
        raise ValueError("a link leads from one box to another, once in each lane")
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


def _identity(link: Link) -> tuple[int, int, int]:
    return link.source, link.target, link.lane


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

    def lower_side(vertex: int, at: float) -> float:
        if not graph.is_box(vertex):
            return bottoms[graph.layer_of[vertex]]
        return middle(vertex).y + _half(graph.sizes[vertex], at - x[vertex])

    def upper_side(vertex: int, at: float) -> float:
        if not graph.is_box(vertex):
            return tops[graph.layer_of[vertex]]
        return middle(vertex).y - _half(graph.sizes[vertex], at - x[vertex])

    def route(chain: Chain) -> Route:
        points: list[Place] = []
        for part in chain.parts:
            start, end = starts[part], ends[part]
            points.append(Place(start, lower_side(part.upper, start)))
            points.append(Place(end, upper_side(part.lower, end)))
        way = tuple(reversed(points)) if chain.turned else tuple(points)
        label = None if chain.label is None else middle(chain.label)
        return Route(*_identity(chain.link), way, label)

    right = max(at + s.width / 2 + s.aside for at, s in zip(x, graph.sizes, strict=True))
    return Layout(
        right + spacing.around,
        bottoms[-1] + spacing.around,
        {box: middle(vertex) for vertex, box in enumerate(numbers)},
        tuple(map(route, graph.chains)),
        {box: graph.layer_of[vertex] for vertex, box in enumerate(numbers)},
    )


def _half(size: Size, aside: float) -> float:
    """How far a box reaches up and down, so far from its middle: less at a round corner."""
    corner = min(size.corner, size.width / 2, size.height / 2)
    inside = abs(aside) - (size.width / 2 - corner)
    cut = corner - sqrt(max(0.0, corner**2 - inside**2)) if inside > 0 else 0.0
    return size.height / 2 - cut


def _across(graph: Layered, spacing: Spacing) -> list[float]:
    """The horizontal position of each vertex."""

    above: list[list[tuple[int, float]]] = [[] for _ in graph.sizes]
    below: list[list[tuple[int, float]]] = [[] for _ in graph.sizes]
    for part in graph.parts:
        weight = _weight(graph, part)
        below[part.upper].append((part.lower, weight))
        above[part.lower].append((part.upper, weight))
    extents = [(size.width / 2, size.width / 2 + size.aside) for size in graph.sizes]
    chains = [[part.lower for part in chain.parts[:-1]] for chain in graph.chains]
    spines = list(_spines(graph))
    return settled(graph.layers, above, below, extents, spacing.beside, chains, spines)


def _spines(graph: Layered) -> Iterator[list[int]]:
    """The vertices along links that want to be straight more than others do, end to end."""
    after: dict[int, int] = {}
    for chain in graph.chains:
        if chain.link.weight > 1 and not chain.turned:
            for part in chain.parts:
                after.setdefault(part.upper, part.lower)
    heads = sorted(after.keys() - after.values())
    for vertex in heads:
        spine = [vertex]
        while spine[-1] in after:
            spine.append(after[spine[-1]])
        yield spine


def _weight(graph: Layered, part: Part) -> float:
    """How much a part of a link wants to be straight."""
    loose = (not graph.is_box(part.upper)) + (not graph.is_box(part.lower))
    chain = graph.chains[part.chain]
    return STRAIGHT[loose] * chain.link.weight * (UPWARD if chain.turned else 1.0)


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
        step = min(BETWEEN_PORTS, room / len(parts))  # some room is left to choose from
        first, last = x[vertex] - room / 2, x[vertex] + room / 2
        wishes = [Wish(min(max(at, first), last), _weight(graph, part)) for at, part in parts]
        places = nearest(wishes, [step] * (len(parts) - 1), first, last)
        found |= {part: place for (_, part), place in zip(parts, places, strict=True)}
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
