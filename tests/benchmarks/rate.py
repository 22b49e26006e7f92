"""How many states a second the plain explorer sees: run `python tests/benchmarks/rate.py`."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from alo import Alo

from deliverycheck.explore.search import explore
from deliverycheck.lang.design import design_of
from deliverycheck.lift.lifting import lift

INSTANCES = [(2, 2, 1), (2, 2, 2), (3, 2, 1)]
RUNS = 5


def main() -> None:
    """Print one line per instance, medians of five runs, exploration only."""
    print(f"{'(N, R, C)':12} {'states':>10} {'transitions':>12} {'seconds':>8} {'states/s':>10}")
    for messages, tries, copies in INSTANCES:
        settings = {"tries_limit": tries, "copies": copies}
        system = lift(design_of(Alo, messages, settings), Alo.faults).system
        found = explore(system)
        seconds: list[float] = []
        for _ in range(RUNS):
            began = time.perf_counter()
            found = explore(system)
            seconds.append(time.perf_counter() - began)
        median = statistics.median(seconds)
        print(
            f"{(messages, tries, copies)!s:12} {len(found.states):>10,} {found.transitions:>12,} "
            f"{median:>8.3f} {len(found.states) / median:>10,.0f}"
        )


if __name__ == "__main__":
    main()
