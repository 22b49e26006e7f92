"""Memory, in megabytes (2**20 bytes): what this process holds, and what is still to be had."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

MEGABYTE = 2**20

SPARE = 0.9
"""The part of the memory that is free which may be taken at one go."""


class NoRoom(Exception):
    """There is no memory for what is to be found out, or not within the limit."""


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
        return peak / (MEGABYTE if sys.platform == "darwin" else 2**10)
    return pages * resource.getpagesize() / MEGABYTE


def is_room_for(more: int, limit: float | None) -> bool:
    """Whether so many more bytes stay within a limit of megabytes, and within what is free.

    Where the system does not say what is free (all but Linux), only the limit counts.
    """
    if limit is not None and resident_megabytes() + more / MEGABYTE > limit:
        return False
    return all(more < SPARE * free for free in _free())


def _free() -> Iterator[int]:
    """The bytes that are free on this machine, and in the control group of this process."""
    numbers = _numbers(Path("/proc/meminfo"))
    if "MemAvailable:" in numbers:
        yield numbers["MemAvailable:"] * 2**10
    group = Path("/sys/fs/cgroup")
    try:
        most = int((group / "memory.max").read_text(encoding="ascii"))
        taken = int((group / "memory.current").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return
    # Pages of files count as taken, but are given up when memory is needed.
    yield most - taken + _numbers(group / "memory.stat").get("inactive_file", 0)


def _numbers(file: Path) -> dict[str, int]:
    """The first number of each line of a file of the system, by the word before it."""
    try:
        lines = [line.split() for line in file.read_text(encoding="ascii").splitlines()]
    except OSError:
        return {}
    return {parts[0]: int(parts[1]) for parts in lines if len(parts) > 1 and parts[1].isdigit()}
