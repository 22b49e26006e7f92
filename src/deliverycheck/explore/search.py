"""Breadth-first search: every reachable state, level by level, within limits."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from deliverycheck.explore.codegen import Compiled, Trouble, compiled
from deliverycheck.semantics.interpreter import ModelFault, successors
from deliverycheck.system.model import State, System
from deliverycheck.system.sorts import contains

Stop: TypeAlias = Literal["states", "seconds", "memory", "interrupted"]
"""Why a search ended before its end."""

CHUNK = 2048
"""States between two looks at the clock."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop: distinct states, seconds, megabytes of this process. None: never."""

    states: int | None = 5_000_000
    seconds: float | None = None
    memory: float | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is."""

    states: int
    transitions: int
    depth: int
    frontier: int
    seconds: float


@dataclass(slots=True)
class Explored:
    """The reachable states in order of discovery, so level by level.

    `levels[d]` is the number of states nearer than d steps; a state's number is its place in
    `states`. States from `expanded` on were reached, but what follows them was not looked at.
    """

    system: System
    code: Compiled
    states: list[int]
    index: dict[int, int]
    levels: list[int]
    transitions: int = 0
    expanded: int = 0
    stopped: Stop | None = None
    hits: tuple[str, ...] = field(default=())

    @property
    def complete(self) -> bool:
        """Whether every reachable state was found and looked at."""
        return self.stopped is None

    @property
    def depth(self) -> int:
        """The length of the longest of all shortest runs found."""
        return len(self.levels) - 1

    def depth_of(self, number: int) -> int:
        """How many steps a state is away from the start."""
        low, high = 0, len(self.levels)
        while low < high:
            middle = (low + high) // 2
            if self.levels[middle] <= number:
                low = middle + 1
            else:
                high = middle
        return low - 1

    def level(self, depth: int) -> range:
        """The numbers of the states at a depth."""
        last = depth + 1 == len(self.levels)
        return range(self.levels[depth], len(self.states) if last else self.levels[depth + 1])

    def number_of(self, state: State) -> int | None:
        """The number of a state; None if it was not reached, or is none of the instance's."""
        sorts = (variable.sort for variable in self.system.variables)
        if not all(contains(sort, value) for sort, value in zip(sorts, state, strict=True)):
            return None
        return self.index.get(self.code.packing.pack(state))

    def state(self, number: int) -> State:
        """The values of a state's variables."""
        return self.code.packing.unpack(self.states[number])


def explore(
    system: System,
    limits: Limits | None = None,
    report: Callable[[Progress], None] | None = None,
) -> Explored:
    """All reachable states of a system whose variables are finite.

    Raises ReachableFault if a reachable step leaves its domain or fails a check.
    """
    code = compiled(system)
    start = [code.packing.pack(state) for state in system.initial]
    states = list(dict.fromkeys(start))
    found = Explored(system, code, states, {s: i for i, s in enumerate(states)}, [0])
    try:
        search(found, limits or Limits(), report)
    except Trouble as trouble:
        _, word = trouble.args
        raise explained(found, found.index[word]) from None
    return found


def search(
    found: Explored, limits: Limits, report: Callable[[Progress], None] | None = None
) -> None:
    """Go on from the states at the start, which are all that was found so far. Raises Trouble."""
    try:
        _search(found, limits, report, time.monotonic())
    except KeyboardInterrupt:
        found.stopped = "interrupted"
    if found.levels[-1] == len(found.states):
        found.levels.pop()
    found.hits = tuple(sorted(found.code.hits))


def uninterrupted(found: Explored) -> Explored:
    """The same. Raises KeyboardInterrupt where that ended the search: nobody else would tell."""
    if found.stopped == "interrupted":
        raise KeyboardInterrupt
    return found


def _search(
    found: Explored, limits: Limits, report: Callable[[Progress], None] | None, began: float
) -> None:
    targets, states, index = found.code.targets, found.states, found.index
    append = states.append
    first, last = 0, len(states)
    while first < last:
        found.levels.append(last)  # whatever is found from now on is one step further away
        for chunk in range(first, last, CHUNK):
            for word in states[chunk : min(chunk + CHUNK, last)]:
                after = targets(word)
                found.transitions += len(after)
                for target in after:
                    if target not in index:
                        index[target] = len(states)
                        append(target)
            found.expanded = min(chunk + CHUNK, last)
            seconds = time.monotonic() - began
            if report is not None:
                size = len(states)
                report(Progress(size, found.transitions, found.depth, size - chunk, seconds))
            stop = exceeded(limits, len(states), seconds)
            if stop and found.expanded < len(states):
                found.stopped = stop
                return
        first, last = last, len(states)


def exceeded(limits: Limits, states: int, seconds: float) -> Stop | None:
    """The first limit that so much work goes beyond."""
    if limits.states is not None and states > limits.states:
        return "states"
    if limits.seconds is not None and seconds > limits.seconds:
        return "seconds"
    if limits.memory is not None and resident_megabytes() > limits.memory:
        return "memory"
    return None


def resident_megabytes() -> float:
    """The memory this process holds now; where the system does not say, the most it ever held.

    Where not even that can be learnt (Windows), 0: there `--limit-memory` cannot be kept.
    """
    try:
        import resource
    except ImportError:
        return 0.0
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (2**20 if sys.platform == "darwin" else 2**10)
    return pages * resource.getpagesize() / 2**20


class ReachableFault(ModelFault):
    """A fault of the model in a state that was reached: `number` of `found`."""

    def __init__(self, fault: ModelFault, found: Explored, number: int) -> None:
        super().__init__(fault.diagnostics[0], fault.action)
        self.found = found
        self.number = number


def explained(found: Explored, number: int) -> ReachableFault:
    """Let the reference interpreter say what goes wrong in a state."""
    try:
        for _ in successors(found.system, found.state(number)):
            pass
    except ModelFault as fault:
        return ReachableFault(fault, found, number)
    raise AssertionError("the compiled code found a fault that the interpreter does not see")
