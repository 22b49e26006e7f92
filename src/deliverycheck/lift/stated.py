"""Stated: the conjuncts of the properties a model states itself, one by one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress
from itertools import product

from deliverycheck.lang.design import Marked
from deliverycheck.lang.layout import every_value
from deliverycheck.lang.source import function_node
from deliverycheck.lift.code.flow import Scope
from deliverycheck.lift.code.refusal import Refusal
from deliverycheck.lift.code.spots import spot_of
from deliverycheck.lift.own import expressions_of
from deliverycheck.lift.sources import Condition, Stated, Way, conditions
from deliverycheck.lift.steps.demands import spot
from deliverycheck.lift.steps.expressions import condition
from deliverycheck.lift.steps.path import Context, Path
from deliverycheck.lift.values.value import Known

Piece = tuple[ast.expr, ast.expr]
"""What a conjunct says by itself, and the part of the source it was."""


def stated(context: Context, marked: Marked) -> Stated:
    """A property that was lifted already, taken apart."""
    found = expressions_of(marked)
    conjuncts: list[Condition] = []
    for expression in found if isinstance(found, tuple) else ():
        with suppress(Refusal):  # a part that has no meaning without those before it
            conjuncts += conditions(list(_ways(context, marked, _pieces(expression))), {})
    node = function_node(marked.function) or ast.Pass()
    return Stated(spot_of(node, marked.function, marked.name), tuple(conjuncts))


def _ways(context: Context, marked: Marked, pieces: list[Piece]) -> Iterator[Way]:
    """For each choice of the parameters, the conjuncts as gates to get past."""
    names = tuple(name for name, _ in marked.parameters)
    scope = Scope((), marked.function, context.design.cls, names)
    choices = product(*(every_value(shape) for _, shape in marked.parameters))
    for values in choices if len(pieces) > 1 else ():
        path = Path(context, "", None, in_property=True)
        path.locals = {((), name): Known(value) for name, value in zip(names, values, strict=True)}
        for whole, source in pieces:
            path.assume(condition(path, whole, scope), spot(path, source, scope))
        yield Way(None, path.gates)


def _pieces(node: ast.expr) -> list[Piece]:
    """The conjuncts of `a and b`, of `not p or (a and b)` and of `all(a and b for ...)`."""
    match node:
        case ast.BoolOp(op=ast.And(), values=parts):
            return [piece for part in parts for piece in _pieces(part)]
        case ast.BoolOp(op=ast.Or() as op, values=[*others, last]) if len(_pieces(last)) > 1:
            return [
                (ast.copy_location(ast.BoolOp(op, [*others, whole]), source), source)
                for whole, source in _pieces(last)
            ]
        case ast.Call(func=ast.Name(id="all"), args=[ast.GeneratorExp(elt, loops)]) if (
            len(_pieces(elt)) > 1
        ):
            return [
                (ast.copy_location(_every(node, whole, loops), source), source)
                for whole, source in _pieces(elt)
            ]
        case _:
            return [(node, node)]


def _every(call: ast.Call, element: ast.expr, loops: list[ast.comprehension]) -> ast.Call:
    rows = ast.copy_location(ast.GeneratorExp(element, loops), call)
    return ast.Call(call.func, [rows], [])
