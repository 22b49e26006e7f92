"""Breadth-first search: every reachable state, level by level, within limits."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from math import inf

from deliverycheck.explore.checkpoint import Checkpoint, Keeper, Kept
from deliverycheck.explore.codegen import Trouble, compiled
from deliverycheck.explore.explored import Explored, ReachableFault
from deliverycheck.explore.limits import CHUNK, Explorer, Limits, Progress
from deliverycheck.explore.native.fitting import fits
from deliverycheck.explore.pace import Pace, put_back
from deliverycheck.semantics.interpreter import ModelFault, successors
from deliverycheck.system.model import System

WORTH_COMPILING = 300_000
"""States that plain Python sees in about the time it takes to load and build what is compiled."""


def explore(
    system: System,
    limits: Limits | None = None,
    report: Callable[[Progress], None] | None = None,
    explorer: Explorer | None = None,
    checkpoint: Checkpoint | None = None,
) -> Explored:
    """All reachable states of a system whose variables are finite.

    Whatever the explorer, the same states are found in the same order. Numbers too large for the
    native one (see `native.fitting.fits`) are left to plain Python. Raises ReachableFault if a
    reachable step leaves its domain or fails a check; ValueError where the native one is asked for
    and cannot be had; InputError for a checkpoint that is damaged or of another search.
    """
    code = compiled(system)
    start = list(dict.fromkeys(code.packing.pack(state) for state in system.initial))
    index = {word: number for number, word in enumerate(start)}
    found = Explored(system, code, start, index, [0], explorer=explorer or Explorer())
    try:
        search(found, limits or Limits(), report, checkpoint)
    except Trouble as trouble:
        _, word = trouble.args
        raise explained(found, found.index[word]) from None
    return found


def search(
    found: Explored,
    limits: Limits,
    report: Callable[[Progress], None] | None = None,
    checkpoint: Checkpoint | None = None,
) -> None:
    """Go on from the states at the start, which are all that was found so far.

    Raises Trouble, and otherwise like `explore`.
    """
    keeper = Keeper(checkpoint, found.code.packing) if checkpoint else None
    kept = keeper.load() if keeper else None
    pace = Pace(limits, report, keeper)
    try:
        _search(found, pace, kept)
    except KeyboardInterrupt:
        found.stopped = "interrupted"
    pace.keep(found)
    if found.levels[-1] == len(found.states):
        found.levels.pop()
    found.hits = tuple(sorted(found.code.hits))


def can_compile() -> bool:
    """Whether the extra `fast` is installed. Nothing is loaded to find out."""
    return all(find_spec(name) is not None for name in ("numba", "numpy", "llvmlite"))


def _search(found: Explored, pace: Pace, kept: Kept | None) -> None:
    """Search on, with the states that were kept, if any."""
    until = _plain_until(found)
    if kept is None or len(kept.states) < until * pace.width:
        if kept is not None:
            parts = range(0, len(kept.states), pace.width)
            words = (kept.states[at : at + pace.width] for at in parts)
            put_back(found, kept, [int.from_bytes(word, "little") for word in words])
            kept = None
        if _search_in_python(found, pace, until):
            return
    try:
        from deliverycheck.explore.native.search import go_on  # heavy
    except (ImportError, RuntimeError):  # numba is there, but not fit for use
        if found.explorer.engine == "native" or kept is not None:
            raise
        _search_in_python(found, pace, inf)
    else:
        go_on(found, pace, kept)


def _plain_until(found: Explored) -> float:
    """After how many states plain Python hands over."""
    engine = found.explorer.engine
    if engine == "native" and not can_compile():
        raise ValueError("the native explorer needs the extra `fast`")
    if engine == "plain" or not can_compile() or not fits(found.system, len(found.permutations)):
        return inf
    return 0 if engine == "native" else WORTH_COMPILING


def _search_in_python(found: Explored, pace: Pace, until: float) -> bool:
    """Search on in plain Python; False when there is more to see than that should do."""
    targets = found.code.targets
    found.states, found.index = states, index = list(found.states), dict(found.index)
    append = states.append
    while found.expanded < len(states):
        if found.expanded == found.levels[-1]:
            found.levels.append(len(states))  # what is found from now on is one step further away
        last = found.levels[-1]
        for chunk in range(found.expanded, last, CHUNK):
            found.stopped = pace.stop(found, len(states))
            if found.stopped is not None:
                return True
            if len(states) > until:
                return False
            transitions = 0
            for word in states[chunk : min(chunk + CHUNK, last)]:
                after = targets(word)
                transitions += len(after)
                for target in after:
                    if target not in index:
                        index[target] = len(states)
                        append(target)
            found.transitions += transitions
            found.expanded = min(chunk + CHUNK, last)
            pace.after(found, len(states))
    return True


def explained(found: Explored, number: int) -> ReachableFault:
    """Let the reference interpreter say what goes wrong in a state."""
    try:
        for _ in successors(found.system, found.state(number)):
            pass
    except ModelFault as fault:
        return ReachableFault(fault, found, number)
    raise AssertionError("the compiled code found a fault that the interpreter does not see")
