"""What terms and actions mean, told once more: by Python expressions about a state.

The engines have an interpreter and a compiler of their own; a mistake in these would otherwise be
believed by the checker as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from deliverycheck.certify.writing import Evaluator, Writer
from deliverycheck.system.model import Action, State, System
from deliverycheck.system.sorts import Sort, contains
from deliverycheck.system.terms import App, Term

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

    def of(self, action: Action) -> str:
        """The same with the step's name."""
        return f"step `{action.name}` goes wrong: {self.text}"


@dataclass(frozen=True, slots=True)
class _Term:
    """A term as a function of the state, and how many nodes it has."""

    evaluate: Evaluator
    nodes: int


Test: TypeAlias = tuple[_Term, ...]
"""A conjunction, part by part."""


@dataclass(frozen=True, slots=True)
class _Action:
    guard: _Term
    bounds: tuple[tuple[str, _Term], ...]
    needed: Test
    """Guard and bounds: where it can be taken."""
    checks: tuple[tuple[str, _Term], ...]
    updated: tuple[tuple[int, Sort], ...]
    """The places of the state that change."""
    values: _Term
    """What stands there afterwards."""


class Meaning:
    """A system whose terms are compiled; all evaluation is paid from one budget."""

    def __init__(self, system: System, budget: Budget) -> None:
        self.system = system
        self.budget = budget
        self._actions = [self._compiled(action) for action in system.actions]

    def _compiled(self, action: Action) -> _Action:
        places = [self.system.index[name] for name in action.updates]
        guard = self._term(action.guard)
        bounds = tuple((bound.name, self._term(bound.term)) for bound in action.bounds)
        return _Action(
            guard,
            bounds,
            (guard, *(term for _, term in bounds)),
            tuple((check.message, self._term(check.term)) for check in action.checks),
            tuple((at, self.system.variables[at].sort) for at in places),
            self._tuple(action.updates.values()),
        )

    def _term(self, term: Term) -> _Term:
        writer = Writer(self.system.index)
        written = writer.written(term)
        return _Term(writer.function(written.text), written.nodes)

    def _tuple(self, terms: Iterable[Term]) -> _Term:
        """The values of several terms as one."""
        writer = Writer(self.system.index)
        written = [writer.written(term) for term in terms]
        text = "".join(f"{one.text}, " for one in written)
        return _Term(writer.function(f"({text})"), sum(one.nodes for one in written))

    def of(self, term: Term) -> Evaluator:
        """A term of this system, compiled."""
        made, spend = self._term(term), self.budget.spend
        evaluate, nodes = made.evaluate, made.nodes

        def metered(state: State) -> Any:
            spend(nodes)
            return evaluate(state)

        return metered

    def test(self, term: Term) -> Test:
        """A term of this system, to be asked of many states.

        Of a conjunction only those parts are paid for that are looked at: that nothing has to
        happen is a long one, and mostly its first parts settle it.
        """
        match term:
            case App("and", args):
                return tuple(part for arg in args for part in self.test(arg))
            case _:
                return (self._term(term),)

    def meeting(self, test: Test, states: Collection[State]) -> Collection[State]:
        """Those of the states that pass a test."""
        for term in test:
            self.budget.spend(term.nodes * len(states))
            holds = term.evaluate
            states = [state for state in states if holds(state)]
        return states

    def after(self, number: int, state: State) -> State | Wrong | None:
        """The state after an action; None where it cannot be taken."""
        action = self._actions[number]
        for term in action.needed:
            self.budget.spend(term.nodes)
            if not term.evaluate(state):
                return None
        return self._taken(action, state)

    def steps(
        self, number: int, states: Collection[State]
    ) -> Iterator[tuple[State, State | Wrong]]:
        """Each of the states in which an action can be taken, with the state after it."""
        action = self._actions[number]
        for state in self.meeting(action.needed, states):
            yield state, self._taken(action, state)

    def _taken(self, action: _Action, state: State) -> State | Wrong:
        for message, term in action.checks:
            self.budget.spend(term.nodes)
            if not term.evaluate(state):
                return Wrong(f"its check `{message}` fails")
        self.budget.spend(action.values.nodes)
        after = list(state)
        for (at, sort), value in zip(action.updated, action.values.evaluate(state), strict=True):
            if not contains(sort, value):
                return Wrong(f"{self.system.variables[at].name} leaves {sort}")
            if isinstance(value, int) and value.bit_length() > LONGEST:
                raise TooLarge("a number grows too large")
            after[at] = value
        return tuple(after)

    def cuts(self, state: State) -> set[str]:
        """The names of the bounds that cut something off in a state."""
        found: set[str] = set()
        for action in self._actions:
            if action.bounds and self.meeting((action.guard,), (state,)):
                found |= {
                    name for name, term in action.bounds if not self.meeting((term,), (state,))
                }
        return found

    def goes_wrong(self, states: Collection[State]) -> tuple[State, str] | None:
        """A state in which a step can be taken and goes wrong, and how, in words."""
        for number, action in enumerate(self.system.actions):
            for state, after in self.steps(number, states):
                if isinstance(after, Wrong):
                    return state, after.of(action)
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
