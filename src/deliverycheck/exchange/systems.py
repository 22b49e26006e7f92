"""A system as JSON (schema `deliverycheck/system/1`); `loading` reads it back.

A term is `true`, `false`, an integer, `{"var": NAME}`, `{"label": TEXT, "of": SORT}`,
`{"value": INTEGER, "of": SORT}` (an integer constant of a wider sort), or `[OPERATOR, TERM...]`;
SORT counts in the list `sorts`. Places in the source are left out: they are the machine's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from deliverycheck.system.model import (
    Action,
    System,
)
from deliverycheck.system.sorts import BoolSort, EnumSort, IntSort, Sort
from deliverycheck.system.terms import App, Const, Term, Var
from deliverycheck.system.verdicts import Json

SCHEMA = "deliverycheck/system/1"


def system_document(system: System) -> dict[str, Json]:
    """The system as JSON."""
    sorts = list(dict.fromkeys(_sorts_of(system)))
    return {
        "schema": SCHEMA,
        "name": system.name,
        "sorts": [sort_document(sort) for sort in sorts],
        "variables": [
            {"name": v.name, "sort": sorts.index(v.sort), "store": v.store}
            for v in system.variables
        ],
        "initial": [list(state) for state in system.initial],
        "actions": [_action_document(action, sorts) for action in system.actions],
        "properties": [
            {
                "name": prop.name,
                "kind": prop.kind,
                "clauses": [
                    {
                        "about": clause.about,
                        "when": term_document(clause.when, sorts),
                        "then": term_document(clause.then, sorts),
                    }
                    for clause in prop.clauses
                ],
            }
            for prop in system.properties
        ],
    }


def term_document(term: Term, sorts: list[Sort]) -> Json:
    """A term as JSON; a sort that is new is added to `sorts`."""
    match term:
        case Const(value, IntSort(low, high)):
            if low == high == value:
                return value
            return {"value": value, "of": _numbered(IntSort(low, high), sorts)}
        case Const(str() as value, sort):
            return {"label": value, "of": _numbered(sort, sorts)}
        case Const(value):
            return value
        case Var(name):
            return {"var": name}
        case App(op, args):
            return [op, *(term_document(arg, sorts) for arg in args)]
    assert_never(term)


def _numbered(sort: Sort, sorts: list[Sort]) -> int:
    if sort not in sorts:
        sorts.append(sort)
    return sorts.index(sort)


def sort_document(sort: Sort) -> Json:
    """A sort as JSON."""
    match sort:
        case BoolSort():
            return "bool"
        case EnumSort(labels):
            return {"labels": list(labels)}
        case IntSort(low, high):
            return {"low": low, "high": high}
    assert_never(sort)


def _sorts_of(system: System) -> Iterator[Sort]:
    """Every sort that occurs, those of constants included."""
    yield from (variable.sort for variable in system.variables)
    found: list[Sort] = []
    for action in system.actions:
        _action_document(action, found)
    for prop in system.properties:
        for clause in prop.clauses:
            term_document(clause.when, found)
            term_document(clause.then, found)
    yield from found


def _action_document(action: Action, sorts: list[Sort]) -> Json:
    return {
        "name": action.name,
        "actor": action.actor,
        "guard": term_document(action.guard, sorts),
        "updates": {name: term_document(term, sorts) for name, term in action.updates.items()},
        "fault": action.fault,
        "fairness": action.fairness,
        "message": action.message,
        "parameters": list(action.parameters),
        "events": [[e.kind, e.where, e.what, e.other] for e in action.events],
        "checks": [
            {"term": term_document(check.term, sorts), "message": check.message}
            for check in action.checks
        ],
        "bounds": [
            {"term": term_document(bound.term, sorts), "name": bound.name}
            for bound in action.bounds
        ],
    }
