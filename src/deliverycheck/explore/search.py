"""Breadth-first search: every reachable state, level by level, within limits."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.util import find_spec
from math import inf

from deliverycheck.explore.codegen import Trouble, compiled
from deliverycheck.explore.explored import Explored, ReachableFault
from deliverycheck.explore.limits import CHUNK, Explorer, Limits, Progress, exceeded
from deliverycheck.explore.native.functions import fits
from deliverycheck.semantics.interpreter import ModelFault, successors
from deliverycheck.system.model import System

WORTH_COMPILING = 300_000
"""States that plain Python sees in about the time it takes to load and build what is compiled."""


def explore(
    system: System,
    limits: Limits | None = None,
    report: Callable[[Progress], None] | None = None,
    explorer: Explorer | None = None,
) -> Explored:
    """All reachable states of a system whose variables are finite.

    Whatever the explorer, the same states are found in the same order. Numbers too large for the
    native one (see `native.functions.fits`) are left to plain Python. Raises ReachableFault if a
    reachable step leaves its domain or fails a check; ValueError where the native one is asked for
    and cannot be had.
    """
    limits, explorer = limits or Limits(), explorer or Explorer()
    code = compiled(system)
    start = [code.packing.pack(state) for state in system.initial]
    states = list(dict.fromkeys(start))
    index = {s: i for i, s in enumerate(states)}
    found = Explored(system, code, states, index, [0], explorer=explorer)
    began = time.monotonic()
    try:
        if not _search(found, states, index, limits, report, began, _plain_until(explorer, system)):
            from deliverycheck.explore.native.search import go_on  # heavy

            go_on(found, limits, report, began)
    except KeyboardInterrupt:
        found.stopped = "interrupted"
    except Trouble as trouble:
        raise _explained(found, trouble) from None
    if found.levels[-1] == len(found.states):
        found.levels.pop()
    found.hits = tuple(sorted({*found.hits, *code.hits}))
    return found


def can_compile() -> bool:
    """Whether the extra `fast` is installed. Nothing is loaded to find out."""
    return all(find_spec(name) is not None for name in ("numba", "numpy", "llvmlite"))


def _plain_until(explorer: Explorer, system: System) -> float:
    """After how many states plain Python hands over."""
    if explorer.engine == "native" and not can_compile():
        raise ValueError("the native explorer needs the extra `fast`")
    if explorer.engine == "plain" or not can_compile() or not fits(system):
        return inf
    return 0 if explorer.engine == "native" else WORTH_COMPILING


def _search(
    found: Explored,
    states: list[int],
    index: dict[int, int],
    limits: Limits,
    report: Callable[[Progress], None] | None,
    began: float,
    until: float,
) -> bool:
    """Search on in plain Python; False when there is more to see than that should do."""
    targets = found.code.targets
    append = states.append
    first, last = 0, len(states)
    while first < last:
        found.levels.append(last)  # whatever is found from now on is one step further away
        for chunk in range(first, last, CHUNK):
            if len(states) > until:
                return False
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
                return True
        first, last = last, len(states)
    return True


def _explained(found: Explored, trouble: Trouble) -> ReachableFault:
    """Let the reference interpreter say what is wrong with the model."""
    _, word = trouble.args
    try:
        for _ in successors(found.system, found.code.packing.unpack(word)):
            pass
    except ModelFault as fault:
        return ReachableFault(fault, found, found.index[word])
    raise AssertionError("the compiled code found a fault that the interpreter does not see")
