"""Kernels: functions over arrays, compiled by numba and kept on disk.

Numba compiles a kernel for the types it is first called with, and keeps the machine code beside the
source file, or else in the user's cache. It compiles anew when that file or the processor changes,
but kernels call kernels of other files: so a change in any of them makes all of them new.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import numba

SOURCES = sorted(Path(__file__).parent.glob("*.py"))
CONTENT = sha256(b"".join(source.read_bytes() for source in SOURCES)).hexdigest()[:12]
"""What the sources of all kernels hash to."""

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function over numpy arrays and numbers; while it runs, other threads run, too.

    Integers are 64 bits and wrap; of two of unlike signs numba makes a float, so do not mix them.
    """
    # The name is part of that of the file in which numba keeps the machine code.
    function.__qualname__ += "_" + CONTENT
    compiling = numba.njit(cache=True, nogil=True, boundscheck=False)
    return cast("Callable[P, R]", compiling(function))
