"""Bounded instances: what is cut off is on record, and nothing else changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

import pytest
from brute import value_of
from systems import Maker, random_state, random_variables

from deliverycheck.explore.explored import Explored
from deliverycheck.explore.search import explore
from deliverycheck.semantics.interpreter import ModelFault, successors
from deliverycheck.system import build
from deliverycheck.system.bounding import bounded
from deliverycheck.system.model import (
    Action,
    Bound,
    Check,
    Clause,
    Property,
    State,
    System,
    Variable,
)
from deliverycheck.system.sorts import BOOL, NATURAL, IntSort, Value
from deliverycheck.system.terms import App, Const, Term, Var

SEEDS = range(150)
"""The test's name ends in the seed: `endless_system(seed)` is the system."""

LIMITS = ((2, 3), (5, 1), (4, 4))
"""Ends in channels and elsewhere."""


def endless_system(seed: int) -> System:
    """A random system with two endless integers, each action raising one of them at most."""
    rng = Random(seed)  # noqa: S311
    finite = random_variables(rng, most=2)
    counters = (Variable("k", NATURAL, "channel"), Variable("z", IntSort(-2, None)))
    variables = (*finite, *counters)
    maker = Maker(rng, variables, raw=rng.random() < 0.5)
    actions = [_action(rng, maker, counters[at % 2], finite, at) for at in range(rng.randint(2, 6))]
    start = (*random_state(rng, finite), rng.randint(0, 1), rng.randint(-2, 1))
    clause = Clause("", maker.of(BOOL, 2), maker.of(BOOL, 2))
    return System(
        "endless", variables, (start,), tuple(actions), (Property("p", "always", (clause,)),)
    )


def _action(
    rng: Random, maker: Maker, counter: Variable, finite: tuple[Variable, ...], at: int
) -> Action:
    low, it = build.integer(counter.sort.low), Var(counter.name, counter.sort)  # type: ignore[union-attr]
    guard = maker.of(BOOL, 2) if rng.random() < 0.4 else build.TRUE
    more = maker.apply("add", it, build.integer(rng.randint(1, 3)))
    less = maker.apply("max", maker.apply("sub", it, build.integer(1)), low)
    free = maker.apply("max", maker.of(counter.sort, 2), low)
    updates: dict[str, Term] = {counter.name: rng.choice((more, more, less, free))}
    if rng.random() < 0.3:
        capped = maker.apply("lt", it, build.integer(rng.randint(1, 4)))
        guard = maker.apply("and", capped, guard)
    other = rng.choice(finite)
    if not isinstance(other.sort, IntSort):
        updates[other.name] = maker.of(other.sort, 2)
    bounds = (Bound(maker.of(BOOL, 2), "own bound"),) if rng.random() < 0.1 else ()
    # One bound per step, for the search records only the first (see test_differential).
    bounds = () if updates[counter.name] is not less else bounds
    return Action(f"a{at}", "p", guard, updates, bounds=bounds)


def truth(system: System, copies: int, naturals: int) -> tuple[set[State], int, set[str]]:
    """Reachable states, transitions and cuts, where no endless integer may pass its limit.

    The system's own terms are evaluated on the endless system; nothing of `bounded` is used.
    """
    ends = {"k": copies, "z": naturals}
    states, transitions, cuts = set(system.initial), 0, set[str]()
    queue = list(system.initial)
    while queue:
        before: Mapping[str, Value] = system.valuation(queue.pop())
        for action in system.actions:
            if not value_of(action.guard, before):
                continue
            new = {name: value_of(term, before) for name, term in action.updates.items()}
            cut = {b.name for b in action.bounds if not value_of(b.term, before)}
            cut |= {f"{n}: at most {e}" for n, e in ends.items() if n in new and int(new[n]) > e}
            cuts |= cut
            if not cut:
                transitions += 1
                after = tuple((before | new).values())  # type: ignore[operator]
                if after not in states:
                    states.add(after)
                    queue.append(after)
    return states, transitions, cuts


def states_of(found: Explored) -> set[State]:
    return {found.state(number) for number in range(len(found.states))}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_bounded_instance_is_the_system_with_every_step_beyond_the_limit_cut(
    seed: int,
) -> None:
    system = endless_system(seed)
    for limits in LIMITS:
        found = explore(bounded(system, *limits))
        assert (states_of(found), found.transitions, set(found.hits)) == truth(system, *limits)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_instance_that_cuts_nothing_off_is_the_whole_system(seed: int) -> None:
    system = endless_system(seed)
    smaller, larger = explore(bounded(system, 5, 5)), explore(bounded(system, 8, 9))
    assert states_of(smaller) <= states_of(larger)
    if not smaller.hits:
        assert states_of(smaller) == states_of(larger)
        assert smaller.transitions == larger.transitions
        for state in states_of(smaller):
            after = {outcome.state for outcome in successors(system, state)}
            assert after <= states_of(smaller)


def test_the_random_systems_are_cut_off_and_are_not() -> None:
    hits = [bool(truth(endless_system(seed), 5, 5)[2]) for seed in SEEDS]
    assert hits.count(True) >= 50
    assert hits.count(False) >= 25


K = Var("k", NATURAL)


def counting(guard: Term, *updates: Term, **more: Term) -> System:
    """A counter from 0, and another variable if it is updated too."""
    names = {"k": updates[0], **more}
    variables = tuple(Variable(name, NATURAL) for name in names)
    return System("count", variables, ((0,) * len(variables),), (Action("up", "p", guard, names),))


UP = App("add", (K, build.integer(1)))


def test_a_counter_stops_at_the_limit_and_the_cut_names_it() -> None:
    found = explore(bounded(counting(build.TRUE, UP), 9, 3))
    # 0, 1, 2, 3 and the three steps between them.
    assert states_of(found) == {(0,), (1,), (2,), (3,)}
    assert found.transitions == 3
    assert found.hits == ("k: at most 3",)


def test_a_guard_that_keeps_within_the_limit_needs_no_bound() -> None:
    system = counting(App("lt", (K, build.integer(3))), UP)
    assert bounded(system, 9, 3).actions[0].bounds == ()
    assert explore(bounded(system, 9, 3)).hits == ()
    assert [bound.name for bound in bounded(system, 9, 2).actions[0].bounds] == ["k: at most 2"]
    assert explore(bounded(system, 9, 2)).hits == ("k: at most 2",)


def test_a_system_with_an_end_is_returned_as_it_is() -> None:
    system = System("finite", (Variable("x", IntSort(0, 9)),), ((0,),), ())
    assert bounded(system, 9, 3) is system


def test_the_sort_ends_at_the_limit_wherever_the_variable_is_spoken_of() -> None:
    three = build.integer(3)
    action = replace(
        counting(build.TRUE, UP).actions[0],
        guard=App("le", (K, three)),
        checks=(Check(App("le", (K, three)), "small"),),
        bounds=(Bound(App("lt", (K, three)), "own"),),
    )
    clause = Clause("", App("eq", (K, three)), App("lt", (K, three)))
    endless = System(
        "s", (Variable("k", NATURAL),), ((0,),), (action,), (Property("p", "always", (clause,)),)
    )
    # A variable used at a sort that is not its own would be refused here.
    ended = bounded(endless, 9, 4)
    assert ended.variables[0].sort == IntSort(0, 4)
    assert ended.properties[0].clauses[0].when == App("eq", (Var("k", IntSort(0, 4)), three))
    assert ended.actions[0].checks[0].message == "small"
    assert [bound.name for bound in ended.actions[0].bounds] == ["own"]


def test_falling_below_the_first_value_is_still_the_models_fault() -> None:
    with pytest.raises(ModelFault, match="k becomes -1"):
        explore(bounded(counting(build.TRUE, App("sub", (K, build.integer(1)))), 9, 3))


def test_an_end_that_jumps_past_the_limit_is_cut_not_refused() -> None:
    # 0 -> 2 -> 4 would pass 3.
    found = explore(bounded(counting(build.TRUE, App("add", (K, build.integer(2)))), 9, 3))
    assert states_of(found) == {(0,), (2,)}
    assert found.hits == ("k: at most 3",)


def test_a_step_that_passes_two_limits_is_cut_by_both() -> None:
    j = Var("j", NATURAL)
    system = counting(build.TRUE, UP, j=App("add", (j, Const(1, IntSort(1, 1)))))
    assert explore(bounded(system, 9, 2)).hits == ("j: at most 2", "k: at most 2")
