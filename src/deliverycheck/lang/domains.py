"""The types a model may use beyond Python's own: finite sorts, bounded integers, volatility."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Self, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sort:
    """A finite set of interchangeable things; subclass it to name one: `class Key(Sort, size=2)`.

    `size` is a number or the name of a setting. The things are told apart by their index only, so
    a protocol cannot tell which is which (data independence, Wolper 1986).
    """

    index: int
    size: ClassVar[int | str] = 1
    letter: ClassVar[str] = "s"

    def __init_subclass__(cls, *, size: int | str = 1) -> None:
        cls.size = size
        cls.letter = cls.__name__[0].lower()

    def __str__(self) -> str:
        return f"{self.letter}{self.index}"

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self


class Message(Sort, size="messages"):
    """A logical message: what the application meant to send once, not one of its copies.

    How many there are is decided where the model is checked (`--messages`).
    """


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds of an integer, both included: `Annotated[int, Range(0, 3)]`.

    A bound may be the name of a setting. `high=None` is a natural number without end: only the
    symbolic engine covers it whole, the explicit one an instance it names.
    """

    low: int | str
    high: int | str | None


@dataclass(frozen=True, slots=True)
class AtMost:
    """Bounds the length of a list: `Annotated[list[Message], AtMost(3)]`."""

    length: int | str


@dataclass(frozen=True, slots=True)
class VolatileMark:
    """The metadata behind `Volatile`."""


Natural = Annotated[int, Range(0, None)]
"""0, 1, 2, ... without end."""

Volatile = Annotated[T, VolatileMark()]
"""A field that dies when its role crashes: `cache: Volatile[set[Message]]`.

It belongs to the one role whose actions use it; each replica of that role has its own.
"""
