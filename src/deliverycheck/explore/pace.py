"""What a search does between two blocks of work: tell how far it is, keep it, mind its limits."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from deliverycheck.explore.checkpoint import Keeper, Kept
from deliverycheck.explore.explored import Explored
from deliverycheck.explore.limits import Limits, Progress, Stop, exceeded, states_ahead
from deliverycheck.explore.memory import resident_megabytes


@dataclass(slots=True)
class Pace:
    """The pace of one search."""

    limits: Limits
    report: Callable[[Progress], None] | None
    keeper: Keeper | None
    began: float = field(default_factory=time.monotonic)
    done: tuple[int, int] | None = None
    """States looked behind and steps counted with the last whole block, one value: an interruption
    may come between the two in `Explored`, and what is kept must fit together."""

    @property
    def width(self) -> int:
        """Bytes of a state that is kept."""
        return self.keeper.width if self.keeper is not None else 0

    def stop(self, found: Explored, states: int) -> Stop | None:
        """The first limit that was passed, if any; what lies before the first step is never cut."""
        if not found.expanded:
            return None
        return exceeded(self.limits, states, time.monotonic() - self.began)

    def after(self, found: Explored, states: int) -> None:
        """Report, and keep what is due."""
        self.done = found.expanded, found.transitions
        if self.report is not None:
            self.report(
                Progress(
                    states,
                    found.transitions,
                    found.depth,
                    states - found.expanded,
                    time.monotonic() - self.began,
                    resident_megabytes(),
                    states_ahead(found.levels, states, found.expanded),
                )
            )
        if self.keeper is not None and self.keeper.is_due():
            self.keep(found)

    def keep(self, found: Explored) -> None:
        """Keep the search as it is. Raises InputError where that cannot be written.

        What was kept before is not thrown away by a search that did not even put it back.
        """
        if self.keeper is not None and len(found.states) >= self.keeper.count:
            more = found.bytes_from(self.keeper.count, self.keeper.width)
            expanded, transitions = self.done or (found.expanded, found.transitions)
            hits = frozenset(found.code.hits)
            self.keeper.save(more, found.levels, expanded, transitions, hits)


def put_back(found: Explored, kept: Kept, states: list[int]) -> None:
    """Put back all that was kept of a search, with its states as plain Python holds them."""
    found.states, found.index = states, {word: number for number, word in enumerate(states)}
    put_back_counts(found, kept)


def put_back_counts(found: Explored, kept: Kept) -> None:
    """Put back what was kept beside the states, which must be in place: else it says nothing."""
    found.levels[:] = kept.levels
    found.expanded = kept.expanded
    found.transitions = kept.transitions
    found.code.hits.update(kept.hits)
