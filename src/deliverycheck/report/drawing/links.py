"""Links of a graph as SVG: curves through the layers, their heads, and what is written on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deliverycheck.report.drawing.layers.measures import Place, Route
from deliverycheck.report.drawing.measure import width as text_width
from deliverycheck.report.drawing.shapes import line_of_text, shortened, tag, title
from deliverycheck.report.drawing.svg import number

STEP, NOTE = 12.5, 11.0
"""Sizes of the name of a step and of what it does."""

HEAD, HALF = 7.0, 3.4
"""Length and half of the width of an arrow's head."""

MOST_LINES = 6
MOST_LETTERS = 44


@dataclass(frozen=True, slots=True)
class Words:
    """A line of a label."""

    text: str
    is_note: bool = False

    @property
    def size(self) -> float:
        """Of its font."""
        return NOTE if self.is_note else STEP


@dataclass(frozen=True, slots=True)
class Label:
    """What is written on a link: some lines, of which long ones are shortened."""

    lines: tuple[Words, ...]

    @property
    def shown(self) -> tuple[Words, ...]:
        """The lines there is room for."""
        if len(self.lines) <= MOST_LINES:
            return self.lines
        more = len(self.lines) - MOST_LINES + 1
        return (*self.lines[: MOST_LINES - 1], Words(f"and {more} more", is_note=True))

    @property
    def width(self) -> float:
        """Room from left to right."""
        texts = ((shortened(one.text, MOST_LETTERS), one.size) for one in self.shown)
        return max((text_width(text, size) for text, size in texts), default=0.0) + 10

    @property
    def height(self) -> float:
        """Room from top to bottom."""
        return sum(one.size + 4 for one in self.shown) + 2

    @property
    def whole(self) -> str:
        """All of it in one line."""
        return "; ".join(one.text for one in self.lines)

    def drawn(self, at: Place, classes: str, *, anchor: str = "middle") -> str:
        """The lines around a place (or from it on, to the right)."""
        left = at.x - (self.width / 2 if anchor == "middle" else 0)
        back = tag(
            "rect",
            {
                "x": left,
                "y": at.y - self.height / 2,
                "width": self.width,
                "height": self.height,
                "class": "g-ground",
                "fill": "#fff",
            },
        )
        parts, y = [title(self.whole), back], at.y - self.height / 2 + 1
        for one in self.shown:
            y += (one.size + 4) / 2
            x = at.x if anchor == "middle" else at.x + 5
            kind = "g-note" if one.is_note else "g-step"
            text = shortened(one.text, MOST_LETTERS)
            parts.append(line_of_text(x, y, text, one.size, kind, anchor))
            y += (one.size + 4) / 2
        return tag("g", {"class": classes}, *parts)


def curve(route: Route, classes: str, told: str) -> str:
    """The way of a link, with its head."""
    points = list(route.points)
    tip, before = points[-1], points[-2]
    down = tip.y >= before.y
    points[-1] = Place(tip.x, tip.y - HEAD if down else tip.y + HEAD)
    way = [f"M{_at(points[0])}"]
    for start, end in zip(points[::2], points[1::2], strict=True):
        middle = (start.y + end.y) / 2
        if start != points[0]:
            way.append(f"L{_at(start)}")
        if start.x == end.x:
            way.append(f"L{_at(end)}")
        else:
            way.append(f"C{_at(Place(start.x, middle))} {_at(Place(end.x, middle))} {_at(end)}")
    line = tag("path", {"d": "".join(way), "class": "g-line", "fill": "none", "stroke": "#667085"})
    return tag("g", {"class": classes}, title(told), line, head(tip, 0, 1 if down else -1))


def head(tip: Place, across: float, down: float) -> str:
    """The head of an arrow that points along an axis: (0, 1) is down, (-1, 0) to the left."""
    back = Place(tip.x - across * HEAD, tip.y - down * HEAD)
    ends = (Place(back.x + s * down * HALF, back.y + s * across * HALF) for s in (1, -1))
    corners = " ".join(map(_at, (tip, *ends)))
    return tag("polygon", {"points": corners, "class": "g-head", "fill": "#667085"})


def loop(right: float, y: float, classes: str, told: str) -> str:
    """A link from a box to itself: an ear at its right side, with the head at the lower end."""
    way = f"M{_at(Place(right, y - 9))}h8a9 9 0 0 1 0 18h{number(-(8 - HEAD))}"
    line = tag("path", {"d": way, "class": "g-line", "fill": "none", "stroke": "#667085"})
    return tag("g", {"class": classes}, title(told), line, head(Place(right, y + 9), -1, 0))


def letter(route: Route, sign: str, fault: str, classes: str) -> str:
    """A sign for a fault on its link, in the first gap between layers."""
    start, end = route.points[0], route.points[1]
    middle = Place((start.x + end.x) / 2, (start.y + end.y) / 2)
    back: dict[str, str | float] = {"cx": middle.x, "cy": middle.y, "r": 6.5}
    ground = tag("circle", back | {"class": "g-ground", "fill": "#fff"})
    text = line_of_text(middle.x, middle.y, sign, 10.0, "g-step")
    return tag("g", {"class": classes}, title(fault), ground, text)


EAR = 22.0
"""How far an ear reaches to the right."""

EAR_HEIGHT = 24.0


def _at(place: Place) -> str:
    return f"{number(place.x)},{number(place.y)}"


def label_of(steps: Sequence[tuple[str, Sequence[str]]]) -> Label:
    """The label of some steps, each with what it does."""
    lines: list[Words] = []
    for step, does in steps:
        lines.append(Words(step))
        if does:
            lines.append(Words(", ".join(does), is_note=True))
    return Label(tuple(lines))
