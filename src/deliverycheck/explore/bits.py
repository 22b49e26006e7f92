"""Bits: for each state an integer used as a set, in words of 64 bits, one state after the other."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import overload

WORD = 64

_ONES = (1 << WORD) - 1


@dataclass(frozen=True, slots=True)
class Bits(Sequence[int]):
    """Behaves as a sequence of integers, and costs 8 bytes for each state and word."""

    words: memoryview | array[int]
    """Of type `Q`: `width` of them for each state, the lowest bits first."""
    width: int

    def __len__(self) -> int:
        return len(self.words) // self.width

    @overload
    def __getitem__(self, at: int) -> int: ...

    @overload
    def __getitem__(self, at: slice) -> list[int]: ...

    def __getitem__(self, at: int | slice) -> int | list[int]:
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        first = at % len(self) * self.width
        found = self.words[first]
        for place in range(1, self.width):
            found |= self.words[first + place] << (WORD * place)
        return found


def words_for(bits: int) -> int:
    """How many words so many bits need: at least one."""
    return max(1, -(-bits // WORD))


def split(bits: int, width: int) -> list[int]:
    """An integer in words, the lowest first."""
    return [bits >> (WORD * place) & _ONES for place in range(width)]


def bits_of(numbers: Iterable[int], width: int) -> Bits:
    """The same integers, packed into so many words each."""
    return Bits(array("Q", (word for number in numbers for word in split(number, width))), width)
