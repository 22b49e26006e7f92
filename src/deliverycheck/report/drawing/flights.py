"""Flights: each message of a run from where it is sent to where it ends.

Events say what is put and taken, but not which copy; and where an item depends on the state, not
even which item. Both are read off the channels' variables. In a line the first goes first; in a bag
the copies of one item are all alike, and the oldest is taken to be the one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from deliverycheck.report.drawing.contents import Contents

Fate = Literal["arrives", "lost", "in flight"]

NETWORK = "network"
"""The actor of what befalls messages on their way."""

SOMETHING = "a message"
"""What is not known by name."""

MOST_UNEXPLAINED = 8
"""Copies of an item that are drawn though no event tells where they come from."""


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """A place in a run: the step, from 1, and which of the things it does, from 0."""

    step: int
    part: int


@dataclass(frozen=True, slots=True)
class Flight:
    """A message under way."""

    channel: str
    item: str
    sender: str | None
    """Who sent it; of a copy, whoever sent the original. None: it was there before."""
    goal: str
    """The role that it is meant for, where that is known."""
    began: Moment | None
    """None: it was there before."""
    copy_of: int | None = None
    """The number of the flight that the network copied when it began."""
    touched: tuple[Moment, ...] = ()
    """Where the network did something with it on its way."""
    ended: Moment | None = None
    fate: Fate = "in flight"
    receiver: str | None = None
    """Who took it."""

    def open_after(self, step: int) -> bool:
        """Whether it is under way in the state after so many steps."""
        begun = self.began is None or self.began.step <= step
        return begun and (self.ended is None or self.ended.step > step)


@dataclass(slots=True)
class _Flying:
    """A flight while the run is being read."""

    channel: str
    item: str
    sender: str | None
    goal: str
    began: Moment | None
    copy_of: int | None = None
    touched: list[Moment] = field(default_factory=list[Moment])
    ended: Moment | None = None
    fate: Fate = "in flight"
    receiver: str | None = None


@dataclass(slots=True)
class Air:
    """What is under way, and was; flights are known by their numbers."""

    flights: list[_Flying] = field(default_factory=list[_Flying])
    open: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    """By channel: what is under way, in a line in its order, in a bag by age."""

    def begin(
        self, channel: str, item: str, sender: str | None, goal: str, at: Moment | None
    ) -> int:
        """A message sets out behind all others."""
        self.flights.append(_Flying(channel, item, sender, goal, at))
        self.open.setdefault(channel, []).append(len(self.flights) - 1)
        return len(self.flights) - 1

    def take(self, channel: str, item: str | None, actor: str, at: Moment) -> int:
        """A message arrives; without a name, the one whose turn it is."""
        number = self._find(channel, item)
        self._end(number, at, "arrives")
        self.flights[number].receiver = actor
        return number

    def lose(
        self, channel: str, item: str, at: Moment, after: Sequence[str] | None, place: int | None
    ) -> int:
        """A message is lost, so that the line, if it is one, becomes `after`."""
        row = self.open.setdefault(channel, [])
        for here in self._places(channel, item, place) if after is not None else ():
            if self._items(row[:here] + row[here + 1 :]) == after:
                number = row[here]
                break
        else:
            number = self._find(channel, item)
        self._end(number, at, "lost")
        return number

    def drop(self, channel: str, at: Moment) -> int:
        """The first of what is under way on a broken connection is gone."""
        number = self.open[channel][0]
        self._end(number, at, "lost")
        return number

    def copy(
        self, channel: str, item: str, at: Moment, after: Sequence[str] | None, place: int | None
    ) -> int:
        """A second copy of a message: behind all others in a bag, behind the original in a line."""
        row = self.open.setdefault(channel, [])
        number = self._find(channel, item)
        where = len(row)
        for here in self._places(channel, item, place) if after is not None else ():
            if self._items([*row[: here + 1], *row[here:]]) == after:
                number, where = row[here], here + 1
                break
        original = self.flights[number]
        original.touched.append(at)
        self.flights.append(_Flying(channel, item, original.sender, original.goal, at, number))
        row.insert(where, len(self.flights) - 1)
        return len(self.flights) - 1

    def overtake(
        self, channel: str, item: str, at: Moment, after: Sequence[str] | None, place: int | None
    ) -> int:
        """A message overtakes the one ahead of it, so that the line becomes `after`."""
        row = self.open.setdefault(channel, [])
        number = self._find(channel, item)
        for here in self._places(channel, item, place):
            swapped = [*row[: here - 1], row[here], row[here - 1], *row[here + 1 :]]
            if here > 0 and (after is None or self._items(swapped) == after):
                number = row[here]
                row[:] = swapped
                break
        self.flights[number].touched.append(at)
        return number

    def settle(self, channel: str, contents: Contents, actor: str, at: Moment) -> None:
        """Agree with the channel's variables, whatever the events have told (or not)."""
        for item, amount in (contents.amounts(channel) or {}).items():
            here = self._places(channel, item)
            for _ in range(len(here), min(amount, len(here) + MOST_UNEXPLAINED)):
                self.begin(channel, item, actor, "", at)
            for _ in range(amount, len(here)):
                number = self._find(channel, item)
                self._end(number, at, "lost" if actor == NETWORK else "arrives")
                self.flights[number].receiver = None if actor == NETWORK else actor

    def landed(self) -> tuple[Flight, ...]:
        """All flights, by number."""
        return tuple(
            Flight(
                one.channel,
                one.item,
                one.sender,
                one.goal,
                one.began,
                one.copy_of,
                tuple(one.touched),
                one.ended,
                one.fate,
                one.receiver,
            )
            for one in self.flights
        )

    def _places(self, channel: str, item: str, first: int | None = None) -> list[int]:
        """Where copies of the item are; the place that the step names goes first."""
        row = self.open.get(channel, [])
        found = [place for place, number in enumerate(row) if self.flights[number].item == item]
        return sorted(found, key=lambda place: place != first)

    def _items(self, row: Sequence[int]) -> list[str]:
        return [self.flights[number].item for number in row]

    def _find(self, channel: str, item: str | None) -> int:
        """The first of this name; if there is none, one that was there before."""
        row = self.open.get(channel, [])
        if item is None and row:
            return row[0]
        places = self._places(channel, item or SOMETHING)
        return row[places[0]] if places else self.begin(channel, item or SOMETHING, None, "", None)

    def _end(self, number: int, at: Moment, fate: Fate) -> None:
        one = self.flights[number]
        self.open[one.channel].remove(number)
        one.ended, one.fate = at, fate
