"""ALO explored once by one of our explorers: `one.py plain|native|auto JOBS N,R,C`; prints JSON.

`seconds` is the search alone: from the first report of progress, which comes once the start has
been looked at, to the end. `compile_seconds` is all that had to be done before that for the first
time in this process: code made and built, libraries loaded. It does not stand in `seconds`,
because a short search by which everything is loaded goes before the one that is measured. (Too
short for `auto`, which does not load and compile then: that stands in its `seconds`.)
"""

from __future__ import annotations

import json
import sys
import time
from typing import Literal, TypeAlias, cast

from alo import Alo

from deliverycheck.explore.explored import Explored
from deliverycheck.explore.limits import Explorer, Limits, Progress
from deliverycheck.explore.search import explore
from deliverycheck.lang.design import design_of
from deliverycheck.lift.lifting import lift
from deliverycheck.system.model import System

Engine: TypeAlias = Literal["auto", "plain", "native"]

WARM = 20_000
"""States of the short search: so many that arrays had to grow, too."""


def timed(system: System, states: int | None, explorer: Explorer) -> tuple[Explored, float, float]:
    """What was found; seconds until the start was looked at, and from then on."""
    first: list[float] = []

    def report(_: Progress) -> None:
        if not first:
            first.append(time.perf_counter())

    began = time.perf_counter()
    found = explore(system, Limits(states=states), report, explorer)
    ended = time.perf_counter()
    return found, first[0] - began, ended - first[0]


def main(engine: Engine, jobs: int, instance: str) -> None:
    """Lift, explore, print."""
    messages, tries, copies = map(int, instance.split(","))
    settings = {"tries_limit": tries, "copies": copies}
    system = lift(design_of(Alo, messages, settings), Alo.faults).system
    explorer = Explorer(engine, jobs)
    compiling = timed(system, WARM, explorer)[1]
    found, _, seconds = timed(system, None, explorer)
    if not found.complete:
        sys.exit(f"stopped by {found.stopped}")
    result = {
        "states": len(found.states),
        "transitions": found.transitions,
        "seconds": seconds,
        "compile_seconds": compiling,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(cast("Engine", sys.argv[1]), int(sys.argv[2]), sys.argv[3])
