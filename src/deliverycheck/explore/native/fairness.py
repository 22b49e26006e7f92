"""Fairness on compact arrays: the divisions of `explore.fair`, with the same order of everything.

Where a component has to be divided further, plain Python begins anew with what is left of it. Here
what is left of all of them is divided at once, round by round: edges count only inside of what was
one component in the round before. For m states that are divided, of n, a division takes 8 n bytes,
and 9 m for the search, or 8 m for the components it found; of these only the fair ones are kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from deliverycheck.explore.bits import words_for
from deliverycheck.explore.groups import Groups
from deliverycheck.explore.native.arrays import (
    Bytes,
    Numbers,
    Words,
    ascending,
    graph_of,
    int64,
    number_type,
    word_row,
    words_of,
)
from deliverycheck.explore.native.components import Parts, parts_of
from deliverycheck.explore.native.jit import kernel
from deliverycheck.explore.native.possibility import units_of
from deliverycheck.system.certificates import Class

if TYPE_CHECKING:
    from deliverycheck.explore.fair import Possible, Relied

FAIR, WEAK, STRONG = 0, 1, 2
"""What becomes of a component: a run can stay; or cannot, for a weak or a strong assumption."""


@dataclass(frozen=True, slots=True)
class Round:
    """The components of one round, and what becomes of each."""

    parts: Parts
    kinds: Bytes
    helpful: Numbers
    """The assumption that no run in a component meets."""
    above: Numbers
    """By component: the one of the round before that it is what is left of."""


def divide(
    possible: Possible, states: Collection[int], relied: Relied
) -> tuple[tuple[Class, ...], tuple[tuple[int, ...], ...]]:
    """The classes, and the fair components."""
    classes: dict[int, list[Class]] = {}
    fair: dict[int, list[tuple[int, ...]]] = {}
    for one in reversed(list(_rounds(possible, states, relied))):
        inner, within, classes, fair = classes, fair, {}, {}
        for at in range(len(one.parts)):
            first, last = one.parts.starts[at : at + 2]
            members = tuple(one.parts.members[first:last].tolist())
            above = int(one.above[at])
            if one.kinds[at] == FAIR:
                fair.setdefault(above, []).append(members)
                continue
            fair.setdefault(above, []).extend(within.get(at, ()))
            deeper = tuple(inner.get(at, ()))
            classes.setdefault(above, []).append(Class(members, int(one.helpful[at]), deeper))
    return tuple(classes.get(0, ())), tuple(fair.get(0, ()))


def fair_in(possible: Possible, states: Collection[int], relied: Relied) -> Sequence[Sequence[int]]:
    """The fair components alone."""
    found: list[Parts] = []
    keys: list[list[Numbers]] = []
    chain: list[Numbers] = []
    for one in _rounds(possible, states, relied):
        chain.append(one.above)
        chosen = np.flatnonzero(one.kinds == FAIR)
        found.append(_chosen(one.parts, chosen))
        # A component's place is told by those it came from, the first of them first.
        key = [chosen]
        for above in reversed(chain[1:]):
            key.insert(0, above[key[0]].astype(np.int64))
        keys.append(key)
        del one
    return _in_order(found, keys)


def _in_order(found: Sequence[Parts], keys: Sequence[Sequence[Numbers]]) -> Groups:
    """The parts of all rounds, sorted by their keys. No key begins with another one."""
    if not found:
        none = np.zeros(1, np.uint32)
        return Groups(none[:0].data, none.data)
    if len(found) == 1:
        return Groups(found[0].members.data, found[0].starts.data)
    columns = [
        np.concatenate(
            [key[at] if at < len(key) else np.zeros(len(key[0]), np.int64) for key in keys]
        )
        for at in range(len(keys))
    ]
    ends = np.cumsum([0, *(len(parts.members) for parts in found)])
    starts = [parts.starts[:-1] + end for parts, end in zip(found, ends[:-1], strict=True)]
    every = Parts(
        np.concatenate([parts.members for parts in found]),
        np.concatenate([*starts, ends[-1:]]).astype(found[0].starts.dtype),
    )
    every = _chosen(every, np.lexsort(columns[::-1]))
    return Groups(every.members.data, every.starts.data)


def _chosen(parts: Parts, chosen: Numbers) -> Parts:
    """Some of the parts, in this order."""
    starts = np.zeros(len(chosen) + 1, parts.starts.dtype)
    np.cumsum(parts.starts[chosen + 1] - parts.starts[chosen], out=starts[1:])
    members = np.empty(int(starts[-1]), parts.members.dtype)
    _copy(parts.members, parts.starts, chosen, members)
    return Parts(members, starts)


@kernel
def _copy(members: Numbers, starts: Numbers, chosen: Numbers, copied: Numbers) -> None:
    free = 0
    for part in chosen:
        for at in range(int64(starts[part]), int64(starts[part + 1])):
            copied[free] = members[at]
            free += 1


def _rounds(possible: Possible, states: Collection[int], relied: Relied) -> Iterator[Round]:
    """The rounds of a division, until nothing is left."""
    starts, targets, actions = graph_of(possible.edges)
    count = len(starts) - 1
    kind = number_type(count)
    width = words_for(len(possible.assumptions))
    in_state, units = words_of(possible.in_state, width), units_of(possible.by_action)
    weak, strong = word_row(relied.weak, width), word_row(relied.strong, width)
    left = ascending(states, count)
    home, label = np.zeros(count, kind), np.zeros(count, kind)
    _set(home, left, 1)
    while len(left):
        parts = parts_of(starts, targets, left, home, label)
        above = home[parts.members[parts.starts[:-1]]] - 1
        kinds, helpful = np.empty(len(parts), np.uint8), np.empty(len(parts), np.int32)
        graph = starts, targets, actions
        _judge(
            *graph, parts.members, parts.starts, label, in_state, units, width, weak, strong,
            kinds, helpful, home,
        )  # fmt: skip
        _set(label, left, 0)
        left = _still_at_home(left, home)
        yield Round(parts, kinds, helpful, above)


@kernel
def _set(values: Numbers, states: Numbers, value: int) -> None:
    for state in states:
        values[state] = value


def _still_at_home(states: Numbers, home: Numbers) -> Numbers:
    found = np.empty(_count_at_home(states, home), states.dtype)
    _list_at_home(states, home, found)
    return found


@kernel
def _count_at_home(states: Numbers, home: Numbers) -> int:
    count = 0
    for state in states:
        count += home[state] != 0
    return count


@kernel
def _list_at_home(states: Numbers, home: Numbers, found: Numbers) -> None:
    free = 0
    for state in states:
        if home[state] != 0:
            found[free] = state
            free += 1


@kernel
def _judge(
    starts: Numbers,
    targets: Numbers,
    actions: Numbers,
    members: Numbers,
    places: Numbers,
    label: Numbers,
    in_state: Words,
    units: Numbers,
    width: int,
    weak: Words,
    strong: Words,
    kinds: Bytes,
    helpful: Numbers,
    home: Numbers,
) -> None:
    """Say what becomes of each component; the home of what is left of it is its number and 1."""
    nothing, everything = np.uint64(0), ~np.uint64(0)
    everywhere, somewhere = np.empty(width, np.uint64), np.empty(width, np.uint64)
    inside = np.empty(width, np.uint64)
    for part in range(len(kinds)):
        first, last = int64(places[part]), int64(places[part + 1])
        everywhere[:], somewhere[:], inside[:] = everything, nothing, nothing
        for at in range(first, last):
            state = int64(members[at])
            for place in range(width):
                everywhere[place] &= in_state[state * width + place]
                somewhere[place] |= in_state[state * width + place]
            if last - first == 1:
                continue
            for edge in range(starts[state], starts[state + 1]):
                target, unit = int64(targets[edge]), units[actions[edge]]
                if unit >= 0 and target != state and label[target] == label[state]:
                    inside[unit >> 6] |= np.uint64(1) << np.uint64(unit & 63)
        found, kind = int64(-1), 0
        for place in range(width):
            stuck = everywhere[place] & weak[place] & ~inside[place]
            if stuck != nothing:
                found, kind = place * 64 + _lowest(stuck), 1
                break
        if kind == 0:
            for place in range(width):
                stuck = somewhere[place] & strong[place] & ~inside[place]
                if stuck != nothing:
                    found, kind = place * 64 + _lowest(stuck), 2
                    break
        kinds[part], helpful[part] = kind, found
        for at in range(first, last):
            state = int64(members[at])
            home[state] = 0
            if kind == 2:
                word = in_state[state * width + (found >> 6)]
                if (word >> np.uint64(found & 63)) & np.uint64(1) == nothing:
                    home[state] = part + 1


@kernel
def _lowest(bits: int) -> int:
    """The place of the lowest bit that is set."""
    place = 0
    while (bits >> np.uint64(place)) & np.uint64(1) == np.uint64(0):
        place += 1
    return place
