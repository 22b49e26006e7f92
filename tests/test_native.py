"""The native engine against the plain one: the same states in the same order, and the same steps.

The plain one is compared with the reference interpreter and with brute force elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from random import Random
from typing import Literal, TypeAlias

import numpy as np
import pytest
from support import CORE
from systems import system_of

from deliverycheck.check.coverage import counted
from deliverycheck.check.lifting import lifted_of
from deliverycheck.check.question import Question
from deliverycheck.explore.edges import edges_of
from deliverycheck.explore.explored import Explored, ReachableFault
from deliverycheck.explore.limits import Explorer, Limits
from deliverycheck.explore.native.fitting import fits
from deliverycheck.explore.native.steps import marks_in, withheld_in
from deliverycheck.explore.packing import WORD, packing_of
from deliverycheck.explore.probing import seen
from deliverycheck.explore.runs import shortest_run
from deliverycheck.explore.search import explore
from deliverycheck.load.subjects import questions
from deliverycheck.system import build
from deliverycheck.system.bounding import bounded
from deliverycheck.system.model import Action, System, Variable
from deliverycheck.system.sorts import BOOL, IntSort, Value
from deliverycheck.system.terms import Term, Var

SEEDS = range(300)
WIDE = IntSort(-5, 2**30)


def widened(system: System, seed: int) -> System:
    """The same with wide variables between the others, some of which change."""
    rng = Random(seed)  # noqa: S311 - a test's dice
    variables, states = list(system.variables), [list(state) for state in system.initial]
    for number in range(rng.randint(1, 5)):
        at = rng.randint(0, len(variables))
        variables.insert(at, Variable(f"wide{number}", WIDE))
        value = rng.randint(-5, 2**29)
        for state in states:
            state.insert(at, value)
    flip = Var("wide0", WIDE)
    low, high = build.integer(-5), build.integer(2**30)
    change = build.choose(build.equal(flip, low), high, low)
    actions = [
        replace(one, updates={**one.updates, "wide0": change}) if rng.random() < 0.5 else one
        for one in system.actions
    ]
    initial = tuple(tuple[Value, ...](state) for state in states)
    return replace(system, variables=tuple(variables), initial=initial, actions=tuple(actions))


@cache
def random_system(seed: int) -> System:
    system = system_of(seed)
    return widened(system, seed) if seed % 3 == 0 else system


Outcome: TypeAlias = Explored | tuple[str, str, int]


def outcome(
    system: System,
    engine: Literal["plain", "native"],
    jobs: int = 1,
    limits: Limits | None = None,
) -> Outcome:
    try:
        return explore(system, limits, None, Explorer(engine, jobs))
    except ReachableFault as fault:
        return str(fault), fault.action.name, fault.found.states[fault.number]


def same(plain: Explored, native: Explored) -> None:
    """Everything that is found is the same, in the same order."""
    assert native.space is not None
    assert plain.space is None
    assert list(native.states) == list(plain.states)
    assert native.levels == plain.levels
    assert native.transitions == plain.transitions
    assert native.expanded == plain.expanded
    assert native.stopped == plain.stopped
    assert native.hits == plain.hits
    for number, word in enumerate(plain.states):
        assert native.index[word] == number
        assert native.states[number] == word
    one, other = edges_of(plain), edges_of(native)
    assert list(one.starts) == list(other.starts)
    assert list(one.targets) == list(other.targets)
    assert list(one.actions) == list(other.actions)
    marks = marks_in(native.space).tolist()
    joined = [sum(word << WORD * at for at, word in enumerate(row)) for row in marks]
    assert joined == [plain.code.marks(word) for word in plain.states]
    assert counted(plain) == counted(native)
    for first in {0, 1, plain.expanded // 2, plain.expanded}:
        part = edges_of(native, first)
        assert list(part.starts) == list(one.starts)[: first + 1]
        assert list(part.targets) == list(one.targets)[: part.starts[-1]]
    starts, actions = withheld_in(native.space, native.expanded)
    for number in range(plain.expanded):
        held = actions[starts[number] : starts[number + 1]].tolist()
        assert held == plain.code.withheld(plain.states[number])


@pytest.mark.parametrize("seed", SEEDS)
def test_random_systems_are_explored_alike(seed: int) -> None:
    system = random_system(seed)
    assert fits(system)
    plain = outcome(system, "plain")
    native = outcome(system, "native", 1 + seed % 3)
    if isinstance(plain, tuple):
        assert native == plain
    else:
        assert isinstance(native, Explored)
        same(plain, native)


@pytest.mark.parametrize("jobs", [1, 2, 3])
@pytest.mark.parametrize("limit", [1, 5000, 9000, 20_000])
def test_a_limit_of_states_ends_a_search_where_it_would_in_plain_python(
    limit: int, jobs: int
) -> None:
    """Four counters, so that levels are larger than the blocks of several threads."""
    sort = IntSort(0, 15)
    names = ("a", "b", "c", "d")
    actions = tuple(
        Action(
            name,
            "p",
            build.less(Var(name, sort), build.integer(15)),
            {name: build.plus(Var(name, sort), build.integer(1))},
        )
        for name in names
    )
    variables = tuple(Variable(name, sort) for name in names)
    system = System("counters", variables, ((0, 0, 0, 0),), actions)
    plain = outcome(system, "plain", 1, Limits(states=limit))
    native = outcome(system, "native", jobs, Limits(states=limit))
    assert isinstance(plain, Explored)
    assert isinstance(native, Explored)
    assert plain.stopped == "states"
    same(plain, native)


def test_runs_go_through_states_that_were_looked_behind() -> None:
    """6000 states at the start, of which a search with a limit looks behind a part."""
    sort = IntSort(0, 5999)
    far = Var("far", BOOL)
    to = Action("go", "p", build.negate(far), {"far": build.TRUE})
    variables = (Variable("x", sort), Variable("far", BOOL))
    starts = tuple((x, False) for x in range(6000))
    system = System("wide", variables, starts, (to,))
    runs = []
    for engine in ("plain", "native"):
        found = explore(system, Limits(states=100), None, Explorer(engine))
        assert found.expanded < 6000
        runs.append(shortest_run(found, [6000]))
    assert runs[0] == runs[1]
    assert runs[0] is not None
    assert runs[0].states[0] == 0


def test_a_table_whose_growth_was_interrupted_is_filled_again() -> None:
    native = outcome(random_system(1), "native")
    assert isinstance(native, Explored)
    assert native.space is not None
    native.space.taken = []
    native.space.keys = np.zeros((1, 4 * native.space.words), np.uint64)
    for number, word in enumerate(native.states):
        assert native.index[word] == number


@pytest.mark.parametrize("low", [0, -(2**61), 2**61, -(2**70)])
def test_numbers_too_large_for_a_word_are_left_to_plain_python(low: int) -> None:
    """Doubled again and again, a number gets large although every term is small."""
    sort = IntSort(low, low + 3)
    term: Term = Var("x", sort)
    for _ in range(62):
        term = build.plus(term, term)
    is_odd = build.less(build.integer(0), term)
    inc = {"x": build.plus(Var("x", sort), build.integer(1))}
    more = build.less(Var("x", sort), build.integer(low + 3))
    system = System("wide", (Variable("x", sort),), ((low,),), (Action("go", "p", more, inc),))
    assert fits(system) == (abs(low) < 2**62)
    found = explore(system, None, None, Explorer("native"))
    assert (found.space is not None) == fits(system)
    assert list(found.states) == list(explore(system, None, None, Explorer("plain")).states)
    doubled = replace(system, actions=(Action("go", "p", build.all_of(more, is_odd), inc),))
    assert not fits(doubled)


@pytest.mark.parametrize("seed", SEEDS[::3])
def test_what_is_seen_is_seen_alike(seed: int) -> None:
    """Whether any state satisfies a term: guards and clauses, single and several."""
    system = random_system(seed)
    plain, native = outcome(system, "plain"), outcome(system, "native", 1 + seed % 2)
    if isinstance(plain, tuple) or isinstance(native, tuple):
        return
    terms = [action.guard for action in system.actions]
    terms += [t for prop in system.properties for c in prop.clauses for t in (c.when, c.then)]
    for term in [*terms, *map(build.negate, terms)]:
        assert seen(plain, [term]) == seen(native, [term])
    assert seen(plain, terms) == seen(native, terms)


def test_some_random_systems_take_several_words() -> None:
    sizes = [-(-packing_of(random_system(seed)).bits // WORD) for seed in SEEDS]
    assert max(sizes) >= 3
    assert sizes.count(1) > 100


@pytest.mark.parametrize("messages", [1, 2])
@pytest.mark.parametrize("question", questions(CORE), ids=lambda one: one.name)
def test_shipped_models_are_explored_alike(question: Question, messages: int) -> None:
    lifted = lifted_of(replace(question, messages=messages))
    system = bounded(lifted.system, 2, 3)
    limits = Limits(states=20_000)
    plain = outcome(system, "plain", 1, limits)
    native = outcome(system, "native", messages, limits)
    assert isinstance(plain, Explored)
    assert isinstance(native, Explored)
    same(plain, native)
