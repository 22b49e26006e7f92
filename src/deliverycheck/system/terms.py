"""Terms: the one closed language in which guards, updates and properties are written.

Three kinds of node (constant, variable, application) and one closed list of operators. What an
operator means is a table keyed by it, in the semantics and in each engine; a test demands that the
tables have these keys and agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, assert_never, get_args

from deliverycheck.system.sorts import BoolSort, EnumSort, IntSort, Sort, Value, contains

Op: TypeAlias = Literal["not", "and", "or", "eq", "lt", "le", "add", "sub", "min", "max", "ite"]
OPERATORS: tuple[Op, ...] = get_args(Op)


@dataclass(frozen=True, slots=True)
class Const:
    """A value, with the sort it was meant in."""

    value: Value
    sort: Sort


@dataclass(frozen=True, slots=True)
class Var:
    """The value of a variable in the state the term is evaluated in."""

    name: str
    sort: Sort


@dataclass(frozen=True, slots=True)
class App:
    """An operator applied to its arguments."""

    op: Op
    args: tuple[Term, ...]
    _hash: int = field(init=False, repr=False, compare=False)
    kind: Kind | None = field(init=False, repr=False, compare=False)
    """Found out once, by the first `kind_of` that asks."""

    def __post_init__(self) -> None:
        # Terms share their parts, so what is computed anew each time would cost exponentially.
        object.__setattr__(self, "_hash", hash((self.op, self.args)))
        object.__setattr__(self, "kind", None)

    def __hash__(self) -> int:
        return self._hash


Term: TypeAlias = Const | Var | App

Kind: TypeAlias = Literal["bool", "int"] | EnumSort
"""What a term yields, as far as operators care: all integers are one kind."""


class IllTyped(ValueError):
    """A term that applies an operator to what it is not for."""


def kind_of_sort(sort: Sort) -> Kind:
    """The kind of the values of a sort."""
    match sort:
        case BoolSort():
            return "bool"
        case IntSort():
            return "int"
        case EnumSort():
            return sort
    assert_never(sort)


def kind_of(term: Term) -> Kind:
    """The kind of a term's value. Raises IllTyped where an operator does not fit its arguments."""
    match term:
        case Const(value, sort):
            if not contains(sort, value):
                raise IllTyped(f"{value!r} is not in {sort}")
            return kind_of_sort(sort)
        case Var(_, sort):
            return kind_of_sort(sort)
        case App(op, args):
            if term.kind is None:
                kind = _kind_of_application(op, [kind_of(arg) for arg in args])
                object.__setattr__(term, "kind", kind)
                return kind
            return term.kind
    assert_never(term)


def _kind_of_application(op: Op, kinds: list[Kind]) -> Kind:
    def demand(fits: bool) -> None:
        if not fits:
            raise IllTyped(f"`{op}` does not take ({', '.join(map(str, kinds))})")

    match op:
        case "not":
            demand(kinds == ["bool"])
            return "bool"
        case "and" | "or":
            demand(all(kind == "bool" for kind in kinds))
            return "bool"
        case "eq":
            demand(len(kinds) == 2 and kinds[0] == kinds[1])
            return "bool"
        case "lt" | "le":
            demand(kinds == ["int", "int"])
            return "bool"
        case "add" | "sub" | "min" | "max":
            demand(kinds == ["int", "int"])
            return "int"
        case "ite":
            demand(len(kinds) == 3 and kinds[0] == "bool" and kinds[1] == kinds[2])
            return kinds[1]
    assert_never(op)


def variables_of(term: Term) -> Iterator[Var]:
    """The variables in the term, left to right.

    A part that stands in the term several times as the same object is looked at once: there may be
    exponentially many places.
    """
    seen: set[int] = set()
    left = [term]
    while left:
        part = left.pop()
        match part:
            case Const():
                continue
            case Var():
                yield part
            case App(_, args):
                if id(part) not in seen:
                    seen.add(id(part))
                    left.extend(reversed(args))
            case _:
                assert_never(part)
