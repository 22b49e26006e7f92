"""Packing: a state as one integer, a field of bits per variable."""

from __future__ import annotations

from dataclasses import dataclass

from deliverycheck.system.model import State, System
from deliverycheck.system.sorts import BoolSort, EnumSort, IntSort, Sort, Value, values


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a variable lies: its code (0 for its first value) is `(word >> offset) & mask`."""

    offset: int
    mask: int
    low: int
    """The value that code 0 stands for, for integers; else 0."""


@dataclass(frozen=True, slots=True)
class Packing:
    """How the states of a system with finite variables are packed."""

    system: System
    slots: tuple[Slot, ...]
    bits: int

    def pack(self, state: State) -> int:
        """The word of a state."""
        word = 0
        for variable, slot, value in zip(self.system.variables, self.slots, state, strict=True):
            word |= code_of(variable.sort, value) << slot.offset
        return word

    def unpack(self, word: int) -> State:
        """The state of a word."""
        return tuple(
            _value_of(variable.sort, (word >> slot.offset) & slot.mask)
            for variable, slot in zip(self.system.variables, self.slots, strict=True)
        )


WORD = 64
"""Bits of a machine's word. No variable lies across two words, and the last bit of each word is
free: so states can be split into words, and compiled code can mark a word as present."""


def words_of(packing: Packing) -> int:
    """How many words a state takes."""
    return max(1, -(-packing.bits // WORD))


def packing_of(system: System) -> Packing:
    """The packing of a system. Raises ValueError if a variable has no last value."""
    slots: list[Slot] = []
    offset = 0
    for variable in system.variables:
        width = max(1, (_size(variable.sort) - 1).bit_length())
        low = variable.sort.low if isinstance(variable.sort, IntSort) else 0
        if offset % WORD + width > WORD - 1:
            offset += -offset % WORD
        slots.append(Slot(offset, (1 << width) - 1, low))
        offset += width
    return Packing(system, tuple(slots), offset)


def code_of(sort: Sort, value: Value) -> int:
    """The place of a value in its sort."""
    match sort:
        case EnumSort(labels):
            return labels.index(str(value))
        case IntSort(low, _):
            return int(value) - low
        case BoolSort():
            return int(value)


def _value_of(sort: Sort, code: int) -> Value:
    match sort:
        case EnumSort(labels):
            return labels[code]
        case IntSort(low, _):
            return code + low
        case BoolSort():
            return bool(code)


def _size(sort: Sort) -> int:
    if isinstance(sort, IntSort) and sort.high is not None:
        return sort.high - sort.low + 1
    return len(values(sort))
