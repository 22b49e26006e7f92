"""Lines of text: decorated, and as wide as the terminal."""

from __future__ import annotations

import os
from textwrap import wrap

import click


def styled(text: str, colour: str | None = None, *, bold: bool = False) -> str:
    """The text with decoration, unless the reader asked for none (https://no-color.org)."""
    return text if os.environ.get("NO_COLOR") else click.style(text, fg=colour, bold=bold)


def undecorated(text: str) -> str:
    """The text without its decoration."""
    return click.unstyle(text)


def wrapped(text: str, width: int, first: str, rest: str | None = None) -> list[str]:
    """The text in lines, the first and the others indented as given."""
    indent = first if rest is None else rest
    return wrap(
        text,
        max(width, 20),
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
