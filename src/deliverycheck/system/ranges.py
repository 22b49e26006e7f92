"""Ranges: between which integers a term lies, given what a guard says about its variables."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import assert_never

from deliverycheck.system.sorts import IntSort
from deliverycheck.system.terms import App, Const, Term, Var

Range = tuple[float, float]
"""Lowest and highest value, both included; infinite where there is no end."""

EVERYTHING: Range = (-inf, inf)


def range_of(term: Term, known: Mapping[str, Range]) -> Range:
    """A range that holds the value of an integer term; `known` narrows its variables."""
    match term:
        case Const(value):
            return (int(value), int(value)) if isinstance(value, int) else EVERYTHING
        case Var(name, sort):
            return known.get(name, _of_sort(sort) if isinstance(sort, IntSort) else EVERYTHING)
        case App("add", (a, b)):
            (low, high), (least, most) = range_of(a, known), range_of(b, known)
            return (low + least, high + most)
        case App("sub", (a, b)):
            (low, high), (least, most) = range_of(a, known), range_of(b, known)
            return (low - most, high - least)
        case App("min", (a, b)):
            (low, high), (least, most) = range_of(a, known), range_of(b, known)
            return (min(low, least), min(high, most))
        case App("max", (a, b)):
            (low, high), (least, most) = range_of(a, known), range_of(b, known)
            return (max(low, least), max(high, most))
        case App("ite", (test, a, b)):
            (low, high) = range_of(a, {**known, **narrowed(test, known)})
            (least, most) = range_of(b, known)
            return (min(low, least), max(high, most))
        case App():
            return EVERYTHING
    assert_never(term)


def narrowed(guard: Term, known: Mapping[str, Range] | None = None) -> dict[str, Range]:
    """What a guard says about the ranges of single integer variables."""
    found = dict(known or {})
    parts = guard.args if isinstance(guard, App) and guard.op == "and" else (guard,)
    for part in parts:
        positive, atom = True, part
        if isinstance(atom, App) and atom.op == "not":
            positive, atom = False, atom.args[0]
        if not isinstance(atom, App):
            continue
        match atom.op, atom.args, positive:
            case "eq", (Var(name, IntSort()), Const(int() as c)), True:
                _meet(found, atom.args[0], name, (c, c))
            case "lt", (Var(name, _), Const(int() as c)), True:
                _meet(found, atom.args[0], name, (-inf, c - 1))
            case "lt", (Var(name, _), Const(int() as c)), False:
                _meet(found, atom.args[0], name, (c, inf))
            case "le", (Var(name, _), Const(int() as c)), True:
                _meet(found, atom.args[0], name, (-inf, c))
            case "le", (Var(name, _), Const(int() as c)), False:
                _meet(found, atom.args[0], name, (c + 1, inf))
            case "lt", (Const(int() as c), Var(name, _)), True:
                _meet(found, atom.args[1], name, (c + 1, inf))
            case "lt", (Const(int() as c), Var(name, _)), False:
                _meet(found, atom.args[1], name, (-inf, c))
            case "le", (Const(int() as c), Var(name, _)), True:
                _meet(found, atom.args[1], name, (c, inf))
            case "le", (Const(int() as c), Var(name, _)), False:
                _meet(found, atom.args[1], name, (-inf, c - 1))
            case _:
                pass
    return found


def _meet(found: dict[str, Range], var: Term, name: str, narrower: Range) -> None:
    low, high = found.get(name, range_of(var, {}))
    found[name] = (max(low, narrower[0]), min(high, narrower[1]))


def _of_sort(sort: IntSort) -> Range:
    return (sort.low, inf if sort.high is None else sort.high)
