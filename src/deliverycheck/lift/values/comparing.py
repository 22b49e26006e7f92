"""Comparing two values."""

from __future__ import annotations

import ast
from enum import Enum

from deliverycheck.lang.shapes import Choice
from deliverycheck.lift.code.refusal import Refusal
from deliverycheck.lift.values.containers import member
from deliverycheck.lift.values.equality import same
from deliverycheck.lift.values.numbers import ordered
from deliverycheck.lift.values.value import NOTHING, Known, Sym, Val
from deliverycheck.system import build
from deliverycheck.system.terms import Term


def comparison(op: ast.cmpop, left: Val, right: Val) -> Term:
    """One comparison of a chain."""
    match op:
        case ast.Eq():
            return same(left, right)
        case ast.NotEq():
            return build.negate(same(left, right))
        case ast.Is() | ast.IsNot():
            single = [v for v in (left, right) if isinstance(v, Known) and _is_single(v.value)]
            if not single:
                text = "`is` compares with None, True, False and members of enumerations only"
                raise Refusal("DC105", text, "Write `==`.")
            if NOTHING in (left, right):
                term = _is_none(left if right == NOTHING else right)
            else:
                term = same(left, right)
            return term if isinstance(op, ast.Is) else build.negate(term)
        case ast.In():
            return member(left, right)
        case ast.NotIn():
            return build.negate(member(left, right))
        case _:
            return ordered(op, left, right)


def _is_single(value: object) -> bool:
    return value is None or isinstance(value, bool | Enum)


def _is_none(value: Val) -> Term:
    match value:
        case Sym(Choice(options), _) if None not in options:
            return build.FALSE
        case _:
            return same(value, NOTHING)
