"""Which steps that are relied upon are possible in which states, as bits.

For n states, each word of 64 assumptions costs 8 n bytes; twice that where a bound cut steps off.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from deliverycheck.explore.bits import Bits, words_for
from deliverycheck.explore.native.arrays import Numbers, Words, graph_of, int64, word_row
from deliverycheck.explore.native.jit import kernel
from deliverycheck.explore.native.steps import withheld_in

if TYPE_CHECKING:
    from deliverycheck.explore.edges import Edges
    from deliverycheck.explore.explored import Explored
    from deliverycheck.explore.fair import Relied


def possible_bits(
    found: Explored, edges: Edges, by_action: Sequence[int], relied: Relied
) -> tuple[Bits, Bits]:
    """By state: the steps that are possible there, and those of them that no bound forbids.

    Where nothing was looked at: all of them.
    """
    starts, targets, actions = graph_of(edges)
    every = relied.weak | relied.strong
    width = words_for(every.bit_length())
    units = units_of(by_action)
    within = np.zeros((len(starts) - 1) * width, np.uint64)
    _fill(starts, targets, actions, units, width, within)
    within[found.expanded * width :] = np.tile(
        word_row(every, width), len(starts) - 1 - found.expanded
    )
    in_state = within
    if found.hits and found.space is not None:  # or else no bound forbids anything
        in_state = within.copy()
        _add_withheld(
            *withheld_in(found.space, found.expanded), units_of(by_action), width, in_state
        )
    return Bits(in_state.data, width), Bits(within.data, width)


@kernel
def _add_withheld(
    starts: Numbers, actions: Numbers, units: Numbers, width: int, in_state: Words
) -> None:
    for state in range(len(starts) - 1):
        for place in range(starts[state], starts[state + 1]):
            unit = units[actions[place]]
            if unit >= 0:
                bit = np.uint64(1) << np.uint64(unit & 63)
                in_state[state * width + (unit >> 6)] |= bit


def units_of(by_action: Sequence[int]) -> npt.NDArray[Any]:
    """By action: the number of the assumption it is a path of; of none: -1."""
    return np.array([bits.bit_length() - 1 for bits in by_action], dtype=np.int64)


@kernel
def _fill(
    starts: Numbers, targets: Numbers, actions: Numbers, units: Numbers, width: int, within: Words
) -> None:
    for state in range(len(starts) - 1):
        for edge in range(starts[state], starts[state + 1]):
            unit = units[actions[edge]]
            if unit >= 0 and int64(targets[edge]) != state:
                bit = np.uint64(1) << np.uint64(unit & 63)
                within[state * width + (unit >> 6)] |= bit
