"""Turning points: where along a run its fate was decided, and the nearest run that goes well."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from deliverycheck.check.traces import replayed
from deliverycheck.explain.why.fates import Fates
from deliverycheck.explore.edges import Edges, without
from deliverycheck.explore.runs import Run, faults_of, first_run
from deliverycheck.lift.lifting import Lifted
from deliverycheck.system.explanations import Contrast


def point_of_no_return(fates: Fates, way: Run) -> int | None:
    """After how many steps no run goes well any more; None if never."""
    return next((at for at, node in enumerate(way.states) if not fates.can_go_well[node]), None)


def decisive(fates: Fates, way: Run) -> tuple[int, ...]:
    """The steps of a run, from 1, instead of which another one had led to another fate."""
    edges = fates.nodes.edges
    found: list[int] = []
    for step, (node, after) in enumerate(zip(way.states[:-1], way.states[1:], strict=True), 1):
        others = {fates.fate(edges.targets[edge]) for edge in edges.of(node)}
        if others != {fates.fate(after)}:
            found.append(step)
    return tuple(found)


def contrast(lifted: Lifted, fates: Fates, way: Run, loop: int | None) -> Contrast | None:
    """The run that goes well nearest to another one; None if none is known.

    `loop`: how many steps of that come before those that repeat.

    Raises DisagreementError if it does not replay.
    """
    near = nearest_good(fates, way)
    if near is None:
        return None
    shared, run = near
    # Where a loop is left, what goes well may begin by the last step of the loop as well.
    while shared < len(way.actions) and _step(run, shared) == _step(way, shared):
        shared += 1
    states = tuple(fates.nodes.states[node] for node in run.states)
    trace = replayed(lifted, fates.marked.found, Run(states, run.actions))
    after = loop if loop is not None and shared == len(way.actions) else shared
    return Contrast(shared, trace, rests(fates, run.states[-1]), after + 1)


def _step(run: Run, at: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The step of a run after some others, as what it does and where it leads; nothing at its
    end."""
    return run.actions[at : at + 1], run.states[at + 1 : at + 2]


def rests(fates: Fates, node: int) -> bool:
    """Whether nothing has to happen any more at a node."""
    possible = fates.nodes.possible
    return not possible.in_state[node] & (possible.relied.weak | possible.relied.strong)


def nearest_good(fates: Fates, way: Run) -> tuple[int, Run] | None:
    """How many steps a run shares with the nearest good one, and that one, both through nodes."""
    never = point_of_no_return(fates, way)
    last = len(way.actions) - 1 if never is None else never - 1
    faults = [at for at, is_fault in enumerate(faults_of(fates.marked.found)) if is_fault]
    for barred in (frozenset(faults), frozenset[int]()):
        edges = without(fates.nodes.edges, barred)
        kept = fates.kept_by(edges)
        for shared in range(last, -1, -1):
            after = _well_from(fates, way.states[shared], edges, kept)
            if after is not None:
                states = (*way.states[:shared], *after.states)
                return shared, Run(states, (*way.actions[:shared], *after.actions))
    return None


def _well_from(fates: Fates, start: int, edges: Edges, kept: AbstractSet[int]) -> Run | None:
    """The way by certain steps from a node to where a run can stay and keep the property."""
    if start in fates.barred:
        return None

    def onward(node: int) -> Iterator[tuple[int, int]]:
        for edge in edges.of(node):
            if edges.targets[edge] not in fates.barred:
                yield edges.actions[edge], edges.targets[edge]

    return first_run([start], onward, kept.__contains__, faults_of(fates.marked.found))
