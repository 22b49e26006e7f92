"""Search, compiled: the same states in the same order as in plain Python, block by block.

Of each block first the successors are made, then those that are new are put into the table, then
they are appended to the states in the order in which they were made. Each of the three is shared
out to the threads: the first and the last by states, the second by parts of the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from deliverycheck.explore.checkpoint import Kept
from deliverycheck.explore.codegen import Trouble
from deliverycheck.explore.explored import Explored
from deliverycheck.explore.limits import CHUNK, Limits
from deliverycheck.explore.memory import NoRoom
from deliverycheck.explore.native.building import built
from deliverycheck.explore.native.calls import Codes, Flags, Numbers, Words
from deliverycheck.explore.native.space import Space, space_of, split, words_in
from deliverycheck.explore.native.table import collected, generated, inserted
from deliverycheck.explore.native.views import Places, States
from deliverycheck.explore.pace import Pace, put_back_counts

ALONE, TOGETHER = 4 * CHUNK, 8 * CHUNK
"""States of a block for one thread, for which they shall stay near at hand, and for each of
several: handing out work takes time as well."""


@dataclass(frozen=True, slots=True)
class Region:
    """Where one thread puts the successors of its part of a block."""

    targets: Words
    actions: Codes
    hits: Flags
    codes: Words
    places: Numbers
    counts: Numbers
    fresh: Flags


def go_on(found: Explored, pace: Pace, kept: Kept | None) -> None:
    """Go on with a search that plain Python has begun, or that was kept. Raises Trouble."""
    functions, jobs = built(found.system, found.permutations), found.explorer.jobs
    words = functions.functions.words
    array = split(found.states, words) if kept is None else words_in(kept.states)
    try:
        space = space_of(functions, array, jobs, pace.limits.memory)
    except NoRoom:
        if kept is not None and pace.keeper is not None:
            raise pace.keeper.refused("needs more memory than there is") from None
        found.stopped = "memory"
        return
    regions = [_region(space, _most(jobs)) for _ in range(jobs)]
    found.states, found.index, found.space = States(space), Places(space), space
    if kept is not None:
        put_back_counts(found, kept)
    try:
        _search(found, space, regions, pace)
    finally:
        space.close()


def _region(space: Space, states: int) -> Region:
    most = states * max(1, space.built.most_successors)
    return Region(
        np.empty(most * space.words, np.uint64),
        np.empty(max(1, space.built.most_successors), np.uint16),
        np.zeros(len(space.built.functions.bounds), np.uint8),
        np.empty((space.jobs, most), np.uint64),
        np.empty((space.jobs, most), np.uint32),
        np.empty(space.jobs, np.uint32),
        np.empty(most, np.uint8),
    )


def _search(found: Explored, space: Space, regions: Sequence[Region], pace: Pace) -> None:
    while found.expanded < space.count:
        found.stopped = pace.stop(found, space.count)
        if found.stopped is not None:
            return
        if found.expanded == found.levels[-1]:
            found.levels.append(space.count)  # what is found from now on is one step further away
        first, last, share = found.expanded, found.levels[-1], _share(space, pace.limits)
        starts = range(first, last, share)[: 1 if share == CHUNK else len(regions)]
        blocks = [range(start, min(start + share, last)) for start in starts]
        try:
            _advance(found, space, regions[: len(blocks)], blocks)
        except NoRoom:
            found.stopped = "memory"
            return
        pace.after(found, space.count)


def _share(space: Space, limits: Limits) -> int:
    """How many states each thread gets. Near the limit of states a search ends where it would in
    plain Python."""
    share = _most(space.jobs)
    most = space.count + space.jobs * share * space.built.most_successors
    return CHUNK if limits.states is not None and most > limits.states else share


def _most(jobs: int) -> int:
    return ALONE if jobs == 1 else TOGETHER


def _advance(
    found: Explored, space: Space, regions: Sequence[Region], blocks: Sequence[range]
) -> None:
    """Look behind the states of some blocks, one behind the other, each in a region of its own."""
    shape = space.shape
    both = list(zip(regions, blocks, strict=True))

    def generate(one: tuple[Region, range]) -> int:
        region, block = one
        return generated(
            space.built.successors,
            space.states,
            block.start,
            block.stop,
            shape,
            region.targets,
            region.actions,
            region.hits,
            region.codes,
            region.places,
            region.counts,
        )

    totals = space.each(generate, both)
    for region in regions:
        found.code.hits.update(
            name for name, hit in zip(space.built.functions.bounds, region.hits, strict=True) if hit
        )
    if min(totals) < 0:
        raise Trouble(None, space.state(-1 - next(total for total in totals if total < 0)))
    by_part = [sum(int(one.counts[part]) for one in regions) for part in range(space.jobs)]
    space.make_room(sum(totals), by_part)

    def insert(part: int) -> list[int]:
        return [
            inserted(
                space.keys[part],
                shape,
                region.targets,
                region.codes[part],
                region.places[part],
                int(region.counts[part]),
                region.fresh,
            )
            for region in regions
        ]

    fresh = space.each(insert, range(space.jobs))

    ends = [space.count]
    for at in range(len(regions)):
        ends.append(ends[-1] + sum(new[at] for new in fresh))

    def collect(at: int) -> None:
        region = regions[at]
        collected(region.targets, region.fresh, totals[at], shape, space.states, ends[at])

    space.each(collect, range(len(regions)))
    for part, new in enumerate(fresh):
        space.taken[part] += sum(new)
    space.count = ends[-1]
    found.transitions += sum(totals)
    found.expanded = blocks[-1].stop
