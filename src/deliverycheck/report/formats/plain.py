"""Plain text for files that other programs show: nothing in it does anything.

A label can be any text. What a reader cannot see and a program may obey (control characters with
the escape sequences of terminals, marks without a shape or a width of their own, halves of
characters) is shown by its number instead.
"""

from __future__ import annotations

import unicodedata

SPACE = frozenset("\n\t")


def plain(text: str) -> str:
    """The text with everything that is not to be seen written as its number: `\\u001b`."""
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "".join(one if _is_shown(one) else _number(one) for one in text)


def one_line(text: str) -> str:
    """The same without line breaks."""
    return plain(" ".join(text.split()))


def _is_shown(one: str) -> bool:
    if one in SPACE:
        return True
    # Cc: control; Cf: marks without a shape of their own, such as those that turn the direction of
    # writing (Unicode Annex 9, 2) or have no width; Cs: half a character; Zl, Zp: line breaks that
    # not every reader takes for one
    if unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return False
    return ord(one) & 0xFFFE != 0xFFFE  # these are no characters (XML 1.0, 2.2, has no room)


def _number(one: str) -> str:
    return f"\\u{ord(one):04x}" if ord(one) <= 0xFFFF else f"\\U{ord(one):08x}"
