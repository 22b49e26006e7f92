"""Widths: how many bits the integers of a bounded search need, so that nothing overflows.

In so many steps a natural number can only grow so far. Following the ranges of all updates from
the start gives a bound on every number that any term can yield; the bits follow from the largest.
"""

from __future__ import annotations

from collections.abc import Iterator

from deliverycheck.prove.goals import enabled
from deliverycheck.system.model import System
from deliverycheck.system.ranges import Range, narrowed, range_of
from deliverycheck.system.sorts import EnumSort, IntSort
from deliverycheck.system.terms import App, Const, Term, Var, kind_of

WIDEST = 32
"""Beyond so many bits, mathematical integers are the better encoding."""


def width_for(system: System, depth: int) -> int | None:
    """Bits (sign included) that hold every value within `depth` steps; None if too many."""
    known = _after(system, depth)
    if known is None:
        return None
    largest = 1.0
    for term in _terms(system):
        low, high = range_of(term, known)
        largest = max(largest, abs(low), abs(high))
        if largest >= 2 ** (WIDEST - 1):
            return None
    for variable in system.variables:
        if isinstance(variable.sort, EnumSort):
            largest = max(largest, len(variable.sort.labels))
    return int(largest).bit_length() + 1


def _after(system: System, depth: int) -> dict[str, Range] | None:
    """Between which values each integer variable lies in the first `depth` steps."""
    integers = {v.name: v.sort for v in system.variables if isinstance(v.sort, IntSort)}
    known: dict[str, Range] = {}
    for name, sort in integers.items():
        starts = [int(state[system.index[name]]) for state in system.initial]
        known[name] = (sort.low, sort.high if sort.high is not None else max(starts))
    for _ in range(depth):
        wider = dict(known)
        for action in system.actions:
            within = narrowed(enabled(action), known)
            for name, term in action.updates.items():
                if name in integers and integers[name].high is None:
                    wider[name] = (wider[name][0], max(wider[name][1], range_of(term, within)[1]))
        if wider == known:
            break
        known = wider
        if max(high for _, high in known.values()) >= 2**WIDEST:
            return None
    return known


def _terms(system: System) -> Iterator[Term]:
    """Every integer part of every term of a system."""
    seen: set[Term] = set()
    for action in system.actions:
        for term in (action.guard, *action.updates.values()):
            yield from _parts(term, seen)
        for check in action.checks:
            yield from _parts(check.term, seen)
        for bound in action.bounds:
            yield from _parts(bound.term, seen)
    for prop in system.properties:
        for clause in prop.clauses:
            yield from _parts(clause.when, seen)
            yield from _parts(clause.then, seen)
    for variable in system.variables:
        if isinstance(variable.sort, IntSort):
            yield Var(variable.name, variable.sort)


def _parts(term: Term, seen: set[Term]) -> Iterator[Term]:
    if term in seen:
        return
    seen.add(term)
    match term:
        case App(_, args):
            for arg in args:
                yield from _parts(arg, seen)
        case Const() | Var():
            pass
    if kind_of(term) == "int":
        yield term
