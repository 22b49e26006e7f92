"""Unfolding: from representatives back to a run of the system itself.

A way through representatives changes the messages' names at every step. The run that is shown is
the one that a search without symmetry shows (`explore.runs`): of the fewest steps, of the fewest
faults, and of those the first by the system's order of actions. How many faults are still needed is
the same for all states of an orbit, so it is counted backwards on the representatives; then the run
is gone forwards through the states themselves, along steps that cost no more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from deliverycheck.explore.orbits import Quotient
from deliverycheck.explore.runs import Run, faults_of
from deliverycheck.explore.search import Explored, ReachableFault, explained

Costs = Sequence[dict[int, int]]
"""By depth: the representatives on shortest ways, with the faults they still need to a goal."""


@dataclass(frozen=True, slots=True)
class Unfolded:
    """Some states of the system itself, and a run through them. Both are as a search gives them."""

    found: Explored
    run: Run


def shortest_real_run(found: Quotient, goals: Collection[int]) -> Unfolded | None:
    """The run to the orbits of some representatives that a search without symmetry would give.

    None without a goal.
    """
    costs = costs_to(found, goals)
    if costs is None:
        return None
    number, is_fault = _numbers(found), faults_of(found)
    least = min(costs[0].values())
    current = [word for word in _starts(found) if costs[0].get(number(word)) == least]
    actions: list[int] = []
    before: list[dict[int, list[int]]] = []
    # All runs that are still in question have taken the same actions, from different starts.
    for depth in range(len(costs) - 1):
        steps: dict[int, dict[int, list[int]]] = {}
        for word in current:
            left = costs[depth][number(word)]
            for action, target in found.plain.edges(word):
                rest = costs[depth + 1].get(number(target))
                if rest is not None and is_fault[action] + rest == left:
                    steps.setdefault(action, {}).setdefault(target, []).append(word)
        actions.append(min(steps))
        before.append(steps[actions[-1]])
        current = list(before[-1])
    words = [_first_found(found, current, len(actions))]
    for depth in reversed(range(len(actions))):
        words.append(_first_found(found, before[depth][words[-1]], depth))
    words.reverse()
    numbers = tuple(range(len(words)))
    return Unfolded(_among(found, words, list(numbers)), Run(numbers, tuple(actions)))


def costs_to(found: Quotient, goals: Collection[int]) -> Costs | None:
    """What is needed to the nearest of some representatives, from those on shortest ways to them.

    None without a goal.
    """
    if not goals:
        return None
    last = min(map(found.depth_of, goals))
    is_fault = faults_of(found)
    layer = {goal: 0 for goal in goals if found.depth_of(goal) == last}
    costs = [layer]
    for depth in reversed(range(last)):
        ahead, layer = layer, {}
        for number in found.level(depth):
            if number >= found.expanded:
                break
            for action, target in found.code.edges(found.states[number]):
                rest = ahead.get(found.index[target])
                if rest is not None:
                    cost = is_fault[action] + rest
                    if cost < layer.get(number, cost + 1):
                        layer[number] = cost
        costs.append(layer)
    costs.reverse()
    return costs


def lane(found: Quotient, costs: Costs) -> Explored:
    """All states of the system itself on shortest ways to the goals, in order of discovery."""
    number = _numbers(found)
    layer = [word for word in _starts(found) if number(word) in costs[0]]
    words, levels = list(layer), [0]
    for ahead in costs[1:]:
        levels.append(len(words))
        layer = list(
            dict.fromkeys(
                target
                for word in layer
                for _, target in found.plain.edges(word)
                if number(target) in ahead
            )
        )
        words += layer
    return _among(found, words, levels)


def first_fault(found: Quotient, troubled: Collection[int]) -> ReachableFault:
    """The fault of the model that a search without symmetry finds.

    `troubled`: the representatives, all equally far from the start, in which some step goes wrong.
    """
    costs = costs_to(found, troubled)
    if costs is None:
        raise ValueError("no fault to unfold")
    way = lane(found, costs)
    return explained(way, way.levels[-1])


def _starts(found: Quotient) -> list[int]:
    """The initial states, packed, each once."""
    return list(dict.fromkeys(map(found.plain.packing.pack, found.system.initial)))


def _numbers(found: Quotient) -> Callable[[int], int]:
    """What gives for a packed state the number of its representative; -1 if it was not found."""
    least, index = found.canonical.least, found.index
    return lambda word: index.get(least(word), -1)


def _first_found(found: Quotient, words: Collection[int], depth: int) -> int:
    """Which of some states, all so many steps from the start, a plain search finds first."""
    first, *others = words
    if not others:
        return first
    number = _numbers(found)
    costs = costs_to(found, set(map(number, words)))
    if costs is None or len(costs) != depth + 1:
        raise ValueError("states that are not equally far from the start")
    way = lane(found, costs)
    return min(words, key=way.index.__getitem__)


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
