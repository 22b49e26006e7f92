"""Building terms: constructors that simplify as they go.

They keep to equivalences that hold in every state, so that a guard nobody can meet becomes the
constant false and the step behind it is dropped where it was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from deliverycheck.system.sorts import BOOL, EnumSort, IntSort, Sort, Value
from deliverycheck.system.terms import App, Const, Term, Var

TRUE = Const(True, BOOL)
FALSE = Const(False, BOOL)


def truth(value: bool) -> Const:
    """The constant true or false."""
    return TRUE if value else FALSE


def integer(value: int) -> Const:
    """An integer constant."""
    return Const(value, IntSort(value, value))


def label(value: str, sort: EnumSort) -> Const:
    """A label of an enumeration."""
    return Const(value, sort)


def constant(value: Value, sort: Sort) -> Const:
    """A constant of the given sort."""
    return Const(value, sort)


def negate(term: Term) -> Term:
    """Not `term`."""
    match term:
        case Const(value):
            return truth(not value)
        case App("not", (inner,)):
            return inner
        case _:
            return App("not", (term,))


def all_of(*terms: Term) -> Term:
    """The conjunction, flattened; false as soon as two parts exclude each other."""
    parts = _flatten("and", terms)
    known: dict[str, Value] = {}
    for part in parts:
        if part == FALSE or negate(part) in parts:
            return FALSE
        match part:
            case App("eq", (Var(name), Const(value))):
                if known.setdefault(name, value) != value:
                    return FALSE
            case _:
                pass
    parts.pop(TRUE, None)
    # What an equation already settles need not be said again: from x = a follows not (x = b).
    for part in tuple(parts):
        match part:
            case App("not", (App("eq", (Var(name), Const(value))),)):
                if name in known and known[name] != value:
                    del parts[part]
            case _:
                pass
    return _join("and", tuple(parts), TRUE)


def any_of(*terms: Term) -> Term:
    """The disjunction, flattened; true as soon as two parts complement each other."""
    parts = _flatten("or", terms)
    if any(part == TRUE or negate(part) in parts for part in parts):
        return TRUE
    parts.pop(FALSE, None)
    return _join("or", tuple(parts), FALSE)


def _flatten(op: str, terms: Iterable[Term]) -> dict[Term, None]:
    parts: dict[Term, None] = {}
    for term in terms:
        if isinstance(term, App) and term.op == op:
            parts.update(dict.fromkeys(term.args))
        else:
            parts[term] = None
    return parts


def _join(op: str, parts: tuple[Term, ...], neutral: Term) -> Term:
    if len(parts) <= 1:
        return parts[0] if parts else neutral
    return App("and" if op == "and" else "or", parts)


def implies(premise: Term, conclusion: Term) -> Term:
    """If `premise` then `conclusion`."""
    return any_of(negate(premise), conclusion)


def equal(left: Term, right: Term) -> Term:
    """`left` = `right`; a constant ends up on the right."""
    if left == right:
        return TRUE
    match left, right:
        case Const(a), Const(b):
            return truth(a == b)
        case Const(), _:
            return equal(right, left)
        case _, Const(bool() as value):
            return left if value else negate(left)
        case App("ite", (test, then, other)), Const() if isinstance(then, Const) or isinstance(
            other, Const
        ):
            return choose(test, equal(then, right), equal(other, right))
        case _:
            return App("eq", (left, right))


def less(left: Term, right: Term) -> Term:
    """`left` < `right`."""
    match left, right:
        case Const(int() as a), Const(int() as b):
            return truth(a < b)
        case _:
            return FALSE if left == right else App("lt", (left, right))


def at_most(left: Term, right: Term) -> Term:
    """`left` <= `right`."""
    match left, right:
        case Const(int() as a), Const(int() as b):
            return truth(a <= b)
        case _:
            return TRUE if left == right else App("le", (left, right))


def plus(left: Term, right: Term) -> Term:
    """`left` + `right`; constants are gathered."""
    match left, right:
        case Const(int() as a), Const(int() as b):
            return integer(a + b)
        case Const(0), _:
            return right
        case _, Const(0):
            return left
        case Const(), _:
            return plus(right, left)
        case App("add", (inner, Const(int() as a))), Const(int() as b):
            return plus(inner, integer(a + b))
        case App("sub", (inner, Const(int() as a))), Const(int() as b):
            return plus(inner, integer(b - a))
        case _, Const(int() as b) if b < 0:
            return App("sub", (left, integer(-b)))
        case _:
            return App("add", (left, right))


def minus(left: Term, right: Term) -> Term:
    """`left` - `right`."""
    match right:
        case Const(int() as b):
            return plus(left, integer(-b))
        case _:
            return integer(0) if left == right else App("sub", (left, right))


def smallest(left: Term, right: Term) -> Term:
    """The smaller of two integers."""
    match left, right:
        case Const(int() as a), Const(int() as b):
            return integer(min(a, b))
        case _:
            return left if left == right else App("min", (left, right))


def largest(left: Term, right: Term) -> Term:
    """The larger of two integers."""
    match left, right:
        case Const(int() as a), Const(int() as b):
            return integer(max(a, b))
        case _:
            return left if left == right else App("max", (left, right))


def choose(test: Term, then: Term, other: Term) -> Term:
    """`then` where `test` holds, else `other`."""
    if test == TRUE or then == other:
        return then
    if test == FALSE:
        return other
    if then == TRUE or other == FALSE:
        return any_of(test, other) if then == TRUE else all_of(test, then)
    if then == FALSE or other == TRUE:
        return all_of(negate(test), other) if then == FALSE else any_of(negate(test), then)
    return App("ite", (test, then, other))


def apply(op: str, args: tuple[Term, ...]) -> Term:
    """The simplifying constructor of an operator, by the operator's name."""
    match op, args:
        case "not", (a,):
            return negate(a)
        case "and", _:
            return all_of(*args)
        case "or", _:
            return any_of(*args)
        case "eq", (a, b):
            return equal(a, b)
        case "lt", (a, b):
            return less(a, b)
        case "le", (a, b):
            return at_most(a, b)
        case "add", (a, b):
            return plus(a, b)
        case "sub", (a, b):
            return minus(a, b)
        case "min", (a, b):
            return smallest(a, b)
        case "max", (a, b):
            return largest(a, b)
        case "ite", (a, b, c):
            return choose(a, b, c)
        case _:
            raise ValueError(f"no operator `{op}` with {len(args)} arguments")


def substitute(term: Term, replacement: Mapping[str, Term]) -> Term:
    """The term with each named variable replaced, simplified on the way."""
    # Terms share their parts: what is the same object is done once, and stays the same object.
    done: dict[int, Term] = {}

    def replaced(part: Term) -> Term:
        match part:
            case Const():
                return part
            case Var(name):
                return replacement.get(name, part)
            case App(op, args):
                if id(part) not in done:
                    done[id(part)] = apply(op, tuple(map(replaced, args)))
                return done[id(part)]
        assert_never(part)

    return replaced(term)
