"""Options: how to check, not what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from deliverycheck.check.certifying import Certifying
from deliverycheck.explore.checkpoint import Checkpoint
from deliverycheck.explore.limits import Explorer, Limits, Progress

Engine: TypeAlias = Literal["auto", "explicit", "symbolic"]

Report: TypeAlias = Callable[[Progress | str], None]
"""Hears how far the work is: the search's numbers, or what a solver is busy with."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to check, not what."""

    limits: Limits = field(default_factory=Limits)
    copies: int | None = None
    properties: tuple[str, ...] = ()
    """Only these properties; empty: all."""
    engine: Engine = "auto"
    """`auto`: both, cross-examined."""
    explorer: Explorer = field(default_factory=Explorer)
    symmetry: bool = True
    """Whether one state may stand for all that differ only in what messages are called."""
    certifying: Certifying = field(default_factory=Certifying)
    solver: tuple[str, ...] = ()
    """The command of a solver's process, instead of the usual one."""
    checkpoint: Checkpoint | None = None
    """Where the search is kept that decides the verdicts; others are kept nowhere."""
