"""The scene of a run: what each step shows, part by part, and the flights between them.

Pure data: what is drawn, not where.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from deliverycheck.report.drawing.contents import (
    Contents,
    broken_by,
    channels_of,
    contents_at_start,
    key_of,
)
from deliverycheck.report.drawing.flights import SOMETHING, Air, Flight, Moment
from deliverycheck.report.drawing.items import UNKNOWN, item_put, item_taken, place_named
from deliverycheck.system.model import Event
from deliverycheck.system.verdicts import Step, Trace

RECORDS = {
    "accept": "accepted",
    "effect": "effects",
    "tell-done": "told",
    "tell-failed": "told",
    "park": "parked",
    "take-over": "held",
}
"""What is written in the ledger, and the record it goes into."""

Busy = Literal["start", "end", "cut"]
"""What a step does to a process of its actor: a crash cuts it off."""

IDLE = "idle"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a step does; `kind` is that of its event.

    Two kinds are no events: `early`, a timer that fires before its time, and `gone`, a message that
    a broken connection takes with it.
    """

    kind: str
    what: str = ""
    where: str = ""
    flight: int | None = None
    count: int = 0
    """Of an effect: the how manieth of the message it is."""


@dataclass(frozen=True, slots=True)
class Row:
    """A step with its parts, at least one."""

    step: Step
    parts: tuple[Part, ...]
    busy: tuple[tuple[str, Busy], ...] = ()
    """The processes of the actor that start or end here, by method."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A run as it is drawn."""

    rows: tuple[Row, ...]
    flights: tuple[Flight, ...]
    loop_start: int | None


def scene_of(trace: Trace) -> Scene:
    """Read a run."""
    channels = channels_of(trace.steps)
    reader = _Reader(channels, contents_at_start(trace, channels))
    rows = tuple(reader.row(step) for step in trace.steps)
    return Scene(rows, reader.air.landed(), trace.loop_start)


@dataclass(slots=True)
class _Reader:
    """Goes through a run step by step."""

    channels: tuple[str, ...]
    contents: Contents
    air: Air = field(default_factory=Air)
    effects: dict[str, int] = field(default_factory=dict[str, int])
    running: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """By actor: the methods that are at some place."""

    def __post_init__(self) -> None:
        for channel in self.channels:
            amounts = self.contents.amounts(channel) or {}
            line = self.contents.line(channel)
            items = [item for item, amount in amounts.items() for _ in range(min(amount, 8))]
            for item in items if line is None else line:
                self.air.begin(channel, item, None, "", None)

    def row(self, step: Step) -> Row:
        before, self.contents = self.contents, self.contents.after(self.channels, step.changes)
        parts: list[Part] = []
        if step.fault in ("delay", "expire"):
            parts.append(Part("early", what=step.fault))
        for at, event in enumerate(step.events):
            if event.kind == "say" and len(step.events) > 1:
                continue  # a sentence: the story has room for it
            parts += self._parts(step, at, event, before, len(parts))
        for channel in self.channels:
            moment = Moment(step.index, max(len(parts) - 1, 0))
            self.air.settle(channel, self.contents, step.actor, moment)
        return Row(step, tuple(parts) or (Part("do"),), tuple(self._busy(step)))

    def _parts(
        self, step: Step, at: int, event: Event, before: Contents, part: int
    ) -> Iterator[Part]:
        moment = Moment(step.index, part)
        where, what = event.where, event.what
        line = (
            self.contents.line(where) if sum(e.where == where for e in step.events) == 1 else None
        )
        place = place_named(step, event)
        match event.kind:
            case "put":
                item = what if what != UNKNOWN else item_put(step, at, before, self.contents)
                number = self.air.begin(
                    where, item or self._put_back(where, step), step.actor, event.other, moment
                )
            case "take":
                item = what if what != UNKNOWN else item_taken(step, at, before, self.contents)
                number = self.air.take(where, item, step.actor, moment)
            case "lose":
                number = self.air.lose(where, what, moment, line, place)
            case "duplicate":
                number = self.air.copy(where, what, moment, line, place)
            case "reorder":
                number = self.air.overtake(where, what, moment, line, place)
            case "break":
                yield Part("break", where=where)
                for channel in broken_by(event):
                    while self.air.open.get(channel):
                        part += 1
                        number = self.air.drop(channel, Moment(step.index, part))
                        yield Part("gone", self.air.flights[number].item, channel, number)
                return
            case _:
                yield self._other(step, event)
                return
        yield Part(event.kind, self.air.flights[number].item, where, number)

    def _put_back(self, channel: str, step: Step) -> str:
        """What is put where nothing tells: a step that changes nothing puts back what it took."""
        taken = [
            one.item
            for one in self.air.flights
            if one.channel == channel and one.ended is not None and one.ended.step == step.index
        ]
        return taken[-1] if taken else step.message or SOMETHING

    def _other(self, step: Step, event: Event) -> Part:
        record = RECORDS.get(event.kind)
        if record is None:
            what = event.what
            if what == UNKNOWN:
                names = (event.where, f"{step.actor}.{event.where}")  # a replica has its own
                values = [str(c.new) for c in step.changes if c.variable in names]
                what = values[0] if values else ""
            return Part(event.kind, what, event.where)
        keys = {key: c for c in step.changes if (key := key_of(c.variable, record)) is not None}
        what = event.what if event.what != UNKNOWN else next(iter(keys), step.message or SOMETHING)
        if event.kind != "effect":
            return Part(event.kind, what)
        seen = keys[what].new if what in keys else None
        count = self.effects.get(what, 0) + 1
        if isinstance(seen, int) and not isinstance(seen, bool):
            count = max(count, seen)
        self.effects[what] = count
        return Part("effect", what, count=count)

    def _busy(self, step: Step) -> Iterator[tuple[str, Busy]]:
        running = self.running.setdefault(step.actor, set())
        if step.fault == "crash":
            for method in sorted(running):
                yield method, "cut"
            running.clear()
            return
        method = step.action.partition("(")[0]
        for change in step.changes:
            if change.variable == f"{step.actor}.{method}":
                if change.new == IDLE:
                    running.discard(method)
                    yield method, "end"
                elif change.old == IDLE:
                    running.add(method)
                    yield method, "start"
