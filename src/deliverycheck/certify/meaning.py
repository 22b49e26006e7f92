"""What terms and actions mean, told once more: by closures over states.

The engines have an interpreter and a compiler of their own; a mistake in these would otherwise be
believed by the checker as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, assert_never

from deliverycheck.system.model import Action, State, System
from deliverycheck.system.sorts import Sort, contains
from deliverycheck.system.terms import App, Const, Op, Term, Var

# `Any`: what a term yields is settled by its kind, which is checked before anything is compiled.
Evaluator: TypeAlias = Callable[[State], Any]
"""A term as a function of the state."""

LONGEST = 4_000
"""Binary digits of an integer a step may yield."""


class TooLarge(Exception):
    """The question may well be right, but answering it would take too long."""


@dataclass(slots=True)
class Budget:
    """The work that may still be done: nodes of terms to be evaluated."""

    left: int

    def spend(self, nodes: int) -> None:
        """Take from what is left. Raises TooLarge when nothing is."""
        self.left -= nodes
        if self.left < 0:
            raise TooLarge("it is too much work")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A step that can be taken and must not: what goes wrong, in words."""

    text: str


@dataclass(frozen=True, slots=True)
class _Action:
    guard: Evaluator
    bounds: tuple[tuple[str, Evaluator], ...]
    checks: tuple[tuple[str, Evaluator], ...]
    updates: tuple[tuple[int, Sort, Evaluator], ...]


class Meaning:
    """A system whose terms are compiled; all evaluation is paid from one budget."""

    def __init__(self, system: System, budget: Budget) -> None:
        self.system = system
        self.budget = budget
        self._actions = [self._compiled(action) for action in system.actions]

    def _compiled(self, action: Action) -> _Action:
        at = self.system.index
        return _Action(
            self.of(action.guard),
            tuple((bound.name, self.of(bound.term)) for bound in action.bounds),
            tuple((check.message, self.of(check.term)) for check in action.checks),
            tuple(
                (at[name], self.system.variables[at[name]].sort, self.of(term))
                for name, term in action.updates.items()
            ),
        )

    def of(self, term: Term) -> Evaluator:
        """A term of this system, compiled."""
        evaluate, nodes = _closure(term, self.system.index)
        spend = self.budget.spend

        def metered(state: State) -> Any:
            spend(nodes)
            return evaluate(state)

        return metered

    def lazily(self, term: Term) -> Evaluator:
        """As `of`, but of a conjunction only those parts are paid for that are looked at.

        That nothing has to happen is a long one, and mostly its first parts settle it.
        """
        match term:
            case App("and", args):
                return _every([self.lazily(arg) for arg in args])
            case _:
                return self.of(term)

    def after(self, number: int, state: State) -> State | Wrong | None:
        """The state after an action; None where it cannot be taken."""
        action = self._actions[number]
        if not action.guard(state):
            return None
        for _, allows in action.bounds:
            if not allows(state):
                return None
        for message, holds in action.checks:
            if not holds(state):
                return Wrong(f"its check `{message}` fails")
        after = list(state)
        for at, sort, evaluate in action.updates:
            value = evaluate(state)
            if not contains(sort, value):
                return Wrong(f"{self.system.variables[at].name} leaves {sort}")
            if isinstance(value, int) and value.bit_length() > LONGEST:
                raise TooLarge("a number grows too large")
            after[at] = value
        return tuple(after)

    def cuts(self, state: State) -> set[str]:
        """The names of the bounds that cut something off in a state."""
        return {
            name
            for action in self._actions
            if action.bounds and action.guard(state)
            for name, allows in action.bounds
            if not allows(state)
        }

    def goes_wrong(self, state: State) -> str | None:
        """Which step can be taken in a state and goes wrong, in words."""
        for number, action in enumerate(self.system.actions):
            result = self.after(number, state)
            if isinstance(result, Wrong):
                return f"step `{action.name}` goes wrong: {result.text}"
        return None

    def successors(self, state: State) -> list[State]:
        """The states after every step that can be taken and goes right."""
        results = (self.after(number, state) for number in range(len(self._actions)))
        return [result for result in results if isinstance(result, tuple)]

    def shown(self, state: State) -> str:
        """A state in words."""
        return ", ".join(
            f"{v.name}={x!r}" for v, x in zip(self.system.variables, state, strict=True)
        )


def _closure(term: Term, index: Mapping[str, int]) -> tuple[Evaluator, int]:
    """A term as a function of the state, and how many nodes it has."""
    match term:
        case Const(value):
            return (lambda _: value), 1
        case Var(name):
            at = index[name]
            return (lambda state: state[at]), 1
        case App(op, args):
            parts = [_closure(arg, index) for arg in args]
            nodes = 1 + sum(size for _, size in parts)
            return _applied(op, [evaluate for evaluate, _ in parts]), nodes
    assert_never(term)


def _applied(op: Op, args: list[Evaluator]) -> Evaluator:
    match op:
        case "and":
            return _every(args)
        case "or":
            return _some(args)
        case "not":
            (inner,) = args
            return lambda state: not inner(state)
        case "ite":
            test, then, other = args
            return lambda state: then(state) if test(state) else other(state)
        case "eq" | "lt" | "le" | "add" | "sub" | "min" | "max":
            return _two(op, *args)
    assert_never(op)


def _every(args: list[Evaluator]) -> Evaluator:
    def evaluate(state: State) -> bool:
        for arg in args:  # noqa: SIM110  a generator would double the time
            if not arg(state):
                return False
        return True

    return evaluate


def _some(args: list[Evaluator]) -> Evaluator:
    def evaluate(state: State) -> bool:
        for arg in args:  # noqa: SIM110  as above
            if arg(state):
                return True
        return False

    return evaluate


def _two(op: Op, left: Evaluator, right: Evaluator) -> Evaluator:
    match op:
        case "eq":
            return lambda state: left(state) == right(state)
        case "lt":
            return lambda state: left(state) < right(state)
        case "le":
            return lambda state: left(state) <= right(state)
        case "add":
            return lambda state: left(state) + right(state)
        case "sub":
            return lambda state: left(state) - right(state)
        case "min":
            return lambda state: min(left(state), right(state))
        case "max":
            return lambda state: max(left(state), right(state))
        case _:
            raise ValueError(f"`{op}` does not take two arguments")
