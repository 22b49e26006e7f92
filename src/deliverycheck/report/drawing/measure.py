"""How wide text is at most, whatever font the reader has.

There is no telling which font `system-ui` stands for, so the widths are those of DejaVu Sans, which
is wider than what phones and desktops have (read off its `hmtx` table, rounded up to 0.05 em).
"""

from __future__ import annotations

import unicodedata

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"

_EM: dict[str, float] = {
    c: em
    for em, row in {
        0.3: "'IJijl",
        0.35: " ,./:;\\|\N{MIDDLE DOT}",
        0.4: "()-[]ft",
        0.45: "!r",
        0.5: '"*_`',
        0.55: "?csz",
        0.6: "FLkvxy",
        0.65: "$0123456789EPSTYabdeghnopqu{}",
        0.7: "ABCKRVXZ",
        0.75: "NU",
        0.8: "&DGHOQ",
        0.85: "#+<=>^w~",
        0.9: "M",
        1.0: "%@Wm",
    }.items()
    for c in row
}
_OTHER = 1.0
_WIDE = 1.4
"""Ideographs are one em wide, pictures somewhat more."""
_BOLD = 1.27


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How much room the text needs at most."""
    total = sum(map(_em, text))
    return total * size * (_BOLD if bold else 1.0)


def shortened(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """The text, or as much of its beginning as there is room for, and an ellipsis."""
    if width(text[:1000], size, bold=bold) <= room and len(text) <= 1000:
        return text
    left = room - width(ELLIPSIS, size, bold=bold)
    kept = 0
    for c in text:
        left -= width(c, size, bold=bold)
        if left < 0:
            break
        kept += 1
    return text[:kept].rstrip() + ELLIPSIS


def _em(c: str) -> float:
    known = _EM.get(c)
    if known is not None:
        return known
    if unicodedata.combining(c):
        return 0.0
    return _WIDE if unicodedata.east_asian_width(c) in "WF" else _OTHER
