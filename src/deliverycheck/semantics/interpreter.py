"""The reference interpreter: the definition of what a system means.

Everything else in this package (compiled code, solvers, exporters) is tested against these lines,
so they are written to be obviously right, not fast.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from deliverycheck.errors import Diagnostic, InputError
from deliverycheck.system.fairness import Assumption, assumptions_of
from deliverycheck.system.model import Action, State, System
from deliverycheck.system.sorts import Value, contains
from deliverycheck.system.terms import App, Const, Op, Term, Var


def _every(*args: Value) -> Value:
    return all(args)


def _some(*args: Value) -> Value:
    return any(args)


def _smaller(a: int, b: int) -> Value:
    return min(b, a)


def _larger(a: int, b: int) -> Value:
    return max(b, a)


def _chosen(test: bool, then: Value, other: Value) -> Value:
    return then if test else other


MEANING: Mapping[Op, Callable[..., Value]] = {
    "not": operator.not_,
    "and": _every,
    "or": _some,
    "eq": operator.eq,
    "lt": operator.lt,
    "le": operator.le,
    "add": operator.add,
    "sub": operator.sub,
    "min": _smaller,
    "max": _larger,
    "ite": _chosen,
}


class ModelFault(InputError):
    """The model does what it must not: a value leaves its domain, or a check fails.

    `action` is the step that would do it.
    """

    def __init__(self, diagnostic: Diagnostic, action: Action) -> None:
        super().__init__(diagnostic)
        self.action = action


@dataclass(frozen=True, slots=True)
class Outcome:
    """One enabled action and the state it leads to."""

    action: Action
    state: State


def evaluate(term: Term, valuation: Mapping[str, Value]) -> Value:
    """The value of a term in a state."""
    match term:
        case Const(value):
            return value
        case Var(name):
            return valuation[name]
        case App(op, args):
            return MEANING[op](*(evaluate(arg, valuation) for arg in args))
    assert_never(term)


def successors(system: System, state: State, hit: set[str] | None = None) -> Iterator[Outcome]:
    """Every action enabled in `state`, in the system's order, with the state after it.

    Names of bounds that cut an action off are added to `hit`. Raises ModelFault.
    """
    before = system.valuation(state)
    for action in system.actions:
        if not evaluate(action.guard, before):
            continue
        cut = {bound.name for bound in action.bounds if not evaluate(bound.term, before)}
        if cut:
            if hit is not None:
                hit |= cut
            continue
        yield Outcome(action, perform(system, action, before))


def perform(system: System, action: Action, before: Mapping[str, Value]) -> State:
    """The state after an enabled action: all updates at once, everything else as it was."""
    for check in action.checks:
        if not evaluate(check.term, before):
            raise _fault(action, check.message, check.file, check.line)
    after = dict(before)
    for name, term in action.updates.items():
        value = evaluate(term, before)
        sort = system.variables[system.index[name]].sort
        if not contains(sort, value):
            raise _fault(action, f"{name} becomes {value!r}, which is not in {sort}")
        after[name] = value
    return tuple(after[variable.name] for variable in system.variables)


def at_rest(system: System, state: State) -> bool:
    """Whether nothing has to happen any more: no step that is relied upon is possible."""
    return not any(can_happen(system, one, state) for one in assumptions_of(system))


def can_happen(system: System, assumption: Assumption, state: State) -> bool:
    """Whether a step that is relied upon is possible, and would change the state.

    A step that only a bound of the instance forbids could happen all the same.
    """
    now = system.valuation(state)
    return any(
        evaluate(action.guard, now)
        and (
            not all(evaluate(bound.term, now) for bound in action.bounds)
            or any(evaluate(term, now) != now[name] for name, term in action.updates.items())
        )
        for action in (system.actions[at] for at in assumption.actions)
    )


def _fault(
    action: Action, text: str, file: str | None = None, line: int | None = None
) -> ModelFault:
    remedy = "Guard the step with `require(...)`, or widen the type."
    return ModelFault(
        Diagnostic("DC150", f"in step {action.name}: {text}", remedy, file, line), action
    )
