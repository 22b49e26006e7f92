"""A small writer of SVG: elements as data, and one place where everything is escaped.

What a label holds never reaches the file as it is: markup is escaped, characters that XML 1.0
forbids (section 2.2) and such as would turn the text around them are replaced, and text that is
written from right to left is kept to itself (Unicode Standard Annex 9, section 2.7).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from deliverycheck.report.drawing.measure import shortened

Attribute: TypeAlias = "str | float | int | None"
"""None: the attribute is left out."""

REPLACED = "\N{REPLACEMENT CHARACTER}"
ISOLATE, END_ISOLATE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"

_CONTROLS = "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufffe\\uffff\\u2028\\u2029"
"""What XML does not allow, controls, and ends of lines that are none in a file."""

_TURNING = "\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066\\u2067"
"""The marks that change the direction of the text around them, but for `ISOLATE` and its end."""

_NEVER_PLAIN = re.compile(f"[{_CONTROLS}{_TURNING}{ISOLATE}{END_ISOLATE}]")
_NEVER_WRITTEN = re.compile(f"[{_CONTROLS}\\t\\r{_TURNING}]")
_BLANK = re.compile("[\\t\\n\\r]")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


@dataclass(frozen=True, slots=True)
class Element:
    """An element; `children` are elements and text."""

    name: str
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple[Element | str, ...] = ()


def element(name: str, *children: Element | str, **attributes: Attribute) -> Element:
    """An element; `class_` and `stroke_width` are the attributes `class` and `stroke-width`."""
    pairs = [
        (key.strip("_").replace("_", "-"), value if isinstance(value, str) else number(value))
        for key, value in attributes.items()
        if value is not None
    ]
    return Element(name, tuple(pairs), children)


def written(root: Element) -> str:
    """The element as XML, a line for each element that holds others."""
    return "".join(_pieces(root))


def label(text: str, room: float, size: float, **attributes: Attribute) -> Element:
    """Text no wider than `room`; where it had to be shortened, the whole is in its title."""
    whole = plain(text)
    short = shortened(whole, room, size, bold=attributes.get("font_weight") is not None)
    title = () if short == whole else (element("title", isolated(whole)),)
    return element("text", *title, isolated(short), font_size=size, **attributes)


def number(value: float) -> str:
    """A number with at most one decimal, the same on every machine."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def plain(text: str) -> str:
    """The text on one line, with what a file or a reader could trip over replaced."""
    return _NEVER_PLAIN.sub(REPLACED, _BLANK.sub(" ", text))


def isolated(text: str) -> str:
    """The text, kept to itself if any of it is written from right to left."""
    turned = not text.isascii() and any(
        unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in text
    )
    return f"{ISOLATE}{text}{END_ISOLATE}" if turned else text


def _pieces(one: Element) -> Iterator[str]:
    yield f"<{one.name}"
    for name, value in one.attributes:
        yield f' {name}="{escaped(value)}"'
    if not one.children:
        yield "/>"
        return
    yield ">"
    nested = _holds_elements_only(one.children)
    for child in one.children:
        yield "\n" if nested else ""
        if isinstance(child, str):
            yield escaped(child)
        else:
            yield from _pieces(child)
    yield "\n" if nested else ""
    yield f"</{one.name}>"


def _holds_elements_only(children: Sequence[Element | str]) -> bool:
    return all(isinstance(child, Element) for child in children)


def escaped(text: str) -> str:
    """The text for an attribute or between tags."""
    return _NEVER_WRITTEN.sub(REPLACED, text).translate(_ESCAPES)
