"""Walking: from one yield to the next, along every path; one path through a step, one action."""

from __future__ import annotations

import ast
from contextlib import suppress
from dataclasses import dataclass
from typing import assert_never, get_type_hints

from deliverycheck.lang.domains import Sort as Things
from deliverycheck.lang.hints import Refused, shape_of
from deliverycheck.lang.shapes import Shape
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
    Label,
    Leave,
    Loop,
    Next,
    Run,
    Scope,
    Stop,
)
from deliverycheck.lift.code.liveness import Name
from deliverycheck.lift.code.refusal import Refusal
from deliverycheck.lift.steps.expressions import condition, expression
from deliverycheck.lift.steps.path import Path, Timer
from deliverycheck.lift.steps.statements import assign, bind, perform
from deliverycheck.lift.values.containers import elements, is_container
from deliverycheck.lift.values.value import NOTHING, Known, Val
from deliverycheck.system import build
from deliverycheck.system.sorts import BOOL
from deliverycheck.system.terms import Term, Var

MOST_ROUNDS = 40
"""Rounds of `while` in one atomic step; more is a loop that never yields."""

MOST_PATHS = 5000
"""Ways through one atomic step; more would make the system as large as the product of its tests."""

Loops = dict[Label, list[Val]]
"""What each `for` that was begun has still to go through."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A path that reached the end of its step, and where the process stands then, if it goes on."""

    path: Path
    place: str | None


@dataclass(slots=True)
class _Front:
    """How far a path has come."""

    at: int
    path: Path
    loops: Loops
    given: Val = NOTHING
    rounds: int = 0

    def fork(self, at: int, path: Path) -> _Front:
        """Another path from here."""
        loops = {loop: list(rest) for loop, rest in self.loops.items()}
        return _Front(at, path, loops, self.given, self.rounds)


def walk(flow: Flow, start: int, path: Path, refused: list[Refusal]) -> list[Finished]:
    """Every path from an instruction to the end of its step.

    An instruction that is refused is noted and left out, so that one walk finds all refusals.
    """
    finished: list[Finished] = []
    work = [_Front(start, path, {})]
    while work:
        front = work.pop()
        while True:
            instruction = flow.code[front.at]
            if isinstance(instruction, Stop | End):
                place = instruction.place if isinstance(instruction, Stop) else None
                finished.append(Finished(front.path, place))
                break
            too_large = _too_large(front, instruction, finished, flow)
            if too_large is not None:
                refused += [] if refused else [too_large]  # it may follow from what was left out
                return finished
            try:
                if not _advance(front, instruction, work):
                    break
            except Refusal as refusal:
                scope = getattr(instruction, "scope", flow.scope)
                refused.append(refusal.at(source_of(instruction), scope.function))
                if isinstance(instruction, Loop):
                    front.loops[instruction.loop] = []
                front.at += 1
    return finished


def source_of(instruction: Instruction) -> ast.AST:
    """The piece of source an instruction was made from."""
    match instruction:
        case Run(node, _) | Stop(_, node):
            return node
        case Demand(test, _) | Branch(test, _, _):
            return test
        case Ask(_, node, _, _) | Loop(node, _, _) | Next(_, node, _, _, _):
            return node
        case Enter(call, _, _, _):
            return call
        case Give(value, _) | Leave(_, value, _):
            return value or ast.Pass()
        case Jump() | Blocked() | End():
            return ast.Pass()
    assert_never(instruction)


def _too_large(
    front: _Front, instruction: Instruction, finished: list[Finished], flow: Flow
) -> Refusal | None:
    """The refusal of a step that has no end, or too many ways through it."""
    front.rounds += isinstance(instruction, Branch) and instruction.loop
    scope = getattr(instruction, "scope", flow.scope)
    if front.rounds > MOST_ROUNDS:
        text = "this step never ends: a loop goes on without a `yield`"
        remedy = 'Put `yield "..."` into the loop, or count with a `for`.'
        return Refusal("DC114", text, remedy).at(source_of(instruction), scope.function)
    if len(finished) > MOST_PATHS:
        text = f"there are more than {MOST_PATHS} ways through this step"
        remedy = "Put a `yield` in between, or decide fewer things at once."
        return Refusal("DC110", text, remedy).at(source_of(instruction), scope.function)
    return None


def _advance(front: _Front, instruction: Instruction, work: list[_Front]) -> bool:
    """Perform one instruction; False if the path ends there. Other paths go to `work`."""
    path = front.path
    match instruction:
        case Blocked() | Stop() | End():
            return False
        case Jump(to):
            front.at = to.at
            return True
        case Branch(test, scope, otherwise):
            term = condition(path, test, scope)
            if term == build.FALSE:
                front.at = otherwise.at
                return True
            other = path.fork()
            if other.assume(build.negate(term)):
                work.append(front.fork(otherwise.at, other))
            going = path.assume(term)
        case Ask(fault, subject, scope, otherwise):
            going = _ask(front, fault, expression(path, subject, scope), otherwise, work)
        case Demand(test, scope):
            going = path.assume(condition(path, test, scope))
        case Loop(iterable, scope, loop):
            front.loops[loop] = _known(elements(expression(path, iterable, scope)))
            going = True
        case Next(target, _, scope, loop, exhausted):
            if not front.loops[loop]:
                front.at = exhausted.at
                return True
            bind(path, target, front.loops[loop].pop(0), scope)
            going = True
        case Give(value, scope):
            front.given = NOTHING if value is None else expression(path, value, scope)
            going = True
        case Run(node, scope):
            going = perform(path, node, scope)
        case Enter(call, scope, callee, _):
            values = [_argument(path, argument, scope) for argument in call.args]
            if len(values) != len(callee.parameters):
                text = f"`{callee.path[-1]}` takes {len(callee.parameters)} arguments"
                raise Refusal("DC108", text, "", call)
            pairs = zip(callee.parameters, values, strict=True)
            path.locals |= {(callee.path, name): value for name, value in pairs}
            path.declared |= _declared(path, callee)
            front.given = NOTHING
            going = True
        case Leave(callee, target, scope):
            depth = len(callee.path)
            inside = [key for key in path.locals if key[0][:depth] == callee.path]
            path.locals = {k: v for k, v in path.locals.items() if k not in inside}
            if target is not None:
                assign(path, target, front.given, scope)
            front.given = NOTHING
            going = True
        case _:
            assert_never(instruction)
    front.at += 1
    return going


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


def _ask(front: _Front, fault: str, subject: Val, otherwise: Label, work: list[_Front]) -> bool:
    """Three ways on: the timer is due; it is not, and stays quiet; it is not, but fires early."""
    path = front.path
    if path.in_fault:
        raise Refusal("DC115", "a fault asks no timer", "Faults strike when they like.")
    if path.asked:
        raise Refusal("DC115", "a step asks one timer only, once", "Split it into two actions.")
    path.asked = True
    calm = quiet(path, fault, _subject(subject))
    no, early = path.fork(), path.fork()
    if no.assume(build.negate(calm)):
        work.append(front.fork(otherwise.at, no))
    early.fault = fault
    if early.assume(build.negate(calm)):
        work.append(front.fork(front.at + 1, early))
    return path.assume(calm)


def quiet(path: Path, fault: str, subject: Things) -> Var:
    """Stands for "the timer is due" until all processes are known."""
    timers = path.context.timers
    name = f"timer {len(timers)}"
    process = f"{path.actor}.{path.process}"
    timers[name] = Timer(fault, subject, path.actor, process, dict(path.store))
    return Var(name, BOOL)


def _known(rows: list[tuple[Term, Val]]) -> list[Val]:
    """A `for` loop is written out, so what it goes through must not depend on the state."""
    if any(there != build.TRUE for there, _ in rows):
        raise Refusal(
            "DC104",
            "a `for` loop cannot go through what changes while the model runs",
            "Write `for m in self.messages:` and test inside: `if m in self.outbox:`.",
        )
    return [value for _, value in rows]


def _subject(value: Val) -> Things:
    if isinstance(value, Known) and isinstance(value.value, Things):
        return value.value
    text = "a timer is about a message that is known when the step starts"
    raise Refusal("DC115", text, "Make the message a parameter of the action.")
