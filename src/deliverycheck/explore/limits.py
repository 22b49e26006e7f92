"""How to search, when to stop, and how far a search is."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

Stop: TypeAlias = Literal["states", "seconds", "memory", "interrupted"]
"""Why a search ended before its end."""

CHUNK = 2048
"""States between two looks at the clock."""


@dataclass(frozen=True, slots=True)
class Explorer:
    """How to search; what is found is always the same.

    `plain` is Python; `native` is compiled (the extra `fast`), and uses so many threads; `auto` is
    plain until there is so much to see that compiling is worth it, then native if it is there.
    """

    engine: Literal["auto", "plain", "native"] = "auto"
    jobs: int = 1


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
