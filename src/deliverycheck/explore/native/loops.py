"""What is open, and the ways round in a fair component, on compact arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from deliverycheck.explore.bits import words_for
from deliverycheck.explore.native.arrays import (
    Bytes,
    Numbers,
    Words,
    flags_of,
    graph_of,
    int64,
    number_type,
    numbers_of,
    word_row,
    words_of,
)
from deliverycheck.explore.native.graphs import spread
from deliverycheck.explore.native.jit import kernel
from deliverycheck.explore.native.possibility import units_of

if TYPE_CHECKING:
    from deliverycheck.explore.edges import Edges
    from deliverycheck.explore.fair import Possible
    from deliverycheck.explore.lasso import Wanted


def flag(flags: bytearray, members: memoryview) -> None:
    """Set the flags of some states."""
    _flag(flags_of(flags), np.asarray(members))


@kernel
def _flag(flags: Bytes, members: Numbers) -> None:
    for state in members:
        flags[state] = 1


def open_states(edges: Edges, found: bytearray, met: bytearray) -> memoryview:
    """What steps lead to from what is flagged, without meeting; it is flagged as well.

    Takes at most 4 bytes for each state, and as many for each of the result.
    """
    starts, targets, _ = graph_of(edges)
    work = np.empty(len(found), number_type(len(found)))
    spread(starts, targets, flags_of(found), flags_of(met), work)
    del work
    return numbers_of(flags_of(found)).data


def nearest(
    possible: Possible, inside: bytearray, start: int, wanted: Wanted
) -> list[tuple[int, int]]:
    """The fewest edges inside a component, each with its source, of which the last is wanted.

    Takes 8 bytes for each state that is met. Raises ValueError if no edge is wanted.
    """
    edges = possible.edges
    starts, targets, actions = graph_of(edges)
    width = words_for(len(possible.assumptions))
    weak, missing = word_row(wanted.weak, width), word_row(wanted.missing, width)
    back = -1 if wanted.missing else wanted.back
    came = np.zeros(len(inside), number_type(len(inside)))
    work = np.empty(len(inside), came.dtype)
    source, edge = _search(
        starts, targets, actions, flags_of(inside), start, back,
        words_of(possible.in_state, width), units_of(possible.by_action), width, weak, missing,
        came, work,
    )  # fmt: skip
    if edge < 0:
        raise ValueError("a component that is not fair, or not connected")
    way = [(source, edge)]
    while way[-1][0] != start:
        target = way[-1][0]
        before = int(came[target]) - 1
        # the first of the edges between two states, as if they were walked through one by one
        way.append((before, next(at for at in edges.of(before) if edges.targets[at] == target)))
    return way[::-1]


@kernel
def _search(
    starts: Numbers,
    targets: Numbers,
    actions: Numbers,
    inside: Bytes,
    start: int,
    back: int,
    in_state: Words,
    units: Numbers,
    width: int,
    weak: Words,
    missing: Words,
    came: Numbers,
    work: Numbers,
) -> tuple[int, int]:
    """The first wanted edge with its source; `came` is the state before each, plus 1."""
    nothing = np.uint64(0)
    work[0] = start
    first, free = 0, 1
    while first < free:
        source = int64(work[first])
        first += 1
        for edge in range(starts[source], starts[source + 1]):
            target = int64(targets[edge])
            if not inside[target] or target == source:
                continue
            if back >= 0:
                if target == back:
                    return source, edge
            else:
                unit = units[actions[edge]]
                if unit >= 0:
                    bit = np.uint64(1) << np.uint64(unit & 63)
                    if missing[unit >> 6] & bit != nothing:
                        return source, edge
                for place in range(width):
                    if weak[place] & ~in_state[target * width + place] != nothing:
                        return source, edge
            if came[target] == 0 and target != start:
                came[target] = source + 1
                work[free] = target
                free += 1
    return int64(-1), int64(-1)
