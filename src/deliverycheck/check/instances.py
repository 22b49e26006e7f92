"""Instances: where to end what has no end, so that all of it can be explored.

A model may leave open how many copies of an item are in flight, how long the line in an ordered
channel gets, and how large a natural number grows. With finite fault budgets these mostly end by
themselves, so the ends are raised until they cut nothing off, or until it is worth no more. What an
end did cut off is on record in `Explored.hits`, and no verdict hides it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from deliverycheck.check.lifting import is_endless
from deliverycheck.check.options import Options
from deliverycheck.explore.checkpoint import Checkpoint
from deliverycheck.explore.explored import Explored
from deliverycheck.explore.limits import Progress
from deliverycheck.explore.search import explore
from deliverycheck.lift.lifting import Lifted
from deliverycheck.system.bounding import bounded

SIZES = (3, 7, 15)
"""The ends that are tried, one after the other."""

COPIES_WHEN_ENDLESS = 2
"""Copies of one item where a fault may happen without end: they never end by themselves."""

WORTH_TRYING = 1_000_000
"""States beyond which an instance with several copies in flight makes way for one with a single."""

WORTH_WIDENING = 200_000
"""States of an instance beyond which a larger one is not tried by itself."""


def explore_instance(
    lifted: Lifted,
    options: Options,
    report: Callable[[Progress], None] | None = None,
    checkpoint: Checkpoint | None = None,
) -> Explored:
    """Explore the smallest instance that cuts nothing off, or the largest worth trying.

    `options.copies` fixes how many copies of one item can be in flight. Each instance is kept in a
    folder of its own below that of the checkpoint. Raises ReachableFault.
    """
    limits, copies = options.limits, options.copies
    if copies is None and is_endless(lifted.budgets):
        most = WORTH_TRYING if limits.states is None else min(limits.states, WORTH_TRYING)
        small = replace(options, limits=replace(limits, states=most), copies=COPIES_WHEN_ENDLESS)
        found = _widened(lifted, small, report, checkpoint)
        if found.stopped != "states":
            return found
        copies = 1  # a small instance seen whole says more than a part of a large one
    return _widened(lifted, replace(options, copies=copies), report, checkpoint)


def _widened(
    lifted: Lifted,
    options: Options,
    report: Callable[[Progress], None] | None,
    checkpoint: Checkpoint | None,
) -> Explored:
    """The first instance that cuts nothing off, as the ends are raised."""
    best: Explored | None = None
    for size in SIZES:
        system = bounded(lifted.system, options.copies or size, size)
        if best is not None and system == best.system:
            break
        kept = None
        if checkpoint is not None:
            folder = checkpoint.folder / f"{options.copies or size}-{size}"
            kept = replace(checkpoint, folder=folder)
        best = explore(system, options.limits, report, options.explorer, kept)
        if not best.hits or best.stopped or len(best.states) > WORTH_WIDENING:
            break
    if best is None:
        raise ValueError("no instance to explore")
    return best
