"""The first checker: every obligation on every valuation of the domains, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import assert_never

from deliverycheck.certify.liveness.staging import demand_staged
from deliverycheck.certify.meaning import Budget, Meaning, TooLarge, Wrong
from deliverycheck.certify.sentences import (
    Base,
    Closed,
    Descent,
    Excluded,
    Induction,
    Staged,
    Symbolic,
    Target,
    Terms,
)
from deliverycheck.certify.wellformed import Refused
from deliverycheck.system.model import State, System
from deliverycheck.system.sorts import BoolSort, EnumSort, IntSort, Sort, Value

MOST_VALUATIONS = 200_000
WORK = 50_000_000
"""Nodes of terms evaluated before it gives up: some seconds."""


def by_brute_force(system: System, obligations: Sequence[Symbolic]) -> None:
    """Discharge the obligations. Raises Refused with a state that breaks one, or TooLarge."""
    domains = [_domain(variable.sort) for variable in system.variables]
    if prod(map(len, domains)) > MOST_VALUATIONS:
        raise TooLarge("the domains have too many valuations")
    meaning = Meaning(system, Budget(WORK))
    valuations = _Valuations(meaning, domains)
    for obligation in obligations:
        match obligation:
            case Closed():
                _closed(valuations, obligation)
            case Excluded():
                _excluded(valuations, obligation)
            case Base():
                _base(meaning, obligation)
            case Induction():
                _induction(valuations, obligation)
            case Descent():
                _descent(valuations, obligation)
            case Staged(terms):
                demand_staged(meaning, valuations.satisfying(terms), obligation)
            case _:
                assert_never(obligation)


def _domain(sort: Sort) -> Sequence[Value]:
    match sort:
        case BoolSort():
            return (False, True)
        case EnumSort(labels):
            return labels
        case IntSort(low, high):
            if high is None or high - low >= MOST_VALUATIONS:
                raise TooLarge(f"a variable ranges over {sort}")
            return range(low, high + 1)
    assert_never(sort)


class _Valuations:
    """All states of the domains, and those that satisfy some terms, which are kept."""

    def __init__(self, meaning: Meaning, domains: Sequence[Sequence[Value]]) -> None:
        self.meaning = meaning
        self._domains = domains
        self._kept: dict[Terms, dict[State, None]] = {}

    def satisfying(self, terms: Terms) -> dict[State, None]:
        """The valuations that satisfy all terms, as a set in a fixed order."""
        if terms not in self._kept:
            tests = [self.meaning.of(term) for term in terms]
            self._kept[terms] = {
                state: None
                for state in product(*self._domains)
                if all(holds(state) for holds in tests)
            }
        return self._kept[terms]


class _Goals:
    """What must not be met, compiled."""

    def __init__(self, meaning: Meaning, targets: Sequence[Target]) -> None:
        self._meaning = meaning
        self._targets = [(target.name, meaning.lazily(target.term)) for target in targets]

    def met(self, state: State) -> str | None:
        """Why a state is a target, or what goes wrong in it."""
        for name, holds in self._targets:
            if holds(state):
                return name
        return self._meaning.goes_wrong(state)


def _closed(valuations: _Valuations, obligation: Closed) -> None:
    meaning, inside = valuations.meaning, valuations.satisfying(obligation.terms)
    for state in obligation.start:
        if state not in inside:
            raise Refused(f"a start is outside of the invariant: {meaning.shown(state)}")
    for state in inside:
        for number, action in enumerate(meaning.system.actions):
            after = meaning.after(number, state)
            if isinstance(after, tuple) and after not in inside:
                raise Refused(
                    f"step `{action.name}` leaves the invariant: from {meaning.shown(state)} "
                    f"to {meaning.shown(after)}"
                )


def _excluded(valuations: _Valuations, obligation: Excluded) -> None:
    meaning = valuations.meaning
    goals = _Goals(meaning, obligation.targets)
    for state in valuations.satisfying(obligation.terms):
        if (what := goals.met(state)) is not None:
            raise Refused(f"the invariant does not exclude {what}: {meaning.shown(state)}")


def _base(meaning: Meaning, obligation: Base) -> None:
    goals = _Goals(meaning, obligation.targets)
    seen = set(meaning.system.initial)
    front = list(seen)
    for depth in range(obligation.k):
        for state in front:
            if (what := goals.met(state)) is not None:
                raise Refused(f"a run of {depth} steps meets {what}: {meaning.shown(state)}")
        after = {new for state in front for new in meaning.successors(state)} - seen
        if not after:
            return
        seen |= after
        front = list(after)


def _induction(valuations: _Valuations, obligation: Induction) -> None:
    meaning, inside = valuations.meaning, valuations.satisfying(obligation.lemmas)
    goals = _Goals(meaning, obligation.targets)
    good = {state: meaning.successors(state) for state in inside if goals.met(state) is None}
    # After round i: the states at the end of some i good states in a row.
    ends = set(good)
    for _ in range(obligation.k - 1):
        longer = {new for state in ends for new in good[state] if new in good}
        if longer == ends:
            break
        ends = longer
    for state in ends:
        for new in good[state]:
            if new in inside and new not in good:
                raise Refused(
                    f"{obligation.k} states in a row do not exclude {goals.met(new)}: "
                    f"{meaning.shown(new)}"
                )


def _descent(valuations: _Valuations, obligation: Descent) -> None:
    meaning = valuations.meaning
    clause, index = obligation.clause, meaning.system.index
    when, then = meaning.of(clause.when), meaning.of(clause.then)
    summed = [index[name] for name in obligation.measure]

    def measure(state: State) -> int:
        return sum(int(state[at]) for at in summed)

    def leads_on(state: State, path: Sequence[int]) -> bool:
        end = _end(meaning, state, path)
        if end is None:
            return False
        return then(end) or (when(end) and measure(end) < measure(state))

    for state in valuations.satisfying(obligation.terms):
        if when(state) and not then(state):
            # A path costs at least this much, even where its first guard is cheap.
            meaning.budget.spend(len(obligation.paths))
            if not any(leads_on(state, path) for path in obligation.paths):
                raise Refused(
                    f"no path leads on for the clause about `{clause.about}`: "
                    f"{meaning.shown(state)}"
                )


def _end(meaning: Meaning, state: State, path: Sequence[int]) -> State | None:
    """Where a path ends; None if one of its steps cannot be taken or goes wrong."""
    for number in path:
        after = meaning.after(number, state)
        if after is None or isinstance(after, Wrong):
            return None
        state = after
    return state
