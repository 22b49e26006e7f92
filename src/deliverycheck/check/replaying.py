"""Replaying a stored counterexample: still violated, fixed, or stale; a forged one is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from deliverycheck.check.checking import lifted_of
from deliverycheck.check.dooming import is_doomed
from deliverycheck.check.question import Question
from deliverycheck.check.traces import stepped
from deliverycheck.errors import Diagnostic, InputError
from deliverycheck.lang.machine import Move
from deliverycheck.lift.lifting import Lifted
from deliverycheck.semantics.interpreter import at_rest, evaluate
from deliverycheck.semantics.lassos import broken_clause
from deliverycheck.system.digest import digest_of
from deliverycheck.system.sorts import Value
from deliverycheck.system.verdicts import Trace

Outcome: TypeAlias = Literal[
    "still violated", "still possible", "fixed", "stale", "violated", "legal", "open"
]
"""The last three are said of a run that others wrote down: it breaks a property, breaks none, or
that stays open."""


@dataclass(frozen=True, slots=True)
class StoredStep:
    """A step as it was written down."""

    move: Move
    changes: Mapping[str, tuple[Value, Value]]


@dataclass(frozen=True, slots=True)
class Stored:
    """A counterexample, or any run, as it was written down."""

    question: Question
    digest: str
    prop: str | None
    """What it breaks; None: it is just a run."""
    steps: tuple[StoredStep, ...]
    loop: int | None
    """How many steps come before those that repeat, if it has no end."""
    file: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of a stored counterexample. `step` is where it is stale, from 1."""

    model: str
    prop: str | None
    outcome: Outcome
    text: str
    step: int | None = None


def replay(stored: Stored) -> Replayed:
    """Run a stored counterexample on the model's own code.

    Raises InputError if the model is unchanged and yet the run is not one of its counterexamples:
    then the file was changed.
    """
    lifted = lifted_of(stored.question)
    unchanged = digest_of(lifted.system) == stored.digest
    moves = [step.move for step in stored.steps]
    trace, illegal = stepped(lifted, moves)
    wrong = illegal
    text = "cannot be taken there"
    for number, (step, done) in enumerate(zip(stored.steps, trace.steps, strict=False), 1):
        if {c.variable: _typed(c.old, c.new) for c in done.changes} != {
            name: _typed(old, new) for name, (old, new) in step.changes.items()
        }:
            wrong, text = number, "changes something else than what is written"
            break
    name, prop = stored.question.name, stored.prop
    if wrong is not None:
        action = moves[wrong - 1].name
        if unchanged:
            raise _refused(stored, f"step {wrong}, {action}, {text}")
        return Replayed(name, prop, "stale", f"step {wrong}, {action}, {text}", wrong)
    note = "" if unchanged else "; the model has changed since"
    if prop is None:
        return Replayed(name, prop, "still possible", f"all of its {len(moves)} steps{note}")
    violated = _violates(lifted, prop, replace(trace, loop_start=stored.loop))
    if violated is None:
        text = "it cannot be confirmed that nothing leads to the effect from its end"
        return Replayed(name, prop, "stale", text, len(moves))
    if violated:
        return Replayed(name, prop, "still violated", f"after {len(moves)} steps{note}")
    if unchanged:
        raise _refused(stored, f"after its last step, {len(moves)}, {prop} is not violated")
    return Replayed(name, prop, "fixed", f"the run is possible, but {prop} is not violated by it")


def _typed(old: Value, new: Value) -> tuple[type, Value, type, Value]:
    """A change that does not take True for 1."""
    return type(old), old, type(new), new


def _violates(lifted: Lifted, name: str, trace: Trace) -> bool | None:
    """Whether a run breaks the property at its end; None where that stays open."""
    open_ = False
    system, last = lifted.system, trace.states[-1]
    for prop in system.properties:
        if prop.name != name:
            continue
        if prop.kind == "leads-to":
            loops = trace.loop_start is not None and 0 <= trace.loop_start < len(trace.states)
            return loops and broken_clause(system, prop, trace) is not None
        valuation = system.valuation(last)
        for clause in prop.clauses:
            if not evaluate(clause.when, valuation) or evaluate(clause.then, valuation):
                continue
            if prop.kind == "always" or (prop.kind == "at-rest" and at_rest(system, last)):
                return True
            if prop.kind == "possible":
                lost = is_doomed(lifted, prop, clause, last)
                if lost:
                    return True
                open_ = open_ or lost is None
    return None if open_ else False


def _refused(stored: Stored, text: str) -> InputError:
    where = f"{stored.question.name}, {stored.prop}"
    remedy = "The model is the one the run was made from, so the stored run was changed."
    return InputError(Diagnostic("DC302", f"{where}: {text}", remedy, stored.file))
