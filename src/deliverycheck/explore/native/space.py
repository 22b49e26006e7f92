"""The states that were found, as words in arrays, and the table that knows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

import numpy as np

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

MOST_STATES = (1 << 32) - 1
"""States have numbers of 32 bits."""


@dataclass(slots=True)
class Space:
    """States in order of discovery: `count` of them, `words` words each, one behind the other."""

    built: Built
    jobs: int
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
    def bytes(self) -> int:
        """What the arrays hold, free room included."""
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
        """Room for so many more states, and so many more in each part of the table."""
        need = (self.count + more) * self.words
        if need > len(self.states):
            # By a quarter: what realloc gives is filled with zeros, so it is really there.
            self.states.resize(max(need, len(self.states) * 5 // 4), refcheck=False)
        slots = max(self.slots, SMALLEST)
        while any(was + new > slots * FULL for was, new in zip(self.taken, by_part, strict=True)):
            slots *= 2
        if slots != self.slots:
            self._refill(slots)

    def state(self, number: int) -> int:
        """The packed state with a number."""
        (found,) = joined(self, number, number + 1)
        return found

    def with_numbers(self) -> Numbers:
        """By slot of the table the number of the state in it."""
        if self.numbers is None:
            self.numbers = np.full((self.jobs, self.slots), MOST_STATES, np.uint32)
            numbered(self.keys, self.shape, self.states, self.count, self.numbers)
        return self.numbers

    def number_of(self, state: int) -> int | None:
        """The number of a packed state, None if it was not found."""
        numbers = self.with_numbers()
        one = split([state], self.words)
        found = looked_up(self.keys, self.shape, one, 0, numbers)
        return None if found == MOST_STATES else found

    def close(self) -> None:
        """No more threads, and no more room than needed."""
        if self.pool is not None:
            self.pool.shutdown()
            self.pool = None
        self.states.resize(self.count * self.words, refcheck=False)

    def _refill(self, slots: int) -> None:
        """A larger table; the old one is given back first, since all it knows are the states."""
        self.keys = np.empty((self.jobs, 0), np.uint64)
        self.keys = np.zeros((self.jobs, slots * self.words), np.uint64)

        def refill(part: int) -> int:
            return refilled(self.keys[part], self.shape, self.states, self.count, part, self.jobs)

        self.taken = self.each(refill, range(self.jobs))


def space_of(built: Built, states: Sequence[int], jobs: int) -> Space:
    """A space that holds some states already, which must all be different."""
    pool = ThreadPoolExecutor(jobs) if jobs > 1 else None
    empty = np.empty((jobs, 0), np.uint64)
    array = split(states, built.functions.words)
    space = Space(built, jobs, array, len(states), empty, [len(states)] * jobs, pool)
    space.make_room(0, [0] * jobs)
    return space


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
