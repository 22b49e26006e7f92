"""Boxes with lines of text: what something is called, and under it what is so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deliverycheck.report.drawing.layers.measures import Place, Size
from deliverycheck.report.drawing.measure import width as text_width
from deliverycheck.report.drawing.shapes import line_of_text, shortened, tag, title

NAME, DETAIL = 13.0, 11.5
"""Sizes of the first line and of the others."""

MOST_LETTERS = 40
MOST_DETAILS = 7
BOLD = 1.1
"""How much wider letters are where they are bold."""

LEAST_WIDTH = 84.0
ROUND = 9.0


@dataclass(frozen=True, slots=True)
class Box:
    """A box with some lines, the first of which is its name."""

    lines: Sequence[str]
    told: str
    """What is told when it is pointed at."""

    def size(self, *, least_height: float = 0.0, aside: float = 0.0) -> Size:
        """What it takes up."""
        lines = list(self._shown())
        width = max(text_width(one.text, one.size) * one.stretch for one in lines) + 26
        height = sum(one.size + 5 for one in lines) + 13
        return Size(max(width, LEAST_WIDTH), max(height, least_height), aside, ROUND)

    def drawn(self, place: Place, size: Size, classes: str, *, twice: bool = False) -> str:
        """The box at its place; `twice`: with a double border."""
        parts = [title(self.told)]
        if twice:
            parts.append(_frame(place, size, 3.5, "g-ring"))
        parts.append(_frame(place, size, 0.0, "g-box"))
        lines = list(self._shown())
        y = place.y - sum(one.size + 5 for one in lines) / 2
        for one in lines:
            y += (one.size + 5) / 2
            parts.append(line_of_text(place.x, y, one.text, one.size, one.kind))
            y += (one.size + 5) / 2
        return tag("g", {"class": classes}, *parts)

    def _shown(self) -> Iterator[_Line]:
        first, *rest = self.lines
        yield _Line(shortened(first, MOST_LETTERS), NAME, "g-name", BOLD)
        shown = rest if len(rest) <= MOST_DETAILS else rest[: MOST_DETAILS - 1]
        for text in shown:
            yield _Line(shortened(text, MOST_LETTERS), DETAIL, "g-detail")
        if len(shown) < len(rest):
            yield _Line(f"and {len(rest) - len(shown)} more", DETAIL, "g-detail")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    size: float
    kind: str
    stretch: float = 1.0


def _frame(place: Place, size: Size, around: float, classes: str) -> str:
    return tag(
        "rect",
        {
            "x": place.x - size.width / 2 - around,
            "y": place.y - size.height / 2 - around,
            "width": size.width + 2 * around,
            "height": size.height + 2 * around,
            "rx": ROUND + around,
            "class": classes,
            "fill": "#fff" if not around else "none",
            "stroke": "#667085",
        },
    )
