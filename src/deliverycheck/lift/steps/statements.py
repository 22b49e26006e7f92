"""Simple statements: what one line of a step does to the state a path has reached."""

from __future__ import annotations

import ast

from deliverycheck.errors import did_you_mean
from deliverycheck.lang.hints import Refused, shape_of
from deliverycheck.lang.shapes import Shape
from deliverycheck.lift.code.flow import Scope
from deliverycheck.lift.code.hints import hint_of
from deliverycheck.lift.code.refusal import Refusal, shown
from deliverycheck.lift.steps.changes import assign_item, change, field_shape, fitted, popped
from deliverycheck.lift.steps.expressions import expression, number
from deliverycheck.lift.steps.ledger import VERBS, say
from deliverycheck.lift.steps.path import Path
from deliverycheck.lift.values.containers import is_container
from deliverycheck.lift.values.numbers import added
from deliverycheck.lift.values.value import Known, Sym, Val, describe


def perform(path: Path, node: ast.stmt, scope: Scope) -> bool:
    """Perform a statement; False if the step is not enabled by it. Raises Refusal."""
    try:
        return _perform(path, node, scope)
    except Refusal as refusal:
        raise refusal.at(node, scope.function) from None


def _perform(path: Path, node: ast.stmt, scope: Scope) -> bool:
    match node:
        case ast.Assign(targets=[target], value=value):
            taken = popped(path, value, scope)
            assign(path, target, taken or expression(path, value, scope), scope)
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
            path.declared[(scope.path, name)] = _declared(path, annotation, scope)
            if value is not None:
                taken = popped(path, value, scope)
                assign(path, node.target, taken or expression(path, value, scope), scope)
        case ast.AugAssign(target=target, op=ast.Add() | ast.Sub() as op, value=value):
            now = number(path, _as_load(target), scope)
            sign = 1 if isinstance(op, ast.Add) else -1
            assign(path, target, added(now, number(path, value, scope), sign), scope)
        case ast.Expr(value=ast.Call() as call):
            return _call(path, call, scope)
        case _:
            raise Refusal("DC104", f"`{shown(node)}` is not part of the language")
    return True


def _declared(path: Path, annotation: ast.expr, scope: Scope) -> Shape:
    try:
        return shape_of(hint_of(annotation, scope.function), path.context.settings)
    except Refused as refused:
        raise Refusal(refused.code, refused.message, refused.remedy, annotation) from None


def _as_load(target: ast.expr) -> ast.expr:
    match target:
        case ast.Name(id=name):
            return ast.copy_location(ast.Name(name, ast.Load()), target)
        case ast.Attribute(value=value, attr=name):
            return ast.copy_location(ast.Attribute(value, name, ast.Load()), target)
        case ast.Subscript(value=value, slice=index):
            return ast.copy_location(ast.Subscript(value, index, ast.Load()), target)
        case _:
            raise Refusal("DC104", f"`{shown(target)}` cannot be assigned")


def assign(path: Path, target: ast.expr, value: Val, scope: Scope) -> None:
    """`target = value`. Raises Refusal."""
    match target:
        case ast.Name(id=name):
            bind(path, name, value, scope)
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            if isinstance(value, Sym) and is_container(value):
                text = f"`{shown(target)}` would become a second name for the same container"
                raise Refusal("DC108", text, "Copy what is in it, item by item.")
            path.write_field(name, fitted(path, value, field_shape(path, name), scope, target))
            path.tell("write", name, describe(value))
        case ast.Subscript(value=ast.Attribute(value=ast.Name(id="self"), attr=name), slice=index):
            key = expression(path, index, scope)
            assign_item(path, name, key, value, scope, target)
            path.tell(
                "write",
                name if describe(key) == "?" else f"{name}[{describe(key)}]",
                describe(value),
            )
        case _:
            text = f"`{shown(target)}` cannot be assigned"
            raise Refusal("DC104", text, "Assign fields, `self.d[k]`, and local names; one a line.")


def bind(path: Path, name: str, value: Val, scope: Scope) -> None:
    """Give a local name a value. Raises Refusal."""
    if name in scope.parameters:
        text = f"`{name}` is a parameter and cannot change"
        raise Refusal("DC118", text, "Use another name.")
    if is_container(value):
        text = "a local name cannot stand for a container: it would be a second name for the field"
        raise Refusal("DC108", text, "Use the field itself.")
    shape = path.declared.get((scope.path, name))
    if shape is not None and not isinstance(value, Known):
        value = Sym(shape, fitted(path, value, shape, scope, None))
    path.locals[(scope.path, name)] = value


def _call(path: Path, call: ast.Call, scope: Scope) -> bool:
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=verb), args=arguments):
            values = [expression(path, argument, scope) for argument in arguments]
            if verb in VERBS and len(values) == 1:
                return say(path, verb, values[0])
            known = [*VERBS, *(n for n in dir(path.context.design.cls) if n[0] != "_")]
            text = f"`{shown(call)}` is nothing a step can do"
            raise Refusal("DC106", text, did_you_mean(verb, known))
        case ast.Call(
            func=ast.Attribute(
                value=ast.Attribute(value=ast.Name(id="self"), attr=name), attr=verb
            ),
            args=arguments,
        ):
            values = [expression(path, argument, scope) for argument in arguments]
            return change(path, name, verb, values, call, scope)
        case _:
            text = f"`{shown(call)}` is nothing a step can do"
            remedy = (
                "A step changes fields, uses channels, speaks to the ledger, calls own methods."
            )
            raise Refusal("DC106", text, remedy)
