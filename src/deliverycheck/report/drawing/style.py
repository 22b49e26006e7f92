"""The style sheets of the drawings: classes, and colours as custom properties."""

from __future__ import annotations

from importlib.resources import files

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
"""What the reader's own system is written in."""


def style(*names: str) -> str:
    """The style sheets of these names, one after the other."""
    folder = files("deliverycheck.report.drawing")
    return "\n".join((folder / f"{name}.css").read_text("utf-8") for name in names)
