"""What the generated code does, whatever language it is written in.

What every action's guard has in common is tested once: the guards' conjuncts become a tree of
tests. Where the guard settles the old value of a variable, its update is the addition of a
constant to the packed state.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from deliverycheck.explore.packing import Packing, code_of
from deliverycheck.system import build
from deliverycheck.system.fairness import assumptions_of, possible
from deliverycheck.system.model import Action, Bound, System
from deliverycheck.system.ranges import narrowed, range_of
from deliverycheck.system.sorts import IntSort
from deliverycheck.system.terms import App, Const, Term, Var


@dataclass(frozen=True, slots=True)
class Store:
    """The variable numbered `at` takes the value of a term, of which nothing is known before."""

    at: int
    term: Term


@dataclass(frozen=True, slots=True)
class Move:
    """An action that is enabled: what to see to, and what to add to the state."""

    action: int
    bounds: tuple[Bound, ...]
    """Where one does not hold, the step is cut off."""
    checks: tuple[Term, ...]
    """Where one does not hold, the model is wrong."""
    ranges: tuple[tuple[Term, int, int], ...]
    """Values that might leave their domain, with its ends; where one does, the model is wrong."""
    deltas: tuple[tuple[int, int], ...]
    """Variables by their numbers, and what is added to their codes in any case."""
    stores: tuple[Store, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """Where all the terms hold, what is inside comes next; then what follows the test."""

    terms: tuple[Term, ...]
    inside: tuple[Move | Branch, ...]


Tree: TypeAlias = tuple[Move | Branch, ...]

DEEPEST = 60
"""Guards shared further down are tested one by one: Python takes no more than 99 indentations."""

AT_REST = 1
"""The bit of `marks` for a state in which nothing has to happen any more."""

CUT = 2
"""The bit of `marks` for a state in which a bound cut off a step."""


def tree_of(system: System, packing: Packing) -> Tree:
    """The tests and moves of all actions. The order of the moves is the order of the steps."""
    rows = [(n, one, conjuncts(one.guard)) for n, one in enumerate(system.actions)]
    return tuple(_tree(packing, rows, 1))


def marks_of(system: System) -> Iterator[tuple[int, Term]]:
    """The bits of `marks`, each with the term it stands for; those that are never set are left out.

    At rest and what is cut off are told only where a property or a bound gives reason to.
    """
    if any(prop.kind == "at-rest" for prop in system.properties):
        # A step that only a bound forbids could happen all the same: the state is not at rest.
        moves = (possible(system, one) for one in assumptions_of(system))
        yield AT_REST, build.negate(build.any_of(*moves))
    cuts = [
        build.all_of(action.guard, build.negate(bound.term))
        for action in system.actions
        for bound in action.bounds
    ]
    if cuts:
        yield CUT, build.any_of(*cuts)
    clauses = (clause for prop in system.properties for clause in prop.clauses)
    for number, clause in enumerate(clauses):
        first = 4 << (2 * number)
        for term, bit in ((clause.when, first), (clause.then, first << 1)):
            if term != build.FALSE:
                yield bit, term


def clause_bits(system: System) -> dict[tuple[str, int], tuple[int, int]]:
    """By property name and clause number: the bits of `marks` for its `when` and its `then`."""
    bits: dict[tuple[str, int], tuple[int, int]] = {}
    for prop in system.properties:
        for number in range(len(prop.clauses)):
            first = 4 << (2 * len(bits))
            bits[prop.name, number] = (first, first << 1)
    return bits


def conjuncts(guard: Term) -> tuple[Term, ...]:
    """The terms that all have to hold for a guard to hold."""
    if guard == build.TRUE:
        return ()
    return guard.args if isinstance(guard, App) and guard.op == "and" else (guard,)


Row: TypeAlias = tuple[int, Action, tuple[Term, ...]]
"""An action with its number and the conjuncts of its guard that are still to be tested."""


def _tree(packing: Packing, rows: Sequence[Row], depth: int) -> Iterator[Move | Branch]:
    rows = list(rows)
    while rows:
        index, action, rest = rows[0]
        if not rest:
            yield _move(packing, index, action)
            rows.pop(0)
            continue
        if len(rows) == 1 or depth > DEEPEST:
            yield Branch(rest, (_move(packing, index, action),))
            rows.pop(0)
            continue
        test = _commonest(rows)
        inside = [(i, a, _without(r, test)) for i, a, r in rows if test in r]
        rows = [row for row in rows if test not in row[2]]
        yield Branch((test,), tuple(_tree(packing, inside, depth + 1)))


def _commonest(rows: Sequence[Row]) -> Term:
    """The conjunct that most guards share; ties go to the one that comes first."""
    counts = Counter(test for _, _, rest in rows for test in rest)
    return max(counts, key=lambda test: counts[test])


def _without(tests: tuple[Term, ...], test: Term) -> tuple[Term, ...]:
    return tuple(other for other in tests if other != test)


def _move(packing: Packing, index: int, action: Action) -> Move:
    """What an action does where its guard holds."""
    known = narrowed(action.guard)
    within = {**known, **_within(action, known)}
    ranges: list[tuple[Term, int, int]] = []
    stores: list[Store] = []
    deltas: list[tuple[int, int]] = []
    for name, term in action.updates.items():
        at = packing.system.index[name]
        sort = packing.system.variables[at].sort
        if isinstance(sort, IntSort) and sort.high is not None:
            low, high = range_of(term, within)
            if low < sort.low or high > sort.high:
                ranges.append((term, sort.low, sort.high))
        delta = _constant_delta(packing, at, term, action.guard)
        if delta is None:
            stores.append(Store(at, term))
        else:
            deltas.append((at, delta))
    checks = tuple(check.term for check in action.checks)
    return Move(index, action.bounds, checks, tuple(ranges), tuple(deltas), tuple(stores))


def _constant_delta(packing: Packing, at: int, term: Term, guard: Term) -> int | None:
    """By how much the variable's code changes, where that is always the same."""
    variable = packing.system.variables[at]
    name, sort = variable.name, variable.sort
    match term:
        case App("add", (Var(other), Const(int() as by))) if other == name:
            return by
        case App("sub", (Var(other), Const(int() as by))) if other == name:
            return -by
        case Const(value):
            for part in conjuncts(guard):
                match part:
                    case App("eq", (Var(other), Const(old))) if other == name:
                        return code_of(sort, value) - code_of(sort, old)
                    case Var(other) if other == name:
                        return code_of(sort, value) - 1
                    case App("not", (Var(other),)) if other == name:
                        return code_of(sort, value)
                    case _:
                        pass
            return None
        case _:
            return None


def _within(
    action: Action, known: Mapping[str, tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    """What the bounds add to the guard: an update they let through stays below them."""
    found = dict(known)
    for bound in action.bounds:
        match bound.term:
            case App("le", (App("add", (Var() as var, Const(int() as by))), Const(int() as top))):
                low, high = found.get(var.name, range_of(var, {}))
                found[var.name] = (low, min(high, top - by))
            case _:
                pass
    return found
