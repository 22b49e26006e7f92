"""Statements that are refused: each marked line bears the code it must be refused with."""
# mypy: ignore-errors
# ruff: noqa: ARG002, B007, B015, D101, F401, F841, PLW0120, PLW0603, PTH123, SIM105
# pyright: basic

from typing import Annotated, NamedTuple

from deliverycheck.lang import Channel, Message, Protocol, Range, Role, Steps, always, require

one = Role("one")
two = Role("two")

Small = Annotated[int, Range(0, 2)]


class Pair(NamedTuple):
    x: Small
    y: bool


class Fielded(Protocol):
    """Fields for the classes below; nothing wrong with it."""

    n: Small
    b: bool
    r: Pair
    s: set[Message]
    d: dict[Message, Small]
    sent: Channel[Message] = Channel(one, two)

    @two
    def idle(self) -> None:
        pass


class Tries(Fielded):
    @one
    def act(self, m: Message) -> None:
        try:  # refused: DC104
            self.s.remove(m)
        except KeyError:
            pass


class Raises(Fielded):
    @one
    def act(self, m: Message) -> None:
        raise ValueError  # refused: DC104


class Asserts(Fielded):
    @one
    def act(self, m: Message) -> None:
        assert m in self.s  # refused: DC104


class Withs(Fielded):
    @one
    def act(self, m: Message) -> None:
        with open("x"):  # refused: DC104
            self.n = 1


class Deletes(Fielded):
    @one
    def act(self, m: Message) -> None:
        del self.d[m]  # refused: DC104


class Defines(Fielded):
    @one
    def act(self, m: Message) -> None:
        def inner() -> None:  # refused: DC104
            self.n = 1

        self.n = 2


class Classes(Fielded):
    @one
    def act(self, m: Message) -> None:
        class Inner:  # refused: DC104
            pass


class Imports(Fielded):
    @one
    def act(self, m: Message) -> None:
        import os  # refused: DC104
        from os import path  # refused: DC104


class Globals(Fielded):
    @one
    def act(self, m: Message) -> None:
        global one  # refused: DC104
        one = 1


class Matches(Fielded):
    @one
    def act(self, m: Message) -> None:
        match self.n:  # refused: DC104
            case 1:
                self.n = 2


class WhileElse(Fielded):
    @one
    def act(self) -> Steps:
        while self.n > 0:  # refused: DC104
            yield "a"
        else:
            self.n = 1


class ForElse(Fielded):
    @one
    def act(self) -> None:
        for m in self.messages:  # refused: DC104
            self.s.add(m)
        else:
            self.n = 1


class ForTwo(Fielded):
    @one
    def act(self) -> None:
        for a, b in ((1, 2), (2, 1)):  # refused: DC104
            self.n = a


class ForChanging(Fielded):
    @one
    def act(self) -> None:
        for m in self.s:  # refused: DC104
            self.n = 1


class ForChannel(Fielded):
    @one
    def act(self) -> None:
        for m in self.sent:  # refused: DC105
            self.n = 1


class Chained(Fielded):
    @one
    def act(self) -> None:
        x = y = 1  # refused: DC104
        self.n = 2


class Unpacks(Fielded):
    @one
    def act(self) -> None:
        x, y = 1, 2  # refused: DC104
        self.n = 2


class Idles(Fielded):
    @one
    def act(self) -> None:
        self.n == 1  # refused: DC104


class Returns(Fielded):
    @one
    def act(self) -> None:
        return self.n  # refused: DC104


class Multiplies(Fielded):
    @one
    def act(self) -> None:
        self.n *= 2  # refused: DC104


class Joins(Fielded):
    @one
    def act(self, m: Message) -> None:
        self.s |= {m}  # refused: DC104


class SetsPart(Fielded):
    @one
    def act(self) -> None:
        self.r.x = 1  # refused: DC104


class Local(Fielded):
    @one
    def act(self) -> None:
        box = self.s  # refused: DC108
        self.n = 1


class Parameter(Fielded):
    @one
    def act(self, m: Message) -> None:
        m = Message(1)  # refused: DC105


class ParameterToo(Fielded):
    @one
    def act(self, m: Message) -> None:
        m = self.messages[0]  # refused: DC118


class AsynchronousFor(Fielded):
    @one  # refused: DC104
    async def act(self, m: Message) -> None:
        self.n = 1


class LongProperty(Fielded):
    @one
    def act(self) -> None:
        self.n = 1

    @always  # refused: DC104
    def fine(self) -> bool:
        x = self.n
        return x < 2


class ThreeAtOnce(Fielded):
    """All three are told at once."""

    @one
    def act(self, m: Message) -> None:
        del self.d[m]  # refused: DC104
        self.n = self.n * 2  # refused: DC105

    @one
    def other(self) -> None:
        self.m = 1  # refused: DC107
