"""Unfolding: from representatives back to a run of the system itself.

A way through representatives changes the messages' names at every step. The run that is shown is
the one that a search without symmetry shows (`explore.runs`): of the fewest steps, of the fewest
faults, and of those the first by the system's order of actions. How many faults are still needed is
the same for all states of an orbit, so it is counted backwards on the representatives; then the run
is gone forwards through the states themselves, along steps that cost no more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

from deliverycheck.explore.explored import Explored, ReachableFault
from deliverycheck.explore.orbits import Quotient
from deliverycheck.explore.runs import Run, faults_of
from deliverycheck.explore.search import explained

Node: TypeAlias = tuple[int, int]
"""A representative, and a clause as it is called there; 0 where no clause is followed."""

Costs: TypeAlias = Sequence[Mapping[Node, int]]
"""By depth: what lies on shortest ways, with the faults that are still needed to a goal."""


@dataclass(frozen=True, slots=True)
class Unfolded:
    """Some states of the system itself, and a run through them. Both are as a search gives them."""

    found: Explored
    run: Run


def shortest_real_run(found: Quotient, goals: Collection[int]) -> Unfolded | None:
    """The run to the orbits of some representatives that a search without symmetry would give.

    None without a goal.
    """
    return _shortest(_Way(found), [(goal, 0) for goal in goals])


def shortest_real_run_for(
    found: Quotient, prop: str, clause: int, goals: Collection[Node]
) -> Unfolded | None:
    """The same to where something is so of one clause of a property.

    `goals`: of which representatives it is so, and of which clause there.
    """
    return _shortest(_Way(found, prop, clause), goals)


class _Way:
    """The states of a system, as representatives and a clause that is followed by its names."""

    def __init__(self, found: Quotient, prop: str | None = None, clause: int = 0) -> None:
        self.found = found
        self.clause = clause
        self.is_fault = faults_of(found)
        self.clauses = (
            None
            if prop is None
            else [permutation.clauses[prop] for permutation in found.canonical.permutations]
        )
        self.starts = list(dict.fromkeys(map(found.plain.packing.pack, found.system.initial)))

    def node(self, word: int, clause: int) -> Node:
        """What stands for a state. Of a state that was not found, none is on any way."""
        index = self.found.index
        if self.clauses is None:
            return index.get(self.found.canonical.least(word), -1), 0
        least, turn = self.found.canonical.placed(word)
        return index.get(least, -1), self.clauses[turn][clause]

    def costs(self, goals: Collection[Node]) -> Costs:
        """What is needed to the nearest of some goals, from what lies on shortest ways to them."""
        found, is_fault = self.found, self.is_fault
        last = min(found.depth_of(number) for number, _ in goals)
        layer: dict[Node, int] = {goal: 0 for goal in goals if found.depth_of(goal[0]) == last}
        followed = range(1 if self.clauses is None else len(self.clauses[0]))
        costs: list[dict[Node, int]] = [layer]
        for depth in reversed(range(last)):
            ahead, layer = layer, {}
            for number in found.level(depth):
                if number >= found.expanded:
                    break
                for action, target in found.plain.edges(found.states[number]):
                    for clause in followed:
                        rest = ahead.get(self.node(target, clause))
                        if rest is not None:
                            cost = is_fault[action] + rest
                            layer[number, clause] = min(cost, layer.get((number, clause), cost))
            costs.append(layer)
        costs.reverse()
        return costs

    def lane(self, costs: Costs) -> Explored:
        """All states on shortest ways to the goals, in the order in which a search finds them."""
        edges = self.found.plain.edges

        def among(words: Iterable[int], some: Mapping[Node, int]) -> list[int]:
            each = dict.fromkeys(words)
            return [word for word in each if self.node(word, self.clause) in some]

        layer = among(self.starts, costs[0])
        words, levels = list(layer), [0]
        for ahead in costs[1:]:
            levels.append(len(words))
            layer = among((target for word in layer for _, target in edges(word)), ahead)
            words += layer
        return _among(self.found, words, levels)


def _shortest(way: _Way, goals: Collection[Node]) -> Unfolded | None:
    if not goals:
        return None
    costs = way.costs(goals)
    if not any(way.node(word, way.clause) in costs[0] for word in way.starts):
        return None  # what is so of another clause need not be so of this one
    current = _cheapest(way, costs)
    actions: list[int] = []
    before: list[dict[int, list[int]]] = []
    # All runs that are still in question have taken the same actions, from different starts.
    for here, ahead in pairwise(costs):
        steps: dict[int, dict[int, list[int]]] = {}
        for word in current:
            left = here[way.node(word, way.clause)]
            for action, target in way.found.plain.edges(word):
                rest = ahead.get(way.node(target, way.clause))
                if rest is not None and way.is_fault[action] + rest == left:
                    steps.setdefault(action, {}).setdefault(target, []).append(word)
        actions.append(min(steps))
        before.append(steps[actions[-1]])
        current = list(before[-1])
    words = [_first_found(way.found, current)]
    words += (_first_found(way.found, came[words[-1]]) for came in reversed(before))
    words.reverse()
    numbers = tuple(range(len(words)))
    return Unfolded(_among(way.found, words, list(numbers)), Run(numbers, tuple(actions)))


def _cheapest(way: _Way, costs: Costs) -> list[int]:
    """The initial states from which the fewest faults are needed."""
    needed = {word: costs[0].get(way.node(word, way.clause)) for word in way.starts}
    least = min(cost for cost in needed.values() if cost is not None)
    return [word for word, cost in needed.items() if cost == least]


def _first_found(found: Quotient, words: Collection[int]) -> int:
    """Which of some states, all equally far from the start, a plain search finds first."""
    first, *others = words
    if not others:
        return first
    way = _Way(found)
    order = way.lane(way.costs({way.node(word, 0) for word in words})).index
    return min(words, key=order.__getitem__)


def first_fault(found: Quotient, troubled: Collection[int]) -> ReachableFault:
    """The fault of the model that a search without symmetry finds.

    `troubled`: the representatives, all equally far from the start, in which some step goes wrong.
    """
    way = _Way(found)
    lane = way.lane(way.costs([(number, 0) for number in troubled]))
    return explained(lane, lane.levels[-1])


def _among(found: Quotient, words: list[int], levels: list[int]) -> Explored:
    """Some of the states, with the steps between them."""
    index = {word: number for number, word in enumerate(words)}
    plain = found.plain

    def edges(word: int) -> list[tuple[int, int]]:
        return [(action, target) for action, target in plain.edges(word) if target in index]

    def targets(word: int) -> list[int]:
        return [target for _, target in edges(word)]

    code = replace(plain, edges=edges, targets=targets)
    return Explored(
        found.system,
        code,
        words,
        index,
        levels,
        expanded=len(words),
        stopped=found.stopped,
        hits=found.hits,
    )
