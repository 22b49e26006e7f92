"""Runs: the shortest way to any of some states, always the same one.

Shortest means fewest steps; of those, fewest faults; of those, the run whose actions come first in
the system's order, compared step by step. Actions are deterministic, so that is one run, whatever
engine found the states.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from deliverycheck.explore.search import Explored


@dataclass(frozen=True, slots=True)
class Run:
    """A run: the numbers of the states it goes through, and the actions between them."""

    states: tuple[int, ...]
    actions: tuple[int, ...]


def shortest_run(found: Explored, goals: Iterable[int]) -> Run | None:
    """The first of the shortest runs from an initial state to a goal, or None without a goal."""
    wanted = set(goals)
    if not wanted:
        return None
    depth = min(map(found.depth_of, wanted))
    wanted = {goal for goal in wanted if found.depth_of(goal) == depth}
    # best[s]: (faults, rank of the state before, action) of the best run to s, all of one length.
    # Ranks order the best runs of a level by their actions alone, so that comparing two runs is
    # comparing the ranks of their last-but-one states, then their last actions.
    faults = [action.fault is not None for action in found.system.actions]
    layer: dict[int, int] = {number: rank for rank, number in enumerate(found.level(0))}
    cost = dict.fromkeys(layer, 0)
    before: list[dict[int, tuple[int, int]]] = []
    for level in range(depth):
        ahead = found.level(level + 1)
        best: dict[int, tuple[int, int, int]] = {}
        came: dict[int, tuple[int, int]] = {}
        for number, rank in layer.items():
            for action, word in found.code.edges(found.states[number]):
                target = found.index[word]
                if target not in ahead:
                    continue
                key = (cost[number] + faults[action], rank, action)
                if target not in best or key < best[target]:
                    best[target] = key
                    came[target] = (number, action)
        order = sorted(best, key=lambda target: best[target][1:])
        layer = {target: rank for rank, target in enumerate(order)}
        cost = {target: best[target][0] for target in order}
        before.append(came)
    goal = min(wanted, key=lambda number: (cost[number], layer[number]))
    states = [goal]
    actions: list[int] = []
    for came in reversed(before):
        number, action = came[states[-1]]
        states.append(number)
        actions.append(action)
    return Run(tuple(reversed(states)), tuple(reversed(actions)))
