"""The type hint of a local name, from syntax: its names are looked up, nothing is evaluated."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from typing import Any

from deliverycheck.lift.code.refusal import Refusal, shown


def hint_of(node: ast.expr, function: Callable[..., object]) -> object:
    """The object a hint stands for. Raises Refusal."""
    try:
        return _hint(node, function)
    except (AttributeError, TypeError, LookupError, ValueError) as error:
        text = f"the type hint `{shown(node)}` cannot be read: {error}"
        raise Refusal("DC109", text, "Name the type at the top of the file.", node) from None


def _hint(node: ast.expr, function: Callable[..., object]) -> Any:
    """Any, because a hint may be subscripted and joined by `|`, which only Python itself checks."""
    namespace = function.__globals__
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name) if name in namespace:
            return namespace[name]
        case ast.Name(id=name) if hasattr(builtins, name):
            return getattr(builtins, name)
        case ast.Attribute(value=inner, attr=name):
            return getattr(_hint(inner, function), name)
        case ast.Subscript(value=inner, slice=ast.Tuple(elts=parts)):
            return _hint(inner, function)[tuple(_hint(part, function) for part in parts)]
        case ast.Subscript(value=inner, slice=part):
            return _hint(inner, function)[_hint(part, function)]
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _hint(left, function) | _hint(right, function)
        case ast.Call(func=called, args=arguments, keywords=[]):
            return _hint(called, function)(*(_hint(argument, function) for argument in arguments))
        case _:
            text = f"the type hint `{shown(node)}` cannot be read"
            raise Refusal("DC109", text, "Name the type at the top of the file.", node)
