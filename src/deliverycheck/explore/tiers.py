"""Tiers: where compiled code pays, so that small graphs stay with plain Python."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

COMPILED_FROM = 20_000
"""States from which compiled code is worth being loaded.

What asks is a graph whose search has loaded numba already: it is about kernels, each of which takes
some hundredths of a second to come from the disk, and some seconds where it was never compiled.
"""


def compiled_pays(size: int) -> bool:
    """Whether so many states are worth it, and there is a compiler (the extra `fast`)."""
    return size >= COMPILED_FROM and _has_compiler()


@cache
def _has_compiler() -> bool:
    """Whether numba and numpy are there. Nothing is loaded to find out."""
    return all(find_spec(name) is not None for name in ("numba", "numpy"))
