"""What is asked of representatives in arrays: how many states they are, and what is in reach."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deliverycheck.explore.native.arrays import Bytes, Numbers, graph_of, int64, number_type
from deliverycheck.explore.native.calls import Words, call_one
from deliverycheck.explore.native.jit import kernel
from deliverycheck.explore.native.space import Space
from deliverycheck.explore.native.steps import degrees_in, edges_in
from deliverycheck.explore.orbits import Turned

ONE = np.uint64(1)


def counts_in(space: Space, expanded: int) -> tuple[int, int]:
    """How many states the representatives stand for, and how many steps from them."""
    sizes = np.empty(space.count, np.int64)
    _weigh(space.built.orbit, space.states, space.words, sizes)
    return int(sizes.sum()), int(sizes @ degrees_in(space, space.count, expanded))


@kernel
def _weigh(orbit: int, states: Words, words: int, sizes: Numbers) -> None:
    for state in range(len(sizes)):
        sizes[state] = call_one(orbit, states, state * words)


def turned_in(space: Space, expanded: int) -> Turned:
    """All edges between representatives by their targets, with what is renamed on the way."""
    edges = edges_in(space, space.count, expanded, space.built.turned)
    starts, targets, turns = graph_of(edges)
    count = len(starts) - 1
    before = np.zeros(count + 2, np.int64)
    sources, turned = np.empty(len(targets), number_type(count)), np.empty_like(turns)
    _turn(starts, targets, turns, before, sources, turned)
    return Turned(before[: count + 1].data, sources.data, turned.data)


@kernel
def _turn(
    starts: Numbers,
    targets: Numbers,
    turns: Numbers,
    before: Numbers,
    sources: Numbers,
    turned: Numbers,
) -> None:
    """As `graphs.backwards`: a start lies two places on, until all is in its place."""
    for edge in range(len(targets)):
        before[int64(targets[edge]) + 2] += 1
    for state in range(2, len(before)):
        before[state] += before[state - 1]
    for state in range(len(starts) - 1):
        for edge in range(starts[state], starts[state + 1]):
            target = int64(targets[edge])
            sources[before[target + 1]] = state
            turned[before[target + 1]] = turns[edge]
            before[target + 1] += 1


def outlook(edges: Turned, becomes: Sequence[Sequence[int]], goals: Sequence[int]) -> list[int]:
    """As `explore.orbits.outlook`; `becomes` says what clause each clause becomes, by turn."""
    able = np.array(goals, np.uint64)
    starts, sources = np.asarray(edges.starts), np.asarray(edges.sources)
    waiting = np.zeros(len(able), np.uint8)
    _spread(starts, sources, np.asarray(edges.turns), np.array(becomes, np.int64), able, waiting)
    found: list[int] = able.tolist()
    return found


@kernel
def _spread(
    starts: Numbers, sources: Numbers, turns: Numbers, becomes: Numbers, able: Words, waiting: Bytes
) -> None:
    """Go backwards from every state for which something new was found, until nothing is."""
    work = np.empty(len(able), np.int64)
    size = 0
    for state in range(len(able)):
        if able[state]:
            work[size] = state
            waiting[state] = 1
            size += 1
    while size:
        size -= 1
        target = work[size]
        waiting[target] = 0
        bits = able[target]
        for edge in range(starts[target], starts[target + 1]):
            source, turn = int64(sources[edge]), int64(turns[edge])
            more = able[source]
            for clause in range(becomes.shape[1]):
                if (bits >> np.uint64(becomes[turn, clause])) & ONE:
                    more |= ONE << np.uint64(clause)
            if more != able[source]:
                able[source] = more
                if not waiting[source]:
                    work[size] = source
                    waiting[source] = 1
                    size += 1
