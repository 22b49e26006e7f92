"""Sorts: the sets a variable takes its values from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, assert_never

Value: TypeAlias = bool | int | str
"""What a variable holds: a truth value, an integer, or the label of an enumeration."""


@dataclass(frozen=True, slots=True)
class BoolSort:
    """The two truth values."""

    def __str__(self) -> str:
        return "bool"


@dataclass(frozen=True, slots=True)
class EnumSort:
    """A finite set of labels; two enumerations are the same sort when their labels are."""

    labels: tuple[str, ...]

    def __str__(self) -> str:
        return "{" + ", ".join(self.labels) + "}"


@dataclass(frozen=True, slots=True)
class IntSort:
    """The integers from `low` to `high`, both included; without `high`, without end."""

    low: int
    high: int | None

    def __str__(self) -> str:
        return f"{self.low}..{'' if self.high is None else self.high}"


Sort: TypeAlias = BoolSort | EnumSort | IntSort

BOOL = BoolSort()
NATURAL = IntSort(0, None)


def contains(sort: Sort, value: Value) -> bool:
    """Whether `value` is one of the sort's values (`True` is not an integer here)."""
    match sort:
        case BoolSort():
            return isinstance(value, bool)
        case EnumSort(labels):
            return isinstance(value, str) and value in labels
        case IntSort(low, high):
            if isinstance(value, bool) or not isinstance(value, int):
                return False
            return low <= value and (high is None or value <= high)
    assert_never(sort)


def values(sort: Sort) -> tuple[Value, ...]:
    """All values of a finite sort, in their fixed order. Raises ValueError for an endless one."""
    match sort:
        case BoolSort():
            return (False, True)
        case EnumSort(labels):
            return labels
        case IntSort(low, high):
            if high is None:
                raise ValueError(f"the sort {sort} has no last value")
            return tuple(range(low, high + 1))
    assert_never(sort)
