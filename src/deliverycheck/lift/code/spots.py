"""Spots: where in the author's source something stands, and what only a setting decides."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from deliverycheck.lang.protocol import Protocol
from deliverycheck.lang.source import function_node
from deliverycheck.lift.code.flow import Flow, Function, Scope, Stop
from deliverycheck.lift.code.helpers import helper_of
from deliverycheck.lift.code.liveness import following
from deliverycheck.lift.code.refusal import shown


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A piece of the author's source."""

    file: str
    line: int
    text: str
    turned: bool = False
    """Whether a setting is mentioned: with another value it may mean something else."""


def spot_of(node: ast.AST, function: Function, text: str | None = None) -> Spot:
    """Where a piece of a function stands."""
    code = function.__code__
    line: int = getattr(node, "lineno", code.co_firstlineno)
    return Spot(code.co_filename, line, shown(node) if text is None else text)


def is_turned(
    cls: type[Protocol],
    node: ast.AST,
    scope: Scope,
    settings: Collection[str],
    known: frozenset[str] = frozenset(),
) -> bool:
    """Whether an expression, a helper it calls, or a local name in it, mentions a setting.

    Of the names that are `known`, that is asked already.
    """
    for part in ast.walk(node):
        match part:
            case ast.Name(id=name) if name not in known:
                given = _assigned(scope.function, name)
                if any(is_turned(cls, one, scope, settings, known | {name}) for one in given):
                    return True
            case ast.Attribute(value=ast.Name(id="self"), attr=name) if name in settings:
                if name != "messages":
                    return True
            case ast.Call():
                found = helper_of(cls, part, scope)
                if found is None or found[0] in (scope.function, *scope.callers):
                    continue
                function, owner = found
                inner = Scope((), function, owner, (), (*scope.callers, scope.function))
                body = function_node(function)
                if body is not None and is_turned(cls, body, inner, settings):
                    return True
            case _:
                pass
    return False


def _assigned(function: Function, name: str) -> Iterator[ast.expr]:
    """What a function assigns to a local name."""
    for node in ast.walk(function_node(function) or ast.Pass()):
        match node:
            case ast.Assign(targets=targets, value=value):
                if any(isinstance(one, ast.Name) and one.id == name for one in targets):
                    yield value
            case ast.AnnAssign(target=ast.Name(id=own), value=ast.expr() as value) if own == name:
                yield value
            case _:
                pass


def reached(
    flow: Flow,
    starts: Iterable[int],
    *,
    beyond: bool,
    without: Collection[tuple[int, int]] = (),
) -> set[int]:
    """The code that may run from some instructions on; `beyond` their step, or only in it.

    No way leads along what it is looked at `without`: from one instruction right to another.
    """
    found: set[int] = set()
    work = [at for at in starts if at < len(flow.code)]
    while work:
        at = work.pop()
        if at in found:
            continue
        found.add(at)
        instruction = flow.code[at]
        if beyond or not isinstance(instruction, Stop):
            work += (to for to in following(at, instruction) if (at, to) not in without)
    return found
