"""Compiled code on whole graphs says exactly what plain Python says, in the same order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random

import networkx as nx
import pytest
from random_graphs import KINDS, Shape, answer_for_arrays, as_native, graph, shape_of

from deliverycheck.check.endless import held_back
from deliverycheck.check.lattice import broken_at_once, broken_from
from deliverycheck.check.marked import Marked, has_any
from deliverycheck.explore.bits import Bits
from deliverycheck.explore.doom import can_reach, leading_to
from deliverycheck.explore.edges import Edges, backwards, reached, without
from deliverycheck.explore.explored import Explored
from deliverycheck.explore.fair import components, divide, fair_in
from deliverycheck.explore.flags import flagged, numbers_in
from deliverycheck.explore.groups import Groups
from deliverycheck.explore.lasso import endless_run, open_states, way_round
from deliverycheck.explore.runs import Run, faults_of

pytest.importorskip("numba")

SMALL = range(1500)
"""Seeds of small graphs; the test's name does not end in the seed, its message does."""

LARGE = (
    Shape(100_000, 6, 3.0, 3, 5),
    Shape(100_000, 12, 1.6, 40, 1000),
    Shape(60_000, 3, 4.0, 60_000, 1),
)


@pytest.fixture(autouse=True)
def _arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_for_arrays(monkeypatch)


def pair(seed: int, shape: Shape | None = None) -> tuple[Random, Marked, Marked]:
    """The same graph twice: as the plain engine leaves it, and as the compiled one does."""
    rng = Random(seed)  # noqa: S311 - a test's dice
    found = graph(rng, shape or shape_of(rng), in_order=rng.random() < 0.5)
    plain, native = Marked(found), Marked(as_native(found))
    assert not plain.edges.compiled
    assert native.edges.compiled
    assert native.before.compiled
    assert isinstance(native.marks, Bits)
    return rng, plain, native


def small() -> Iterator[tuple[int, Random, Marked, Marked]]:
    for seed in SMALL:
        yield seed, *pair(seed)


def rows(edges: Edges) -> tuple[list[int], ...]:
    return list(edges.starts), list(edges.targets), list(edges.actions)


def some_flags(rng: Random, size: int, share: float) -> bytearray:
    return bytearray(rng.random() < share for _ in range(size))


def same_graphs(rng: Random, plain: Marked, native: Marked) -> None:
    """Every question about the graph as such."""
    size, actions = len(plain.marks), len(plain.found.system.actions)
    assert list(plain.before.starts) == list(native.before.starts)
    assert list(plain.before.sources) == list(native.before.sources)
    barred = frozenset(rng.sample(range(actions), rng.randint(0, actions)))
    fewer = without(native.edges, barred)
    assert fewer.compiled
    assert rows(without(plain.edges, barred)) == rows(fewer)
    starts = rng.sample(range(size), rng.randint(0, min(size, 4)))
    assert reached(plain.edges, starts, barred) == reached(native.edges, starts, barred)
    assert reached(plain.edges, starts) == reached(native.edges, starts)
    goals, walls = some_flags(rng, size, 0.1), some_flags(rng, size, 0.3)
    able = can_reach(plain.before, goals)
    assert able == can_reach(native.before, goals)
    assert able == leading_to(native.edges, lambda: native.before, goals)
    able = can_reach(plain.before, goals, walls)
    assert able == can_reach(native.before, goals, walls)
    assert able == leading_to(native.edges, lambda: native.before, goals, walls)


def test_small_graphs_turned_round_thinned_out_and_walked_through() -> None:
    for seed, rng, plain, native in small():
        try:
            same_graphs(rng, plain, native)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}") from error


@pytest.mark.parametrize("shape", LARGE, ids=str)
def test_large_graphs_turned_round_thinned_out_and_walked_through(shape: Shape) -> None:
    same_graphs(*pair(1, shape))


def test_reaching_is_what_networkx_says_it_is() -> None:
    for seed in range(300):
        rng, _, native = pair(seed)
        known = networkx_of(native.edges)
        goals = some_flags(rng, len(native.marks), 0.2)
        truth = set(numbers_in(goals)).union(*(nx.ancestors(known, n) for n in numbers_in(goals)))
        assert set(numbers_in(can_reach(native.before, goals))) == truth, seed
        truth = {0} | nx.descendants(known, 0)
        assert set(numbers_in(reached(native.edges, [0]))) == truth, seed


def networkx_of(edges: Edges) -> nx.DiGraph[int]:
    known: nx.DiGraph[int] = nx.DiGraph()
    known.add_nodes_from(range(len(edges.starts) - 1))
    for state in known:
        known.add_edges_from((state, edges.targets[edge]) for edge in edges.of(state))
    return known


def test_to_and_fro_is_no_matter_how_often() -> None:
    """Where many looks at the edges would be needed, they are turned round after all."""
    import numpy as np

    from deliverycheck.explore.native import graphs

    size = 4 * graphs.SWEEPS + 6
    way = [n for two in zip(range(size // 2), range(size // 2, size), strict=True) for n in two]
    targets = dict(pairwise(way))
    starts = np.zeros(size + 1, np.int64)
    for state in range(size):
        starts[state + 1] = starts[state] + (state in targets)
    there = np.array([targets[state] for state in range(size) if state in targets], np.uint32)
    edges = Edges(starts.data, there.data, np.zeros(len(there), np.uint16).data)
    goals = flagged(size, [way[-1]])
    assert not graphs.swept(edges, goals[:], bytearray(size))
    assert leading_to(edges, lambda: backwards(edges), goals) == bytearray(b"\1" * size)


# Marks


def same_marks(plain: Marked, native: Marked) -> None:
    assert list(native.marks) == plain.marks
    assert native.marks[-1] == plain.marks[-1]
    assert plain.cut() == native.cut()
    for prop in plain.found.system.properties:
        assert plain.nearest(prop) == native.nearest(prop)
        for number in range(len(prop.clauses)):
            when, then = plain.bits[prop.name, number]
            assert plain.having(when) == native.having(when)
            assert plain.having(when, then) == native.having(when, then)
            assert has_any(plain.marks, when | then) == has_any(native.marks, when | then)
            for ask in (Marked.tested, Marked.met, Marked.examples, Marked.unsure, Marked.wrong):
                assert ask(plain, prop, number) == ask(native, prop, number)
        if prop.kind != "leads-to" or not plain.found.hits:
            assert broken_from(plain, prop) == broken_from(native, prop)


def test_marks_of_small_graphs() -> None:
    wide = 0
    for seed, _, plain, native in small():
        try:
            same_marks(plain, native)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}") from error
        assert isinstance(native.marks, Bits)
        wide += native.marks.width > 1
    assert wide > 100


@pytest.mark.parametrize("shape", LARGE[:1], ids=str)
def test_marks_of_large_graphs(shape: Shape) -> None:
    _, plain, native = pair(2, replace(shape, clauses=30))
    same_marks(plain, native)


def test_what_is_broken_is_what_the_marks_say() -> None:
    """Said once more, one state at a time."""
    for seed in range(300):
        _, plain, native = pair(seed)
        for prop in plain.found.system.properties:
            if prop.kind not in ("always", "at-rest"):
                continue
            for number in range(len(prop.clauses)):
                when, then = plain.bits[prop.name, number]
                truth = [
                    bool(m & when and not m & then and (prop.kind == "always" or m & 1))
                    for m in plain.marks
                ]
                assert list(map(bool, native.wrong(prop, number))) == truth, seed


# Fairness


def as_lists(groups: Sequence[Sequence[int]]) -> list[list[int]]:
    return [list(group) for group in groups]


def same_fairness(rng: Random, plain: Marked, native: Marked, *, at_length: bool = True) -> int:
    """Every question about runs without end. How deep classes lay inside one another."""
    assert list(plain.possible.in_state) == list(native.possible.in_state)
    assert list(plain.possible.within) == list(native.possible.within)
    size, every = len(plain.marks), plain.possible.relied
    asked, met = some_flags(rng, size, 0.4), some_flags(rng, size, 0.2)
    opened = open_states(plain.possible, asked, met)
    assert list(open_states(native.possible, asked, met)) == opened
    depth = 0
    some = rng.getrandbits(len(plain.possible.assumptions))
    scattered = rng.sample(range(size), rng.randint(0, size))
    for states in (opened, range(size), scattered):
        for relied in (every, every.without(some), every.weakened(some))[: 3 if at_length else 1]:
            truth = divide(plain.possible, states, relied)
            assert divide(native.possible, states, relied).classes == truth.classes
            assert as_lists(divide(native.possible, states, relied).fair) == as_lists(truth.fair)
            fair = fair_in(native.possible, states, relied)
            assert isinstance(fair, Groups)
            assert as_lists(fair) == as_lists(truth.fair)
            depth = max(depth, *(depth_of(one.inner) + 1 for one in truth.classes), 0)
        assert held_back(plain.possible, states) == held_back(native.possible, states)
    return depth


def depth_of(classes: Sequence[object]) -> int:
    return max((depth_of(one.inner) + 1 for one in classes), default=0)  # type: ignore[attr-defined]  # classes, which hold classes


def test_divisions_of_small_graphs() -> None:
    depths: list[int] = []
    for seed, rng, plain, native in small():
        try:
            depths.append(same_fairness(rng, plain, native))
        except AssertionError as error:
            raise AssertionError(f"seed {seed}") from error
    assert max(depths) >= 4
    assert sum(depth >= 2 for depth in depths) > 100


def test_what_is_divided_again_and_again_stays_in_order() -> None:
    """What is left of one component is led to from what is left of another one."""
    shape = Shape(400, 200, 2.4, 8, 40, fault=0.0, far=0.0)
    depths = [same_fairness(*pair(seed, shape), at_length=False) for seed in range(120)]
    assert sum(depth >= 2 for depth in depths) > 60


@pytest.mark.parametrize("shape", LARGE, ids=str)
def test_divisions_of_large_graphs(shape: Shape) -> None:
    same_fairness(*pair(3, shape), at_length=False)


def test_possible_steps_may_be_told_by_plain_numbers() -> None:
    for seed in range(50):
        _, plain, native = pair(seed)
        every = range(len(plain.marks))
        told = replace(native.possible, in_state=list(native.possible.in_state))
        found = divide(told, every, told.relied)
        assert found.classes == divide(plain.possible, every, told.relied).classes, seed


def test_components_are_what_networkx_says_they_are() -> None:
    import numpy as np

    from deliverycheck.explore.native.arrays import graph_of
    from deliverycheck.explore.native.components import parts_of

    for seed in range(400):
        rng, plain, native = pair(seed)
        size = len(plain.marks)
        states = sorted(rng.sample(range(size), rng.randint(1, size)))
        starts, targets, _ = graph_of(native.edges)
        home = np.zeros(size, np.uint32)
        home[states] = 7
        label = np.zeros(size, np.uint32)
        parts = parts_of(starts, targets, np.array(states, np.uint32), home, label)
        found = as_lists(Groups(parts.members.data, parts.starts.data))
        assert found[::-1] == as_lists(components(plain.edges, states)), seed
        known = networkx_of(plain.edges).subgraph(states)
        truth = {frozenset(part) for part in nx.strongly_connected_components(known)}
        assert set(map(frozenset, found)) == truth, seed
        assert len({tuple(label[part]) for part in found}) == len(found), seed
        place = {state: at for at, part in enumerate(found) for state in part}
        assert all(place[a] <= place[b] for a, b in known.edges), seed


# Runs


def best_by_hand(found: Explored, goals: bytearray) -> tuple[Run | None, int]:
    """The first of all shortest runs, each of which is written down; and how many there are.

    Fewest faults come first, then the actions; of runs alike in both, that whose last state has the
    smallest number, then the last but one, and so on. -1 where there are too many.
    """
    is_fault = faults_of(found)
    runs: list[tuple[int, tuple[int, ...], tuple[int, ...]]]
    runs = [(0, (), (state,)) for state in found.level(0)]
    seen = set[int]()
    while runs:
        there = [run for run in runs if goals[run[2][0]]]
        if there:
            _, actions, back = min(there)
            return Run(back[::-1], actions), len(there)
        seen |= {back[0] for _, _, back in runs}
        runs = [
            (faults + is_fault[action], (*actions, action), (target, *back))
            for faults, actions, back in runs
            if back[0] < found.expanded
            for action, target in found.code.edges(back[0])
            if target not in seen
        ]
        if len(runs) > 3000:
            return None, -1
    return None, 0


def same_runs(plain: Marked, native: Marked, goals: bytearray) -> tuple[int, int]:
    """The length of the run, and how many others it was chosen from."""
    run = native.run_to(goals)
    assert run == plain.run_to(goals)
    truth, others = best_by_hand(plain.found, goals)
    if others >= 0:
        assert run == truth
    return (len(run.actions) if run else 0), others


def far(rng: Random, found: Explored) -> bytearray:
    """Some states of the last level."""
    last = found.level(found.depth)
    return flagged(len(found.states), rng.sample(last, rng.randint(1, min(len(last), 3))))


def test_runs_in_small_graphs() -> None:
    long = contested = 0
    for seed, rng, plain, native in small():
        try:
            size = len(plain.marks)
            goals = some_flags(rng, size, 0.1), far(rng, plain.found)
            found = [same_runs(plain, native, one) for one in goals]
        except AssertionError as error:
            raise AssertionError(f"seed {seed}") from error
        long += sum(length > 2 for length, _ in found)
        contested += sum(others > 1 for _, others in found)
    assert long > 200
    assert contested > 200


@pytest.mark.parametrize("actions", [1, 2])
def test_runs_by_the_same_actions_go_through_the_first_states(actions: int) -> None:
    """From several initial states, or if an action leads to several."""
    shape = Shape(40, actions, 2.0 * actions, 5, 6, fault=0.5)
    contested = 0
    for seed in range(600):
        rng, plain, native = pair(seed, shape)
        length, others = same_runs(plain, native, far(rng, plain.found))
        contested += length > 1 and others > 1
    assert contested > 200


def same_endless(rng: Random, plain: Marked, native: Marked) -> Run | None:
    size, relied = len(plain.marks), plain.possible.relied
    asked, met = some_flags(rng, size, 0.3), some_flags(rng, size, 0.2)
    fair = fair_in(plain.possible, open_states(plain.possible, asked, met), relied)
    if not fair:
        return None
    parts = fair_in(native.possible, open_states(native.possible, asked, met), relied)
    one = endless_run(plain.found, plain.possible, asked, met, fair, relied)
    other = endless_run(native.found, native.possible, asked, met, parts, relied)
    assert one == other
    for at in sorted({0, len(fair) // 2, len(fair) - 1}):
        start = fair[at][len(fair[at]) // 2]
        there = way_round(native.possible, parts[at], start, relied)
        assert way_round(plain.possible, fair[at], start, relied) == there
    return Run(one.run.states[one.loop :], one.run.actions[one.loop :])


def test_endless_runs_in_small_graphs() -> None:
    round_: list[int] = []
    for seed, rng, plain, native in small():
        try:
            run = same_endless(rng, plain, native)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}") from error
        round_.append(len(run.actions) if run else 0)
    assert sum(length > 2 for length in round_) > 50


@pytest.mark.parametrize("shape", LARGE, ids=str)
def test_runs_in_large_graphs(shape: Shape) -> None:
    rng, plain, native = pair(4, shape)
    for goals in (some_flags(rng, len(plain.marks), 0.0005), far(rng, plain.found)):
        assert native.run_to(goals) == plain.run_to(goals)
    same_endless(rng, plain, native)


def test_every_kind_of_property_is_asked_about() -> None:
    assert {prop.kind for prop in pair(0)[1].found.system.properties} == set(KINDS)


def test_broken_at_once() -> None:
    for seed in range(100):
        _, plain, native = pair(seed)
        for prop in plain.found.system.properties:
            assert broken_at_once(plain, prop) == broken_at_once(native, prop)
