"""The order that no step may go back in, the same for classes of states and for stages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from deliverycheck.certify.liveness.fair import Unit
from deliverycheck.system.model import State

Place: TypeAlias = tuple[tuple[int, int], ...]
"""Where a state is: its class among its siblings, and that class's helpful assumption; where that
one is strong and not possible, the same of the inner class; and so on."""


def misstep(
    units: Sequence[Unit], number: int, before: tuple[State, Place], after: tuple[State, Place]
) -> str | None:
    """What is wrong with a step between two states with their places, in words.

    Inner classes order only the steps between states that are both inside of the same outer class,
    and in which its helpful assumption is not possible: just these have a place inside of it.
    """
    (old, here), (new, there) = before, after
    for (rank, helpful), (next_rank, _) in zip(here, there, strict=False):
        if next_rank < rank:
            return "goes back"
        if next_rank > rank:
            return None
        if units[helpful].takes(number, old, new):
            return "helps, and goes nowhere"
    return None
