"""Walking: from one yield to the next, along every path; one path through a step, one action."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
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
    Label,
    Leave,
    Loop,
    Next,
    Run,
    Stop,
)
from deliverycheck.lift.code.refusal import Refusal
from deliverycheck.lift.steps.demands import demand, quiet, spot
from deliverycheck.lift.steps.expressions import condition, expression
from deliverycheck.lift.steps.inlining import enter, leave
from deliverycheck.lift.steps.path import Path
from deliverycheck.lift.steps.statements import assign, bind, perform
from deliverycheck.lift.values.containers import elements
from deliverycheck.lift.values.value import NOTHING, Val
from deliverycheck.system import build
from deliverycheck.system.terms import Term

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
class Log:
    """What the walks through a method leave behind, besides the paths that were finished."""

    refused: list[Refusal] = field(default_factory=list[Refusal])
    cut: list[Path] = field(default_factory=list[Path])
    """Paths that some test ended for good, as far as they came."""
    off: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])
    """Ways on from a test that a setting decides, which are never gone: the test, and where to."""
    barred: set[int] = field(default_factory=set[int])
    """Where those lead that go on from a `require`."""


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


def walk(flow: Flow, start: int, path: Path, log: Log) -> list[Finished]:
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
                log.refused += [] if log.refused else [too_large]  # what was left out may cause it
                return finished
            try:
                if not _advance(front, instruction, work, flow, log):
                    if not isinstance(instruction, Blocked):
                        _cut(log, front.path)
                    break
            except Refusal as refusal:
                scope = getattr(instruction, "scope", flow.scope)
                log.refused.append(refusal.at(source_of(instruction), scope.function))
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
        case Ask(_, node, _, _, _) | Loop(node, _, _) | Next(_, node, _, _, _):
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


def _advance(
    front: _Front, instruction: Instruction, work: list[_Front], flow: Flow, log: Log
) -> bool:
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
            if term in (build.TRUE, build.FALSE) and spot(path, test, scope).turned:
                log.off.add((front.at, front.at + 1 if term == build.FALSE else otherwise.at))
            if term == build.FALSE:
                front.at = otherwise.at
                return True
            other = path.fork()
            if other.assume(build.negate(term)):
                work.append(front.fork(otherwise.at, other))
            elif term != build.TRUE:
                _cut(log, other)
            going = path.assume(term)
        case Ask():
            required = isinstance(flow.code[instruction.otherwise.at], Blocked)
            going = _ask(front, instruction, work, required=required)
        case Demand(test, scope):
            passed = len(path.gates)
            going = demand(path, test, scope)
            if not going and any(
                gate.term == build.FALSE and gate.spot is not None and gate.spot.turned
                for gate in path.gates[passed:]
            ):
                log.off.add((front.at, front.at + 1))
                log.barred.add(front.at + 1)
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
            enter(path, call, scope, callee)
            front.given = NOTHING
            going = True
        case Leave(callee, target, scope):
            leave(path, callee)
            if target is not None:
                assign(path, target, front.given, scope)
            front.given = NOTHING
            going = True
        case _:
            assert_never(instruction)
    front.at += 1
    return going


def _cut(log: Log, path: Path) -> None:
    """Note a path that ends here: a condition of its author may have a part in that."""
    if any(gate.spot is not None for gate in path.gates):
        log.cut.append(path)


def _ask(front: _Front, asked: Ask, work: list[_Front], *, required: bool) -> bool:
    """Three ways on: the timer is due; it is not, and stays quiet; it is not, but fires early."""
    path = front.path
    subject = expression(path, asked.subject, asked.scope)
    if path.in_fault:
        raise Refusal("DC115", "a fault asks no timer", "Faults strike when they like.")
    if path.asked:
        raise Refusal("DC115", "a step asks one timer only, once", "Split it into two actions.")
    path.asked = True
    calm, where = quiet(path, asked, subject)
    no, early = path.fork(), path.fork()
    if no.assume(build.negate(calm)):
        work.append(front.fork(asked.otherwise.at, no))
    early.fault = asked.fault
    if early.assume(build.negate(calm)):
        work.append(front.fork(front.at + 1, early))
    return path.assume(calm, where if required else None)


def _known(rows: list[tuple[Term, Val]]) -> list[Val]:
    """A `for` loop is written out, so what it goes through must not depend on the state."""
    if any(there != build.TRUE for there, _ in rows):
        raise Refusal(
            "DC104",
            "a `for` loop cannot go through what changes while the model runs",
            "Write `for m in self.messages:` and test inside: `if m in self.outbox:`.",
        )
    return [value for _, value in rows]
