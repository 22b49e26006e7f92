"""The state graph as SVG: what can still become of each state, and where the run goes.

A small graph is drawn with all that is known of each state; of a larger one each state is a dot
that tells it when pointed at, with the steps of the run in a list at the side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from deliverycheck.explain.dossier.charts import Chart, Edge, Node, Outlook
from deliverycheck.report.drawing.boxes import Box
from deliverycheck.report.drawing.dots import dot, dot_size
from deliverycheck.report.drawing.layered import layered
from deliverycheck.report.drawing.layers.measures import Layout, Link, Place, Size, Spacing
from deliverycheck.report.drawing.legend import keys_of, legend, letters_of
from deliverycheck.report.drawing.links import EAR, EAR_HEIGHT, Label, Words, curve, letter, loop
from deliverycheck.report.drawing.measure import width as text_width
from deliverycheck.report.drawing.shapes import Picture, drawing, line_of_text, shortened, tag
from deliverycheck.report.drawing.svg import number

IN_DETAIL = 12
"""States up to which each is drawn with all that is known of it."""

DETAILED, DENSE = Spacing(26.0, 20.0, 14.0), Spacing(15.0, 26.0, 14.0)

RUN = 40.0
"""How much the run wants to be a straight line, compared with other steps."""

HEADING, LIST = 15.0, 12.5
"""Sizes of the name of the property, and of the list of steps."""

OUTLOOKS: Mapping[Outlook, str] = {
    "well": "can only go well",
    "either": "can go either way",
    "wrong": "can only go wrong",
    "broken": "broken",
}


def chart_svg(chart: Chart, *, ident: str, title: str, standalone: bool = False) -> str:
    """The state graph of a property, to inline or to save alone."""
    return drawing(chart_picture(chart), ident=ident, title=title, standalone=standalone)


def chart_picture(chart: Chart) -> Picture:
    """The graph under what it is of, its run at the side, and what the signs mean below."""
    is_small = len(chart.nodes) <= IN_DETAIL
    graph = _in_detail(chart) if is_small else _dense(chart)
    steps = [] if is_small else list(run_of(chart))
    aside = max((text_width(f"{at}  {text}", LIST) for at, text, _ in steps), default=-28.0) + 28
    name, scope_of = shortened(chart.prop, 60), scope(chart)
    top, left = HEADING + 22, text_width(name, HEADING) * 1.1 + 24
    heading = line_of_text(12.0, top / 2 + 2, name, HEADING, "g-actor", "start")
    heading += line_of_text(left, top / 2 + 3, scope_of, LIST, "g-note", "start")
    inner = max(aside + graph.width, left + text_width(scope_of, LIST) + 14)
    keys = legend(keys_of(chart, lettered=not is_small), max(inner, 420.0))
    width = max(inner, keys.width)
    height = max(graph.height, len(steps) * (LIST + 6) + 24)
    at = aside + (width - aside - graph.width) / 2
    parts = [
        heading,
        _moved(at, top, graph.body),
        _moved(0.0, top, "".join(_list(steps))),
        _moved(0.0, top + height, keys.body),
    ]
    told = " ".join(in_words(chart))
    return Picture(width, top + height + keys.height, "".join(parts), told)


def _moved(x: float, y: float, body: str) -> str:
    return tag("g", {"transform": f"translate({number(x)} {number(y)})"}, body)


def run_of(chart: Chart) -> Iterator[tuple[int, str, bool]]:
    """The steps of the run: which one, its name, and whether it is a fault. One that leads back
    says to where."""
    reached = {node.number: node.on_run for node in chart.nodes}
    found: list[tuple[int, str, bool]] = []
    for edge in chart.edges:
        for at, step in edge.of_run:
            after = reached[edge.target]
            back = "" if after is None or after >= at else f" (back to {after})"
            found.append((at, step + back, edge.fault is not None))
    yield from sorted(found)


def in_words(chart: Chart) -> Iterator[str]:
    """What the picture shows, as sentences."""
    yield f"{chart.prop}: {scope(chart)}."
    counts = Counter(node.outlook for node in chart.nodes)
    for outlook, words in OUTLOOKS.items():
        if counts[outlook]:
            yield f"{words}: {counts[outlook]}."
    steps = [f"{at}. {text}" for at, text, _ in run_of(chart)]
    if steps:
        yield f"The run: {'; '.join(steps)}."


def scope(chart: Chart) -> str:
    """How much of the graph is drawn."""
    if chart.whole:
        return "1 state, all there is" if chart.states == 1 else f"all {chart.states:,} states"
    near = "the run and what is nearest to it" if _has_run(chart) else "the nearest to the start"
    return f"{len(chart.nodes):,} of {chart.states:,} states, {near}"


def _has_run(chart: Chart) -> bool:
    return any(node.on_run is not None for node in chart.nodes)


def told_node(node: Node) -> str:
    """All that is known of a state, in one line."""
    where = "at the start" if node.initial else f"{node.depth} steps from the start"
    run = "" if node.on_run is None else f", on the run after {node.on_run}"
    more = f"; {node.beyond} further states follow" if node.beyond else ""
    lines = ", ".join(node.lines) or "all as at the start"
    return f"State {node.number}, {where}{run}: {lines}; {OUTLOOKS[node.outlook]}{more}"


def classes_of(node: Node) -> str:
    """How a state looks."""
    run = "" if node.on_run is None else " g-on-run"
    return f"g-state g-{node.outlook}{run}"


def _edge_classes(edge: Edge) -> str:
    return (
        "g-link"
        + (" g-fault" if edge.fault is not None else "")
        + (" g-on-run" if edge.on_run else "")
    )


def _in_detail(chart: Chart) -> Picture:
    boxes = {node.number: _box(node) for node in chart.nodes}
    every = {(e.source, e.target): _label(e) for e in chart.edges}
    ears = {source: label for (source, target), label in every.items() if source == target}
    sizes = {number: _size(box, ears.get(number)) for number, box in boxes.items()}
    labels = {ends: label for ends, label in every.items() if ends[0] != ends[1]}
    straight = {(e.source, e.target): RUN if e.on_run else 1.0 for e in chart.edges}
    links = [
        Link(*ends, label.width, label.height, 0, straight[ends]) for ends, label in labels.items()
    ]
    layout = layered(sizes, links, DETAILED)
    edges = {(edge.source, edge.target): edge for edge in chart.edges}
    parts, texts = list[str](), list[str]()
    for route in layout.routes:
        ends = route.source, route.target
        classes = _edge_classes(edges[ends])
        parts.append(curve(route, classes, labels[ends].whole))
        if route.label:
            texts.append(labels[ends].drawn(route.label, classes))
    for node in chart.nodes:
        place, box, size = layout.boxes[node.number], boxes[node.number], sizes[node.number]
        parts.append(box.drawn(place, size, classes_of(node), twice=node.initial))
    parts += _loops(chart, layout, sizes)
    for state, label in ears.items():
        place, classes = layout.boxes[state], _edge_classes(edges[state, state])
        right = place.x + sizes[state].width / 2 + EAR
        texts.append(label.drawn(Place(right, place.y), classes, anchor="start"))
    return Picture(layout.width, layout.height, "".join((*parts, *texts)), "")


def _size(box: Box, ear: Label | None) -> Size:
    """The size of a box, with room for steps that lead back to it."""
    if ear is None:
        return box.size()
    return box.size(least_height=max(ear.height, EAR_HEIGHT), aside=EAR + ear.width)


def _box(node: Node) -> Box:
    mark = {"broken": "✗ ", "well": "✓ "}.get(node.outlook, "")
    at = "" if node.on_run is None else f"{node.on_run} · "
    first, *rest = node.lines or ("at the start",)
    return Box((f"{at}{mark}{first}", *rest), told_node(node))


def _label(edge: Edge) -> Label:
    return Label(tuple(map(Words, edge.steps)))


def _dense(chart: Chart) -> Picture:
    ears = {edge.source for edge in chart.edges if edge.source == edge.target}
    sizes = {n.number: dot_size(n, aside=EAR * (n.number in ears)) for n in chart.nodes}
    edges = {(e.source, e.target): e for e in chart.edges if e.source != e.target}
    links = [Link(*ends, weight=RUN if edge.on_run else 1.0) for ends, edge in edges.items()]
    layout = layered(sizes, links, DENSE)
    lines, over, texts = list[str](), list[str](), list[str]()
    signs = letters_of(edge.fault for edge in chart.edges)
    for route in layout.routes:
        edge = edges[route.source, route.target]
        classes, told = _edge_classes(edge), "; ".join(edge.steps)
        (over if edge.on_run else lines).append(curve(route, classes, told))
        if edge.fault is not None:
            texts.append(letter(route, signs[edge.fault], edge.fault, classes))
    dots = [
        dot(node, layout.boxes[node.number], classes_of(node), told_node(node))
        for node in chart.nodes
    ]
    loops = _loops(chart, layout, sizes)
    body = "".join((*lines, *over, *loops, *texts, *dots))
    return Picture(layout.width, layout.height, body, "")


def _loops(chart: Chart, layout: Layout, sizes: Mapping[int, Size]) -> Iterator[str]:
    for edge in chart.edges:
        if edge.source == edge.target:
            place, size = layout.boxes[edge.source], sizes[edge.source]
            told = "; ".join(edge.steps)
            yield loop(place.x + size.width / 2, place.y, _edge_classes(edge), told)


def _list(steps: Sequence[tuple[int, str, bool]]) -> Iterator[str]:
    """The steps of the run, one below the other."""
    y = 20.0
    for at, text, is_fault in steps:
        kind = "g-fault" if is_fault else "g-link"
        line = line_of_text(30.0, y, shortened(text, 48), LIST, "g-step", "start")
        count = line_of_text(22.0, y, str(at), LIST, "g-count", "end")
        yield tag("g", {"class": kind}, count, line)
        y += LIST + 6
