"""The graph on compact arrays: turned round, thinned out, walked through.

For n states and e edges, `Edges` costs 8 bytes for each state and 6 for each edge, `Backwards` as
many for each state and 4 for each edge. On top of that, while it runs, each function takes what its
docstring says. From 2^31 states on, numbers of states take 8 bytes where 4 are said.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from deliverycheck.explore.edges import Backwards, Edges
from deliverycheck.explore.native.arrays import (
    Bytes,
    Numbers,
    flags_of,
    graph_of,
    int64,
    marked_actions,
    number_type,
)
from deliverycheck.explore.native.jit import kernel

SWEEPS = 24
"""Looks at all edges after which those who lead to a goal are found the other way round."""


def backwards(edges: Edges) -> Backwards:
    """All edges by their target. Takes 8 bytes for each state and 4 for each edge: the result."""
    starts, targets, _ = graph_of(edges)
    count = len(starts) - 1
    # One place more than there are starts: `_place` moves each start to where the next one is.
    before = np.zeros(count + 2, np.int64)
    _count(targets, before)
    sources = np.empty(len(targets), number_type(count))
    _place(starts, targets, before, sources)
    return Backwards(before[: count + 1].data, sources.data)


@kernel
def _count(targets: Numbers, before: Numbers) -> None:
    """How many edges lead to a state, two places on; then how many lead to those below it."""
    for edge in range(len(targets)):
        before[int64(targets[edge]) + 2] += 1
    for state in range(2, len(before)):
        before[state] += before[state - 1]


@kernel
def _place(starts: Numbers, targets: Numbers, before: Numbers, sources: Numbers) -> None:
    for state in range(len(starts) - 1):
        for edge in range(starts[state], starts[state + 1]):
            target = int64(targets[edge])
            sources[before[target + 1]] = state
            before[target + 1] += 1


def without(edges: Edges, actions: Collection[int]) -> Edges:
    """The edges that are steps by none of these actions. Takes nothing but the result."""
    starts, targets, taken = graph_of(edges)
    barred = marked_actions(actions)
    kept = np.zeros(len(starts), np.int64)
    _count_kept(starts, taken, barred, kept)
    fewer, left = np.empty(kept[-1], targets.dtype), np.empty(kept[-1], taken.dtype)
    _keep(targets, taken, barred, fewer, left)
    return Edges(kept.data, fewer.data, left.data)


@kernel
def _count_kept(starts: Numbers, actions: Numbers, barred: Bytes, kept: Numbers) -> None:
    for state in range(len(starts) - 1):
        count = 0
        for edge in range(starts[state], starts[state + 1]):
            count += not barred[actions[edge]]
        kept[state + 1] = kept[state] + count


@kernel
def _keep(targets: Numbers, actions: Numbers, barred: Bytes, fewer: Numbers, left: Numbers) -> None:
    free = 0
    for edge in range(len(targets)):
        if not barred[actions[edge]]:
            fewer[free] = targets[edge]
            left[free] = actions[edge]
            free += 1


def reached(edges: Edges, seen: bytearray, barred: Collection[int]) -> None:
    """Flag what steps lead to from what is flagged, none by a barred action.

    Takes at most 4 bytes for each state.
    """
    starts, targets, actions = graph_of(edges)
    work = np.empty(len(seen), number_type(len(seen)))
    _reach(starts, targets, actions, marked_actions(barred), flags_of(seen), work)


@kernel
def _reach(
    starts: Numbers, targets: Numbers, actions: Numbers, barred: Bytes, seen: Bytes, work: Numbers
) -> None:
    left = 0
    for state in range(len(seen)):
        if seen[state]:
            work[left] = state
            left += 1
    while left:
        left -= 1
        state = int64(work[left])
        for edge in range(starts[state], starts[state + 1]):
            target = int64(targets[edge])
            if not seen[target] and not barred[actions[edge]]:
                seen[target] = 1
                work[left] = target
                left += 1


def can_reach(before: Backwards, able: bytearray, barred: bytearray) -> None:
    """Flag the states from which steps lead to what is flagged, over none that is barred.

    Takes at most 4 bytes for each state.
    """
    starts, sources = np.asarray(before.starts), np.asarray(before.sources)
    work = np.empty(len(able), sources.dtype)
    spread(starts, sources, flags_of(able), flags_of(barred), work)


@kernel
def spread(starts: Numbers, following: Numbers, flags: Bytes, barred: Bytes, work: Numbers) -> None:
    """Flag all that follows, again and again, from what is flagged, but nothing that is barred."""
    left = 0
    for state in range(len(flags)):
        if flags[state]:
            work[left] = state
            left += 1
    while left:
        left -= 1
        state = int64(work[left])
        for edge in range(starts[state], starts[state + 1]):
            other = int64(following[edge])
            if not flags[other] and not barred[other]:
                flags[other] = 1
                work[left] = other
                left += 1


def swept(edges: Edges, able: bytearray, barred: bytearray) -> bool:
    """The same by the edges as they are, without any memory; False: it is not finished.

    States are numbered by their depth, so one look at them from the last to the first finds all
    ways that never lead up. What goes to and fro takes several looks, each time the other way.
    """
    starts, targets, _ = graph_of(edges)
    flags, walls = flags_of(able), flags_of(barred)
    turns = range(SWEEPS)
    return any(not _sweep(starts, targets, flags, walls, turn % 2 == 0) for turn in turns)


@kernel
def _sweep(
    starts: Numbers, targets: Numbers, able: Bytes, barred: Bytes, is_downward: bool
) -> bool:
    """Whether some state was found that leads to what is flagged."""
    count = len(able)
    found = False
    for turn in range(count):
        state = count - 1 - turn if is_downward else turn
        if able[state] or barred[state]:
            continue
        for edge in range(starts[state], starts[state + 1]):
            if able[int64(targets[edge])]:
                able[state] = 1
                found = True
                break
    return found
