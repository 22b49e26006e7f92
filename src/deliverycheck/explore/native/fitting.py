"""What can be compiled: systems whose numbers fit into words, whatever is done to them."""

from __future__ import annotations

from collections.abc import Iterable

from deliverycheck.system.model import System
from deliverycheck.system.sorts import IntSort
from deliverycheck.system.terms import App, Const, Term, Var

MOST = 1 << 62
"""Where all numbers are below, none leaves a word with its sign."""

MOST_ACTIONS = 1 << 15
"""Actions that can be told apart in 16 bits, with a sign to spare."""

MOST_PERMUTATIONS = 120
"""Orders of the messages that are written out: those of five."""


def fits(system: System, permutations: int = 0) -> bool:
    """Whether a system can be compiled, and the representatives under so many permutations.

    What cannot is left to plain Python.
    """
    if len(system.actions) >= MOST_ACTIONS or permutations > MOST_PERMUTATIONS:
        return False
    if any(isinstance(v.sort, IntSort) and v.sort.high is None for v in system.variables):
        return False
    return are_small(
        system,
        (
            *(Var(variable.name, variable.sort) for variable in system.variables),
            *(term for a in system.actions for term in (a.guard, *a.updates.values())),
            *(check.term for action in system.actions for check in action.checks),
            *(bound.term for action in system.actions for bound in action.bounds),
            *(t for prop in system.properties for c in prop.clauses for t in (c.when, c.then)),
        ),
    )


def are_small(system: System, terms: Iterable[Term]) -> bool:
    """Whether no number in some terms can be too large for a word.

    A variable is as large as it can be in the system, whatever it was in the terms.
    """
    known: dict[Term, int] = {}
    return all(_size(system, term, known) < MOST for term in terms)


def _size(system: System, term: Term, known: dict[Term, int]) -> int:
    """A number that neither the term nor a part of it is larger than, with whatever sign."""
    if term not in known:
        match term:
            case Const(int() as value):
                known[term] = abs(value)
            case Const():
                known[term] = 0
            case Var(name):
                sort = system.variables[system.index[name]].sort
                ends = (sort.low, sort.high or 0) if isinstance(sort, IntSort) else (0, 0)
                known[term] = max(map(abs, ends))
            case App(op, args):
                parts = [_size(system, arg, known) for arg in args]
                known[term] = sum(parts) if op in ("add", "sub") else max(parts, default=0)
    return known[term]
