"""Models that are, or were, answered by a Python exception or by a refusal without a place."""
# mypy: ignore-errors
# ruff: noqa: ARG002, B007, D101, F401, PLE0643
# pyright: basic

from enum import Enum
from typing import Annotated, NamedTuple

from deliverycheck.lang import (
    Channel,
    Fifo,
    Message,
    Natural,
    Protocol,
    Range,
    Role,
    Sort,
    Steps,
    Volatile,
    always,
    require,
)

one = Role("one")
crew = Role("crew", crashes=True, replicas=2)
none = Role("none", replicas=0)

Small = Annotated[int, Range(0, 2)]


class Colour(Enum):
    RED = 1


class Nobody(Sort, size=0):
    """A sort without things."""


class NoColour(Enum):
    """An enumeration without members."""


class Tree(NamedTuple):
    left: "Tree"
    n: Small


class IndexOutsideTuple(Protocol):
    n: Small

    @one
    def act(self) -> None:
        self.n = (1, 2)[5]


class RangeWithoutStep(Protocol):
    n: Small

    @one
    def act(self) -> None:
        for i in range(1, 2, 0):
            self.n = 1


class RangeOfText(Protocol):
    n: Small

    @one
    def act(self) -> None:
        for i in range("a"):
            self.n = 1


class HintWithoutMember(Protocol):
    n: Small

    @one
    def act(self) -> None:
        x: Colour.BLUE = 1
        self.n = x


class HintWithoutBound(Protocol):
    n: Small

    @one
    def act(self) -> None:
        x: Annotated[int, Range(0)] = 1
        self.n = x


class HintOfNumbers(Protocol):
    n: Small

    @one
    def act(self) -> None:
        x: int | 3 = 1
        self.n = x


class HalfADict(Protocol):
    d: dict[Message]

    @one
    def act(self) -> None:
        pass


class EmptySort(Protocol):
    x: Nobody

    @one
    def act(self) -> None:
        pass


class EmptyEnum(Protocol):
    x: NoColour

    @one
    def act(self) -> None:
        pass


class RecordInItself(Protocol):
    x: Tree

    @one
    def act(self) -> None:
        pass


class PropertyOfNaturals(Protocol):
    n: Natural

    @one
    def act(self) -> None:
        self.n += 1

    @always
    def fine(self, n: Natural) -> bool:
        return n <= self.n


class PropertyOfMemory(Protocol):
    cache: Volatile[Small]

    @crew
    def act(self) -> None:
        self.cache = 1

    @always
    def fine(self) -> bool:
        return self.cache < 2


class CallsAProperty(Protocol):
    n: Small

    @one
    def act(self) -> None:
        self.n = self.messages()


class CallsADict(Protocol):
    n: Small

    @one
    def act(self) -> None:
        self.n = self.faults(1)


class CallsAChannel(Protocol):
    n: Small
    sent: Channel[Message] = Channel(one, one)

    @one
    def act(self, m: Message) -> None:
        self.n = self.sent(m)


class CallsItsClass(Protocol):
    n: Small

    @one
    def act(self) -> None:
        self.n = self.__class__(1)


class TimerInAHelper(Protocol):
    n: Small

    def ready(self, m: Message) -> bool:
        return self.timed_out(m)

    @one
    def act(self, m: Message) -> None:
        require(self.ready(m))


class TimerAsLocal(Protocol):
    n: Small

    @one
    def act(self, m: Message) -> None:
        late = self.timed_out(m)
        require(late)


class YieldingHelperInFor(Protocol):
    n: Small

    def inner(self) -> Steps:
        self.n = 1
        yield "b"

    @one
    def act(self) -> Steps:
        yield "a"
        for m in self.messages:
            self.inner()
        yield "c"


class NobodyActs(Protocol):
    n: Small

    @none
    def act(self) -> None:
        self.n = 1


class PropertyNamedLikeOurs(Protocol):
    n: Small

    @one
    def act(self, m: Message) -> None:
        self.effect(m)

    @always
    def no_loss(self) -> bool:
        return self.n == 0


class StaticAction(Protocol):
    n: Small

    @one
    @staticmethod
    def act(m: Message) -> None:
        pass

    @one
    def other(self) -> None:
        self.n = 1


class KeywordOnly(Protocol):
    s: set[Message]

    @one
    def act(self, *, m: Message) -> None:
        self.s.add(m)


class AnyNumber(Protocol):
    n: Small

    @one
    def act(self, *ms: Message) -> None:
        self.n = 1


class NeedsAnArgument(Protocol):
    n: Small

    def __init__(self, n: int) -> None:
        self.n = n

    @one
    def act(self) -> None:
        self.n = 1


class Mixin:
    @one
    def mixed(self) -> None:
        pass


class ActionsOutside(Mixin, Protocol):
    n: Small

    @one
    def act(self) -> None:
        self.n = 1
