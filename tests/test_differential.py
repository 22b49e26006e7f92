"""Three engines, one meaning: generated code, reference interpreter, and brute force."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from brute import truth_of, value_of
from hypothesis import given, settings
from systems import KINDS, domain, system_of, systems

from deliverycheck.errors import InputError
from deliverycheck.explore.explored import Explored
from deliverycheck.explore.plan import AT_REST, CUT, clause_bits
from deliverycheck.explore.search import explore
from deliverycheck.semantics.interpreter import ModelFault, at_rest, evaluate, successors
from deliverycheck.system import build
from deliverycheck.system.model import Action, Bound, Clause, Property, State, System, Variable
from deliverycheck.system.sorts import BOOL, EnumSort, IntSort
from deliverycheck.system.terms import App, Const, Var

SEEDS = range(600)
"""The test's name ends in the seed: `systems.system_of(seed)` is the system."""


@cache
def explored(seed: int) -> Explored | None:
    """What the generated code finds; None where the model itself is wrong."""
    try:
        return explore(system_of(seed))
    except ModelFault:
        return None


def walk(system: System) -> tuple[dict[State, int], int, set[str]]:
    """Plain breadth-first search on the interpreter: depths, number of transitions, bounds hit."""
    depths = dict.fromkeys(system.initial, 0)
    queue, transitions, hits = list(depths), 0, set[str]()
    for state in queue:
        for outcome in successors(system, state, hits):
            transitions += 1
            if outcome.state not in depths:
                depths[outcome.state] = depths[state] + 1
                queue.append(outcome.state)
    return depths, transitions, hits


def agrees_with_the_interpreter(system: System, found: Explored | None) -> None:
    if found is None:
        with pytest.raises(ModelFault):
            walk(system)
        return
    depths, transitions, hits = walk(system)
    numbers = range(len(found.states))
    assert {found.state(n): found.depth_of(n) for n in numbers} == depths
    assert len(found.states) == len(depths)
    assert found.transitions == transitions
    assert found.depth == max(depths.values())
    assert set(found.hits) == hits
    assert found.complete
    assert found.expanded == len(depths)
    assert [n for depth in range(found.depth + 1) for n in found.level(depth)] == list(numbers)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_search_finds_what_a_walk_with_the_interpreter_finds(seed: int) -> None:
    agrees_with_the_interpreter(system_of(seed), explored(seed))


@settings(max_examples=60)
@given(systems)
def test_the_search_agrees_with_the_interpreter_on_systems_that_shrink(system: System) -> None:
    try:
        found: Explored | None = explore(system)
    except ModelFault:
        found = None
    agrees_with_the_interpreter(system, found)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_state_has_the_steps_and_marks_the_interpreter_gives_it(seed: int) -> None:
    found = explored(seed)
    if found is None:
        return
    system, pack = found.system, found.code.packing.pack
    numbered = {id(action): at for at, action in enumerate(system.actions)}
    bits = clause_bits(system)
    for number, word in enumerate(found.states):
        state = found.state(number)
        steps = [(numbered[id(o.action)], pack(o.state)) for o in successors(system, state)]
        # The code tests what guards share first, so its order is its own.
        assert sorted(found.code.edges(word)) == steps
        assert Counter(found.code.targets(word)) == Counter(target for _, target in steps)
        marks, env = found.code.marks(word), system.valuation(state)
        assert bool(marks & AT_REST) == at_rest(system, state)
        for prop in system.properties:
            for at, clause in enumerate(prop.clauses):
                when, then = bits[prop.name, at]
                assert bool(marks & when) == evaluate(clause.when, env)
                assert bool(marks & then) == evaluate(clause.then, env)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_search_finds_what_brute_force_finds(seed: int) -> None:
    found, truth = explored(seed), truth_of(seed)
    assert (found is None) == truth.faulty
    if found is None:
        return
    steps = {state: steps for state, (steps, _) in truth.cost.items()}
    numbers = range(len(found.states))
    assert {found.state(n): found.depth_of(n) for n in numbers} == steps
    assert found.transitions == truth.transitions
    assert found.depth == truth.depth
    assert set(found.hits) == truth.hits
    resting = {found.state(n) for n in numbers if found.code.marks(found.states[n]) & AT_REST}
    assert resting == truth.resting
    cut = {found.state(n) for n in numbers if found.code.marks(found.states[n]) & CUT}
    assert cut == truth.cuts.keys() & truth.reachable


@pytest.mark.parametrize("seed", SEEDS)
def test_clauses_hold_in_the_states_where_brute_force_says_so(seed: int) -> None:
    found, truth = explored(seed), truth_of(seed)
    if found is None:
        return
    marks = {found.state(n): found.code.marks(word) for n, word in enumerate(found.states)}
    for prop in found.system.properties:
        for at, clause in enumerate(prop.clauses):
            when, then = clause_bits(found.system)[prop.name, at]
            # For `sometimes`, the two sets together say whether a witness is reachable.
            assert {state for state, m in marks.items() if m & when} == truth.where(clause.when)
            assert {state for state, m in marks.items() if m & then} == truth.where(clause.then)


@pytest.mark.parametrize("seed", SEEDS[:150])
def test_the_interpreter_takes_the_same_steps_as_brute_force_in_every_typed_state(
    seed: int,
) -> None:
    truth = truth_of(seed)
    edges: Counter[tuple[State, str, State]] = Counter(
        (source, truth.system.actions[at].name, target) for source, at, target in truth.edges
    )
    seen: Counter[tuple[State, str, State]] = Counter()
    for state in {source for source, _, _ in truth.edges} - truth.broken:
        outcomes = list(successors(truth.system, state))
        seen.update((state, outcome.action.name, outcome.state) for outcome in outcomes)
        env = truth.env(state)
        assert all(value_of(outcome.action.guard, env) is True for outcome in outcomes)
    assert seen == Counter({e: n for e, n in edges.items() if e[0] not in truth.broken})
    for state in truth.broken:
        with pytest.raises(ModelFault):
            list(successors(truth.system, state))


def test_the_random_systems_put_every_kind_of_verdict_to_the_test() -> None:
    """Without this, the tests above could pass because nothing ever happens."""
    verdicts: Counter[tuple[str, bool]] = Counter()
    faulty = cut = moving = 0
    for seed in SEEDS:
        truth = truth_of(seed)
        faulty += truth.faulty
        if truth.faulty:
            continue
        cut += bool(truth.hits)
        moving += truth.depth >= 2
        violating = truth.violating()
        for prop in truth.system.properties:
            bad = bool(violating[prop.name])
            if prop.kind == "sometimes":
                sets = [truth.where(c.when) & truth.where(c.then) for c in prop.clauses]
                bad = not all(sets)
            verdicts[prop.kind, bad] += 1
    # A third of 600 systems for the kinds that are easy to decide either way; rest is rare.
    for kind in KINDS:
        fewest = 40 if kind == "at-rest" else 150
        assert verdicts[kind, True] >= fewest, (kind, verdicts)
        assert verdicts[kind, False] >= fewest, (kind, verdicts)
    assert faulty >= 40
    assert cut >= 100
    assert moving >= 250


def test_every_bound_that_cuts_a_step_off_is_on_record() -> None:
    sort = IntSort(0, 1)
    first, second = Var("x", sort), Var("y", sort)
    bounds = (
        Bound(App("lt", (first, build.integer(0))), "x is tight"),
        Bound(App("lt", (second, build.integer(0))), "y is tight"),
    )
    both = Action("both", "p", build.TRUE, {}, bounds=bounds)
    system = System("two", (Variable("x", sort), Variable("y", sort)), ((0, 0),), (both,))
    hits = set[str]()
    assert list(successors(system, (0, 0), hits)) == []
    assert hits == {"x is tight", "y is tight"}
    assert set(explore(system).hits) == hits


def test_a_guard_of_many_conjuncts_can_be_explored() -> None:
    variables = tuple(Variable(f"x{at}", BOOL) for at in range(120))
    guard = App("and", tuple(Var(v.name, BOOL) for v in variables))
    step = Action("step", "p", guard, {"x0": build.FALSE})
    found = explore(System("long", variables, ((True,) * 120,), (step,)))
    assert [found.state(n)[0] for n in range(len(found.states))] == [True, False]


def test_two_properties_of_one_name_are_refused_or_told_apart() -> None:
    x, y = Var("x", BOOL), Var("y", BOOL)
    variables = (Variable("x", BOOL), Variable("y", BOOL))
    asked = [("p", x), ("p", x), ("q", y)]
    properties = [Property(n, "always", (Clause("", t, build.FALSE),)) for n, t in asked]
    try:
        system = System("twice", variables, ((False, True),), (), tuple(properties))
    except InputError:
        return
    found = explore(system)
    when, _ = clause_bits(system)["q", 0]
    # y starts true, so q is put to the test, and broken, at once.
    assert found.code.marks(found.states[0]) & when


@pytest.mark.parametrize(
    "constant", [Const("z", EnumSort(("a", "b"))), Const(2, BOOL), Const(True, IntSort(0, 1))]
)
def test_a_constant_that_is_not_in_its_sort_is_refused(constant: Const) -> None:
    first = domain(constant.sort)[0]
    step = Action("step", "p", build.TRUE, {"x": constant})
    with pytest.raises(InputError):
        System("odd", (Variable("x", constant.sort),), ((first,),), (step,))
