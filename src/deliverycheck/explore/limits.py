"""How to search, when to stop, and how far a search is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from deliverycheck.explore.memory import resident_megabytes

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
    """When to stop: distinct states, seconds, megabytes of this process. None: never.

    Whatever the limit of memory, what is compiled stops before it takes more than there is.
    """

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
    """States that were found, but not yet looked behind."""
    seconds: float
    megabytes: float = 0.0
    """What this process holds; 0 where that is not known."""
    ahead: int | None = None
    """About how many states are still to be looked behind, once levels shrink; else None."""


SHRINKING = 0.9
"""Only where a level has less than this part of the one before it, an end is in sight."""


def states_ahead(levels: list[int], states: int, expanded: int) -> int | None:
    """About how many states are still to be looked behind, if levels go on shrinking as they do.

    `levels[-1]` is where the level ends that is looked behind at present.
    """
    if len(levels) < 3:
        return None
    now, before = levels[-1] - levels[-2], levels[-2] - levels[-3]
    ratio = now / before
    if ratio > SHRINKING:
        return None
    later = now * ratio / (1 - ratio)
    return max(states - expanded, levels[-1] - expanded + round(later))


def exceeded(limits: Limits, states: int, seconds: float) -> Stop | None:
    """The first limit that so much work goes beyond."""
    if limits.states is not None and states > limits.states:
        return "states"
    if limits.seconds is not None and seconds > limits.seconds:
        return "seconds"
    if limits.memory is not None and resident_megabytes() > limits.memory:
        return "memory"
    return None
