"""Yields, timers, roles, helpers, volatile fields: each marked line bears the code it must get."""
# mypy: ignore-errors
# ruff: noqa: B007, D101, E712, F401
# pyright: basic

from typing import Annotated

from deliverycheck.lang import (
    Channel,
    Message,
    Protocol,
    Range,
    Role,
    Steps,
    Volatile,
    always,
    fault,
    require,
)

one = Role("one")
two = Role("two", crashes=True)

Small = Annotated[int, Range(0, 2)]


class Fielded(Protocol):
    """Fields for the classes below; nothing wrong with it."""

    n: Small
    held: Message | None
    s: set[Message]
    sent: Channel[Message] = Channel(one, two)

    @two
    def idle(self) -> None:
        pass


class NamelessYield(Fielded):
    @one
    def act(self) -> Steps:
        yield  # refused: DC113
        yield 3  # refused: DC113


class YieldInFor(Fielded):
    @one
    def act(self) -> Steps:
        for m in self.messages:
            yield "a"  # refused: DC113


class OnePlaceTwice(Fielded):
    @one
    def act(self) -> Steps:
        yield "a"
        self.n = 1
        yield "a"  # refused: DC113
        yield "idle"  # refused: DC113


class Endless(Fielded):
    @one
    def act(self) -> None:
        while True:  # refused: DC114
            self.n = 1


class TimerAsValue(Fielded):
    @one
    def act(self, m: Message) -> None:
        require(self.timed_out(m) == True)  # refused: DC115


class TwoTimers(Fielded):
    @one
    def act(self, m: Message) -> None:
        require(self.timed_out(m))
        require(self.expired(m))  # refused: DC115


class TimerOfField(Fielded):
    @one
    def act(self) -> None:
        require(self.held is not None and self.timed_out(self.held))  # refused: DC115


class TimerOfNoChannel(Fielded):
    @one
    def act(self, m: Message) -> None:
        require(self.timed_out(m, self.held))  # refused: DC115


class LeaseOfChannel(Fielded):
    sent: Channel[Message] = Channel(one, two)

    @one
    def act(self, m: Message) -> None:
        self.sent.put(m)
        require(self.expired(m, self.sent))  # refused: DC115


class SharedMemory(Fielded):
    cache: Volatile[Small]  # refused: DC116

    @one
    def act(self) -> None:
        self.cache = 1

    @two
    def other(self) -> None:
        self.cache = 2


class FaultyMemory(Fielded):
    cache: Volatile[Small]  # refused: DC116

    @one
    def act(self) -> None:
        self.cache = 1

    @fault
    def wipe(self) -> None:
        self.cache = 2


class Recursive(Fielded):
    def down(self, m: Message) -> None:
        self.n = 1
        self.up(m)

    def up(self, m: Message) -> None:
        self.n = 2
        self.down(m)  # refused: DC117

    @one
    def act(self, m: Message) -> None:
        self.down(m)


class RecursiveValue(Fielded):
    def even(self, x: int) -> bool:
        return self.odd(x)

    def odd(self, x: int) -> bool:
        return self.even(x)  # refused: DC117

    @one
    def act(self) -> None:
        require(self.even(2))


class NoRole(Fielded):
    def idle(self) -> None:  # refused: DC112
        self.n = 1


class NotOwn(Fielded):
    @one
    def act(self) -> Steps:
        yield from range(3)  # refused: DC106


class UndeclaredLocal(Fielded):
    @one
    def act(self) -> Steps:
        x = 1
        yield "a"  # refused: DC108
        self.n = x


class UnreadableLocal(Fielded):
    @one
    def act(self) -> None:
        x: Annotated[int, lambda: 1] = 1  # refused: DC109
        self.n = x


class IntLocal(Fielded):
    @one
    def act(self) -> None:
        x: int = 1  # refused: DC109
        self.n = x


class HelperInside(Fielded):
    """The line is that of the helper."""

    def wrong_form(self) -> None:
        assert self.n == 1  # refused: DC104

    @one
    def act(self) -> None:
        self.wrong_form()


class HelperInsideToo(Fielded):
    """The line is that of the helper, also where the meaning is wrong, not the form."""

    def wrong(self) -> None:
        self.n = 1
        self.nothing = 1  # refused: DC107

    @one
    def act(self) -> None:
        self.wrong()
