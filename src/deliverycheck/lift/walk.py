"""Walking: from one yield to the next, along every path; one path through a step, one action."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from deliverycheck.lang.domains import Sort as Things
from deliverycheck.lift.containers import elements
from deliverycheck.lift.expressions import condition, expression
from deliverycheck.lift.flow import (
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
    Stop,
)
from deliverycheck.lift.path import Path
from deliverycheck.lift.refusal import Refusal
from deliverycheck.lift.statements import assign, perform
from deliverycheck.lift.values import NOTHING, Known, Val
from deliverycheck.system import build
from deliverycheck.system.sorts import BOOL
from deliverycheck.system.terms import Term, Var

LONGEST_STEP = 2000
"""Instructions in one atomic step; more is a loop that never yields."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A path that reached the end of its step, and where the process stands then, if it goes on."""

    path: Path
    place: str | None


def quiet(path: Path, subject: Things) -> Var:
    """Stands for "nothing about `subject` is under way" until all processes are known."""
    process = f"{path.actor}.{path.process}"
    name = f"quiet({type(subject).__name__}.{subject}, {process})"
    path.context.timers[name] = (subject, process)
    return Var(name, BOOL)


def walk(flow: Flow, start: int, path: Path) -> Iterator[Finished]:
    """Every path from an instruction to the end of the step. Raises Refusal, as (refusal, function)
    pairs are made by the caller."""
    work: list[tuple[int, Path, int, dict[object, list[Val]], Val]] = [
        (start, path, 0, {}, NOTHING)
    ]
    while work:
        at, path, steps, loops, given = work.pop()
        while True:
            steps += 1
            if steps > LONGEST_STEP:
                raise Refusal(
                    "DC114",
                    "this step never ends: a loop goes on without a `yield`",
                    'Put `yield "..."` into the loop, or count with a `for`.',
                )
            instruction = flow.code[at]
            match instruction:
                case Stop(place):
                    yield Finished(path, place)
                    break
                case End():
                    yield Finished(path, None)
                    break
                case Blocked():
                    break
                case Jump(to):
                    at = to.at
                case Branch(test, scope, otherwise):
                    term = condition(path, test, scope)
                    if term == build.FALSE:
                        at = otherwise.at
                        continue
                    other = path.fork()
                    if other.assume(build.negate(term)):
                        work.append((otherwise.at, other, steps, _copied(loops), given))
                    if not path.assume(term):
                        break
                    at += 1
                case Ask(fault, subject, scope, otherwise):
                    thing = _subject(expression(path, subject, scope), subject)
                    calm = quiet(path, thing)
                    if path.asked:
                        raise Refusal(
                            "DC115",
                            "a step asks one timer only, once",
                            "Split it into two actions.",
                            subject,
                        )
                    path.asked = True
                    no, early = path.fork(), path.fork()
                    if no.assume(build.negate(calm)):
                        work.append((otherwise.at, no, steps, _copied(loops), given))
                    early.fault = fault
                    if early.assume(build.negate(calm)):
                        work.append((at + 1, early, steps, _copied(loops), given))
                    if not path.assume(calm):
                        break
                    at += 1
                case Demand(test, scope):
                    if not path.assume(condition(path, test, scope)):
                        break
                    at += 1
                case Loop(iterable, scope, loop):
                    loops[loop] = _known(elements(expression(path, iterable, scope)), iterable)
                    at += 1
                case Next(target, scope, loop, exhausted):
                    if loops[loop]:
                        path.locals[(scope.path, target)] = loops[loop].pop(0)
                        at += 1
                    else:
                        at = exhausted.at
                case Give(value, scope):
                    given = NOTHING if value is None else expression(path, value, scope)
                    at += 1
                case Run() | Enter() | Leave():
                    if not _simple(path, instruction, given):
                        break
                    given = given if isinstance(instruction, Run) else NOTHING
                    at += 1
                case _:
                    assert_never(instruction)


def _simple(path: Path, instruction: Run | Enter | Leave, given: Val) -> bool:
    match instruction:
        case Run(node, scope):
            return perform(path, node, scope)
        case Enter(call, scope, callee, _):
            values = [expression(path, argument, scope) for argument in call.args]
            if len(values) != len(callee.parameters):
                text = f"`{callee.path[-1]}` takes {len(callee.parameters)} arguments"
                raise Refusal("DC108", text, "", call)
            pairs = zip(callee.parameters, values, strict=True)
            path.locals |= {(callee.path, name): value for name, value in pairs}
        case Leave(callee, target, scope):
            depth = len(callee.path)
            path.locals = {
                key: value for key, value in path.locals.items() if key[0][:depth] != callee.path
            }
            if target is not None:
                assign(path, target, given, scope)
    return True


def _copied(loops: dict[object, list[Val]]) -> dict[object, list[Val]]:
    return {key: list(rest) for key, rest in loops.items()}


def _known(rows: list[tuple[Term, Val]], node: ast.expr) -> list[Val]:
    """A `for` loop is written out, so what it goes through must not depend on the state."""
    if any(there != build.TRUE for there, _ in rows):
        raise Refusal(
            "DC104",
            "a `for` loop cannot go through what changes while the model runs",
            "Write `for m in self.messages:` and test inside: `if m in self.outbox:`.",
            node,
        )
    return [value for _, value in rows]


def _subject(value: Val, node: ast.expr) -> Things:
    if isinstance(value, Known) and isinstance(value.value, Things):
        return value.value
    text = "a timer is about a message that is known when the step starts"
    raise Refusal("DC115", text, "Make the message a parameter of the action.", node)


def reads(instruction: Instruction) -> Iterator[tuple[tuple[str, ...], str]]:
    """The local names an instruction looks at, each with its scope."""
    match instruction:
        case Run(node, scope) | Demand(node, scope) | Branch(node, scope, _):
            nodes: list[ast.AST] = [node]
        case Ask(_, node, scope, _) | Loop(node, scope, _):
            nodes = [node]
        case Give(value, scope):
            nodes = [value] if value else []
        case Enter(call, scope, _, _):
            nodes = list(call.args)
        case _:
            return
    for root in nodes:
        for part in ast.walk(root):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
                yield scope.path, part.id
            if isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name):
                yield scope.path, part.target.id
