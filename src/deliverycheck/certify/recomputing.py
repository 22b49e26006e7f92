"""REACH: the set of reachable states, computed once more by a breadth-first search."""

from __future__ import annotations

from dataclasses import dataclass

from deliverycheck.certify.meaning import Budget, Meaning, TooLarge, Wrong
from deliverycheck.certify.obligations import Recomputed
from deliverycheck.certify.states import states_digest
from deliverycheck.certify.wellformed import Refused
from deliverycheck.system.model import Clause, State, System

MOST_STATES = 300_000
WORK = 500_000_000
"""Nodes of terms evaluated before it gives up: about a minute."""


@dataclass(frozen=True, slots=True)
class _Reached:
    """The reachable states in the order they were found, and by number who leads to whom."""

    states: dict[State, int]
    before: list[list[int]]
    cut: set[str]


def recompute(system: System, obligation: Recomputed) -> tuple[str, ...]:
    """Discharge the obligation: the names of the bounds that cut something off.

    Raises Refused, or TooLarge.
    """
    meaning = Meaning(system, Budget(WORK))
    reached = _search(meaning)
    stated = obligation.proof
    if stated.states != len(reached.states):
        raise Refused(f"there are {len(reached.states)} reachable states, not {stated.states}")
    if stated.digest != states_digest(reached.states):
        raise Refused("the digest of the reachable states is another one")
    for target in obligation.targets:
        holds = meaning.of(target.term)
        for state in reached.states:
            if holds(state):
                raise Refused(f"{target.name} is reachable: {meaning.shown(state)}")
    for clause in obligation.possible:
        _demand_possible(meaning, reached, clause)
    return tuple(sorted(reached.cut))


def _search(meaning: Meaning) -> _Reached:
    states = {state: at for at, state in enumerate(dict.fromkeys(meaning.system.initial))}
    order = list(states)
    before: list[list[int]] = [[] for _ in order]
    cut: set[str] = set()
    for at, state in enumerate(order):  # grows while it is walked through
        cut |= meaning.cuts(state)
        for number, action in enumerate(meaning.system.actions):
            after = meaning.after(number, state)
            if isinstance(after, Wrong):
                where = meaning.shown(state)
                raise Refused(f"step `{action.name}` goes wrong: {after.text}, in {where}")
            if after is None:
                continue
            if after not in states:
                if len(order) == MOST_STATES:
                    raise TooLarge("there are too many reachable states")
                states[after] = len(order)
                order.append(after)
                before.append([])
            before[states[after]].append(at)
    return _Reached(states, before, cut)


def _demand_possible(meaning: Meaning, reached: _Reached, clause: Clause) -> None:
    """From every state with `when`, one with `then` can be reached: searched backwards."""
    when, then = meaning.of(clause.when), meaning.of(clause.then)
    stack = [at for state, at in reached.states.items() if then(state)]
    able = set(stack)
    while stack:
        for at in reached.before[stack.pop()]:
            if at not in able:
                able.add(at)
                stack.append(at)
    for state, at in reached.states.items():
        if at not in able and when(state):
            raise Refused(
                f"the clause about `{clause.about}` is out of reach from {meaning.shown(state)}"
            )
