"""Inlining: a helper's parameters get their values when it is called, and go when it is done."""

from __future__ import annotations

import ast
from contextlib import suppress
from typing import get_type_hints

from deliverycheck.lang.hints import Refused, shape_of
from deliverycheck.lang.shapes import Shape
from deliverycheck.lift.code.flow import Scope
from deliverycheck.lift.code.liveness import Name
from deliverycheck.lift.code.refusal import Refusal
from deliverycheck.lift.steps.expressions import expression
from deliverycheck.lift.steps.path import Path
from deliverycheck.lift.values.containers import is_container
from deliverycheck.lift.values.value import Val


def enter(path: Path, call: ast.Call, scope: Scope, callee: Scope) -> None:
    """Bind the parameters of a helper. Raises Refusal."""
    values = [_argument(path, argument, scope) for argument in call.args]
    if len(values) != len(callee.parameters):
        text = f"`{callee.path[-1]}` takes {len(callee.parameters)} arguments"
        raise Refusal("DC108", text, "", call)
    pairs = zip(callee.parameters, values, strict=True)
    path.locals |= {(callee.path, name): value for name, value in pairs}
    path.declared |= _declared(path, callee)


def leave(path: Path, callee: Scope) -> None:
    """Forget the names of a helper, and of those it called."""
    depth = len(callee.path)
    inside = [key for key in path.locals if key[0][:depth] == callee.path]
    path.locals = {k: v for k, v in path.locals.items() if k not in inside}


def _argument(path: Path, node: ast.expr, scope: Scope) -> Val:
    value = expression(path, node, scope)
    if is_container(value):
        text = "a helper cannot be given a container: it would be a second name for the field"
        raise Refusal("DC108", text, "Let the helper use the field itself.", node)
    return value


def _declared(path: Path, callee: Scope) -> dict[Name, Shape]:
    """The shapes of a helper's parameters, as far as their hints say any."""
    found: dict[Name, Shape] = {}
    try:
        hints = get_type_hints(callee.function, include_extras=True)
    except (NameError, TypeError, AttributeError):
        return found
    for name in callee.parameters:
        with suppress(Refused):
            found[callee.path, name] = shape_of(hints.get(name), path.context.settings)
    return found
