"""Flags: a byte for each state, 1 where something is true of it, else 0.

Whole rows of them are combined as one large integer: that is as fast as compiled code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def numbers_in(flags: bytearray) -> Iterator[int]:
    """The states that are flagged, in ascending order."""
    at = flags.find(1)
    while at >= 0:
        yield at
        at = flags.find(1, at + 1)


def flagged(size: int, numbers: Iterable[int]) -> bytearray:
    """Flags for so many states, set for some."""
    flags = bytearray(size)
    for number in numbers:
        flags[number] = 1
    return flags


def either(one: bytearray, other: bytearray) -> bytearray:
    """Where the one or the other is set."""
    return _row(_number(one) | _number(other), len(one))


def both(one: bytearray, other: bytearray) -> bytearray:
    """Where both are set."""
    return _row(_number(one) & _number(other), len(one))


def but_not(one: bytearray, other: bytearray) -> bytearray:
    """Where the one is set, and not the other."""
    return _row(_number(one) & ~_number(other), len(one))


def _number(flags: bytearray) -> int:
    return int.from_bytes(flags, "little")


def _row(number: int, size: int) -> bytearray:
    return bytearray(number.to_bytes(size, "little"))
