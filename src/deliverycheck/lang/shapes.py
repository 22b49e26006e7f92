"""Shapes: how a Python value of a model is laid out as scalar variables, and read back.

The shape of a field is the meeting point of the two meanings of a model: the running model's
values are flattened by it, and the lifter gives the leaves their terms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias, TypeGuard, cast

from deliverycheck.lang.domains import Sort as Things

LARGEST_DOMAIN = 4096
"""More values than this in an element, key or item type is taken for a mistake."""


class DomainTooLarge(Exception):
    """A type that would need more than `LARGEST_DOMAIN` values listed."""


@dataclass(frozen=True, slots=True)
class Flag:
    """bool."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of finitely many values: Literal, Enum, a sort, or one of these or None."""

    options: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Integer:
    """An integer from `low` to `high`; without `high`, without end."""

    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Perhaps:
    """A value, or None: a flag says whether there is one."""

    inner: Shape


@dataclass(frozen=True, slots=True)
class Record:
    """A NamedTuple; its fields lie side by side."""

    make: Callable[..., object]
    fields: tuple[tuple[str, Shape], ...]


@dataclass(frozen=True, slots=True)
class Subset:
    """A set: one flag per possible element."""

    elements: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A dict: a value or nothing per possible key."""

    keys: tuple[object, ...]
    value: Shape


@dataclass(frozen=True, slots=True)
class Sequel:
    """A bounded list: its length and its cells; cells beyond the end hold the default."""

    item: Shape
    length: int


@dataclass(frozen=True, slots=True)
class Bag:
    """An unordered channel: how many copies of each item are in flight (`room`: at most)."""

    items: tuple[object, ...]
    room: int | None


@dataclass(frozen=True, slots=True)
class Queue:
    """An ordered channel: cells from the head on, then empty ones."""

    items: tuple[object, ...]
    cells: int
    bounded_by_model: bool


Shape: TypeAlias = (
    Flag | Choice | Integer | Perhaps | Record | Subset | Table | Sequel | Bag | Queue
)

EMPTY = "-"
"""The label of a queue's empty cell."""


def perhaps(shape: Shape) -> Shape:
    """The shape of `shape | None`: one more option where that says it, else a flag beside it."""
    match shape:
        case Flag():
            return Choice((None, False, True))
        case Choice(options) if None not in options:
            return Choice((None, *options))
        case _:
            return Perhaps(shape)


def parts_of(value: object) -> tuple[object, ...] | None:
    """The fields of a record or the items of a tuple; None for anything else."""
    return cast("tuple[object, ...]", value) if isinstance(value, tuple) else None


def is_record(kind: object) -> TypeGuard[type[tuple[object, ...]]]:
    """Whether a class is a NamedTuple."""
    if not isinstance(kind, type) or not issubclass(kind, tuple):
        return False
    return hasattr(cast("object", kind), "_fields")


def label_of(value: object) -> str:
    """The name of a value in variable names, labels and stories."""
    match value:
        case Enum():
            return value.name
        case _:
            parts = parts_of(value)
            if parts is None:
                return str(value)
            name = type(value).__name__ if is_record(type(value)) else ""
            return f"{name}({', '.join(map(label_of, parts))})"


def labels_of(options: Sequence[object]) -> tuple[str, ...]:
    """The labels of some values, in order."""
    return tuple(label_of(option) for option in options)


def mentions(value: object, subject: Things) -> bool:
    """Whether `subject` is the value or, at any depth, part of it."""
    parts = parts_of(value)
    if parts is not None:
        return any(mentions(part, subject) for part in parts)
    return value == subject


def contains(value: object, subject: Things) -> bool:
    """Whether `subject` is in a value or container of a running model."""
    match value:
        case set() | list():
            return any(mentions(item, subject) for item in cast("Iterable[object]", value))
        case dict():
            table = cast("Mapping[object, object]", value)
            return any(mentions(part, subject) for pair in table.items() for part in pair)
        case _:
            return mentions(value, subject)


def room_of(shape: Shape) -> int | None:
    """How much the model lets a channel hold; None where it sets no limit."""
    match shape:
        case Bag(_, room):
            return room
        case Queue(_, cells, bounded_by_model):
            return cells if bounded_by_model else None
        case _:
            return None
