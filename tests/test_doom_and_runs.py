"""Doom and shortest runs, on whole searches and on those that end early, against brute force."""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx
import pytest
from brute import Truth, truth_of
from systems import domain, system_of

from deliverycheck.explore import search
from deliverycheck.explore.doom import can_reach
from deliverycheck.explore.edges import backwards, edges_of
from deliverycheck.explore.explored import Explored
from deliverycheck.explore.graph import graph_of
from deliverycheck.explore.limits import CHUNK, Limits, Progress
from deliverycheck.explore.plan import clause_bits
from deliverycheck.explore.runs import shortest_run
from deliverycheck.explore.search import explore
from deliverycheck.semantics.interpreter import successors
from deliverycheck.system import build
from deliverycheck.system.model import Action, Clause, State, System, Variable
from deliverycheck.system.sorts import IntSort
from deliverycheck.system.terms import App, Var

SEEDS = [seed for seed in range(600) if not truth_of(seed).faulty]
"""The systems that are not wrong in themselves. The test's name ends in the seed."""

MOVING = [seed for seed in SEEDS if truth_of(seed).depth >= 2]

MOST_RUNS = 5000
"""Shortest runs that are compared one by one."""


def clauses_of(found: Explored) -> Iterator[tuple[Clause, int, int]]:
    """Every clause, whatever its property's kind, with its bits."""
    bits = clause_bits(found.system)
    for prop in found.system.properties:
        for at, clause in enumerate(prop.clauses):
            yield clause, *bits[prop.name, at]


def doomed(found: Explored, then: int) -> set[State]:
    """The states from which the engine says that `then` cannot be reached.

    From a state that was not looked at, anything may be.
    """
    goals = [bool(found.code.marks(word) & then) for word in found.states]
    goals[found.expanded :] = [True] * (len(goals) - found.expanded)
    able = can_reach(backwards(edges_of(found)), goals)
    return {found.state(number) for number in range(len(found.states)) if not able[number]}


def fewest_runs(truth: Truth, goals: set[State]) -> list[tuple[State, tuple[int, ...]]] | None:
    """All shortest runs to the goals, or None if they are too many to compare."""
    runs = []
    for run in truth.shortest_runs(goals):
        runs.append(run)
        if len(runs) > MOST_RUNS:
            return None
    return runs


def check_run(found: Explored, truth: Truth, goals: set[State]) -> bool:
    """The run to the goals is real, shortest, of fewest faults, and first in the fixed order."""
    numbers = [number for number in range(len(found.states)) if found.state(number) in goals]
    run = shortest_run(found, numbers)
    if not goals:
        assert run is None
        return False
    assert run is not None
    states = [found.state(number) for number in run.states]
    assert states[0] in found.system.initial
    assert states[-1] in goals
    assert len(states) == len(run.actions) + 1
    for before, at, after in zip(states, run.actions, states[1:], strict=False):
        action = found.system.actions[at]
        assert [o.state for o in successors(found.system, before) if o.action is action] == [after]
    assert (len(run.actions), truth.faults_of(run.actions)) == min(truth.cost[g] for g in goals)
    runs = fewest_runs(truth, goals)
    if runs is None or len(set(truth.system.initial)) > 1:
        return False
    best = min((truth.faults_of(actions), actions) for _, actions in runs)
    assert (truth.faults_of(run.actions), run.actions) == best
    return len(runs) > 1


@pytest.mark.parametrize("seed", SEEDS)
def test_the_run_to_a_violation_is_the_canonical_one_of_all_shortest_runs(seed: int) -> None:
    found, truth = explore(system_of(seed)), truth_of(seed)
    for goals in truth.violating().values():
        check_run(found, truth, goals)


def test_the_run_to_any_state_is_the_canonical_one_of_all_shortest_runs() -> None:
    """Most states are reached in several shortest ways, so the tie-breaks are put to the test."""
    contested = 0
    for seed in MOVING:
        found, truth = explore(system_of(seed)), truth_of(seed)
        farthest = max(truth.reachable, key=lambda state: (truth.cost[state], state))
        ring = {state for state in truth.reachable if truth.cost[state][0] == truth.depth}
        try:
            contested += check_run(found, truth, {farthest})
            contested += check_run(found, truth, ring)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}") from error
    assert contested >= 100


def test_the_first_action_wins_over_the_first_initial_state() -> None:
    sort = IntSort(0, 2)
    x = Var("x", sort)
    to_two = {"x": build.integer(2)}
    system = System(
        "starts",
        (Variable("x", sort),),
        ((0,), (1,)),
        (
            Action("from 1", "p", App("eq", (x, build.integer(1))), to_two),
            Action("from 0", "p", App("eq", (x, build.integer(0))), to_two),
        ),
    )
    found = explore(system)
    # Two runs of one step and no fault: actions (0,) from x = 1 and actions (1,) from x = 0.
    run = shortest_run(found, [found.index[found.code.packing.pack((2,))]])
    assert run is not None
    assert run.actions == (0,)


@pytest.mark.parametrize("seed", SEEDS)
def test_doomed_states_are_those_that_brute_force_finds(seed: int) -> None:
    found, truth = explore(system_of(seed)), truth_of(seed)
    for clause, _, then in clauses_of(found):
        assert doomed(found, then) == truth.doomed(clause.then)


@pytest.mark.parametrize("seed", MOVING)
def test_a_search_that_hits_the_limit_of_states_claims_only_what_is_true(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth = truth_of(seed)
    for chunk, limit in ((1, 1), (2, len(truth.reachable) // 2), (3, 2)):
        monkeypatch.setattr(search, "CHUNK", chunk)
        found = explore(system_of(seed), Limits(states=limit))
        if found.stopped is None:
            assert {found.state(n) for n in range(len(found.states))} == truth.reachable
            continue
        assert found.stopped == "states"
        assert not found.complete
        assert found.expanded < len(found.states)
        assert len(found.states) > limit
        claims_only_what_is_true(found, truth)


def claims_only_what_is_true(found: Explored, truth: Truth) -> None:
    """Every state found is reachable, at its true depth, and doomed only if it truly is."""
    states = [found.state(number) for number in range(len(found.states))]
    assert [found.depth_of(n) for n in range(len(states))] == [truth.cost[s][0] for s in states]
    assert len(set(states)) == len(states)
    assert [n for d in range(found.depth + 1) for n in found.level(d)] == list(range(len(states)))
    looked_at = set(states[: found.expanded])
    assert found.transitions == sum(source in looked_at for source, _, _ in truth.edges)
    assert {target for source, _, target in truth.edges if source in looked_at} <= set(states)
    for clause, _, then in clauses_of(found):
        assert doomed(found, then) <= truth.doomed(clause.then)


@pytest.mark.parametrize(
    ("limits", "why"),
    [(Limits(0), "states"), (Limits(seconds=0.0), "seconds"), (Limits(memory=0.0), "memory")],
)
def test_a_limit_stops_a_search_only_while_something_is_left_to_look_at(
    limits: Limits, why: str
) -> None:
    x = Variable("x", IntSort(0, 1))
    step = Action("step", "p", build.TRUE, {"x": build.integer(1)})
    assert explore(System("still", (x,), ((1,),), (step,)), limits).complete
    assert explore(System("moving", (x,), ((0,),), (step,)), limits).stopped == why


@pytest.mark.parametrize("seed", MOVING)
def test_an_interrupted_search_keeps_what_it_knows(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth = truth_of(seed)
    monkeypatch.setattr(search, "CHUNK", 2)
    for when in (1, 2, 4):
        seen: list[Progress] = []

        def interrupt(progress: Progress, seen: list[Progress] = seen, when: int = when) -> None:
            seen.append(progress)
            if len(seen) == when:
                raise KeyboardInterrupt

        found = explore(system_of(seed), report=interrupt)
        assert (found.stopped == "interrupted") == (len(seen) == when)
        assert found.complete == (found.stopped is None)
        assert seen[-1].states == len(found.states)
        assert seen[-1].transitions == found.transitions
        claims_only_what_is_true(found, truth)


def test_a_search_cut_off_within_a_level_still_has_runs_to_what_it_found() -> None:
    # 3000 states at the start are more than one chunk; the search stops after 2048 of them.
    assert CHUNK < 3000
    sort = IntSort(0, 2999)
    toggle = Action("go", "p", build.TRUE, {"far": build.TRUE})
    variables = (Variable("x", sort), Variable("far", build.TRUE.sort))
    starts = tuple((x, False) for x in domain(sort))
    found = explore(System("wide", variables, starts, (toggle,)), Limits(states=1))
    run = shortest_run(found, [3000])
    assert run is not None
    assert run.actions == (0,)


@pytest.mark.parametrize("seed", MOVING[::3])
def test_the_graph_for_networkx_has_the_same_edges_distances_and_doom(seed: int) -> None:
    found, truth = explore(system_of(seed)), truth_of(seed)
    graph = graph_of(found)
    assert graph.is_multigraph()
    assert graph.number_of_nodes() == len(truth.reachable)
    assert graph.number_of_edges() == truth.transitions
    names = [variable.name for variable in found.system.variables]
    states = {
        n: tuple(data["values"][name] for name in names) for n, data in graph.nodes(data=True)
    }
    faults = {a.name: a.fault for a in found.system.actions}
    assert sorted((states[s], d["action"], states[t]) for s, t, d in graph.edges(data=True)) == (
        sorted((s, found.system.actions[at].name, t) for s, at, t in truth.edges if s in truth.cost)
    )
    assert all(data["fault"] == faults[data["action"]] for _, _, data in graph.edges(data=True))
    starts = {n for n, data in graph.nodes(data=True) if data["initial"]}
    assert {states[n] for n in starts} == set(found.system.initial)
    plain: nx.DiGraph[int] = nx.DiGraph(graph)
    lengths = nx.multi_source_dijkstra_path_length(plain, starts)
    assert {n: data["depth"] for n, data in graph.nodes(data=True)} == lengths
    for clause, _, then in clauses_of(found):
        goals = {n for n in states if found.code.marks(found.states[n]) & then}
        able = goals.union(*(nx.ancestors(plain, goal) for goal in goals))
        assert {states[n] for n in states if n not in able} == doomed(found, then)
        assert {states[n] for n in goals} == truth.where(clause.then)


@pytest.mark.parametrize("name", ["depth", "initial", "expanded"])
def test_a_variable_may_be_called_what_the_graph_calls_an_attribute(name: str) -> None:
    system = System("named", (Variable(name, IntSort(5, 9)),), ((7,),), ())
    assert graph_of(explore(system)).number_of_nodes() == 1
