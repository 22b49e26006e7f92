"""Which item a step puts or takes, where that depends on the state: read off what it changes."""

from __future__ import annotations

from deliverycheck.report.drawing.contents import Contents, key_of
from deliverycheck.system.model import Event
from deliverycheck.system.verdicts import Step

UNKNOWN = "?"
"""What an event says of a subject that depends on the state."""


def place_named(step: Step, event: Event) -> int | None:
    """The place in a line that the name of a fault says: 1 of `lose(requests, 1: m1)`."""
    start, end = f"{event.kind}({event.where}, ", f": {event.what})"
    if not (step.action.startswith(start) and step.action.endswith(end)):
        return None
    said = step.action[len(start) : len(step.action) - len(end)]
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 6 else None


def item_put(step: Step, at: int, before: Contents, after: Contents) -> str | None:
    """The item that the step's event `at` puts, where only the changes tell; None: they do not."""
    channel = step.events[at].where
    line = after.line(channel)
    same = [e for e in step.events[at:] if e.kind == "put" and e.where == channel]
    if line is not None:
        return line[-len(same)] if len(same) <= len(line) else None
    return _by_difference(step, at, before, after)


def item_taken(step: Step, at: int, before: Contents, after: Contents) -> str | None:
    """The item that the step's event `at` takes, where only the changes tell."""
    line = before.line(step.events[at].where)
    if line is not None:
        earlier = [e for e in step.events[:at] if e.where == step.events[at].where]
        taken = sum(event.kind == "take" for event in earlier)
        return line[taken] if taken < len(line) else None
    return _by_difference(step, at, before, after)


def _by_difference(step: Step, at: int, before: Contents, after: Contents) -> str | None:
    """The item of a bag whose count changes by more than the step's other events tell."""
    event = step.events[at]
    sign = 1 if event.kind == "put" else -1
    open_: dict[str, int] = {}
    for change in step.changes:
        item = key_of(change.variable, event.where)
        if item is not None:
            then, now = (c.counts.get(event.where, {}).get(item, 0) for c in (before, after))
            open_[item] = sign * (now - then)
    for other in step.events:
        if other.where == event.where and other.kind in ("put", "take") and other.what != UNKNOWN:
            effect = sign if other.kind == "put" else -sign
            open_[other.what] = open_.get(other.what, 0) - effect
    wanted = [item for item, left in open_.items() for _ in range(left)]
    here = (event.kind, event.where, UNKNOWN)
    ahead = [e for e in step.events[:at] if (e.kind, e.where, e.what) == here]
    return wanted[len(ahead)] if len(ahead) < len(wanted) else None
