"""Helpers: the own methods a step calls."""

from __future__ import annotations

import ast
import inspect

from deliverycheck.lang.protocol import Protocol
from deliverycheck.lang.source import function_node
from deliverycheck.lift.flow import Function, Scope


def helper_of(cls: type[Protocol], call: ast.Call, scope: Scope) -> tuple[Function, type] | None:
    """The own method (or that of `super()`) a call goes to, with the class that defines it."""
    match call.func:
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            candidates = cls.__mro__
        case ast.Attribute(
            value=ast.Call(func=ast.Name(id="super"), args=[], keywords=[]), attr=name
        ):
            mro = cls.__mro__
            candidates = mro[mro.index(scope.owner) + 1 :]
        case _:
            return None
    for base in candidates:
        found = vars(base).get(name)
        if base is not Protocol and inspect.isfunction(found):
            return (found, base) if issubclass(base, Protocol) else None
    return None


def returned_expression(function: Function) -> ast.expr | None:
    """The expression a helper consists of, if it is but `return ...`."""
    node = function_node(function)
    body = [s for s in node.body if not _is_docstring(s)] if node else []
    match body:
        case [ast.Return(value=value)]:
            return value
        case _:
            return None


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
