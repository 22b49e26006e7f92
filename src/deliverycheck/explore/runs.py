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
    # best[s]: (faults, rank of the state before, action, that state) of the best run to s, all of
    # one length. Ranks order the best runs of a level by their actions alone, so that comparing two
    # runs is comparing the ranks of their last-but-one states, then their last actions. From two
    # initial states the same actions may lead: then the state that was found first decides.
    faults = [action.fault is not None for action in found.system.actions]
    layer = dict.fromkeys(found.level(0), 0)
    cost = dict.fromkeys(layer, 0)
    before: list[dict[int, tuple[int, int]]] = []
    for level in range(depth):
        ahead = found.level(level + 1)
        best: dict[int, tuple[int, int, int, int]] = {}
        for number, rank in layer.items():
            if number >= found.expanded:
                continue  # what follows it was not looked at
            for action, word in found.code.edges(found.states[number]):
                target = found.index[word]
                key = (cost[number] + faults[action], rank, action, number)
                if target in ahead and (target not in best or key < best[target]):
                    best[target] = key
        steps = sorted({key[1:3] for key in best.values()})
        ranks = {step: rank for rank, step in enumerate(steps)}
        layer = {target: ranks[key[1:3]] for target, key in best.items()}
        cost = {target: key[0] for target, key in best.items()}
        before.append({target: (key[3], key[2]) for target, key in best.items()})
    goal = min(wanted, key=lambda number: (cost[number], layer[number], number))
    states = [goal]
    actions: list[int] = []
    for came in reversed(before):
        number, action = came[states[-1]]
        states.append(number)
        actions.append(action)
    return Run(tuple(reversed(states)), tuple(reversed(actions)))
