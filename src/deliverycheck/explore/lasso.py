"""Lassos: a shortest way into a fair loop in which what was promised never comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from deliverycheck.explore.edges import Edges
from deliverycheck.explore.explored import Explored
from deliverycheck.explore.fair import Possible, Relied
from deliverycheck.explore.flags import but_not, numbers_in
from deliverycheck.explore.groups import flags_in, group_of
from deliverycheck.explore.rations import Rations
from deliverycheck.explore.runs import Run, faults_of, first_run


@dataclass(frozen=True, slots=True)
class Endless:
    """A run whose last state is the one numbered `loop`, counted along the run: so it goes round.

    `loop` may be the last state itself: there nothing happens any more.
    """

    run: Run
    loop: int


def open_states(possible: Possible, asked: bytearray, met: bytearray) -> Sequence[int]:
    """The states in which something asked for has not come yet, in ascending order.

    `asked` and `met` say of each state whether it has a clause's `when` and its `then`.
    """
    edges = possible.edges
    found = but_not(asked, met)
    if edges.compiled:
        from deliverycheck.explore.native import loops  # heavy

        return loops.open_states(edges, found, met)
    work = list(numbers_in(found))
    while work:
        state = work.pop()
        for edge in edges.of(state):
            target = edges.targets[edge]
            if not found[target] and not met[target]:
                found[target] = 1
                work.append(target)
    return list(numbers_in(found))


def endless_run(
    found: Explored,
    possible: Possible,
    asked: bytearray,
    met: bytearray,
    fair: Sequence[Sequence[int]],
    relied: Relied,
    way: tuple[Edges, Rations] | None = None,
) -> Endless:
    """A run into the nearest of some fair components of open states, and round in it.

    The way there is a shortest one; the way round goes from each step that has to be taken to the
    nearest one that is still missing. The way there may go by other steps, and with rations, if
    `way` says so.
    """
    stays = flags_in(len(met), fair)
    if way is None and possible.edges.compiled:
        from deliverycheck.explore.native import runs  # heavy

        stem = runs.stem(found, possible.edges, asked, met, stays)
    else:
        stem = _stem(found, way or (possible.edges, _free(found)), asked, met, stays)
    if stem is None:
        raise ValueError("no run to a component that was reached")
    last = stem.states[-1]
    around = way_round(possible, group_of(fair, last), last, relied)
    run = Run((*stem.states, *around.states[1:]), (*stem.actions, *around.actions))
    return Endless(run, len(stem.actions))


def _free(found: Explored) -> Rations:
    """No rations: whatever there is may be taken."""
    return Rations([None] * len(found.system.actions), ())


def _stem(
    found: Explored,
    way: tuple[Edges, Rations],
    asked: bytearray,
    met: bytearray,
    stays: bytearray,
) -> Run | None:
    """The shortest way to one of some states, with something asked for that has not come."""
    edges, rations = way
    size = 2 * rations.size

    # A node is a state with what was taken so far, and whether something asked for has not come.
    def node(state: int, taken: int, is_open: bool) -> int:
        return state * size + 2 * taken + (not met[state] and bool(is_open or asked[state]))

    def onward(at: int) -> Iterator[tuple[int, int]]:
        state, rest = divmod(at, size)
        for edge in edges.of(state):
            taken = rations.after(rest >> 1, edges.actions[edge])
            if taken is not None:
                yield edges.actions[edge], node(edges.targets[edge], taken, bool(rest & 1))

    run = first_run(
        (node(state, 0, False) for state in found.level(0)),
        onward,
        lambda at: bool(at & 1 and stays[at // size]),
        faults_of(found),
    )
    return run and replace(run, states=tuple(at // size for at in run.states))


def way_round(possible: Possible, component: Sequence[int], start: int, relied: Relied) -> Run:
    """A way from a state of a fair component back to it that meets every assumption."""
    states, actions = [start], list[int]()
    inside = flags_in(len(possible.in_state), [component])
    everywhere = somewhere = possible.in_state[start]
    taken = 0
    while True:
        weak = everywhere & relied.weak & ~taken
        missing = weak | (somewhere & relied.strong & ~taken)
        if not missing and states[-1] == start:
            return Run(tuple(states), tuple(actions))
        wanted = Wanted(weak, missing, start)
        for source, edge in _nearest(possible, inside, states[-1], wanted):
            taken |= possible.taken(edge, source)
            states.append(possible.edges.targets[edge])
            actions.append(possible.edges.actions[edge])
            everywhere &= possible.in_state[states[-1]]
            somewhere |= possible.in_state[states[-1]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an edge has to do on the way round."""

    weak: int
    """Assumptions, as bits: it may lead to where one of these is not possible."""
    missing: int
    """It may take one of these. If there is none:"""
    back: int
    """It leads to this state."""


def _nearest(
    possible: Possible, inside: bytearray, start: int, wanted: Wanted
) -> list[tuple[int, int]]:
    """The fewest edges inside a component, each with its source, of which the last is wanted."""
    edges = possible.edges
    if edges.compiled:
        from deliverycheck.explore.native import loops  # heavy

        return loops.nearest(possible, inside, start, wanted)

    def is_wanted(edge: int, source: int) -> bool:
        target = edges.targets[edge]
        if not wanted.missing:
            return target == wanted.back
        lacking = wanted.weak & ~possible.in_state[target]
        return bool(possible.taken(edge, source) & wanted.missing or lacking)

    came: dict[int, tuple[int, int]] = {}
    layer = [start]
    while layer:
        following: list[int] = []
        for source in layer:
            for edge in edges.of(source):
                target = edges.targets[edge]
                if not inside[target] or target == source:
                    continue
                if is_wanted(edge, source):
                    return [*_way(came, source, start), (source, edge)]
                if target not in came and target != start:
                    came[target] = (source, edge)
                    following.append(target)
        layer = following
    raise ValueError("a component that is not fair, or not connected")


def _way(came: Mapping[int, tuple[int, int]], end: int, start: int) -> list[tuple[int, int]]:
    """The edges by which a state was reached."""
    way: list[tuple[int, int]] = []
    while end != start:
        way.append(came[end])
        end = came[end][0]
    return way[::-1]
