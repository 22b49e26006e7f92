"""Expressions: from syntax to a value, in the state a path has reached.

Nothing here changes that state; where Python would raise, the path notes a mishap and goes on
where it would not.
"""

from __future__ import annotations

import ast
import builtins
import inspect
from collections.abc import Iterator, Mapping
from enum import Enum

from deliverycheck.errors import did_you_mean
from deliverycheck.lang.domains import Message
from deliverycheck.lang.domains import Sort as Things
from deliverycheck.lang.hints import things
from deliverycheck.lang.protocol import Protocol
from deliverycheck.lang.shapes import Choice, Integer, Perhaps
from deliverycheck.lift.calls import attribute, function, item, method
from deliverycheck.lift.containers import elements, member, truth
from deliverycheck.lift.equality import merged, same
from deliverycheck.lift.flow import TIMERS, Scope
from deliverycheck.lift.helpers import returned_expression
from deliverycheck.lift.ledger import look
from deliverycheck.lift.numbers import added, ordered
from deliverycheck.lift.path import Path
from deliverycheck.lift.refusal import Refusal, shown
from deliverycheck.lift.values import NOTHING, Known, Several, Sym, Val, flag
from deliverycheck.system import build
from deliverycheck.system.terms import Term

_ORDERS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)

_LEDGER = Known(object())
"""What `self.ledger` is, until it is asked something."""


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
            return _name(path, name, scope)
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            return _own(path, name)
        case ast.Attribute(value=inner, attr=name):
            return attribute(path, expression(path, inner, scope), name, node, scope)
        case ast.Subscript(value=inner, slice=index):
            target, key = expression(path, inner, scope), expression(path, index, scope)
            return item(path, target, key, node, scope)
        case ast.List(elts=[]):
            return Known([])
        case ast.Dict(keys=[]):
            return Known({})
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            return Several(tuple(expression(path, part, scope) for part in parts))
        case ast.BoolOp(op=op, values=parts):
            return flag(_connected(path, op, parts, scope))
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return flag(build.negate(condition(path, inner, scope)))
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return added(Known(0), number(path, inner, scope), -1)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            sign = 1 if isinstance(op, ast.Add) else -1
            return added(number(path, left, scope), number(path, right, scope), sign)
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


def _name(path: Path, name: str, scope: Scope) -> Val:
    found = path.locals.get((scope.path, name))
    if found is not None:
        return found
    code, namespace = scope.function.__code__, scope.function.__globals__
    if name in code.co_varnames:
        text = f"`{name}` may have no value here"
        raise Refusal("DC106", text, "Give it one on every way that leads here.")
    if name in namespace:
        return Known(namespace[name])
    if hasattr(builtins, name):
        return Known(getattr(builtins, name))
    known = [*code.co_varnames, *namespace]
    raise Refusal("DC106", f"there is no `{name}`", did_you_mean(name, known))


def _own(path: Path, name: str) -> Val:
    context = path.context
    if name in context.fields:
        return path.read_field(name)
    if name == "messages":
        return Known(things(Message, context.settings))
    if name in context.settings:
        return Known(context.settings[name])
    if name == "ledger":
        if path.in_property:
            return _LEDGER
        raise Refusal(
            "DC119",
            "a step cannot look into the ledger: no protocol knows what really happened",
            "Keep a field of your own; only `@always` and `@sometimes` read the ledger.",
        )
    known = [*context.fields, *(s for s in context.settings if s != "messages")]
    text = f"this model has no field or setting `{name}`"
    raise Refusal("DC107", text, did_you_mean(name, known))


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
        with path.under(result):
            other = taken(path, node, scope)
        try:
            result = build.all_of(result, _comparison(op, value, other))
        except Refusal as refusal:
            raise refusal.at(node, scope.function) from None
        value = other
    return result


def _comparison(op: ast.cmpop, left: Val, right: Val) -> Term:
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
            if target is _LEDGER and len(values) == 1:
                return look(path, name, values[0])
            return method(path, target, name, values, node)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            values = [expression(path, argument, scope) for argument in arguments]
            called = _name(path, name, scope)
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
    parts: list[tuple[Term, Val]] = []
    for guard, names in list(_rows(path, node.generators, build.TRUE, scope)):
        with path.naming(scope, names), path.under(guard):
            parts.append((guard, expression(path, node.elt, scope)))
    if name == "any":
        return flag(build.any_of(*(build.all_of(guard, truth(value)) for guard, value in parts)))
    if name == "all":
        return flag(build.all_of(*(build.implies(guard, truth(value)) for guard, value in parts)))
    result: Val = Known(0)
    for guard, value in parts:
        result = added(result, merged(guard, value, Known(0), path.context.settings), 1)
    return result


def _rows(
    path: Path, loops: list[ast.comprehension], guard: Term, scope: Scope
) -> Iterator[tuple[Term, Mapping[str, Val]]]:
    """Every binding of a generator's names, with when it is gone through."""
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
            found = [] if here == build.FALSE else list(_rows(path, rest, here, scope))
        for inner, names in found:
            yield inner, {name: value, **names}
