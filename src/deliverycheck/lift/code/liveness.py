"""Liveness: which local names may still be read, by the classic backward analysis."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import assert_never

from deliverycheck.lift.code.flow import (
    Ask,
    Blocked,
    Branch,
    Demand,
    End,
    Enter,
    Flow,
    Give,
    Instruction,
    Jump,
    Leave,
    Loop,
    Next,
    Run,
    Scope,
    Stop,
)

Name = tuple[tuple[str, ...], str]
"""A local name: the path of the helper it is in, and itself."""


def live_names(flow: Flow) -> list[set[Name]]:
    """For each instruction, the names that may be read from there on before they are written."""
    live: list[set[Name]] = [set() for _ in (*flow.code, None)]
    changed = True
    while changed:
        changed = False
        for at in range(len(flow.code) - 1, -1, -1):
            instruction = flow.code[at]
            after = set[Name]().union(*(live[to] for to in following(at, instruction)))
            before = set(_reads(instruction)) | (after - set(_writes(instruction)))
            if isinstance(instruction, Enter | Leave):
                depth = len(instruction.callee.path)
                before = {n for n in before if n[0][:depth] != instruction.callee.path}
            if before != live[at]:
                live[at] = before
                changed = True
    return live


def written_names(flow: Flow) -> set[Name]:
    """Every name some instruction gives a value."""
    return {name for instruction in flow.code for name in _writes(instruction)}


def following(at: int, instruction: Instruction) -> tuple[int, ...]:
    """Where the code may go on."""
    match instruction:
        case Jump(to):
            return (to.at,)
        case Branch(_, _, otherwise) | Ask(_, _, _, otherwise, _):
            return (at + 1, otherwise.at)
        case Next(_, _, _, _, exhausted):
            return (at + 1, exhausted.at)
        case End() | Blocked():
            return ()
        case Run() | Demand() | Loop() | Enter() | Give() | Leave() | Stop():
            return (at + 1,)
    assert_never(instruction)


def _reads(instruction: Instruction) -> Iterator[Name]:
    match instruction:
        case Run(node, scope):
            yield from _loads(node, scope)
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                yield scope.path, node.target.id
        case Demand(test, scope) | Branch(test, scope, _):
            yield from _loads(test, scope)
        case Ask(_, node, scope, _, _) | Loop(node, scope, _):
            yield from _loads(node, scope)
        case Give(value, scope):
            if value is not None:
                yield from _loads(value, scope)
        case Enter(call, scope, _, _):
            for argument in call.args:
                yield from _loads(argument, scope)
        case Jump() | Next() | Leave() | Stop() | Blocked() | End():
            return


def _writes(instruction: Instruction) -> Iterator[Name]:
    match instruction:
        case Run(ast.Assign(targets=[ast.Name(id=name)]), scope):
            yield scope.path, name
        case Run(ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()), scope):
            yield scope.path, name
        case Run(ast.AugAssign(target=ast.Name(id=name)), scope):
            yield scope.path, name
        case Next(name, _, scope, _, _):
            yield scope.path, name
        case Enter(_, _, callee, _):
            for name in callee.parameters:
                yield callee.path, name
        case Leave(_, ast.Name(id=name), scope):
            yield scope.path, name
        case _:
            return


def _loads(node: ast.AST, scope: Scope) -> Iterator[Name]:
    """The names a piece of source looks up; those a generator binds are its own."""
    bound = {
        part.target.id
        for part in ast.walk(node)
        if isinstance(part, ast.comprehension) and isinstance(part.target, ast.Name)
    }
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) and part.id not in bound:
            yield scope.path, part.id
