"""Runs: the shortest way to any of some states, always the same one.

Shortest means fewest steps; of those, fewest faults; of those, the run whose actions come first in
the system's order, compared step by step. Actions are deterministic, so that is one run, whatever
engine found the states.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from deliverycheck.explore.edges import Edges, edges_of
from deliverycheck.explore.explored import Explored
from deliverycheck.explore.flags import flagged


@dataclass(frozen=True, slots=True)
class Run:
    """A run: the numbers of the states it goes through, and the actions between them."""

    states: tuple[int, ...]
    actions: tuple[int, ...]


def shortest_run(found: Explored, goals: Iterable[int]) -> Run | None:
    """The first of the shortest runs from an initial state to a goal, or None without a goal."""
    return run_to(found, flagged(len(found.states), goals))


def run_to(found: Explored, goals: bytearray, edges: Edges | None = None) -> Run | None:
    """The same to one of the states that are flagged.

    `edges` are all steps, if they are at hand.
    """
    first = goals.find(1)
    if first < 0:
        return None
    if found.space is not None:
        from deliverycheck.explore.native import runs  # heavy

        nearer = found.levels[found.depth_of(first)]  # no step from any other state is needed
        return runs.shortest(found, edges or edges_of(found, nearer), goals)

    def onward(number: int) -> Iterable[tuple[int, int]]:
        if number >= found.expanded:
            return ()  # what follows it was not looked at
        steps = found.code.edges(found.states[number])
        return ((action, found.index[word]) for action, word in steps)

    return first_run(found.level(0), onward, lambda number: goals[number] == 1, faults_of(found))


def faults_of(found: Explored) -> list[bool]:
    """For each action of the system whether it is a fault."""
    return [action.fault is not None for action in found.system.actions]


def first_run(
    starts: Iterable[int],
    onward: Callable[[int], Iterable[tuple[int, int]]],
    is_goal: Callable[[int], bool],
    is_fault: Sequence[bool],
) -> Run | None:
    """The first of the shortest runs from a start to a goal, in any graph; None if there is none.

    `onward` gives the actions from a node with their targets.
    """
    # best[t]: (faults, rank of the node before, action, that node) of the best run to t, all of one
    # length. Ranks order the best runs of a layer by their actions alone, so that comparing two
    # runs is comparing the ranks of their last-but-one nodes, then their last actions. From two
    # starts the same actions may lead: then the node that was found first decides.
    layer = dict.fromkeys(starts, 0)
    cost = dict.fromkeys(layer, 0)
    seen = set(layer)
    before: list[dict[int, tuple[int, int]]] = []
    while layer:
        reached = [node for node in layer if is_goal(node)]
        if reached:
            goal = min(reached, key=lambda node: (cost[node], layer[node], node))
            return _traced(goal, before)
        best: dict[int, tuple[int, int, int, int]] = {}
        for node, rank in layer.items():
            for action, target in onward(node):
                if target in seen:
                    continue
                key = (cost[node] + is_fault[action], rank, action, node)
                if target not in best or key < best[target]:
                    best[target] = key
        steps = sorted({key[1:3] for key in best.values()})
        ranks = {step: rank for rank, step in enumerate(steps)}
        layer = {target: ranks[key[1:3]] for target, key in best.items()}
        cost = {target: key[0] for target, key in best.items()}
        before.append({target: (key[3], key[2]) for target, key in best.items()})
        seen.update(layer)
    return None


def _traced(goal: int, before: list[dict[int, tuple[int, int]]]) -> Run:
    """The run to a goal, read off from its end."""
    nodes = [goal]
    actions: list[int] = []
    for came in reversed(before):
        node, action = came[nodes[-1]]
        nodes.append(node)
        actions.append(action)
    return Run(tuple(reversed(nodes)), tuple(reversed(actions)))
