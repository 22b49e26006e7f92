"""Expressions: from syntax to a value, in the state a path has reached.

Nothing here changes that state; where Python would raise, the path notes a mishap and goes on
where it would not.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping

from deliverycheck.errors import did_you_mean
from deliverycheck.lang.domains import Sort as Things
from deliverycheck.lang.hints import things
from deliverycheck.lang.protocol import Protocol
from deliverycheck.lang.shapes import Integer, Perhaps
from deliverycheck.lift.code.flow import TIMERS, Scope
from deliverycheck.lift.code.helpers import returned_expression
from deliverycheck.lift.code.refusal import Refusal, shown
from deliverycheck.lift.steps.calls import attribute, function, item, method
from deliverycheck.lift.steps.ledger import look
from deliverycheck.lift.steps.lookup import LEDGER, name_of, own_of
from deliverycheck.lift.steps.path import Path
from deliverycheck.lift.values.comparing import comparison
from deliverycheck.lift.values.containers import elements, truth
from deliverycheck.lift.values.equality import merged
from deliverycheck.lift.values.numbers import added, remainder
from deliverycheck.lift.values.value import Known, Several, Sym, Val, flag
from deliverycheck.system import build
from deliverycheck.system.terms import Term

_ORDERS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def expression(path: Path, node: ast.expr, scope: Scope) -> Val:
    """The value of an expression. Raises Refusal."""
    try:
        return _expression(path, node, scope)
    except Refusal as refusal:
        raise refusal.at(node, scope.function) from None


def number(path: Path, node: ast.expr, scope: Scope) -> Val:
    """The value of an expression that is to be a whole number: it must not be None there."""
    value = expression(path, node, scope)
    match value:
        case Sym(Perhaps(Integer() as inner), terms):
            path.demand(terms[0], f"`{shown(node)}` is None", scope, node)
            return Sym(inner, terms[1:])
        case _:
            return value


def condition(path: Path, node: ast.expr, scope: Scope) -> Term:
    """The truth value of an expression, as Python would take it in an `if`. Raises Refusal."""
    if isinstance(node, ast.BoolOp):
        return _connected(path, node.op, node.values, scope)
    value = expression(path, node, scope)
    try:
        return truth(value)
    except Refusal as refusal:
        raise refusal.at(node, scope.function) from None


def _expression(path: Path, node: ast.expr, scope: Scope) -> Val:
    match node:
        case ast.Constant(value=value):
            return Known(value)
        case ast.Name(id=name):
            return name_of(path, name, scope)
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            return own_of(path, name)
        case ast.Attribute(value=inner, attr=name):
            return attribute(path, expression(path, inner, scope), name, node, scope)
        case ast.Subscript(value=inner, slice=index):
            target, key = expression(path, inner, scope), expression(path, index, scope)
            return item(path, target, key, node, scope)
        case ast.List(elts=[]):
            return Known([])
        case ast.Dict(keys=[]):
            return Known({})
        case ast.Set():
            text = f"`{shown(node)}` cannot be a value here"
            raise Refusal("DC105", text, "After `in`, or to go through, write a tuple.")
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return Several(tuple(expression(path, part, scope) for part in parts))
        case ast.BoolOp(op=op, values=[first, *rest]):
            return _picked(path, op, first, rest, scope)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return flag(build.negate(condition(path, inner, scope)))
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return added(Known(0), number(path, inner, scope), -1)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            sign = 1 if isinstance(op, ast.Add) else -1
            return added(number(path, left, scope), number(path, right, scope), sign)
        case ast.BinOp(left=left, op=ast.Mod(), right=right):
            return remainder(number(path, left, scope), number(path, right, scope))
        case ast.Compare(left=left, ops=ops, comparators=rest):
            return flag(_compared(path, left, ops, rest, scope))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            chosen = condition(path, test, scope)
            with path.under(chosen):
                then = expression(path, body, scope)
            with path.under(build.negate(chosen)):
                other = expression(path, orelse, scope)
            return merged(chosen, then, other, path.context.settings)
        case ast.Call():
            return _call(path, node, scope)
        case _:
            raise Refusal("DC105", f"`{shown(node)}` is not part of the language", "", node)


def _picked(path: Path, op: ast.boolop, first: ast.expr, rest: list[ast.expr], scope: Scope) -> Val:
    """`and` and `or` as a value: in Python that is one of the operands."""
    value = expression(path, first, scope)
    if not rest:
        return value
    holds = truth(value)
    with path.under(holds if isinstance(op, ast.And) else build.negate(holds)):
        other = _picked(path, op, rest[0], rest[1:], scope)
    if isinstance(op, ast.And):
        return merged(holds, other, value, path.context.settings)
    return merged(holds, value, other, path.context.settings)


def _connected(path: Path, op: ast.boolop, parts: list[ast.expr], scope: Scope) -> Term:
    """`and` and `or`: each part is looked at only where the parts before it leave it open."""
    is_and = isinstance(op, ast.And)
    result: Term = build.truth(is_and)
    for part in parts:
        if result == build.truth(not is_and):
            break
        with path.under(result if is_and else build.negate(result)):
            term = condition(path, part, scope)
        result = build.all_of(result, term) if is_and else build.any_of(result, term)
    return result


def _compared(
    path: Path, left: ast.expr, ops: list[ast.cmpop], rest: list[ast.expr], scope: Scope
) -> Term:
    """A chain of comparisons: each but the first is looked at only where those before it hold."""
    result: Term = build.TRUE
    take = [number if isinstance(op, _ORDERS) else expression for op in ops]
    value = take[0](path, left, scope)
    for op, node, taken in zip(ops, rest, take, strict=True):
        looked_into = node
        if isinstance(op, ast.In | ast.NotIn) and isinstance(node, ast.Set):
            looked_into = ast.copy_location(ast.Tuple(node.elts, ast.Load()), node)
        with path.under(result):
            other = taken(path, looked_into, scope)
        try:
            result = build.all_of(result, comparison(op, value, other))
        except Refusal as refusal:
            raise refusal.at(node, scope.function) from None
        value = other
    return result


def _call(path: Path, node: ast.Call, scope: Scope) -> Val:
    match node:
        case ast.Call(
            func=ast.Name(id="any" | "all" | "sum" as name), args=[ast.GeneratorExp() as rows]
        ):
            return _quantified(path, name, rows, scope)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name), args=arguments):
            values = [expression(path, argument, scope) for argument in arguments]
            return _own_call(path, name, values, node, scope)
        case ast.Call(func=ast.Attribute(value=inner, attr=name), args=arguments):
            target = expression(path, inner, scope)
            values = [expression(path, argument, scope) for argument in arguments]
            if target is LEDGER and len(values) == 1:
                return look(path, name, values[0])
            return method(path, target, name, values, node)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            values = [expression(path, argument, scope) for argument in arguments]
            called = name_of(path, name, scope)
            return function(
                path, called.value if isinstance(called, Known) else None, values, node, scope
            )
        case _:
            raise Refusal("DC105", f"`{shown(node)}` cannot be called here", "", node)


def _own_call(path: Path, name: str, values: list[Val], node: ast.Call, scope: Scope) -> Val:
    """A helper of one returned expression, or `self.every(Sort)`."""
    cls = path.context.design.cls
    if name in TIMERS:
        text = f"`self.{name}` cannot be asked here"
        remedy = "Ask it in a `require` or an `if` of the step itself, joined by and, or, not."
        raise Refusal("DC115", text, remedy, node)
    match name, values:
        case "every", [Known(type() as kind)] if issubclass(kind, Things):
            return Known(things(kind, path.context.settings))
        case _:
            pass
    helper: object = getattr(cls, name, None)
    if not inspect.isfunction(helper) or hasattr(Protocol, name):
        text = f"this model has no method `{name}`"
        raise Refusal("DC106", text, did_you_mean(name, [n for n in dir(cls) if n[0] != "_"]))
    value = returned_expression(helper)
    if value is None:
        raise Refusal(
            "DC105",
            f"`self.{name}(...)` is more than one returned expression",
            "Give it a line of its own: `x = self.name(...)`.",
            node,
        )
    names: tuple[str, ...] = helper.__code__.co_varnames[1 : helper.__code__.co_argcount]
    if len(names) != len(values):
        raise Refusal("DC108", f"`{name}` takes {len(names)} arguments", "", node)
    if name in scope.path or helper is scope.function:
        raise Refusal("DC117", f"`{name}` calls itself", "Use a `while` loop.", node)
    callee = Scope((*scope.path, name), helper, cls, names)
    with path.naming(callee, dict(zip(names, values, strict=True))):
        return expression(path, value, callee)


def _quantified(path: Path, name: str, node: ast.GeneratorExp, scope: Scope) -> Val:
    """`any`, `all`, `sum` over a generator; the first two stop where they are decided."""
    rows = _rows(path, node.generators, build.TRUE, scope)
    result: Val = Known(0)
    going_on: Term = build.TRUE
    while going_on != build.FALSE:
        with path.under(going_on):
            row = next(rows, None)
        if row is None:
            break
        guard, names = row
        with path.naming(scope, names), path.under(build.all_of(going_on, guard)):
            value = expression(path, node.elt, scope)
            if name != "sum":
                holds = truth(value)
                stops = holds if name == "any" else build.negate(holds)
                going_on = build.all_of(going_on, build.negate(build.all_of(guard, stops)))
        if name == "sum":
            result = added(result, merged(guard, value, Known(0), path.context.settings), 1)
    if name == "sum":
        return result
    return flag(going_on if name == "all" else build.negate(going_on))


def _rows(
    path: Path, loops: list[ast.comprehension], guard: Term, scope: Scope
) -> Iterator[tuple[Term, Mapping[str, Val]]]:
    """Every binding of a generator's names, with when it is gone through, one at a time."""
    if not loops:
        yield guard, {}
        return
    first, *rest = loops
    if not isinstance(first.target, ast.Name):
        raise Refusal("DC105", "a loop binds one name", "Write `for m in ...`.", first.target)
    name = first.target.id
    for there, value in elements(expression(path, first.iter, scope)):
        with path.naming(scope, {name: value}):
            here = build.all_of(guard, there)
            for test in first.ifs:
                with path.under(here):
                    here = build.all_of(here, condition(path, test, scope))
            if here != build.FALSE:
                for inner, names in _rows(path, rest, here, scope):
                    yield inner, {name: value, **names}
