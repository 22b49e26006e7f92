"""The native engine against the plain one: the same states in the same order, and the same steps.

The plain one is compared with the reference interpreter and with brute force elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from random import Random
from typing import Literal, TypeAlias

import pytest
from support import MODELS
from systems import system_of

from deliverycheck.check.coverage import counted
from deliverycheck.check.lifting import lifted_of
from deliverycheck.check.question import Question
from deliverycheck.explore.edges import edges_of
from deliverycheck.explore.explored import Explored, ReachableFault
from deliverycheck.explore.limits import Explorer, Limits
from deliverycheck.explore.native.functions import fits
from deliverycheck.explore.native.steps import marks_in, withheld_in
from deliverycheck.explore.packing import WORD, packing_of
from deliverycheck.explore.search import explore
from deliverycheck.load.subjects import questions
from deliverycheck.system import build
from deliverycheck.system.bounding import bounded
from deliverycheck.system.model import System, Variable
from deliverycheck.system.sorts import IntSort, Value
from deliverycheck.system.terms import Var

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


def test_some_random_systems_take_several_words() -> None:
    sizes = [-(-packing_of(random_system(seed)).bits // WORD) for seed in SEEDS]
    assert max(sizes) >= 3
    assert sizes.count(1) > 100


@pytest.mark.parametrize("messages", [1, 2])
@pytest.mark.parametrize("question", questions([str(MODELS)]), ids=lambda one: one.name)
def test_shipped_models_are_explored_alike(question: Question, messages: int) -> None:
    lifted = lifted_of(replace(question, messages=messages))
    system = bounded(lifted.system, 2, 3)
    limits = Limits(states=20_000)
    plain = outcome(system, "plain", 1, limits)
    native = outcome(system, "native", messages, limits)
    assert isinstance(plain, Explored)
    assert isinstance(native, Explored)
    same(plain, native)
