"""Terms in Z3: the only module that imports it; the others of this floor get it from here.

Expressions are made by Z3's own interface: z3py would look at the sorts of all arguments once more,
which costs ten times as much, and terms know their sorts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, assert_never, cast

from deliverycheck.system.sorts import BOOL, Sort, Value
from deliverycheck.system.terms import App, Const, Term, Var

# z3 has no type information; as `Any`, what is unknown about it stays on this floor.
z3: Any = import_module("z3")


def array(formulas: Sequence[object]) -> Any:
    """Formulas as Z3's own interface takes them, which must outlive the array.

    z3py would look at the sort of each every time; for hundreds that costs more than solving.
    """
    return (z3.Ast * len(formulas))(*(cast("Any", formula).as_ast() for formula in formulas))


def expression(
    term: Term,
    row: Mapping[str, Any],
    constant: Callable[[Value, Sort], Any],
    inner: Callable[[Term], Any],
) -> Any:
    """A term in Z3; `inner` gives its arguments."""
    match term:
        case Const(value, sort):
            return constant(value, sort)
        case Var(name):
            return row[name]
        case App(op, args):
            parts: list[Any] = [inner(arg) for arg in args]
    if not parts:
        return constant(op == "and", BOOL)
    context = parts[0].ctx
    ref, made = context.ref(), [part.as_ast() for part in parts]
    words = isinstance(parts[0], z3.BitVecRef)
    match op:
        case "not":
            return z3.BoolRef(z3.Z3_mk_not(ref, made[0]), context)
        case "and":
            return z3.BoolRef(z3.Z3_mk_and(ref, len(made), array(parts)), context)
        case "or":
            return z3.BoolRef(z3.Z3_mk_or(ref, len(made), array(parts)), context)
        case "eq":
            return z3.BoolRef(z3.Z3_mk_eq(ref, *made), context)
        case "lt":
            less = z3.Z3_mk_bvslt if words else z3.Z3_mk_lt
            return z3.BoolRef(less(ref, *made), context)
        case "le":
            return z3.BoolRef(_at_most(ref, made, words=words), context)
        case "add":
            total = z3.Z3_mk_bvadd(ref, *made) if words else z3.Z3_mk_add(ref, 2, array(parts))
            return _number(total, context, words=words)
        case "sub":
            rest = z3.Z3_mk_bvsub(ref, *made) if words else z3.Z3_mk_sub(ref, 2, array(parts))
            return _number(rest, context, words=words)
        case "min" | "max":
            first, second = made if op == "min" else reversed(made)
            test = _at_most(ref, made, words=words)
            return _number(z3.Z3_mk_ite(ref, test, first, second), context, words=words)
        case "ite":
            chosen = z3.Z3_mk_ite(ref, *made)
            if isinstance(parts[1], z3.BoolRef):
                return z3.BoolRef(chosen, context)
            return _number(chosen, context, words=isinstance(parts[1], z3.BitVecRef))
    assert_never(op)


def _at_most(ref: Any, pair: Sequence[Any], *, words: bool) -> Any:
    return (z3.Z3_mk_bvsle if words else z3.Z3_mk_le)(ref, *pair)


def _number(ast: Any, context: Any, *, words: bool) -> Any:
    return (z3.BitVecRef if words else z3.ArithRef)(ast, context)
