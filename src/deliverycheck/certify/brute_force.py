"""The first checker: every obligation on every valuation of the domains, one by one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import islice, product
from math import prod
from typing import TypeAlias, assert_never

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

SLICE = 4_096
"""Valuations that are asked at once: as many as need not be in memory together."""

Bad: TypeAlias = tuple[State, str]
"""A state, and what is bad about it."""


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
        self._wrong: dict[Terms, Bad | None] = {}

    def satisfying(self, terms: Terms) -> dict[State, None]:
        """The valuations that satisfy all terms, as a set in a fixed order."""
        if terms not in self._kept:
            test = tuple(part for term in terms for part in self.meaning.test(term))
            every, kept = product(*self._domains), dict[State, None]()
            while some := tuple(islice(every, SLICE)):
                kept |= dict.fromkeys(self.meaning.meeting(test, some))
            self._kept[terms] = kept
        return self._kept[terms]

    def going_wrong(self, terms: Terms) -> Bad | None:
        """Where a step goes wrong that begins in a state that satisfies all terms."""
        if terms not in self._wrong:
            self._wrong[terms] = self.meaning.goes_wrong(self.satisfying(terms))
        return self._wrong[terms]

    def note(self, terms: Terms, wrong: Bad | None) -> None:
        """Remember what was seen of steps that go wrong, while all steps were looked at."""
        self._wrong[terms] = wrong


class _Goals:
    """What must not be met."""

    def __init__(self, meaning: Meaning, targets: Sequence[Target]) -> None:
        self._meaning = meaning
        self._targets = [(target.name, meaning.test(target.term)) for target in targets]

    def among(self, states: Collection[State]) -> Bad | None:
        """A state that is a target, and which."""
        for name, test in self._targets:
            for state in self._meaning.meeting(test, states):
                return state, name
        return None

    def met(self, states: Collection[State]) -> Bad | None:
        """A state that is a target, or in which something goes wrong, and why."""
        return self.among(states) or self._meaning.goes_wrong(states)


def _closed(valuations: _Valuations, obligation: Closed) -> None:
    meaning, terms = valuations.meaning, obligation.terms
    inside = valuations.satisfying(terms)
    for state in obligation.start:
        if state not in inside:
            raise Refused(f"a start is outside of the invariant: {meaning.shown(state)}")
    if not terms:
        return  # every valuation is inside, and a step that goes right ends in one
    wrong: Bad | None = None
    for number, action in enumerate(meaning.system.actions):
        for state, after in meaning.steps(number, inside):
            if isinstance(after, Wrong):
                wrong = wrong or (state, after.of(action))
            elif after not in inside:
                raise Refused(
                    f"step `{action.name}` leaves the invariant: from {meaning.shown(state)} "
                    f"to {meaning.shown(after)}"
                )
    valuations.note(terms, wrong)


def _excluded(valuations: _Valuations, obligation: Excluded) -> None:
    meaning, terms = valuations.meaning, obligation.terms
    inside = valuations.satisfying(terms)
    bad = _Goals(meaning, obligation.targets).among(inside) or valuations.going_wrong(terms)
    if bad is not None:
        raise Refused(f"the invariant does not exclude {bad[1]}: {meaning.shown(bad[0])}")


def _base(meaning: Meaning, obligation: Base) -> None:
    goals = _Goals(meaning, obligation.targets)
    seen = dict.fromkeys(meaning.system.initial)
    front = list(seen)
    for depth in range(obligation.k):
        if (bad := goals.met(front)) is not None:
            raise Refused(f"a run of {depth} steps meets {bad[1]}: {meaning.shown(bad[0])}")
        after = dict.fromkeys(
            new for state in front for new in meaning.successors(state) if new not in seen
        )
        if not after:
            return
        seen |= after
        front = list(after)


def _induction(valuations: _Valuations, obligation: Induction) -> None:
    meaning, inside = valuations.meaning, valuations.satisfying(obligation.lemmas)
    goals = _Goals(meaning, obligation.targets)
    good = {state: meaning.successors(state) for state in inside if not goals.met((state,))}
    # After round i: the states at the end of some i good states in a row.
    ends = set(good)
    for _ in range(obligation.k - 1):
        longer = {new for state in ends for new in good[state] if new in good}
        if longer == ends:
            break
        ends = longer
    for state in ends:
        bad = goals.met([new for new in good[state] if new in inside and new not in good])
        if bad is not None:
            raise Refused(
                f"{obligation.k} states in a row do not exclude {bad[1]}: {meaning.shown(bad[0])}"
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
