"""A digest of a system: the same for the same meaning, whatever the source looks like."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import assert_never

from deliverycheck.system.model import System
from deliverycheck.system.terms import App, Const, Term, Var


def digest_of(system: System) -> str:
    """SHA-256 over variables, start, actions and properties, as 64 hexadecimal digits."""
    return sha256("\n".join(_lines(system)).encode()).hexdigest()


def _lines(system: System) -> Iterator[str]:
    for variable in system.variables:
        yield f"var {variable.name!r} {variable.sort!r} {variable.store}"
    for state in system.initial:
        yield f"init {state!r}"
    for action in system.actions:
        yield f"action {action.name!r} {action.actor!r} {action.fault!r} {action.fairness}"
        yield f"  guard {written(action.guard)}"
        yield from (f"  {n!r} := {written(t)}" for n, t in sorted(action.updates.items()))
        yield from (f"  check {written(check.term)}" for check in action.checks)
        yield from (f"  bound {bound.name!r} {written(bound.term)}" for bound in action.bounds)
    for prop in system.properties:
        yield f"property {prop.name!r} {prop.kind}"
        yield from (f"  {c.about!r} {written(c.when)} -> {written(c.then)}" for c in prop.clauses)


def written(term: Term) -> str:
    """A term as text, in prefix form."""
    match term:
        case Const(value):
            return repr(value)
        case Var(name):
            return f"${name!r}"  # a name is never taken for a label
        case App(op, args):
            return f"({op} {' '.join(map(written, args))})"
    assert_never(term)
