"""Which steps that are relied upon are possible in which states, as bits.

For n states, each word of 64 assumptions costs 8 n bytes; twice that where a bound cut steps off.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from deliverycheck.explore.bits import Bits, split, words_for
from deliverycheck.explore.native.arrays import Numbers, Words, graph_of, int64, word_row
from deliverycheck.explore.native.jit import kernel

if TYPE_CHECKING:
    from deliverycheck.explore.edges import Edges
    from deliverycheck.explore.fair import Relied
    from deliverycheck.explore.search import Explored


def possible_bits(
    found: Explored, edges: Edges, by_action: Sequence[int], relied: Relied
) -> tuple[Bits, Bits]:
    """By state: the steps that are possible there, and those of them that no bound forbids.

    Where nothing was looked at: all of them.
    """
    starts, targets, actions = graph_of(edges)
    every = relied.weak | relied.strong
    width = words_for(every.bit_length())
    within = np.zeros((len(starts) - 1) * width, np.uint64)
    _fill(starts, targets, actions, units_of(by_action), width, within)
    within[found.expanded * width :] = np.tile(
        word_row(every, width), len(starts) - 1 - found.expanded
    )
    in_state = within
    if found.hits:  # or else no bound forbids anything
        in_state = within.copy()
        for number, word in enumerate(found.states[: found.expanded]):
            for action in found.code.withheld(word):
                for place, bits in enumerate(split(by_action[action], width)):
                    in_state[number * width + place] |= np.uint64(bits)
    return Bits(in_state.data, width), Bits(within.data, width)


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
