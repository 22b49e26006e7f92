"""Dots: a state in a large graph, as a sign of what can still become of it.

Shapes tell the outlook as much as colours do: a round dot with a tick can only go well, an empty
one can go either way, a dashed one can only go wrong, and a square with a cross is broken.
"""

from __future__ import annotations

from deliverycheck.explain.dossier.charts import Node
from deliverycheck.report.drawing.layers.measures import Place, Size
from deliverycheck.report.drawing.shapes import line_of_text, tag, title

RADIUS = 11.0
ON_RUN = 14.0
"""The radius of a dot on the run, in which its number stands."""

BEYOND = 17.0
"""Room for how many states follow that are not drawn."""

SQUARE = 4.0
"""The radius of the corners of what is broken."""

MARKS = {"well": "✓", "broken": "✗"}


def dot_size(node: Node, *, aside: float = 0.0) -> Size:
    """What a dot takes up; `aside`: room for something beside it."""
    side = 2 * (RADIUS if node.on_run is None else ON_RUN)
    wide = side + 14 if node.on_run is not None and node.outlook in MARKS else side
    room = max(aside, BEYOND if node.beyond else 0.0)
    return Size(wide, side, room, SQUARE if node.outlook == "broken" else side / 2)


def dot(node: Node, place: Place, classes: str, told: str) -> str:
    """A state as a dot."""
    size = dot_size(node)
    parts = [title(told)]
    if node.initial:
        parts.append(_frame(place, size, 3.5, "g-ring"))
    parts.append(_frame(place, size, 0.0, "g-box"))
    text = MARKS.get(node.outlook, "")
    if node.on_run is not None:
        text = f"{node.on_run} {text}".strip()
    if text:
        parts.append(line_of_text(place.x, place.y, text, 12.0, "g-mark"))
    if node.beyond:
        at = place.x + size.width / 2 + 2
        parts.append(line_of_text(at, place.y + 7, f"+{node.beyond}", 9.5, "g-note", "start"))
    return tag("g", {"class": classes}, *parts)


def _frame(place: Place, size: Size, around: float, classes: str) -> str:
    return tag(
        "rect",
        {
            "x": place.x - size.width / 2 - around,
            "y": place.y - size.height / 2 - around,
            "width": size.width + 2 * around,
            "height": size.height + 2 * around,
            "rx": size.corner + around,
            "class": classes,
            "fill": "none" if around else "#fff",
            "stroke": "#667085",
        },
    )
