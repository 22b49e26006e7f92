"""Why a run goes wrong, against the definitions, by brute force over small graphs.

`Truth` says once more what it means that a run goes well or wrong: by trying every fair loop, or
every set of states, and by sweeps over the whole relation; it shares nothing with the package but
the systems.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, combinations, pairwise
from random import Random

import pytest
from fair_oracle import Fair
from systems import fair_system_of

from deliverycheck.check.marked import Marked
from deliverycheck.check.traces import trace_of
from deliverycheck.explain.why.fates import Fates
from deliverycheck.explain.why.needs import necessary_faults, necessary_steps
from deliverycheck.explain.why.turning import decisive, nearest_good, point_of_no_return
from deliverycheck.explore.explored import ReachableFault
from deliverycheck.explore.runs import Run
from deliverycheck.explore.search import explore
from deliverycheck.system.model import Property, PropertyKind, State, System

Node = tuple[State, frozenset[int]]
"""A state, and the clauses of a promise that are asked for and not met yet."""

MOST_STATES = 9
"""All sets of states are tried."""


class Truth:
    """What becomes of every node, if only steps by some actions are taken."""

    def __init__(
        self, system: System, prop: Property, barred: frozenset[int] = frozenset()
    ) -> None:
        self.prop = prop
        self.fair = Fair(system)
        self.states = list(self.fair.onward)
        every = self.fair.onward
        pairs = [self.fair.having(clause) for clause in prop.clauses]
        self.asked = [when - then for when, then in pairs]
        self.met = [then for _, then in pairs]
        self.bad = [self._bad(number) for number in range(len(pairs))]
        self.onward = {s: [t for at, t in every[s] if at not in barred] for s in self.states}
        self.fair.onward = {s: [e for e in every[s] if e[0] not in barred] for s in self.states}

    def _bad(self, number: int) -> set[State]:
        """The states that break a clause by themselves, by all steps there are."""
        if self.prop.kind == "leads-to":
            return set()
        if self.prop.kind == "possible":
            able = set(self.met[number])
            while more := {
                s
                for s in self.states
                if s not in able and any(t in able for _, t in self.fair.onward[s])
            }:
                able |= more
            return {s for s in self.asked[number] if s not in able}
        if self.prop.kind == "at-rest":
            return {s for s in self.asked[number] if not self.fair.possible[s]}
        return set(self.asked[number])

    def start(self, state: State) -> Node:
        return self.step(frozenset(), state)

    def step(self, owed: frozenset[int], state: State) -> Node:
        if self.prop.kind != "leads-to":
            return state, frozenset()
        clauses = range(len(self.met))
        more = {n for n in clauses if state in self.asked[n]}
        return state, frozenset(n for n in owed | more if state not in self.met[n])

    def nodes(self) -> list[Node]:
        found = [self.start(state) for state in self.fair.system.initial]
        for state, owed in found:
            for target in self.onward[state]:
                node = self.step(owed, target)
                if node not in found:
                    found.append(node)
        return list(dict.fromkeys(found))

    def sets(self) -> list[frozenset[State]]:
        return list(self.fair.fair_sets(self.states))

    def well(self) -> set[Node]:
        """From where a fair run keeps the property."""
        if self.prop.kind != "leads-to":
            good = set(self.states) - set[State]().union(*self.bad)
            return self.back(self.resting(), {(s, frozenset[int]()) for s in good})
        base: set[Node] = set()
        for among in self.sets():
            free = [n for n in range(len(self.met)) if not among & self.met[n]]
            if not any(among & self.asked[n] for n in free):
                base |= {
                    (s, owed) for s in among for owed in _subsets(self.met) if not owed & set(free)
                }
        return self.back(base, {(s, owed) for s in self.states for owed in _subsets(self.met)})

    def resting(self) -> set[Node]:
        """Where a fair run can stay for ever and keep what is no promise."""
        good = set(self.states) - set[State]().union(*self.bad)
        return {(s, frozenset[int]()) for s in self.fair.loops(good)}

    def wrong(self, clauses: Iterator[int] | range | None = None) -> set[Node]:
        """From where a run breaks one of some clauses."""
        wanted = list(range(len(self.met)) if clauses is None else clauses)
        everywhere = {(s, owed) for s in self.states for owed in _subsets(self.met)}
        if self.prop.kind != "leads-to":
            base = {(s, frozenset[int]()) for n in wanted for s in self.bad[n]}
            return self.back(base, everywhere)
        base = set()
        for among in self.sets():
            for n in wanted:
                if not among & self.met[n]:
                    asks = bool(among & self.asked[n])
                    base |= {(s, o) for s in among for o in _subsets(self.met) if asks or n in o}
        return self.back(base, everywhere)

    def back(self, base: set[Node], among: set[Node]) -> set[Node]:
        """The nodes among some from where steps among them lead to the base."""
        found = base & among
        while more := {
            (s, owed)
            for s, owed in among - found
            if any(self.step(owed, t) in found for t in self.onward[s])
        }:
            found |= more
        return found


def _subsets(clauses: list[set[State]]) -> list[frozenset[int]]:
    names = range(len(clauses))
    every = chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))
    return [frozenset(chosen) for chosen in every]


def drawn(first: int, last: int) -> Iterator[tuple[int, Fates]]:
    """The random systems that are small and seen whole, each with a property of some kind."""
    kinds: tuple[PropertyKind, ...] = ("leads-to", "always", "at-rest", "possible")
    for seed in range(first, last):
        system = fair_system_of(seed)
        kind = kinds[seed % 4]
        prop = replace(system.properties[0], kind=kind)
        system = replace(system, properties=(prop,))
        try:
            found = explore(system)
        except ReachableFault:
            continue
        if not found.hits and len(found.states) <= MOST_STATES:
            yield seed, Fates(Marked(found), prop)


def node_of(fates: Fates, number: int) -> Node:
    bits = fates.nodes.pending[number]
    clauses = range(len(fates.prop.clauses))
    state = fates.marked.found.state(fates.nodes.states[number])
    return state, frozenset(n for n in clauses if bits >> n & 1)


def walks(fates: Fates, seed: int, count: int = 6) -> Iterator[Run]:
    """Random runs, so that nothing depends on how counterexamples are chosen."""
    rng = Random(seed)  # noqa: S311
    edges = fates.nodes.edges
    for _ in range(count):
        nodes, actions = [rng.choice(fates.nodes.starts)], list[int]()
        for _ in range(rng.randint(1, 8)):
            onward = list(edges.of(nodes[-1]))
            if not onward:
                break
            edge = rng.choice(onward)
            nodes.append(edges.targets[edge])
            actions.append(edges.actions[edge])
        if actions:
            yield Run(tuple(nodes), tuple(actions))


SHARDS = [(first, first + 500) for first in range(0, 2000, 500)]


@pytest.mark.parametrize(("first", "last"), SHARDS)
def test_fates_are_what_every_loop_and_every_set_say(first: int, last: int) -> None:
    seen: Counter[tuple[str, bool, bool]] = Counter()
    for seed, fates in drawn(first, last):
        truth = Truth(fates.marked.found.system, fates.prop)
        well, wrong = truth.well(), truth.wrong()
        numbers = range(len(fates.nodes.states))
        assert {node_of(fates, n) for n in numbers} == set(truth.nodes()), seed
        for number in numbers:
            node = node_of(fates, number)
            expected = (node in well, node in wrong)
            assert fates.fate(number) == expected, (seed, node)
            seen[fates.prop.kind, *expected] += 1
    for kind in ("leads-to", "always", "at-rest", "possible"):
        assert seen[kind, True, True]
        assert seen[kind, False, True]
        assert seen[kind, True, False]


@pytest.mark.parametrize(("first", "last"), SHARDS)
def test_turning_points_and_the_nearest_good_run(first: int, last: int) -> None:
    seen: Counter[str] = Counter()
    for seed, fates in drawn(first, last):
        system = fates.marked.found.system
        faults = frozenset(n for n, action in enumerate(system.actions) if action.fault)
        truth, faultless = (Truth(system, fates.prop, barred) for barred in (frozenset(), faults))
        well, wrong, free = truth.well(), truth.wrong(), faultless.well()
        for way in walks(fates, seed):
            nodes = [node_of(fates, number) for number in way.states]
            lost = [at for at, node in enumerate(nodes) if node not in well]
            never = point_of_no_return(fates, way)
            assert never == (lost[0] if lost else None), seed

            expected: list[int] = []
            for step, (node, after) in enumerate(pairwise(nodes), 1):
                state, owed = node
                others = [truth.step(owed, target) for target in truth.onward[state]]
                fate = (after in well, after in wrong)
                if any((one in well, one in wrong) != fate for one in others):
                    expected.append(step)
            assert decisive(fates, way) == tuple(expected), seed
            seen["decisive"] += bool(expected)

            before = range(len(way.actions) if never is None else never)
            for goals in (free, well):
                able = [at for at in before if nodes[at] in goals]
                if able:
                    break
            near = nearest_good(fates, way)
            if not able:
                assert near is None, seed
                seen["none"] += 1
                continue
            assert near is not None, seed
            shared, run = near
            assert shared == able[-1], seed
            assert run.states[: shared + 1] == way.states[: shared + 1]
            assert all(node_of(fates, number) in goals for number in run.states[shared:]), seed
            steps = run.actions[shared:]
            assert goals is well or not faults.intersection(steps)
            if fates.prop.kind != "leads-to":
                by = faultless if goals is free else truth
                assert len(steps) == distance(by, nodes[shared]), seed
            seen["free" if goals is free else "faulty"] += 1
    assert seen["decisive"] > 5
    assert seen["none"] > 5
    assert seen["free"] > 5


def distance(truth: Truth, start: Node) -> int:
    """The fewest steps to where a run can stay, through nothing bad."""
    bad, goals = set[State]().union(*truth.bad), truth.resting()
    layer, steps = {start}, 0
    while not layer & goals:
        layer = {truth.step(o, t) for s, o in layer for t in truth.onward[s] if t not in bad}
        steps += 1
    return steps


@pytest.mark.parametrize(("first", "last"), SHARDS)
def test_what_is_necessary_is_on_every_run_that_goes_wrong(first: int, last: int) -> None:
    seen: Counter[tuple[str, bool]] = Counter()
    for seed, fates in drawn(first, last):
        system = fates.marked.found.system
        for way in walks(fates, seed, 2):
            states = tuple(fates.nodes.states[node] for node in way.states)
            trace = trace_of(fates.marked.found, Run(states, way.actions))

            def avoidable(clauses: range, barred: frozenset[int], fates: Fates = fates) -> bool:
                left = Truth(fates.marked.found.system, fates.prop, barred)
                wrong = left.wrong(clauses)
                return any(left.start(state) in wrong for state in left.fair.system.initial)

            every = range(len(fates.prop.clauses))
            for fault in trace.faults:
                of_kind = frozenset(n for n, a in enumerate(system.actions) if a.fault == fault)
                is_needed = not avoidable(every, of_kind)
                assert (fault in necessary_faults(fates, trace)) == is_needed, seed
                seen["fault", is_needed] += 1
            first_clause = range(1)
            needed = necessary_steps(fates, trace, first_clause)
            for step in trace.steps:
                key = (step.actor, step.action, step.fault)
                like = frozenset(
                    n for n, a in enumerate(system.actions) if (a.actor, a.name, a.fault) == key
                )
                is_needed = not avoidable(first_clause, like)
                assert (step.index in needed) == is_needed, seed
                seen["step", is_needed] += 1
    assert min(seen["fault", True], seen["fault", False]) > 3
    assert min(seen["step", True], seen["step", False]) > 20


def test_what_a_bound_cuts_off_might_go_either_way() -> None:
    """What is said of an instance is true of the system without its bounds."""
    seen: Counter[str] = Counter()
    for seed in range(4000):
        system = fair_system_of(seed)
        kind: PropertyKind = ("leads-to", "always")[seed % 2]
        prop = replace(system.properties[0], kind=kind)
        system = replace(system, properties=(prop,))
        unbounded = replace(
            system, actions=tuple(replace(one, bounds=()) for one in system.actions)
        )
        try:
            found, whole = explore(system), explore(unbounded)
        except ReachableFault:
            continue
        if not found.hits or len(whole.states) > MOST_STATES:
            continue
        fates, truth = Fates(Marked(found), prop), Truth(unbounded, prop)
        well, wrong = truth.well(), truth.wrong()
        for number in range(len(fates.nodes.states)):
            can_go_well, can_go_wrong = fates.fate(number)
            node = node_of(fates, number)
            assert can_go_well or node not in well, seed
            assert can_go_wrong or node not in wrong, seed
            seen["lost"] += not can_go_well
            seen["safe"] += not can_go_wrong
            seen["hoped"] += can_go_well and node not in well
            seen["feared"] += can_go_wrong and node not in wrong
        for way in walks(fates, seed, 2):
            states = tuple(fates.nodes.states[node] for node in way.states)
            trace = trace_of(found, Run(states, way.actions))
            for index in necessary_steps(fates, trace, range(1)):
                step = trace.steps[index - 1]
                like = frozenset(
                    n
                    for n, a in enumerate(system.actions)
                    if (a.actor, a.name, a.fault) == (step.actor, step.action, step.fault)
                )
                left = Truth(unbounded, prop, like)
                assert left.start(trace.states[0]) not in left.wrong(range(1)), seed
                seen["necessary"] += 1
    assert min(seen[word] for word in ("lost", "safe", "hoped", "feared", "necessary")) > 10, seen
