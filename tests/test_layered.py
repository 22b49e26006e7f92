"""The layered layout against what every drawing must be, and against brute force."""

from __future__ import annotations

import random
from itertools import combinations, pairwise, permutations, product

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliverycheck.report.drawing.layered import layered
from deliverycheck.report.drawing.layers.chains import Layered
from deliverycheck.report.drawing.layers.crossings import Order, ordered
from deliverycheck.report.drawing.layers.measures import Layout, Link, Route, Size, Spacing
from deliverycheck.report.drawing.layers.positions import Wish, nearest
from deliverycheck.report.drawing.layers.ranks import Span, components, ranks

FACTOR, SLACK = 1.5, 1
"""Crossings on tiny graphs: at most so many times the least there can be, and one more."""

SPACING = Spacing()


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[int, Size], list[Link]]:
    """Boxes of any size, with links of any shape, circles and parallels included."""
    count = draw(st.integers(1, 12))
    side = st.floats(4, 90)
    numbers = draw(st.lists(st.integers(-5, 60), min_size=count, max_size=count, unique=True))
    corner = st.sampled_from([0.0, 6.0, 99.0])
    boxes = {n: Size(draw(side), draw(side), draw(st.sampled_from([0.0, 40.0])), draw(corner))
             for n in numbers}  # fmt: skip
    ends = st.tuples(st.sampled_from(numbers), st.sampled_from(numbers), st.integers(0, 1))
    wanted = {e for e in draw(st.lists(ends, max_size=24)) if e[0] != e[1]}
    label = st.sampled_from([(0.0, 0.0), (50.0, 14.0)])
    weight = st.sampled_from([1.0, 5.0])
    links = [Link(a, b, *draw(label), lane, draw(weight)) for a, b, lane in sorted(wanted)]
    return boxes, links


def _rectangles(layout: Layout, boxes: dict[int, Size], links: list[Link]) -> list[list[float]]:
    found = []
    for number, size in boxes.items():
        at = layout.boxes[number]
        half, high = size.width / 2, size.height / 2
        found.append([at.x - half, at.y - high, at.x + half + size.aside, at.y + high])
    sizes = {(link.source, link.target, link.lane): link for link in links}
    for route in layout.routes:
        link = sizes[route.source, route.target, route.lane]
        assert (route.label is not None) == bool(link.width)
        if route.label is not None:
            x, y = route.label.x, route.label.y
            found.append([x - link.width / 2, y - link.height / 2,
                          x + link.width / 2, y + link.height / 2])  # fmt: skip
    return found


@given(graphs())
@settings(max_examples=150, deadline=None)
def test_nothing_lies_over_anything_and_all_is_inside(
    graph: tuple[dict[int, Size], list[Link]],
) -> None:
    boxes, links = graph
    layout = layered(boxes, links, SPACING)
    places = _rectangles(layout, boxes, links)
    for a, b in combinations(places, 2):
        apart = a[2] <= b[0] + 1e-6 or b[2] <= a[0] + 1e-6
        assert apart or a[3] <= b[1] + 1e-6 or b[3] <= a[1] + 1e-6
    for left, top, right, bottom in places:
        assert left >= -1e-6
        assert top >= -1e-6
        assert right <= layout.width + 1e-6
        assert bottom <= layout.height + 1e-6
    for route in layout.routes:
        for point in route.points:
            assert -1e-6 <= point.x <= layout.width + 1e-6
            assert -1e-6 <= point.y <= layout.height + 1e-6


@given(graphs(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_what_is_given_does_not_matter(
    graph: tuple[dict[int, Size], list[Link]], chance: random.Random
) -> None:
    boxes, links = graph
    others, shuffled = list(boxes.items()), list(links)
    chance.shuffle(others)
    chance.shuffle(shuffled)
    assert layered(boxes, links, SPACING) == layered(dict(others), shuffled, SPACING)


@given(graphs())
@settings(max_examples=100, deadline=None)
def test_links_touch_their_boxes_and_no_other(graph: tuple[dict[int, Size], list[Link]]) -> None:
    boxes, links = graph
    layout = layered(boxes, links, SPACING)
    for route in layout.routes:
        for number, point in ((route.source, route.points[0]), (route.target, route.points[-1])):
            at, size = layout.boxes[number], boxes[number]
            assert abs(point.x - at.x) <= size.width / 2 + 1e-6
            assert abs(point.y - at.y) <= size.height / 2 + 1e-6
        for number, size in boxes.items():
            if number not in (route.source, route.target):
                assert not _passes(route, layout, number, size)


def _passes(route: Route, layout: Layout, number: int, size: Size) -> bool:
    """Whether the straight parts of a route, which lie in layers, go through a box."""
    at = layout.boxes[number]
    for a, b in list(pairwise(route.points))[1::2]:
        low, high = sorted((a.y, b.y))
        beside = abs(a.x - at.x) >= size.width / 2 - 1e-6
        if not beside and low < at.y + size.height / 2 and at.y - size.height / 2 < high:
            return True
    return False


@given(graphs())
@settings(max_examples=100, deadline=None)
def test_only_links_in_a_circle_point_upward(graph: tuple[dict[int, Size], list[Link]]) -> None:
    boxes, links = graph
    layout = layered(boxes, links, SPACING)
    known: nx.DiGraph[int] = nx.DiGraph([(link.source, link.target) for link in links])
    for link in links:
        if layout.layers[link.source] >= layout.layers[link.target]:
            assert nx.has_path(known, link.target, link.source)
            assert layout.layers[link.source] > layout.layers[link.target]


@given(graphs())
@settings(max_examples=100, deadline=None)
def test_components_as_networkx_sees_them(graph: tuple[dict[int, Size], list[Link]]) -> None:
    boxes, links = graph
    pairs = [(link.source, link.target) for link in links]
    known: nx.DiGraph[int] = nx.DiGraph(pairs)
    known.add_nodes_from(boxes)
    found = components(sorted(boxes), pairs)
    groups = {frozenset(n for n in boxes if found[n] == root) for root in found.values()}
    assert groups == set(map(frozenset, nx.strongly_connected_components(known)))


def test_layers_are_as_short_as_they_can_be() -> None:
    # the long way round fixes 0..3; the box beside it can be anywhere, and is next to its end
    spans = [Span(0, 1, 1), Span(1, 2, 1), Span(2, 3, 1), Span(4, 3, 1)]
    assert ranks(range(5), spans) == {0: 0, 1: 1, 2: 2, 3: 3, 4: 2}
    assert ranks(range(2), [Span(0, 1, 2)]) == {0: 0, 1: 2}


def _tiny(seed: int) -> tuple[list[list[int]], list[tuple[int, int]]]:
    chance = random.Random(seed)  # noqa: S311 - the same graphs each time, no secret
    layers, count = [], 0
    for _ in range(chance.choice((2, 3))):
        size = chance.randrange(2, 5)
        layers.append(list(range(count, count + size)))
        count += size
    pairs = [p for upper, lower in pairwise(layers) for p in product(upper, lower)]
    return layers, [p for p in pairs if chance.random() < 0.5]


def _crossings(layers: list[list[int]], pairs: list[tuple[int, int]]) -> int:
    """By definition: pairs of links whose ends are in opposite order."""
    at = {vertex: (n, i) for n, layer in enumerate(layers) for i, vertex in enumerate(layer)}
    total = 0
    for (a, b), (c, d) in combinations(pairs, 2):
        if at[a][0] == at[c][0]:
            total += (at[a][1] - at[c][1]) * (at[b][1] - at[d][1]) < 0
    return total


@pytest.mark.parametrize("seed", range(120))
def test_few_crossings_on_tiny_graphs(seed: int) -> None:
    layers, pairs = _tiny(seed)
    count = sum(map(len, layers))
    above = [[a for a, b in pairs if b == v] for v in range(count)]
    below = [[b for a, b in pairs if a == v] for v in range(count)]
    assert Order(layers, above, below).crossings() == _crossings(layers, pairs)
    found = ordered(layers, above, below)
    assert [sorted(layer) for layer in found] == layers
    every = product(*(map(list, permutations(layer)) for layer in layers))
    least = min(_crossings(list(one), pairs) for one in every)
    assert _crossings(found, pairs) <= least * FACTOR + SLACK


@pytest.mark.parametrize("seed", range(12))
def test_no_exchange_of_neighbours_would_be_better(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same graphs each time, no secret
    layers = [list(range(n, n + 8)) for n in (0, 8, 16, 24)]
    pairs = [p for upper, lower in pairwise(layers) for p in product(upper, lower)]
    pairs = [p for p in pairs if chance.random() < 0.25]
    above = [[a for a, b in pairs if b == v] for v in range(32)]
    below = [[b for a, b in pairs if a == v] for v in range(32)]
    found = ordered(layers, above, below)
    least = _crossings(found, pairs)
    for n, layer in enumerate(found):
        for at in range(7):
            other = [*layer[:at], layer[at + 1], layer[at], *layer[at + 2 :]]
            assert _crossings([*found[:n], other, *found[n + 1 :]], pairs) >= least


def test_sweeps_and_exchanges_each_take_a_crossing_away() -> None:
    for improve in (lambda o: o.sweep(down=True, turn=False), Order.transpose):
        order = Order([[0, 1], [2, 3]], [[], [], [1], [0]], [[3], [2], [], []])
        assert order.crossings() == 1
        improve(order)
        assert order.crossings() == 0


def test_a_tree_is_drawn_without_crossings() -> None:
    links = [Link(child // 2, child) for child in range(2, 32)]
    boxes = {number: Size(20.0, 20.0) for number in range(1, 32)}
    chance = random.Random(7)  # noqa: S311 - the same names each time, no secret
    names = list(range(1, 32))
    chance.shuffle(names)
    for rename in ({n: n for n in names}, dict(zip(range(1, 32), names, strict=True))):
        other = [Link(rename[link.source], rename[link.target]) for link in links]
        layout = layered({rename[n]: size for n, size in boxes.items()}, other, SPACING)
        at = layout.boxes
        ends = [(at[a.source], at[a.target]) for a in other]
        for (a, b), (c, d) in combinations(ends, 2):
            if a.y == c.y and a != c:
                assert (a.x - c.x) * (b.x - d.x) > 0


@given(
    st.lists(st.tuples(st.floats(-50, 50), st.floats(0.1, 9)), min_size=1, max_size=6),
    st.lists(st.floats(0, 30), min_size=5, max_size=5),
    st.randoms(use_true_random=False),
)
@settings(max_examples=200, deadline=None)
def test_positions_are_the_nearest_allowed(
    wanted: list[tuple[float, float]], gaps: list[float], chance: random.Random
) -> None:
    wishes, distances = [Wish(*one) for one in wanted], gaps[: len(wanted) - 1]
    room = (-40.0, sum(distances) - 30.0)
    for first, last in ((float("-inf"), float("inf")), room):
        found = nearest(wishes, distances, first, last)

        def cost(places: list[float]) -> float:
            pairs = zip(places, wishes, strict=True)
            return sum(wish.weight * (x - wish.at) ** 2 for x, wish in pairs)

        def allowed(places: list[float], low: float = first, high: float = last) -> bool:
            steps = zip(pairwise(places), distances, strict=True)
            inside = low - 1e-9 <= places[0] and places[-1] <= high + 1e-9
            return inside and all(b - a >= gap - 1e-9 for (a, b), gap in steps)

        assert allowed(found)
        for _ in range(60):  # the cost is convex: what is the least nearby is the least of all
            other = [x + chance.choice((-1, 0, 1)) * 0.01 for x in found]
            if allowed(other):
                assert cost(other) >= cost(found) - 1e-9


def test_a_heavy_path_is_a_straight_line() -> None:
    spine = [Link(n, n + 1, weight=40.0) for n in range(6)]
    rest = [Link(0, 10), Link(1, 11), Link(2, 12), Link(10, 5), Link(12, 6), Link(3, 13)]
    boxes = {n: Size(24.0, 24.0) for n in (*range(7), 10, 11, 12, 13)}
    layout = layered(boxes, [*spine, *rest], SPACING)
    xs = [layout.boxes[n].x for n in range(7)]
    assert max(xs) - min(xs) < 1


def test_what_is_no_graph_is_refused() -> None:
    box = {0: Size(9.0, 9.0), 1: Size(9.0, 9.0)}
    for links in ([Link(0, 0)], [Link(0, 2)], [Link(0, 1), Link(0, 1, 5.0, 5.0)]):
        with pytest.raises(ValueError, match="link"):
            layered(box, links, SPACING)
    assert not layered({}, [], SPACING).boxes


def test_vertices_stand_where_links_pass() -> None:
    boxes = [(n, Size(9.0, 9.0)) for n in range(3)]
    links = [(Link(0, 1), False), (Link(1, 2), False), (Link(0, 2), False)]
    graph = Layered(boxes, links, {0: 0, 1: 1, 2: 2})
    assert [len(layer) for layer in graph.layers] == [1, 2, 1]
    assert [part.layer for part in graph.chains[2].parts] == [0, 1]
