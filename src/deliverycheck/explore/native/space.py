"""The states that were found, as words in arrays, and the table that knows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

import numpy as np

from deliverycheck.explore.memory import NoRoom, is_room_for
from deliverycheck.explore.native.building import Built
from deliverycheck.explore.native.calls import Numbers, Words
from deliverycheck.explore.native.table import Shape, looked_up, numbered, refilled
from deliverycheck.explore.packing import WORD

A = TypeVar("A")
B = TypeVar("B")

FULL = 0.72
"""The part of a table's slots that may be taken."""

SMALLEST = 1 << 12
"""Slots of a part of the table."""

ALL = (1 << WORD) - 1
"""A word of ones."""

NO_NUMBER = (1 << 32) - 1
"""States have numbers of 32 bits; this one is none's."""


@dataclass(slots=True)
class Space:
    """States in order of discovery: `count` of them, `words` words each, one behind the other."""

    built: Built
    jobs: int
    megabytes: float | None
    """How large this process may become."""
    states: Words
    count: int
    keys: Words
    """The table: `jobs` rows of slots, each of `words` words."""
    taken: list[int]
    """How many slots of each part are taken."""
    pool: ThreadPoolExecutor | None = field(repr=False)
    numbers: Numbers | None = None
    """By slot the number of the state in it, once somebody asks."""

    @property
    def words(self) -> int:
        """Words of a state."""
        return self.built.functions.words

    @property
    def shape(self) -> Shape:
        """The same, as the table's functions are told it."""
        return (0,) * self.words

    @property
    def slots(self) -> int:
        """Slots of each part of the table."""
        return len(self.keys[0]) // self.words

    @property
    def size(self) -> int:
        """Bytes that the states and the table take, free room included."""
        return 8 * (self.states.size + self.keys.size)

    def each(self, function: Callable[[A], B], items: Iterable[A]) -> list[B]:
        """A function of each item, at the same time if there are several threads."""
        if self.jobs == 1:
            return [function(item) for item in items]
        if self.pool is None:
            with ThreadPoolExecutor(self.jobs) as pool:
                return list(pool.map(function, items))
        return list(self.pool.map(function, items))

    def shared(self, count: int) -> list[range]:
        """The first so many states, a part for each thread."""
        ends = [count * job // self.jobs for job in range(self.jobs + 1)]
        return [range(first, last) for first, last in pairwise(ends)]

    def make_room(self, more: int, by_part: Sequence[int]) -> None:
        """Room for so many more states, and so many more in each part of the table.

        Raises NoRoom, with all that is there as it was.
        """
        if self.count + more > NO_NUMBER:
            raise NoRoom
        slots = max(self.slots, SMALLEST)
        while any(was + new > slots * FULL for was, new in zip(self.taken, by_part, strict=True)):
            slots *= 2
        need, held = (self.count + more) * self.words, len(self.states)
        # By a quarter: what realloc gives is filled with zeros, so it is really there.
        size = max(need, held * 5 // 4) if need > held else held
        grown = size - held + (slots - self.slots) * self.jobs * self.words
        if grown:
            self.demand(8 * grown)
        if size > held:
            self.states.resize(size, refcheck=False)
        if slots > self.slots:
            self._refill(slots)

    def demand(self, more: int) -> None:
        """Raises NoRoom unless so many more bytes can be had."""
        if not is_room_for(more, self.megabytes):
            raise NoRoom

    def state(self, number: int) -> int:
        """The packed state with a number."""
        (found,) = joined(self, number, number + 1)
        return found

    def bytes_from(self, number: int) -> bytes:
        """The packed states from a number on, eight bytes for each word."""
        return self.states[number * self.words : self.count * self.words].astype("<u8").tobytes()

    def with_numbers(self) -> Numbers:
        """By slot of the table the number of the state in it. Raises NoRoom."""
        if not self.taken:
            slots = SMALLEST
            while self.count > slots * self.jobs * FULL:
                slots *= 2
            self._refill(2 * slots)  # twice, for parts that got more than their share
        if self.numbers is None:
            self.demand(4 * self.jobs * self.slots)
            self.numbers = np.full((self.jobs, self.slots), NO_NUMBER, np.uint32)
            numbered(self.keys, self.shape, self.states, self.count, self.numbers)
        return self.numbers

    def number_of(self, state: int) -> int | None:
        """The number of a packed state, None if it was not found."""
        numbers = self.with_numbers()
        one = split([state], self.words)
        found = looked_up(self.keys, self.shape, one, 0, numbers)
        return None if found == NO_NUMBER else found

    def close(self) -> None:
        """No more threads, and no more room than needed."""
        if self.pool is not None:
            self.pool.shutdown()
            self.pool = None
        self.states.resize(self.count * self.words, refcheck=False)

    def _refill(self, slots: int) -> None:
        """A larger table; the old one is given back first, since all it knows are the states.

        Until it is filled nothing is taken in it: so `with_numbers` sees that it was interrupted.
        """
        self.taken = []
        self.keys = np.empty((self.jobs, 0), np.uint64)
        self.keys = np.zeros((self.jobs, slots * self.words), np.uint64)

        def refill(part: int) -> int:
            return refilled(self.keys[part], self.shape, self.states, self.count, part, self.jobs)

        self.taken = self.each(refill, range(self.jobs))


def space_of(built: Built, states: Words, jobs: int, megabytes: float | None) -> Space:
    """A space that holds some states already, which must all be different.

    Raises NoRoom where it would take more than so many megabytes, or than there are.
    """
    count = len(states) // built.functions.words
    empty = np.empty((jobs, 0), np.uint64)
    pool = ThreadPoolExecutor(jobs) if jobs > 1 else None
    share = [-(-count // jobs)] * jobs
    space = Space(built, jobs, megabytes, states, count, empty, share, pool)
    space.make_room(0, [0] * jobs)
    return space


def words_in(states: bytearray) -> Words:
    """Packed states that were kept as bytes."""
    return np.frombuffer(states, "<u8").astype(np.uint64)


def split(states: Sequence[int], words: int) -> Words:
    """Packed states as words, one behind the other."""
    columns = [
        np.array([state >> (WORD * word) & ALL for state in states], np.uint64)
        for word in range(words)
    ]
    return np.stack(columns, axis=1).flatten()  # flatten: an array that can be resized


def joined(space: Space, first: int, last: int) -> list[int]:
    """The packed states with some numbers."""
    rows: list[int] = space.states[first * space.words : last * space.words].tolist()
    if space.words == 1:
        return rows
    found = rows[:: space.words]
    for word in range(1, space.words):
        more = rows[word :: space.words]
        found = [a | b << (WORD * word) for a, b in zip(found, more, strict=True)]
    return found
