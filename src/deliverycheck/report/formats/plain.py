"""Plain text for files that other programs show: nothing in it does anything.

A label can be any text. What a reader cannot see and a program may obey (control characters with
the escape sequences of terminals, marks that turn the direction of writing, halves of characters)
is shown by its number instead.
"""

from __future__ import annotations

import unicodedata

TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that change in which direction what follows is shown (Unicode Annex 9, 2)."""

SPACE = frozenset("\n\t")


def plain(text: str) -> str:
    """The text with everything that is not to be seen written as its number: `\\u001b`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(one if _is_shown(one) else _number(one) for one in text)


def one_line(text: str) -> str:
    """The same without line breaks."""
    return plain(" ".join(text.split()))


def _is_shown(one: str) -> bool:
    if one in SPACE:
        return True
    # Cc: control; Cs: half a character; Zl, Zp: line breaks that not every reader takes for one
    if one in TURNING or unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp"):
        return False
    return ord(one) & 0xFFFE != 0xFFFE  # these are no characters (XML 1.0, 2.2, has no room)


def _number(one: str) -> str:
    return f"\\u{ord(one):04x}" if ord(one) <= 0xFFFF else f"\\U{ord(one):08x}"
