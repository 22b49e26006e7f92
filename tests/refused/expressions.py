"""Expressions and names that are refused: each marked line bears its code."""
# mypy: ignore-errors
# ruff: noqa: C416, C417, C420, D101, F821, F841
# pyright: basic

from enum import Enum
from typing import Annotated, NamedTuple

from deliverycheck.lang import (
    AtMost,
    Channel,
    Message,
    Natural,
    Protocol,
    Range,
    Role,
    always,
    require,
)

one = Role("one")
two = Role("two")

Small = Annotated[int, Range(0, 2)]


class Pair(NamedTuple):
    x: Small
    y: bool


class Colour(Enum):
    RED = 1
    GREEN = 2


class Fielded(Protocol):
    """Fields for the classes below; nothing wrong with it."""

    retries: int = 3

    n: Small
    b: bool
    r: Pair
    c: Colour
    maybe: Pair | None
    s: set[Message]
    numbers: set[Small]
    d: dict[Message, Small]
    row: Annotated[list[Small], AtMost(2)]
    sent: Channel[Message] = Channel(one, two)

    def several(self) -> int:
        if self.n == 0:
            return 1
        return 2

    def single(self, x: int) -> int:
        return x + 1

    @two
    def idle(self) -> None:
        pass


class ByForm(Fielded):
    """All in one step, all told at once."""

    @one
    def act(self, m: Message) -> None:
        require(any(map(lambda x: x, self.s)))  # refused: DC105
        require(len([k for k in self.s]) > 0)  # refused: DC105
        require(len({k for k in self.s}) > 0)  # refused: DC105
        require(len({k: 1 for k in self.s}) > 0)  # refused: DC105
        require(f"{m}" == "m1")  # refused: DC105
        require(max(*self.row) > 0)  # refused: DC105
        require((x := self.n) > 0)  # refused: DC105
        require(len(self.row[1:]) > 0)  # refused: DC105
        require(self.n > 0.5)  # refused: DC105
        require(self.n * 2 > 1)  # refused: DC105
        require(self.n // 2 > 1)  # refused: DC105
        require(~self.n > 1)  # refused: DC105
        require(max(1, 2, key=len) > 1)  # refused: DC105
        require(self.n == b"x")  # refused: DC105
        self.n = yield  # refused: DC105


class IsNot(Fielded):
    @one
    def act(self) -> None:
        require(self.n is self.retries)  # refused: DC105


class Texts(Fielded):
    @one
    def act(self, m: Message) -> None:
        require(str(m) == "m1")  # refused: DC105


class PopInside(Fielded):
    @one
    def act(self) -> None:
        self.row.append(self.row.pop(0))  # refused: DC105


class TwoNames(Fielded):
    @one
    def act(self) -> None:
        require(any(a == b for a, b in ((1, 2), (2, 2))))  # refused: DC105


class Dictionary(Fielded):
    @one
    def act(self, m: Message) -> None:
        self.d = {m: 1}  # refused: DC105


class ThroughChannel(Fielded):
    @one
    def act(self) -> None:
        require(any(m in self.s for m in self.sent))  # refused: DC105


class LeastOfGenerator(Fielded):
    @one
    def act(self) -> None:
        self.n = min(x for x in self.row)  # refused: DC105


class LongHelperInside(Fielded):
    @one
    def act(self) -> None:
        require(self.several() == 1)  # refused: DC105


class Middle(Fielded):
    @one
    def act(self) -> None:
        self.n = self.row.pop(1)  # refused: DC105


class UnknownName(Fielded):
    @one
    def act(self) -> None:
        self.n = nothing  # refused: DC106


class NoValue(Fielded):
    @one
    def act(self) -> None:
        if self.b:
            x = 1
        self.n = x  # refused: DC106


class UnknownMethod(Fielded):
    @one
    def act(self) -> None:
        self.n = self.nothing(1)  # refused: DC106


class UnknownVerb(Fielded):
    @one
    def act(self, m: Message) -> None:
        self.s.append(m)  # refused: DC106


class Prints(Fielded):
    @one
    def act(self) -> None:
        print("here")  # refused: DC106


class Nested(Fielded):
    @one
    def act(self, m: Message) -> None:
        self.row[0].add(m)  # refused: DC106


class NoField(Fielded):
    @one
    def act(self, m: Message) -> None:
        self.outbox.add(m)  # refused: DC107


class NoFieldRead(Fielded):
    @one
    def act(self) -> None:
        require(self.numbr > 1)  # refused: DC107


class NoMember(Fielded):
    @one
    def act(self) -> None:
        self.c = Colour.BLUE  # refused: DC107


class NoPart(Fielded):
    @one
    def act(self) -> None:
        require(self.r.z)  # refused: DC107


class InsideMessage(Fielded):
    @one
    def act(self, m: Message) -> None:
        require(m.index == 1)  # refused: DC107


class NoRecordOfTheLedger(Fielded):
    @one
    def act(self) -> None:
        self.n = 1

    @always
    def fine(self, m: Message) -> bool:
        return self.ledger.lost(m) == 0  # refused: DC107


class LooksIntoLedger(Fielded):
    @one
    def act(self, m: Message) -> None:
        require(self.ledger.effects(m) == 0)  # refused: DC119


class NumberIsNoTruth(Fielded):
    @one
    def act(self) -> None:
        require(self.n)  # refused: DC108


class WrongValue(Fielded):
    @one
    def act(self) -> None:
        self.b = 3  # refused: DC108


class WrongElement(Fielded):
    @one
    def act(self) -> None:
        self.s.add(3)  # refused: DC108


class WrongMessage(Fielded):
    @one
    def act(self) -> None:
        self.sent.put(3)  # refused: DC108


class WrongKey(Fielded):
    @one
    def act(self) -> None:
        self.d[True] = 1  # refused: DC108


class WrongOrder(Fielded):
    @one
    def act(self) -> None:
        require(self.c < Colour.RED)  # refused: DC108


class TooFew(Fielded):
    @one
    def act(self) -> None:
        self.r = Pair(1)  # refused: DC108


class TooMany(Fielded):
    @one
    def act(self) -> None:
        self.n = self.single(1, 2)  # refused: DC108


class ForgottenSetting(Fielded):
    @one
    def act(self) -> None:
        self.retries.add(1)  # refused: DC118


class RemainderByNothing(Fielded):
    @one
    def act(self) -> None:
        self.n = self.n % 0  # refused: DC108


class RemainderByState(Fielded):
    @one
    def act(self) -> None:
        self.n = 2 % self.n  # refused: DC108


class RemainderOfEndless(Fielded):
    total: Natural

    @one
    def act(self) -> None:
        self.total += 1
        self.n = self.total % 2  # refused: DC108
