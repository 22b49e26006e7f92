"""Arrays: what plain Python holds in buffers, as numpy sees it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from deliverycheck.explore.bits import Bits, bits_of, split
from deliverycheck.explore.native.jit import kernel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deliverycheck.explore.edges import Edges

Numbers: TypeAlias = npt.NDArray[Any]
"""Integers of a width that is chosen by how large they get."""

Words: TypeAlias = npt.NDArray[np.uint64]

Bytes: TypeAlias = npt.NDArray[np.uint8]

int64: Callable[[Any], int] = cast("Callable[[Any], int]", np.int64)
"""A number as kernels calculate with it, whatever the width of the array it comes from."""

MOST_ACTIONS = 1 << 16
"""Actions whose numbers fit into two bytes."""

HALF = 1 << 31
"""States whose numbers fit into four bytes, with as many again for what else is told of them."""


def number_type(states: int) -> type[np.uint32 | np.int64]:
    """The type that holds the numbers of so many states."""
    return np.uint32 if states < HALF else np.int64


def graph_of(edges: Edges) -> tuple[Numbers, Numbers, Numbers]:
    """Starts, targets and actions, as the native engine made them: of 8, 4 and 2 bytes."""
    return np.asarray(edges.starts), np.asarray(edges.targets), np.asarray(edges.actions)


def flags_of(flags: bytearray) -> Bytes:
    """Flags as an array: the same memory."""
    return np.frombuffer(flags, np.uint8) if flags else np.zeros(0, np.uint8)


def words_of(bits: Sequence[int], width: int) -> Words:
    """Bits as an array of words, `width` for each state."""
    packed = bits if isinstance(bits, Bits) and bits.width == width else bits_of(bits, width)
    return np.asarray(packed.words, dtype=np.uint64)


def word_row(bits: int, width: int) -> Words:
    """One integer in words."""
    return np.array(split(bits, width), dtype=np.uint64)


def marked_actions(actions: Collection[int]) -> Bytes:
    """By action's number, for every one there can be, whether it is one of these."""
    found = np.zeros(MOST_ACTIONS, np.uint8)
    found[list(actions)] = 1
    return found


def ascending(numbers: Collection[int], states: int) -> Numbers:
    """Numbers of states, each once, in ascending order."""
    kind = number_type(states)
    if isinstance(numbers, range):
        found = np.arange(numbers.start, numbers.stop, numbers.step, dtype=kind)
    elif isinstance(numbers, memoryview):
        found = np.asarray(numbers).astype(kind, copy=False)
    else:
        found = np.fromiter(numbers, kind, len(numbers))
    return found if is_ascending(found) else np.unique(found)


@kernel
def is_ascending(numbers: Numbers) -> bool:
    """Whether each number is larger than the one before."""
    for at in range(1, len(numbers)):  # noqa: SIM110 - numba compiles no generators in `all`
        if numbers[at - 1] >= numbers[at]:
            return False
    return True


def numbers_of(flags: Bytes) -> Numbers:
    """The numbers of the states that are flagged, in ascending order."""
    found = np.empty(np.count_nonzero(flags), number_type(len(flags)))
    _list_flagged(flags, found)
    return found


@kernel
def _list_flagged(flags: Bytes, found: Numbers) -> None:
    free = 0
    for state in range(len(flags)):
        if flags[state]:
            found[free] = state
            free += 1
