"""Kernels: functions over arrays, compiled by numba and kept on disk.

Numba compiles a kernel for the types it is first called with. It keeps the machine code beside the
source file, or else in the user's cache, and compiles anew when the file or the processor changes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function over numpy arrays and numbers; while it runs, other threads run, too.

    Integers are 64 bits and wrap; of two of unlike signs numba makes a float, so do not mix them.
    """
    compiling = numba.njit(cache=True, nogil=True, boundscheck=False)
    return cast("Callable[P, R]", compiling(function))
