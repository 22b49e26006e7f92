"""Whole numbers: sums, extremes and comparisons, with the range of each result."""

from __future__ import annotations

import ast

from deliverycheck.lang.shapes import Integer
from deliverycheck.lift.code.refusal import Refusal
from deliverycheck.lift.values.value import Known, Sym, Val
from deliverycheck.system import build
from deliverycheck.system.terms import Term

LOWEST = -(2**62)
"""Stands for minus infinity in the range of an intermediate result."""


def added(left: Val, right: Val, sign: int) -> Val:
    """`left + right`, or `left - right` where `sign` is -1."""
    match left, right:
        case Known(int() as a), Known(int() as b):
            return Known(a + sign * b)
        case _:
            x, y = whole(left), whole(right)
    (low, high), (least, most) = span(x), span(y)
    if sign < 0:
        least, most = (LOWEST if most is None else -most), -least
    top = None if high is None or most is None else high + most
    make = build.plus if sign > 0 else build.minus
    return Sym(Integer(max(LOWEST, low + least), top), (make(x.terms[0], y.terms[0]),))


def extreme(smallest: bool, values: list[Val]) -> Val:
    """`min(...)` or `max(...)`."""
    first, *rest = (whole(value) for value in values)
    term = first.terms[0]
    for value in rest:
        term = (build.smallest if smallest else build.largest)(term, value.terms[0])
    spans = [span(value) for value in (first, *rest)]
    lows = [low for low, _ in spans]
    highs = [high for _, high in spans if high is not None]
    if smallest:
        return Sym(Integer(min(lows), min(highs, default=None)), (term,))
    return Sym(Integer(max(lows), max(highs) if len(highs) == len(spans) else None), (term,))


def ordered(op: ast.cmpop, left: Val, right: Val) -> Term:
    """`<`, `<=`, `>` or `>=`."""
    a, b = whole(left).terms[0], whole(right).terms[0]
    match op:
        case ast.Lt():
            return build.less(a, b)
        case ast.LtE():
            return build.at_most(a, b)
        case ast.Gt():
            return build.less(b, a)
        case _:
            return build.at_most(b, a)


def whole(value: Val) -> Sym:
    """A whole number. Raises Refusal for anything else."""
    match value:
        case Known(int() as known) if not isinstance(known, bool):
            return Sym(Integer(known, known), (build.integer(known),))
        case Sym(Integer(), _):
            return value
        case _:
            text = "arithmetic and order are for whole numbers"
            raise Refusal("DC108", text, "Sets have .add and .discard.")


def span(value: Sym) -> tuple[int, int | None]:
    """The range of a whole number."""
    shape = value.shape
    return (shape.low, shape.high) if isinstance(shape, Integer) else (LOWEST, None)
