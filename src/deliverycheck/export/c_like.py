"""What Murphi and Promela share: variables as integers, terms as infix expressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from deliverycheck.system.model import Action, State, System
from deliverycheck.system.sorts import BoolSort, EnumSort, IntSort, Sort, Value
from deliverycheck.system.terms import App, Const, Op, Term, Var


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a language writes operators with two arguments, negation, and a choice."""

    infix: Mapping[Op, str]
    negation: str
    choice: str
    """With places for the test, the first and the second value."""
    true: str
    false: str


def name_of(number: int) -> str:
    """The name of a variable: its own may hold characters no other tool takes."""
    return f"v{number}"


def span_of(sort: Sort) -> tuple[int, int]:
    """The integers a variable's values are written as. Raises ValueError where there is no end."""
    match sort:
        case BoolSort():
            return (0, 1)
        case EnumSort(labels):
            return (0, len(labels) - 1)
        case IntSort(low, high):
            if high is None:
                raise ValueError("bound the system first: other checkers need finite variables")
            return (low, high)
    assert_never(sort)


def number_of(sort: Sort, value: Value) -> int:
    """The integer a value is written as."""
    return sort.labels.index(str(value)) if isinstance(sort, EnumSort) else int(value)


def written(term: Term, dialect: Dialect, system: System) -> str:
    """A term; truth values are expressions of the language's own kind, never integers."""
    match term:
        case Const(bool() as value, _):
            return dialect.true if value else dialect.false
        case Const(value, sort):
            return str(number_of(sort, value))
        case Var(name, sort):
            variable = name_of(system.index[name])
            return f"({variable} {dialect.infix['eq']} 1)" if sort == BoolSort() else variable
        case App("not", (inner,)):
            return f"{dialect.negation}({written(inner, dialect, system)})"
        case App("ite", (test, then, other)):
            parts = [written(part, dialect, system) for part in (test, then, other)]
            return dialect.choice.format(*parts)
        case App("min" | "max" as op, (a, b)):
            x, y = written(a, dialect, system), written(b, dialect, system)
            first, second = (x, y) if op == "min" else (y, x)
            return dialect.choice.format(f"({x} {dialect.infix['lt']} {y})", first, second)
        case App(op, ()):
            return dialect.true if op == "and" else dialect.false
        case App(op, args):
            parts = [written(arg, dialect, system) for arg in args]
            return "(" + f" {dialect.infix[op]} ".join(parts) + ")"
    assert_never(term)


def enabling(action: Action, dialect: Dialect, system: System) -> str:
    """When an action of the instance can be taken: its guard, and what its bounds leave."""
    terms = (action.guard, *(bound.term for bound in action.bounds))
    return f" {dialect.infix['and']} ".join(f"({written(t, dialect, system)})" for t in terms)


def numbers_of(system: System, state: State) -> list[int]:
    """A state as integers."""
    pairs = zip(system.variables, state, strict=True)
    return [number_of(variable.sort, value) for variable, value in pairs]


def is_truth(system: System, name: str) -> bool:
    """Whether a variable holds a truth value."""
    return system.variables[system.index[name]].sort == BoolSort()
