"""The terminal: how wide it is, and progress on stderr."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from deliverycheck.explore.limits import Progress

NARROWEST, WIDEST = 40, 100
QUIET_SECONDS = 1.0
"""Shorter work shows no progress."""


def width() -> int:
    """Columns to write: those of the terminal within reason, 80 in a pipe."""
    columns = shutil.get_terminal_size((80, 24)).columns
    return max(NARROWEST, min(WIDEST, columns))


def is_terminal() -> bool:
    """Whether progress can be rewritten in place; stderr may be closed altogether."""
    stream = getattr(sys, "stderr", None)
    return stream is not None and stream.isatty()


def progress_for(model: str) -> Callable[[Progress | str], None]:
    """A report of progress: one line rewritten on a terminal, a line every five seconds else."""
    live = is_terminal()
    every = 0.2 if live else 5.0
    began = time.monotonic()
    last = began + (QUIET_SECONDS if live else 0.0) - every

    def report(progress: Progress | str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - began < QUIET_SECONDS or now - last < every:
            return
        last = now
        text = f"{model}: {progress if isinstance(progress, str) else _numbers(progress)}"
        if live:
            click.echo(f"\r\x1b[2K{text[: width()]}", err=True, nl=False)
        else:
            click.echo(text, err=True)

    return report


def _numbers(progress: Progress) -> str:
    rate = progress.states / progress.seconds if progress.seconds else 0
    parts = [
        f"{progress.states:,} states",
        f"depth {progress.depth}",
        f"{progress.frontier:,} to look at",
        f"{rate:,.0f} states/s",
    ]
    if progress.megabytes:
        parts.append(f"{progress.megabytes:,.0f} MB")
    if progress.ahead is not None and rate:
        parts.append(f"about {_span(progress.ahead / rate)} to go")
    return ", ".join(parts)


def _span(seconds: float) -> str:
    """A time to come, not more exactly than it is known."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{round(seconds / 3600)} h"


def clear_progress() -> None:
    """Take the progress line off a terminal."""
    if is_terminal():
        click.echo("\r\x1b[2K", err=True, nl=False)
