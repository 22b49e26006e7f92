"""Reading: which part of a clause is its premise, and what comes first in a sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeAlias

from deliverycheck.explain.invariants.facts import Fact, Key, fact_of, key_of, negation, term_of
from deliverycheck.explain.invariants.processes import processes_of
from deliverycheck.explain.invariants.symmetry import Literals
from deliverycheck.system.model import System, Variable
from deliverycheck.system.sorts import BoolSort, EnumSort
from deliverycheck.system.terms import App, Term, Var, variables_of

Half: TypeAlias = tuple[Literals, Literals]
"""Premises, which all hold together, and conclusions, of which one holds."""

Place: TypeAlias = tuple[int, int, Key]
"""Where in a sentence a condition stands."""

# A sentence is told in the order in which a message travels ...
_STORY = {
    "accepted": 0,
    "place": 1,
    "channel": 2,
    "durable": 3,
    "volatile": 3,
    "effects": 4,
    "told": 5,
    "ledger": 6,
    "": 7,
    "budget": 8,
}

# ... and where every part says that something has not happened, this is what it is good for.
_WORTH = {
    "durable": 1,
    "volatile": 2,
    "ledger": 3,
    "channel": 4,
    "told": 5,
    "effects": 6,
    "": 7,
    "place": 8,
    "budget": 9,
    "accepted": 10,
}


class Reading:
    """How to read clauses about a system."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.processes = processes_of(system)

    def split(self, clause: Literals, avoid: Collection[str] = ()) -> Half:
        """A clause as premises and conclusions, without naming labels to `avoid`.

        What has not happened in the beginning becomes, turned around, the event to start from. If
        nothing else is left to conclude, one part stays that says what does not happen then.
        """
        quiet = frozenset(literal for literal in clause if self._is_quiet(literal))
        if not quiet:
            quiet = frozenset(part for part in clause if _denies(_plain(part, avoid)))
        if quiet == clause:
            quiet -= self._best(quiet)
        premises = (_plain(negation(literal), avoid) for literal in quiet)
        return frozenset(premises), frozenset(_plain(part, avoid) for part in clause - quiet)

    def place(self, term: Term) -> Place:
        """Where a condition stands among others."""
        return _STORY[self._kind(term)], self._index(term), key_of(term)

    def worth(self, term: Term) -> Place:
        """How much a condition is what an invariant is for: the least is the most."""
        return self._worth(term), self._index(term), key_of(term)

    def key(self, half: Half) -> tuple[list[Place], list[Place]]:
        """What to sort implications by."""
        premises, conclusions = half
        return sorted(map(self.place, premises)), sorted(map(self.place, conclusions))

    def _is_quiet(self, literal: Term) -> bool:
        """Whether a literal holds in the beginning; of others than facts: whether it denies."""
        fact = fact_of(literal)
        if fact is None:
            return _denies(literal)
        at = self.system.index.get(fact.var.name)
        if at is None:
            return False
        return all(_value(fact.var, state[at]).within(fact) for state in self.system.initial)

    def _best(self, literals: Iterable[Term]) -> set[Term]:
        """The part to conclude with: a process's place and what it works on are one part."""
        groups: dict[str, set[Term]] = {}
        for literal in literals:
            fact = fact_of(literal)
            process = self.processes.get(fact.var.name) if fact else None
            joins = fact is not None and process is not None and process.stands(fact.negated())
            name = process.place if process and joins else str(key_of(literal))
            groups.setdefault(name, set()).add(literal)

        def order(group: set[Term]) -> tuple[int, int, list[Key]]:
            worth = min(self._worth(literal) for literal in group)
            # Of two that are worth the same, the later one: its cause is said before it.
            return worth, -min(map(self._index, group)), sorted(map(key_of, group))

        return min(groups.values(), key=order) if groups else set()

    def _worth(self, literal: Term) -> int:
        fact, kind = fact_of(literal), self._kind(literal)
        if kind == "effects" and fact is not None and fact.spans[:1] != ((0, 0),):
            return 0  # a promise: at most one effect
        return _WORTH[kind]

    def _kind(self, term: Term) -> str:
        """The store of the variable it is about; of ledger entries, which record."""
        fact = fact_of(term)
        if isinstance(term, App) and term.op == "and" and fact is None:
            return self._kind(term.args[0])
        at = self.system.index.get(fact.var.name) if fact else None
        if at is None:
            return ""
        variable = self.system.variables[at]
        return record_of(variable) or variable.store

    def _index(self, term: Term) -> int:
        last = len(self.system.variables)
        return min((self.system.index.get(v.name, last) for v in variables_of(term)), default=last)


def record_of(variable: Variable) -> str:
    """Which of the ledger's main records a variable belongs to, if to any."""
    name, bracket, _ = variable.name.partition("[")
    ledger = variable.store == "ledger" and bracket
    return name if ledger and name in ("accepted", "effects", "told") else ""


def _denies(term: Term) -> bool:
    return isinstance(term, App) and term.op == "not"


def _plain(term: Term, avoid: Collection[str]) -> Term:
    fact = fact_of(term)
    return term if fact is None else term_of(fact, avoid)


def _value(var: Var, value: bool | int | str) -> Fact:
    """The fact that a variable has a value."""
    match var.sort:
        case BoolSort():
            at = int(value is True)
        case EnumSort(labels):
            at = labels.index(str(value))
        case _:
            at = int(value)
    return Fact(var, ((at, at),))
