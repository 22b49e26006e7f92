"""What a run's variables say about its channels: the facts that the drawn flights must agree with.

A trace knows its variables only by what changes them. A channel `c` is a bag, where `c[m1]` counts
the copies of m1, or a line, where `c[0]` is what arrives next and `-` an empty place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from deliverycheck.system.model import Event
from deliverycheck.system.sorts import Value
from deliverycheck.system.verdicts import Change, Step, Trace

EMPTY = "-"
"""What a line's variables hold where there is nothing."""

MOVES = ("put", "take", "lose", "duplicate", "reorder")
"""The kinds of events that name one channel."""


@dataclass(slots=True)
class Contents:
    """What is in each channel, as far as the changes up to here tell."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])
    """By channel and item, for bags."""
    cells: dict[str, dict[int, str]] = field(default_factory=dict[str, dict[int, str]])
    """By channel and place, for lines."""

    def line(self, channel: str) -> list[str] | None:
        """What is in a line, the first to arrive first; None if the channel is none."""
        cells = self.cells.get(channel)
        if cells is None:
            return None
        return [cells[at] for at in sorted(cells) if cells[at] != EMPTY]

    def amounts(self, channel: str) -> dict[str, int] | None:
        """How many copies of each item there are; None where nothing is known."""
        line = self.line(channel)
        if line is None:
            return self.counts.get(channel)
        found = dict.fromkeys(self.cells[channel].values(), 0)
        for item in line:
            found[item] += 1
        return found

    def after(self, channels: Sequence[str], changes: Iterable[Change]) -> Contents:
        """What is there one step later."""
        counts = {name: dict(inner) for name, inner in self.counts.items()}
        cells = {name: dict(inner) for name, inner in self.cells.items()}
        later = Contents(counts, cells)
        for change in changes:
            later._note(channels, change.variable, change.new)
        return later

    def _note(self, channels: Sequence[str], variable: str, value: Value) -> None:
        for channel in channels:
            key = key_of(variable, channel)
            if key is None or isinstance(value, bool):
                continue
            if isinstance(value, int):
                self.counts.setdefault(channel, {})[key] = value
            elif key.isdecimal():
                self.cells.setdefault(channel, {})[int(key)] = value


def contents_at_start(trace: Trace, channels: Sequence[str]) -> Contents:
    """What the first change of each variable tells of how it was before."""
    first: dict[str, Value] = {}
    for step in trace.steps:
        for change in step.changes:
            first.setdefault(change.variable, change.old)
    return Contents().after(channels, [Change(name, old, old) for name, old in first.items()])


def channels_of(steps: Iterable[Step]) -> tuple[str, ...]:
    """The channels the run speaks of, in the order it does."""
    found: dict[str, None] = {}
    events = [event for step in steps for event in step.events]
    for event in events:
        if event.kind in MOVES:
            found[event.where] = None
    for event in events:
        found |= dict.fromkeys(broken_by(event))
    return tuple(found)


def broken_by(event: Event) -> tuple[str, ...]:
    """The directions of the connection that the event breaks, if it does."""
    return tuple(event.where.split(" and ")) if event.kind == "break" else ()


def key_of(variable: str, field_name: str) -> str | None:
    """What stands in the brackets, if the variable is one of the field's."""
    if variable.startswith(f"{field_name}[") and variable.endswith("]"):
        return variable[len(field_name) + 1 : -1]
    return None
