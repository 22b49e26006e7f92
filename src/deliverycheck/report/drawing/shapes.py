"""Pieces of SVG as text. What is escaped, and which characters are let through, says `svg`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from deliverycheck.report.drawing import svg
from deliverycheck.report.drawing.style import FONT, style
from deliverycheck.report.drawing.svg import number, plain


def clean(text: str) -> str:
    """The text in one line, with a mark for each character that cannot or must not be written."""
    return plain(" ".join(text.split()))


def escaped(text: str) -> str:
    """A label as text or as the value of an attribute."""
    return svg.escaped(clean(text))


def shortened(text: str, most: int) -> str:
    """The text in at most so many characters; what is left out is marked."""
    whole = clean(text)
    return whole if len(whole) <= most else whole[: most - 1].rstrip() + "…"


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
        head.append(f"<style>{style('graphs')}</style>")
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
