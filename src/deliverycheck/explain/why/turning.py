"""Turning points: where along a run its fate was decided, and the nearest run that goes well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deliverycheck.check.traces import replayed
from deliverycheck.explain.why.fates import Fates
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


def contrast(lifted: Lifted, fates: Fates, way: Run) -> Contrast | None:
    """The run that goes well nearest to another one; None if none is known.

    Raises DisagreementError if it does not replay.
    """
    never = point_of_no_return(fates, way)
    last = len(way.actions) - 1 if never is None else never - 1
    is_fault = faults_of(fates.marked.found)
    for may_fail in (False, True):
        for shared in range(last, -1, -1):
            allowed = [may_fail or not fault for fault in is_fault]
            after = _well_from(fates, way.states[shared], allowed)
            if after is not None:
                return _contrast(lifted, fates, way, shared, after)
    return None


def _contrast(lifted: Lifted, fates: Fates, way: Run, shared: int, after: Run) -> Contrast:
    states = [fates.nodes.states[node] for node in (*way.states[:shared], *after.states)]
    run = Run(tuple(states), (*way.actions[:shared], *after.actions))
    trace = replayed(lifted, fates.marked.found, run)
    possible = fates.nodes.possible
    relied = possible.relied.weak | possible.relied.strong
    return Contrast(shared, trace, not possible.in_state[after.states[-1]] & relied)


def _well_from(fates: Fates, start: int, allowed: Sequence[bool]) -> Run | None:
    """The way by some actions from a node to where a run can stay and keep the property."""
    edges, barred = fates.nodes.edges, fates.barred
    if start in barred:
        return None

    def onward(node: int) -> Iterator[tuple[int, int]]:
        for edge in edges.of(node):
            if edges.targets[edge] not in barred and allowed[edges.actions[edge]]:
                yield edges.actions[edge], edges.targets[edge]

    is_fault = faults_of(fates.marked.found)
    return first_run([start], onward, fates.kept.__contains__, is_fault)
