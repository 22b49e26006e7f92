"""Pieces of SVG as text: every label is escaped here, and nowhere else.

SVG 1.1 is XML 1.0, so what that forbids cannot be written, not even escaped (XML 1.0, section 2.2).
Marks that turn the direction of writing are shown as unknown, since a label must not reorder what
stands beside it (Unicode TR 36, section 2.5).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from unicodedata import east_asian_width

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"

UNKNOWN = "\N{REPLACEMENT CHARACTER}"

_FORBIDDEN = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_TURNING = re.compile("[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]")
# by the widest of the usual fonts (DejaVu Sans), so that text never runs out of its box
_NARROW, _WIDE = (
    frozenset("ijlItfr.,:;'|!()[]` "),
    frozenset("mwMW@%#+=<>~^&—…∈∉≠≤≥∧\N{LOGICAL OR}↔→�✓✗"),
)


def clean(text: str) -> str:
    """The text in one line, with a mark for each character that cannot or must not be written."""
    return _TURNING.sub(UNKNOWN, _FORBIDDEN.sub(UNKNOWN, " ".join(text.split())))


def escaped(text: str) -> str:
    """A label as text or as the value of an attribute."""
    entities = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
    return "".join(entities.get(letter, letter) for letter in clean(text))


def width_of(text: str, size: float) -> float:
    """About how wide a text is, in a sans-serif font of that size."""
    total = 0.0
    for letter in clean(text):
        if letter in _NARROW:
            total += 0.37
        elif letter in _WIDE:
            total += 0.88
        elif letter.isupper():
            total += 0.7
        else:
            total += 1.05 if east_asian_width(letter) in "WF" else 0.6
    return total * size


def shortened(text: str, most: int) -> str:
    """The text in at most so many characters; what is left out is marked."""
    whole = clean(text)
    return whole if len(whole) <= most else whole[: most - 1].rstrip() + "…"


def number(value: float) -> str:
    """A coordinate: as many digits as can be seen."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def tag(name: str, attributes: Mapping[str, str | float], *inside: str) -> str:
    """An element; `inside` is SVG already. Underscores in names of attributes become hyphens."""
    told = "".join(
        f' {key.replace("_", "-")}="{number(v) if isinstance(v, float | int) else escaped(v)}"'
        for key, v in attributes.items()
    )
    return f"<{name}{told}>{''.join(inside)}</{name}>" if inside else f"<{name}{told}/>"


def title(text: str) -> str:
    """What is told of an element when it is pointed at, or read out."""
    return f"<title>{escaped(text)}</title>"


def line_of_text(
    x: float, y: float, text: str, size: float, classes: str, anchor: str = "middle"
) -> str:
    """A line of text; `y` is that of its middle."""
    # a middle baseline is not drawn alike everywhere, a shift is
    places: dict[str, str | float] = {"x": x, "y": y + size * 0.35, "font_size": size}
    return tag("text", places | {"class": classes, "text_anchor": anchor}, escaped(text))


@dataclass(frozen=True, slots=True)
class Picture:
    """A part of a drawing with its measures; `told` is what it shows, in words."""

    width: float
    height: float
    body: str
    told: str


def drawing(picture: Picture, *, ident: str, title: str, standalone: bool) -> str:
    """A whole SVG: to inline in a page with the style, or with it to save alone.

    `ident` begins all identifiers in it, so that several can be in one page.
    """
    name = re.sub(r"[^A-Za-z0-9_-]", "-", ident) or "graph"
    attributes: dict[str, str | float] = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"0 0 {number(picture.width)} {number(picture.height)}",
        "width": picture.width,
        "height": picture.height,
        "class": "g-graph g-alone" if standalone else "g-graph",
        "font_family": FONT,
        "role": "img",
        "aria_labelledby": f"{name}-title {name}-desc",
    }
    head = [
        tag("title", {"id": f"{name}-title"}, escaped(title)),
        tag("desc", {"id": f"{name}-desc"}, escaped(picture.told)),
    ]
    if standalone:
        style = files("deliverycheck.report.drawing").joinpath("graphs.css")
        head.append(f"<style>{style.read_text(encoding='utf-8')}</style>")
        ground: dict[str, str | float] = {"width": picture.width, "height": picture.height}
        head.append(tag("rect", ground | {"class": "g-ground", "fill": "#fff"}))
    return tag("svg", attributes, *head, picture.body) + ("\n" if standalone else "")


def beside(pictures: Sequence[Picture], most: float, gap: float) -> Picture:
    """Several pictures in rows, each row no wider than `most` if it can be."""
    x = y = width = height = 0.0
    parts: list[str] = []
    for picture in pictures:
        if x and x + picture.width > most:
            x, y = 0.0, height + gap
        place = f"translate({number(x)} {number(y)})"
        parts.append(tag("g", {"transform": place}, picture.body))
        width = max(width, x + picture.width)
        height = max(height, y + picture.height)
        x += picture.width + gap
    return Picture(width, height, "".join(parts), " ".join(p.told for p in pictures))
