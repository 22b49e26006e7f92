"""Every scalar type: bool, Literal, Enum, integers, messages, sorts of one's own, T | None."""

from enum import Enum
from typing import Annotated, Literal

from deliverycheck.lang import Message, Natural, Protocol, Range, Role, Sort, always, require

one = Role("one")

Third = Annotated[int, Range(0, 3)]


class Colour(Enum):
    """Two colours; the third name is an alias of the first."""

    RED = 1
    GREEN = 2
    CRIMSON = 1  # noqa: PIE796 - an alias, on purpose


class Key(Sort, size="keys"):
    """A sort of the author's own."""


class Counter(Protocol):
    """A counter from 0 to 3 that only grows."""

    n: Third

    @one
    def grow(self) -> None:
        require(self.n < 3)
        self.n += 1

    @always
    def in_range(self) -> bool:
        return 0 <= self.n <= 3


class Negative(Protocol):
    """From -2 to the setting `top`, down by one and back up to the top."""

    top: int = 1

    n: Annotated[int, Range(-2, "top")] = 0

    @one
    def sink(self) -> None:
        require(self.n > -2)
        self.n -= 1

    @one
    def rise(self) -> None:
        require(self.n == -2)
        self.n = self.top


class Flags(Protocol):
    """Two truth values, a Literal and an Enum, each turned by its own step."""

    flag: bool
    started: bool = True
    phase: Literal["cold", "warm", "hot"] = "warm"
    colour: Colour

    @one
    def turn(self) -> None:
        self.flag = not self.flag

    @one
    def stop(self) -> None:
        require(self.started)
        self.started = False

    @one
    def heat(self) -> None:
        self.phase = "warm" if self.phase == "cold" else "hot"

    @one
    def paint(self) -> None:
        require(self.colour == Colour.CRIMSON)
        self.colour = Colour.GREEN


class Endless(Protocol):
    """A natural number: the explicit engine looks at an instance with an end."""

    total: Natural

    @one
    def add(self) -> None:
        self.total += 1

    @one
    def back(self) -> None:
        require(self.total > 1)
        self.total -= 2


class Holders(Protocol):
    """A message, a key, and each of them or nothing."""

    keys: int = 2

    last: Message
    key: Key
    held: Message | None
    lent: Key | None = None

    @one
    def hold(self, m: Message) -> None:
        require(self.held is None)
        self.held = m

    @one
    def drop(self, m: Message) -> None:
        require(self.held == m)
        self.held = None
        self.last = m

    @one
    def lend(self, key: Key) -> None:
        require(self.lent is None and key != self.key)
        self.lent = key
        self.key = key

    @one
    def take_back(self) -> None:
        require(self.lent is not None)
        self.lent = None


class Maybes(Protocol):
    """A truth value or None, and a bounded integer or None."""

    answer: bool | None
    level: Annotated[int, Range(-1, 1)] | None
    seen: bool

    @one
    def reply(self, answer: bool) -> None:
        require(self.answer is None)
        self.answer = answer

    @one
    def set_level(self, level: Annotated[int, Range(-1, 1)]) -> None:
        require(self.level is None or self.level != level)
        self.level = level

    @one
    def forget(self) -> None:
        require(self.answer is not None and self.level == 1)
        self.answer = None
        self.level = None

    @one
    def look(self) -> None:
        require(self.level != 0 and self.level is not None)
        self.seen = self.answer is None or self.level == 1
