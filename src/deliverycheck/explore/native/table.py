"""The set of states that were seen: open addressing, exact, in parts that threads share out.

A slot holds a whole state, with the last bit of its first word set (see `packing.WORD`), so a slot
of zeros is free. The hash of a state says which part it belongs to and where the search for it
begins; each part is changed by one thread at a time. Slots to come are asked for ahead: the time
of a lookup is the way to memory, and many can be under way at once.

A `shape` is a tuple as long as a state has words: numba compiles a version for each length.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from deliverycheck.explore.native.calls import (
    Codes,
    Flags,
    Numbers,
    Words,
    at_least_0,
    call_successors,
    prefetch,
)
from deliverycheck.explore.native.jit import kernel

Shape: TypeAlias = tuple[int, ...]

AHEAD = 16
"""How many slots are asked for ahead."""

PRESENT = np.uint64(1 << 63)
LOW = np.uint64(0xFFFFFFFF)
HALF_WORD = np.uint64(32)
# Two odd constants: 2**64 over the golden ratio, and one of those of MurmurHash3's finalizer.
FIRST = np.uint64(0x9E3779B97F4A7C15)
SECOND = np.uint64(0xC4CEB9FE1A85EC53)


@kernel
def hashed(array: Words, at: int, shape: Shape) -> np.uint64:
    """The hash of the state at a place of a flat array."""
    found = np.uint64(0)
    for word in range(len(shape)):
        found = (found ^ array[at_least_0(at + word)]) * FIRST
        found ^= found >> HALF_WORD
    return found * SECOND


@kernel
def part_of(code: np.uint64, parts: int) -> int:
    """Which part of the table a hash belongs to."""
    return int(((code >> HALF_WORD) * np.uint64(parts)) >> HALF_WORD)


@kernel
def slot_of(code: np.uint64, mask: int) -> int:
    """Where in its part the search for a hash begins."""
    return int((code ^ (code >> HALF_WORD)) & LOW) & mask


@kernel
def is_at(keys: Words, at: int, key: np.uint64, targets: Words, start: int, shape: Shape) -> bool:
    """Whether a slot that begins at a place holds a state; `key` is its first word's."""
    same = keys[at_least_0(at)] == key
    for word in range(1, len(shape)):
        same &= keys[at_least_0(at + word)] == targets[at_least_0(start + word)]
    return bool(same)


@kernel
def generated(
    successors: int,
    states: Words,
    first: int,
    last: int,
    shape: Shape,
    targets: Words,
    actions: Codes,
    hits: Flags,
    codes: Words,
    places: Numbers,
    counts: Numbers,
) -> int:
    """The successors of some states, one behind the other, shared out to the table's parts.

    For each part, a row of `codes` and one of `places` say in order which hashes and which
    successors it gets, and `counts` how many. Returns how many successors there are; if a step
    goes wrong, minus one less the state.
    """
    words = len(shape)
    counts[:] = 0
    total = 0
    for state in range(first, last):
        number = call_successors(
            successors, states, state * words, targets, total * words, actions, 0, hits
        )
        if number < 0:
            return -1 - state
        for target in range(total, total + number):
            code = hashed(targets, target * words, shape)
            part = part_of(code, len(counts))
            at = at_least_0(counts[part])
            codes[part, at] = code
            places[part, at] = target
            counts[part] += 1
        total += number
    return total


@kernel
def inserted(
    keys: Words,
    shape: Shape,
    targets: Words,
    codes: Words,
    places: Numbers,
    count: int,
    fresh: Flags,
) -> int:
    """Put successors into a part of the table; returns how many were new, and marks them."""
    words = len(shape)
    mask = len(keys) // words - 1
    found = 0
    for number in range(count):
        if number + AHEAD < count:
            prefetch(keys, slot_of(codes[at_least_0(number + AHEAD)], mask) * words)
        place = at_least_0(int(places[at_least_0(number)]))
        key = targets[at_least_0(place * words)] | PRESENT
        slot = slot_of(codes[at_least_0(number)], mask)
        while True:
            at = at_least_0(slot * words)
            if keys[at] == 0:
                keys[at] = key
                for word in range(1, words):
                    keys[at_least_0(at + word)] = targets[at_least_0(place * words + word)]
                fresh[place] = 1
                found += 1
                break
            if is_at(keys, at, key, targets, place * words, shape):
                fresh[place] = 0
                break
            slot = (slot + 1) & mask
    return found


@kernel
def collected(
    targets: Words, fresh: Flags, count: int, shape: Shape, states: Words, end: int
) -> None:
    """Append the new ones among some successors to the states."""
    words = len(shape)
    for target in range(count):
        if fresh[at_least_0(target)]:
            for word in range(words):
                value = targets[at_least_0(target * words + word)]
                states[at_least_0(end * words + word)] = value
            end += 1


@kernel
def refilled(keys: Words, shape: Shape, states: Words, count: int, part: int, parts: int) -> int:
    """Put those of all states that belong to a part into it, empty so far; returns how many."""
    words = len(shape)
    mask = len(keys) // words - 1
    found = 0
    for state in range(count):
        if state + AHEAD < count:
            prefetch(keys, slot_of(hashed(states, (state + AHEAD) * words, shape), mask) * words)
        code = hashed(states, state * words, shape)
        if part_of(code, parts) != part:
            continue
        slot = slot_of(code, mask)
        while keys[at_least_0(slot * words)] != 0:
            slot = (slot + 1) & mask
        keys[at_least_0(slot * words)] = states[at_least_0(state * words)] | PRESENT
        for word in range(1, words):
            value = states[at_least_0(state * words + word)]
            keys[at_least_0(slot * words + word)] = value
        found += 1
    return found


@kernel
def ask_for(keys: Words, numbers: Numbers, shape: Shape, targets: Words, start: int) -> None:
    """Ask for the slot at which the search for a state begins, and for the number beside it."""
    words = len(shape)
    code = hashed(targets, start, shape)
    part, slot = part_of(code, len(keys)), slot_of(code, keys.shape[1] // words - 1)
    prefetch(keys[part], slot * words)
    prefetch(numbers[part], slot)


@kernel
def numbered(keys: Words, shape: Shape, states: Words, count: int, numbers: Numbers) -> None:
    """Note the number of each state beside its slot, in all parts."""
    words = len(shape)
    for state in range(count):
        if state + AHEAD < count:
            ask_for(keys, numbers, shape, states, (state + AHEAD) * words)
        part, slot = slot_with(keys, shape, states, state * words)
        numbers[part, slot] = state


@kernel
def slot_with(keys: Words, shape: Shape, targets: Words, start: int) -> tuple[int, int]:
    """The part and the slot that hold a state, or else the free one where the search ends."""
    words = len(shape)
    mask = keys.shape[1] // words - 1
    code = hashed(targets, start, shape)
    part, slot = part_of(code, len(keys)), slot_of(code, mask)
    key = targets[at_least_0(start)] | PRESENT
    row = keys[part]
    while True:
        at = at_least_0(slot * words)
        if row[at] == 0 or is_at(row, at, key, targets, start, shape):
            return part, slot
        slot = (slot + 1) & mask


@kernel
def looked_up(keys: Words, shape: Shape, targets: Words, start: int, numbers: Numbers) -> int:
    """The number of the state at a place; that of a slot without a state is no state's."""
    part, slot = slot_with(keys, shape, targets, start)
    return int(numbers[part, slot])
