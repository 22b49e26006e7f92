"""Whole numbers: sums, extremes and comparisons, with the range of each result."""

from __future__ import annotations

import ast

from deliverycheck.lang.shapes import Integer
from deliverycheck.lift.code.refusal import Refusal
from deliverycheck.lift.values.value import Known, Sym, Val
from deliverycheck.system import build
from deliverycheck.system.ranges import range_of
from deliverycheck.system.terms import Term

MOST_MULTIPLES = 64
"""Cases of a remainder that are written out."""

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


def remainder(left: Val, right: Val) -> Val:
    """`left % right`, by a number that is known while lifting: never negative, as in Python.

    Written out as one case for each multiple of `right` in the range of `left`.
    """
    match left, right:
        case _, Known(int() as by) if by <= 0 or isinstance(by, bool):
            raise Refusal("DC108", "`%` is by a number above 0", "Write `% self.modulus`.")
        case Known(int() as a), Known(int() as by):
            return Known(a % by)
        case _, Known(int() as by):
            x = whole(left)
        case _:
            raise Refusal("DC108", "`%` is by a number that does not change", "Use a setting.")
    least, most = range_of(x.terms[0], {})  # knows more than the type: how long a list can get
    if not most - least <= MOST_MULTIPLES * by:
        remedy = "Take the remainder of what is bounded: `(self.next + 1) % self.modulus`."
        raise Refusal("DC108", "`%` of a number that may be very large", remedy)
    low, high = int(least), int(most)
    result = _less(x.terms[0], high // by * by, low, high, by)
    for multiple in reversed(range(low // by, high // by)):
        below = build.less(x.terms[0], build.integer((multiple + 1) * by))
        result = build.choose(below, _less(x.terms[0], multiple * by, low, high, by), result)
    return Sym(Integer(0, by - 1), (result,))


def _less(term: Term, amount: int, low: int, high: int, by: int) -> Term:
    """`term - amount`, which is from 0 to `by - 1` where it is asked for; elsewhere cut to that,
    so that nobody has to prove it."""
    rest = build.minus(term, build.integer(amount)) if amount else term
    if low < amount:
        rest = build.largest(build.integer(0), rest)
    if high - amount >= by:
        rest = build.smallest(build.integer(by - 1), rest)
    return rest


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
