"""Marks of all states at once: which of them have some marks, and lack others."""

from __future__ import annotations

import numpy as np

from deliverycheck.explore.bits import Bits
from deliverycheck.explore.native.arrays import Bytes, Words, flags_of, word_row, words_of
from deliverycheck.explore.native.jit import kernel
from deliverycheck.explore.native.space import Space
from deliverycheck.explore.native.steps import marks_in


def marks_in_bits(space: Space) -> Bits:
    """The marks of all states."""
    marks = marks_in(space)
    return Bits(marks.reshape(-1).data, marks.shape[1])


def matching(marks: Bits, needed: int, barred: int) -> bytearray:
    """For each state whether it has all of some marks, and none of others."""
    found = bytearray(len(marks))
    width = marks.width
    rows = word_row(needed, width), word_row(barred, width)
    _match(words_of(marks, width), width, *rows, flags_of(found))
    return found


def has_any(marks: Bits, needed: int) -> bool:
    """Whether some state has all of some marks."""
    return bool(_find(words_of(marks, marks.width), marks.width, word_row(needed, marks.width)))


@kernel
def _match(words: Words, width: int, needed: Words, barred: Words, found: Bytes) -> None:
    for state in range(len(found)):
        fits = True
        for place in range(width):
            word = words[state * width + place]
            if word & needed[place] != needed[place] or word & barred[place] != np.uint64(0):
                fits = False
        found[state] = fits


@kernel
def _find(words: Words, width: int, needed: Words) -> bool:
    for state in range(len(words) // width):
        fits = True
        for place in range(width):
            if words[state * width + place] & needed[place] != needed[place]:
                fits = False
        if fits:
            return True
    return False
