"""Terms as Python expressions over the codes of the variables, which are called v0, v1, ..."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from deliverycheck.explore.packing import code_of
from deliverycheck.system.sorts import IntSort
from deliverycheck.system.terms import App, Const, Op, Term, Var

INFIX: Mapping[Op, str] = {
    "and": " and ",
    "or": " or ",
    "eq": " == ",
    "lt": " < ",
    "le": " <= ",
    "add": " + ",
    "sub": " - ",
}


def python_of(term: Term, index: Mapping[str, int]) -> str:
    """The Python expression of a term; `index` gives each variable its number."""
    match term:
        case Const(value, sort):
            return str(value if isinstance(sort, IntSort) else code_of(sort, value))
        case Var(name):
            return f"v{index[name]}"
        case App(op, args):
            return _application(op, [python_of(arg, index) for arg in args])
    assert_never(term)


def _application(op: Op, args: list[str]) -> str:
    match op, args:
        case "not", [a]:
            return f"(not {a})"
        case "ite", [test, a, b]:
            return f"({a} if {test} else {b})"
        case (("min" | "max"), [a, b]):
            return f"{op}({a}, {b})"
        case (("and" | "or"), []):
            return str(op == "and")
        case _:
            return "(" + INFIX[op].join(args) + ")"
