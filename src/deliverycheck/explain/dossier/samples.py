"""Sample runs: what a design does when all goes well, and how it comes through each fault."""

from __future__ import annotations

from dataclasses import dataclass

from deliverycheck.system.verdicts import Trace


@dataclass(frozen=True, slots=True)
class Sample:
    """A shortest run of its kind, to where nothing more has to happen."""

    title: str
    """What it is a sample of, as a heading: `Nothing goes wrong`, `The network loses a message`."""
    fault: str | None
    """The fault that strikes in it."""
    puts_to_the_test: tuple[str, ...]
    """The properties that hold, and that this run puts to the test."""
    trace: Trace
