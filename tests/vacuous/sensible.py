"""What looks idle and is not: with another setting, or more messages, it would be missed."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from deliverycheck.lang import Message, Protocol, Range, Role, Steps, always, require

worker = Role("worker")


class Limits(Protocol):
    """Limits that so few messages never come near, and settings behind local names."""

    vain = ""

    most: Annotated[int, Range(0, 3)] = 3
    again: bool = False

    open: set[Message]
    tries: dict[Message, Annotated[int, Range(0, 3)]]

    @worker
    def begin(self, m: Message) -> None:
        require(m not in self.open and self.tries.get(m, 0) < self.most)
        self.open.add(m)
        self.tries[m] = 1

    @worker
    def end(self, m: Message) -> Steps:
        repeated = self.again and m not in self.open
        if repeated:
            yield "repeated"
        require(m in self.open)
        yield "ended"
        self.open.discard(m)
        self.tries[m] = 0

    @worker
    def redo(self, m: Message) -> None:
        allowed = self.again and m in self.open
        require(allowed)
        self.open.discard(m)

    @always
    def a_window(self) -> bool:
        return len(self.open) <= 2


class Parcel(NamedTuple):
    """A message in a box."""

    m: Message


class Narrowed(Protocol):
    """Type checkers need the second condition, although the first implies it."""

    vain = ""

    busy: bool
    slot: Parcel | None
    done: set[Message]

    @worker
    def take(self, m: Message) -> None:
        require(not self.busy)
        self.busy = True
        self.slot = Parcel(m)

    @worker
    def finish(self) -> None:
        require(self.busy and self.slot is not None and self.slot.m not in self.done)
        self.busy = False

    @worker
    def close(self, m: Message) -> None:
        require(m not in self.done)
        self.done.add(m)


class Careful(Protocol):
    """What the variant below needs, this one needs, too."""

    vain = ""

    sent: set[Message]
    seen: set[Message]

    @worker
    def send(self, m: Message) -> None:
        require(m not in self.sent and m not in self.seen)
        self.sent.add(m)

    @worker
    def look(self, m: Message) -> None:
        require(m in self.sent)
        self.sent.discard(m)
        self.seen.add(m)

    @worker
    def forget(self, m: Message) -> None:
        require(m in self.seen)
        self.seen.discard(m)


class Blind(Careful):
    """It forgets at once, so the condition it inherits is of no use to it."""

    @worker
    def look(self, m: Message) -> None:
        require(m in self.sent)
        self.sent.discard(m)
        self.seen.add(m)
        self.seen.discard(m)

    @worker
    def forget(self, m: Message) -> None:
        require(m in self.sent)
        self.sent.discard(m)
