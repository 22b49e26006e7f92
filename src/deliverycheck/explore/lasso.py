"""Lassos: a shortest way into a fair loop in which what was promised never comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from deliverycheck.explore.edges import Edges
from deliverycheck.explore.explored import Explored
from deliverycheck.explore.fair import Possible, Relied
from deliverycheck.explore.rations import Rations
from deliverycheck.explore.runs import Run, faults_of, first_run


@dataclass(frozen=True, slots=True)
class Endless:
    """A run whose last state is the one numbered `loop`, counted along the run: so it goes round.

    `loop` may be the last state itself: there nothing happens any more.
    """

    run: Run
    loop: int


def open_states(possible: Possible, asked: Sequence[bool], met: Sequence[bool]) -> list[int]:
    """The states in which something asked for has not come yet.

    `asked` and `met` say of each state whether it has a clause's `when` and its `then`.
    """
    edges = possible.edges
    found = {state for state in range(len(asked)) if asked[state] and not met[state]}
    work = list(found)
    while work:
        state = work.pop()
        for edge in edges.of(state):
            target = edges.targets[edge]
            if target not in found and not met[target]:
                found.add(target)
                work.append(target)
    return sorted(found)


def endless_run(
    found: Explored,
    possible: Possible,
    asked: Sequence[bool],
    met: Sequence[bool],
    fair: Iterable[tuple[int, ...]],
    relied: Relied,
    way: tuple[Edges, Rations] | None = None,
) -> Endless:
    """A run into the nearest of some fair components of open states, and round in it.

    The way there is a shortest one; the way round goes from each step that has to be taken to the
    nearest one that is still missing. The way there may go by other steps, and with rations, if
    `way` says so.
    """
    edges, rations = way or (possible.edges, Rations([None] * len(found.system.actions), ()))
    home = {state: frozenset(component) for component in fair for state in component}
    size = 2 * rations.size

    # A node is a state with what was taken so far, and whether something asked for has not come.
    def node(state: int, taken: int, is_open: bool) -> int:
        return state * size + 2 * taken + (not met[state] and (is_open or asked[state]))

    def onward(at: int) -> Iterator[tuple[int, int]]:
        state, rest = divmod(at, size)
        for edge in edges.of(state):
            taken = rations.after(rest >> 1, edges.actions[edge])
            if taken is not None:
                yield edges.actions[edge], node(edges.targets[edge], taken, bool(rest & 1))

    stem = first_run(
        (node(state, 0, False) for state in found.level(0)),
        onward,
        lambda at: bool(at & 1) and at // size in home,
        faults_of(found),
    )
    if stem is None:
        raise ValueError("no run to a component that was reached")
    states = [at // size for at in stem.states]
    around = way_round(possible, home[states[-1]], states[-1], relied)
    run = Run((*states, *around.states[1:]), (*stem.actions, *around.actions))
    return Endless(run, len(states) - 1)


def way_round(possible: Possible, component: AbstractSet[int], start: int, relied: Relied) -> Run:
    """A way from a state of a fair component back to it that meets every assumption."""
    states, actions = [start], list[int]()
    everywhere = somewhere = possible.in_state[start]
    taken = 0
    while True:
        weak = everywhere & relied.weak & ~taken
        missing = weak | (somewhere & relied.strong & ~taken)
        if not missing and states[-1] == start:
            return Run(tuple(states), tuple(actions))

        def is_wanted(edge: int, source: int, weak: int = weak, missing: int = missing) -> bool:
            target = possible.edges.targets[edge]
            if not missing:
                return target == start
            return bool(possible.taken(edge, source) & missing or weak & ~possible.in_state[target])

        for source, edge in _nearest(possible, component, states[-1], is_wanted):
            taken |= possible.taken(edge, source)
            states.append(possible.edges.targets[edge])
            actions.append(possible.edges.actions[edge])
            everywhere &= possible.in_state[states[-1]]
            somewhere |= possible.in_state[states[-1]]


def _nearest(
    possible: Possible,
    component: AbstractSet[int],
    start: int,
    is_wanted: Callable[[int, int], bool],
) -> list[tuple[int, int]]:
    """The fewest edges inside a component, each with its source, of which the last is wanted."""
    edges = possible.edges
    came: dict[int, tuple[int, int]] = {}
    layer = [start]
    while layer:
        following: list[int] = []
        for source in layer:
            for edge in edges.of(source):
                target = edges.targets[edge]
                if target not in component or target == source:
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
