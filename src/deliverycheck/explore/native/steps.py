"""What is behind every state that was found, and what is true in it, in arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from deliverycheck.explore.edges import Edges
from deliverycheck.explore.native.calls import (
    Codes,
    Flags,
    Numbers,
    Words,
    at_least_0,
    call_marks,
    call_successors,
    call_withheld,
)
from deliverycheck.explore.native.jit import kernel
from deliverycheck.explore.native.space import Space
from deliverycheck.explore.native.table import AHEAD, Shape, ask_for, looked_up

Offsets = NDArray[np.int64]

BATCH = 64
"""States whose successors are looked up together, so that they can be asked for ahead."""


def edges_in(space: Space, count: int, expanded: int, function: int | None = None) -> Edges:
    """The steps from the first so many states, as far as they were looked behind.

    Another function may be asked that gives the same targets, with something else for actions.
    Targets take 4 bytes and actions 2 for each step; where its steps begin, 8 for each state.
    Raises NoRoom.
    """
    function = function or space.built.successors
    numbers = space.with_numbers()
    most = space.built.most_successors
    starts = np.zeros(count + 1, np.int64)
    np.cumsum(degrees_in(space, count, expanded), out=starts[1:])
    parts = space.shared(expanded)
    # With room for the same steps turned round: few questions can do without.
    space.demand(10 * int(starts[-1]) + 8 * count)
    targets = np.empty(starts[-1], np.uint32)
    actions = np.empty(starts[-1], np.uint16)

    def link(part: range) -> None:
        linked(
            function,
            space.states,
            part.start,
            part.stop,
            space.shape,
            space.keys,
            numbers,
            np.empty(BATCH * most * space.words, np.uint64),
            np.zeros(len(space.built.functions.bounds), np.uint8),
            starts,
            targets,
            actions,
        )

    space.each(link, parts)
    return Edges(starts.data, targets.data, actions.data)


def degrees_in(space: Space, count: int, expanded: int) -> Offsets:
    """How many steps there are from each state; from one that was not looked behind, none."""
    degrees = np.zeros(count, np.int64)

    def measure(part: range) -> None:
        counted(
            space.built.successors,
            space.states,
            part.start,
            part.stop,
            space.shape,
            *_scratch(space),
            degrees,
        )

    space.each(measure, space.shared(expanded))
    return degrees


def marks_in(space: Space) -> NDArray[np.uint64]:
    """The marks of all states: a row of words for each."""
    width = space.built.functions.mark_words
    marks = np.empty(space.count * width, np.uint64)

    def mark(part: range) -> None:
        marked(space.built.marks, space.states, part.start, part.stop, space.words, marks, width)

    space.each(mark, space.shared(space.count))
    return marks.reshape(space.count, width)


def tally_in(space: Space, expanded: int) -> tuple[list[int], list[int]]:
    """By action how many steps take it, and the actions of which one changes the state.

    No step is kept: so it takes no memory, and as long as `degrees_in`.
    """
    most = space.built.most_successors

    def tally(part: range) -> tuple[Offsets, Flags]:
        times, moves = np.zeros(most, np.int64), np.zeros(most, np.uint8)
        tallied(
            space.built.successors,
            space.states,
            part.start,
            part.stop,
            space.shape,
            *_scratch(space),
            times,
            moves,
        )
        return times, moves

    parts = space.each(tally, space.shared(expanded))
    times: list[int] = np.sum([one for one, _ in parts], axis=0).tolist()
    moves = np.flatnonzero(np.any([one for _, one in parts], axis=0))
    return times, moves.tolist()


def _scratch(space: Space) -> tuple[Words, Codes, Flags]:
    """Where the successors of one state go, their actions, and the bounds that were hit."""
    most = space.built.most_successors
    return (
        np.empty(most * space.words, np.uint64),
        np.empty(most, np.uint16),
        np.zeros(len(space.built.functions.bounds), np.uint8),
    )


def withheld_in(space: Space, expanded: int) -> tuple[Offsets, Codes]:
    """The actions that only a bound forbids in the first states, those that were looked behind.

    Those of state n are numbered from the n-th number to the one after it.
    """
    starts = np.zeros(space.count + 1, np.int64)
    found = np.empty(0, np.uint16)
    if space.built.functions.bounds:
        buffer = np.empty(space.built.most_successors, np.uint16)
        kept_back(space.built.withheld, space.states, expanded, space.words, buffer, starts, found)
        np.cumsum(starts, out=starts)
        found = np.empty(starts[-1], np.uint16)
        kept_back(space.built.withheld, space.states, expanded, space.words, buffer, starts, found)
    return starts, found


@kernel
def counted(
    successors: int,
    states: Words,
    first: int,
    last: int,
    shape: Shape,
    targets: Words,
    actions: Codes,
    hits: Flags,
    degrees: Offsets,
) -> None:
    """Note of each state how many steps it has."""
    words = len(shape)
    for state in range(first, last):
        degrees[state] = call_successors(
            successors, states, state * words, targets, 0, actions, 0, hits
        )


@kernel
def tallied(
    successors: int,
    states: Words,
    first: int,
    last: int,
    shape: Shape,
    targets: Words,
    actions: Codes,
    hits: Flags,
    times: Offsets,
    moves: Flags,
) -> None:
    """Note of each action how many of the steps from some states take it, and if one moves."""
    words = len(shape)
    for state in range(first, last):
        number = call_successors(successors, states, state * words, targets, 0, actions, 0, hits)
        for step in range(number):
            action = actions[at_least_0(step)]
            times[action] += 1
            for word in range(words):
                if targets[step * words + word] != states[state * words + word]:
                    moves[action] = 1


@kernel
def linked(
    successors: int,
    states: Words,
    first: int,
    last: int,
    shape: Shape,
    keys: Words,
    numbers: Numbers,
    buffer: Words,
    hits: Flags,
    starts: Offsets,
    targets: Numbers,
    actions: Codes,
) -> None:
    """Note the steps of some states: where they lead, and by which actions."""
    words = len(shape)
    for batch in range(first, last, BATCH):
        begin = starts[batch]
        total = 0
        for state in range(batch, min(batch + BATCH, last)):
            total += call_successors(
                successors,
                states,
                state * words,
                buffer,
                total * words,
                actions,
                begin + total,
                hits,
            )
        for ahead in range(min(AHEAD, total)):
            ask_for(keys, numbers, shape, buffer, ahead * words)
        for target in range(total):
            if target + AHEAD < total:
                ask_for(keys, numbers, shape, buffer, (target + AHEAD) * words)
            number = looked_up(keys, shape, buffer, target * words, numbers)
            targets[at_least_0(begin + target)] = number


@kernel
def marked(
    marks_of: int, states: Words, first: int, last: int, words: int, marks: Words, width: int
) -> None:
    """Note the marks of some states."""
    for state in range(first, last):
        call_marks(marks_of, states, state * words, marks, state * width)


@kernel
def kept_back(
    withheld: int,
    states: Words,
    last: int,
    words: int,
    buffer: Codes,
    starts: Offsets,
    found: Codes,
) -> None:
    """Note what is withheld in each state; without room for it, only behind it how much it is."""
    for state in range(last):
        number = call_withheld(withheld, states, state * words, buffer, 0)
        if len(found):
            for at in range(number):
                found[starts[state] + at] = buffer[at]
        else:
            starts[state + 1] = number
