"""Helpers: the own methods a step calls, and what can be told of code by looking at it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

from deliverycheck.lang.protocol import Protocol
from deliverycheck.lang.source import function_node
from deliverycheck.lift.code.flow import TIMERS, Flow, Function, Scope, Stop
from deliverycheck.lift.code.refusal import Refusal


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


def asks(test: ast.expr) -> bool:
    """Whether a timer is asked anywhere in the expression."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in TIMERS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "self"
        for node in ast.walk(test)
    )


def repeated_places(flow: Flow) -> Iterator[Refusal]:
    """Places of a process that cannot be told apart by their names."""
    seen = {"idle"}
    for instruction in flow.code:
        if isinstance(instruction, Stop):
            if instruction.place in seen:
                text = f"two places are called `{instruction.place}`"
                if instruction.place == "idle":
                    text = "`idle` is the place of a process that does not run"
                remedy = "Give each `yield` of a process its own name."
                yield Refusal("DC113", text, remedy, instruction.node)
            seen.add(instruction.place)
