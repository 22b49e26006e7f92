"""The first of the shortest runs (`explore.runs`) on compact arrays.

Backwards over the levels of a breadth-first search, it is found out with how few faults each node
leads to the nearest goals: that takes 4 bytes for each. Then the run goes forwards, each time by
the first action that any node it may be in can take without more faults than that. So it need not
be known how the runs to all nodes compare.

A node is a state; or, on the way to a loop, a state twice over: with something open, or nothing.
Then nodes are numbered as they are found, which takes another 12 bytes for each at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from deliverycheck.explore.native.arrays import (
    Bytes,
    Numbers,
    flags_of,
    graph_of,
    int64,
    number_type,
)
from deliverycheck.explore.native.jit import kernel
from deliverycheck.explore.runs import Run, faults_of

if TYPE_CHECKING:
    from deliverycheck.explore.edges import Edges
    from deliverycheck.explore.explored import Explored

NONE = 0xFFFFFFFF
"""As a number of faults: there is no way."""


@dataclass(frozen=True, slots=True)
class Layers:
    """Nodes by how many steps they are away from the start, as far as the first goal.

    Layer d has the nodes from `bounds[d]` to `bounds[d + 1]`. Where `order` and `place` are empty,
    a node's number is its state's. Otherwise `order` has by node twice the state, and 1 more if
    something is open; and `place` is the other way round, plus 1.
    """

    bounds: Sequence[int]
    order: Numbers
    place: Numbers
    asked: Bytes
    met: Bytes

    def key(self, node: int) -> int:
        """What decides between nodes that are alike in all else."""
        return int(self.order[node]) if len(self.order) else node

    def state(self, node: int) -> int:
        """The state of a node."""
        return self.key(node) >> 1 if len(self.order) else node

    def after(self, node: int, state: int) -> int:
        """The node of a state that is reached from another node."""
        if not len(self.order):
            return state
        is_open = not self.met[state] and (self.asked[state] or self.order[node] & 1)
        return int(self.place[2 * state + bool(is_open)]) - 1


def shortest(found: Explored, edges: Edges, goals: bytearray) -> Run | None:
    """The run to one of the states that are flagged."""
    first = goals.find(1)
    if first < 0:
        return None
    depth = found.depth_of(first)
    bounds = [*found.levels, len(found.states)][: depth + 2]
    nothing, no_flags = np.zeros(0, number_type(len(goals))), flags_of(bytearray())
    layers = Layers(bounds, nothing, nothing, no_flags, no_flags)
    fewest = np.full(bounds[-1], NONE, np.uint32)
    fewest[bounds[depth] :][flags_of(goals)[bounds[depth] : bounds[-1]] == 1] = 0
    return _run(edges, layers, fewest, faults_of(found))


def stem(
    found: Explored, edges: Edges, asked: bytearray, met: bytearray, stays: bytearray
) -> Run | None:
    """The run to one of the states where it can stay, with something open."""
    starts, targets, _ = graph_of(edges)
    size = 2 * (len(starts) - 1)
    kind = number_type(size)
    order, place = np.empty(size, kind), np.zeros(size, kind)
    flags = flags_of(asked), flags_of(met)
    bounds = [0, _enter(found.level(0).stop, *flags, order, place)]
    while True:
        first, last = bounds[-2:]
        if first == last:
            return None
        if _can_stay(first, last, flags_of(stays), order):
            break
        bounds.append(_next_layer(first, last, starts, targets, *flags, order, place))
    order = order[:last]
    layers = Layers(bounds, order, place, *flags)
    fewest = np.full(last, NONE, np.uint32)
    open_ones = order[first:last]
    fewest[first:][(open_ones & 1 == 1) & (flags_of(stays)[open_ones >> 1] == 1)] = 0
    return _run(edges, layers, fewest, faults_of(found))


@kernel
def _enter(count: int, asked: Bytes, met: Bytes, order: Numbers, place: Numbers) -> int:
    """The nodes of the initial states, which are the first so many."""
    for state in range(count):
        node = 2 * state + (asked[state] and not met[state])
        order[state] = node
        place[node] = state + 1
    return count


@kernel
def _can_stay(first: int, last: int, stays: Bytes, order: Numbers) -> bool:
    """Whether some node of a layer has something open, and a state where a run can stay."""
    for at in range(first, last):
        node = int64(order[at])
        if node & 1 and stays[node >> 1]:
            return True
    return False


@kernel
def _next_layer(
    first: int,
    last: int,
    starts: Numbers,
    targets: Numbers,
    asked: Bytes,
    met: Bytes,
    order: Numbers,
    place: Numbers,
) -> int:
    """Number the nodes that a layer leads to; how many there are now."""
    free = last
    for at in range(first, last):
        state, was_open = int64(order[at]) >> 1, int64(order[at]) & 1
        for edge in range(starts[state], starts[state + 1]):
            target = int64(targets[edge])
            node = 2 * target
            if not met[target] and (asked[target] or was_open):
                node += 1
            if place[node] == 0:
                order[free] = node
                free += 1
                place[node] = free
    return free


@kernel
def _fewest(
    first: int,
    last: int,
    end: int,
    base: int,
    starts: Numbers,
    targets: Numbers,
    actions: Numbers,
    is_fault: Bytes,
    order: Numbers,
    place: Numbers,
    asked: Bytes,
    met: Bytes,
    fewest: Numbers,
) -> None:
    """How few faults lead from the nodes of a layer to a goal, by way of the next one (to `end`).

    `starts` may begin with any state, which is `base`: so a layer's edges can be made when they are
    needed, and dropped.
    """
    for node in range(first, last):
        state, was_open = int64(node), int64(0)
        if len(order):
            state, was_open = int64(order[node]) >> 1, int64(order[node]) & 1
        best = int64(NONE)
        for edge in range(starts[state - base], starts[state - base + 1]):
            there = int64(targets[edge])
            if len(order):
                is_open = not met[there] and (asked[there] or was_open)
                there = int64(place[2 * there + (1 if is_open else 0)]) - 1
            if last <= there < end:
                left = int64(fewest[there])
                if left != NONE:
                    best = min(best, left + int64(is_fault[actions[edge]]))
        fewest[node] = best


def _run(edges: Edges, layers: Layers, fewest: Numbers, faults: Sequence[bool]) -> Run:
    """The run to the goals, which are the nodes of the last layer that lead there with no fault."""
    bounds = layers.bounds
    is_fault = np.array(faults, np.uint8)
    graph = graph_of(edges)
    for depth in reversed(range(len(bounds) - 2)):
        first, last, end = bounds[depth : depth + 3]
        _fewest(
            first, last, end, 0, *graph, is_fault, layers.order, layers.place, layers.asked,
            layers.met, fewest,
        )  # fmt: skip
    least = int(fewest[bounds[0] : bounds[1]].min())
    at = np.flatnonzero(fewest[bounds[0] : bounds[1]] == least).tolist()
    ways = [set[int](at)]
    actions: list[int] = []
    for depth in range(len(bounds) - 2):
        steps = _steps(edges, layers, ways[-1], bounds[depth + 1 : depth + 3])
        good = [
            (action, there)
            for node, action, there in steps
            if int(fewest[node]) == int(fewest[there]) + faults[action]
        ]
        actions.append(min(good)[0])
        ways.append({there for action, there in good if action == actions[-1]})
    nodes = [min(ways[-1], key=layers.key)]
    for depth in reversed(range(len(actions))):
        steps = _steps(edges, layers, ways[depth], bounds[depth + 1 : depth + 3])
        before = (
            node for node, action, there in steps if action == actions[depth] and there == nodes[-1]
        )
        nodes.append(min(before, key=layers.key))
    return Run(tuple(map(layers.state, reversed(nodes))), tuple(actions))


def _steps(
    edges: Edges, layers: Layers, nodes: set[int], onward: Sequence[int]
) -> Iterator[tuple[int, int, int]]:
    """The steps from some nodes into a layer: each with its node, its action, and the node it leads
    to."""
    first, last = onward
    for node in nodes:
        for edge in edges.of(layers.state(node)):
            there = layers.after(node, edges.targets[edge])
            if first <= there < last:
                yield node, edges.actions[edge], there
