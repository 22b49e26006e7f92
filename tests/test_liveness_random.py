"""Random systems with fairness: every answer about `leads-to` against two slow textbook methods.

`systems.fair_system_of(seed)` is the system of a seed; `fair_oracle` says why it is to be believed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from random import Random

import networkx as nx
import pytest
from fair_engine import Engine, trace_of
from fair_oracle import Fair, graph, held_back
from hypothesis import given, settings
from systems import all_states, fair_system_of, fair_systems

from deliverycheck.certify.checking import certify
from deliverycheck.check.traces import replay_by_interpreter, trace_of_run
from deliverycheck.explore.codegen import compiled
from deliverycheck.explore.plan import AT_REST
from deliverycheck.semantics.interpreter import at_rest, can_happen, evaluate
from deliverycheck.semantics.lassos import broken_clause, unmet
from deliverycheck.system import build
from deliverycheck.system.certificates import Certificate, Lasso, RunOf
from deliverycheck.system.fairness import assumptions_of, possible, resting
from deliverycheck.system.model import Clause, Fairness, Property, State, System

SEEDS = range(1000)

SMALL = 9
"""Open states up to which all sets of them are tried: 511 sets."""


@cache
def fair_of(seed: int) -> Fair:
    """What brute force knows of the random system with this number."""
    return Fair(fair_system_of(seed))


@cache
def engine_of(seed: int) -> Engine:
    """What the explicit engine makes of it."""
    return Engine(fair_system_of(seed))


def clauses_of(seed: int) -> tuple[Clause, ...]:
    (prop,) = fair_system_of(seed).properties
    return prop.clauses


def alone(system: System, clause: Clause) -> System:
    """The system, asked about one clause only."""
    return replace(system, properties=(Property("arrives", "leads-to", (clause,)),))


@pytest.mark.parametrize("seed", SEEDS)
def test_each_fair_step_is_possible_where_brute_force_says_so(seed: int) -> None:
    fair, marked = fair_of(seed), engine_of(seed).marked
    found, system = marked.found, fair.system
    assumptions = assumptions_of(system)
    assert [(a.name, a.fairness, frozenset(a.actions)) for a in assumptions] == [
        (unit.name, unit.fairness, unit.paths) for unit in fair.units
    ]
    numbers = range(len(found.states))
    assert {found.state(n) for n in numbers} == set(fair.onward)
    rests = Property("rests", "at-rest", (Clause("", build.TRUE, build.FALSE),))
    marks = compiled(replace(system, properties=(rests,))).marks
    for n in numbers:
        state = found.state(n)
        able, now = fair.possible[state], system.valuation(state)
        assert marked.possible.in_state[n] == sum(1 << unit for unit in able)
        seen = {u for u, one in enumerate(assumptions) if can_happen(system, one, state)}
        said = {u for u, one in enumerate(assumptions) if evaluate(possible(system, one), now)}
        assert seen == said == able
        rest = {at_rest(system, state), evaluate(resting(system), now)}
        assert rest == {bool(marks(found.states[n]) & AT_REST)} == {not able}


def agrees_with_every_way_round(system: System, fair: Fair, engine: Engine) -> None:
    for number, clause in enumerate(engine.prop.clauses):
        steps = fair.pending(clause)
        assert engine.open(number) == steps.keys()
        # What no fair run leaves is exactly what lies on fair loops, not only when it is nothing.
        assert engine.fair(number) == fair.loops(steps.keys()).keys()
        nearest, lasso = fair.nearest(clause), engine.lasso(number)
        assert (lasso is None) == (nearest is None)
        if lasso is None or nearest is None:
            assert engine.held_back(number) == held_back(system, clause)
            continue
        run = lasso.run
        assert fair.objection(clause, run.states, run.actions, lasso.loop) is None
        assert lasso.loop == nearest.stem
        assert len(run.actions) >= nearest.total
        trace = trace_of(system, lasso)
        replay_by_interpreter(system, trace)
        asked = alone(system, clause)
        assert broken_clause(asked, asked.properties[0], trace) is clause
    certificate = engine.certificate()
    if certificate is None:
        assert not any(map(fair.pending, engine.prop.clauses))
    else:
        outcome = certify(certificate)
        assert outcome.status == "accepted", outcome


@pytest.mark.parametrize("seed", SEEDS)
def test_the_engine_judges_as_every_way_round_does(seed: int) -> None:
    agrees_with_every_way_round(fair_system_of(seed), fair_of(seed), engine_of(seed))


@settings(max_examples=60)
@given(fair_systems)
def test_the_engine_judges_systems_that_shrink_as_every_way_round_does(system: System) -> None:
    agrees_with_every_way_round(system, Fair(system), Engine(system))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_way_round_and_every_set_of_states_give_the_same_answer(seed: int) -> None:
    """The two textbook methods share only the reading of the system; neither may be believed."""
    fair = fair_of(seed)
    for clause in clauses_of(seed):
        steps = fair.pending(clause)
        if len(steps) <= SMALL:
            on_loops = frozenset[State]().union(*fair.fair_sets(list(steps)))
            assert on_loops == fair.loops(steps.keys()).keys()


def some_lassos(fair: Fair, rng: Random) -> Iterator[tuple[list[State], list[int], int]]:
    """A random run, bent into a lasso at every state it comes back to, or standing still.

    And, once for each step, where it does not close.
    """
    states, actions = [rng.choice(fair.system.initial)], list[int]()
    for _ in range(8):
        yield list(states), list(actions), len(actions)
        for loop in (n for n in range(len(actions)) if states[n] == states[-1]):
            yield list(states), list(actions), loop
        yield list(states), list(actions), rng.randint(0, len(actions))
        if not fair.onward[states[-1]]:
            break
        at, target = rng.choice(fair.onward[states[-1]])
        actions.append(at)
        states.append(target)


@cache
def judged_lassos(seed: int) -> Counter[str]:
    """How many random lassos of a system are no counterexamples, and why not."""
    fair, rng = fair_of(seed), Random(seed)  # noqa: S311
    verdicts: Counter[str] = Counter()
    for states, actions, loop in some_lassos(fair, rng):
        trace = trace_of_run(fair.system, states, actions, loop)
        for number, clause in enumerate(clauses_of(seed)):
            why = fair.objection(clause, states, actions, loop)
            asked = alone(fair.system, clause)
            assert (broken_clause(asked, asked.properties[0], trace) is clause) == (why is None)
            if why != "it does not close":
                assert any(unmet(fair.system, trace)) == (why == "it is not fair")
            lasso = Lasso(RunOf(tuple(states), tuple(actions)), loop, number)
            outcome = certify(Certificate(fair.system, "arrives", "violated", lasso))
            assert outcome.status == ("accepted" if why is None else "refused"), (outcome, why)
            verdicts[why or "it breaks the promise"] += 1
    return verdicts


@pytest.mark.parametrize("seed", SEEDS[:400])
def test_a_lasso_means_the_same_to_the_reference_and_to_the_certifier(seed: int) -> None:
    """Fair or not, breaking the promise or not: also of lassos no engine would come up with."""
    assert judged_lassos(seed)


# What the seeds put to the test


@dataclass(frozen=True)
class Asked:
    """One clause of one system."""

    seed: int
    fair: Fair
    clause: Clause

    @property
    def steps(self) -> dict[State, int]:
        return self.fair.pending(self.clause)

    @property
    def broken(self) -> bool:
        return self.fair.nearest(self.clause) is not None

    def broken_with(self, *, weak: Fairness = "weak", strong: Fairness = "strong") -> bool:
        """The verdict with other assumptions in the place of those that are weak or strong."""
        kinds: dict[Fairness, Fairness] = {"none": "none", "weak": weak, "strong": strong}
        system = self.fair.system
        actions = tuple(replace(a, fairness=kinds[a.fairness]) for a in system.actions)
        return Fair(replace(system, actions=actions)).nearest(self.clause) is not None


def features(asked: Asked) -> Iterator[str]:
    """What about a clause could be got wrong."""
    fair, steps = asked.fair, asked.steps
    if not steps:
        yield "nothing is ever asked for"
        return
    nearest = fair.nearest(asked.clause)
    yield "holds" if nearest is None else "violated"
    loops = fair.loops(steps.keys())
    inner = {(s, t) for s in steps for _, t in fair.onward[s] if t in steps}
    if nearest is not None:
        yield "stands still" if nearest.total == nearest.stem else "goes round"
        if min(loops.values()) > 0 and not any(s in loops for s in fair.system.initial):
            yield "goes round after a stem"
    if any(not fair.onward[s] for s in steps):
        yield "a deadlock among the open states"
    if any(not fair.onward[s] and fair.possible[s] for s in steps):
        yield "the instance ends where something could still happen"
    if any(s == t for s, t in inner):
        yield "a self-loop among the open states"
    if not all(any(n in able for able in fair.possible.values()) for n in range(len(fair.units))):
        yield "a fair step is never possible"
    if crossing(fair, list(steps)):
        yield "loops share a state"
    if any(len(unit.paths) > 1 for unit in fair.units):
        yield "a fair step of several paths"
    if fair.cut & steps.keys():
        yield "a fair step is possible only beyond a bound"
    everywhere = Fair(replace(fair.system, initial=tuple(all_states(fair.system.variables))))
    elsewhere = set(everywhere.onward) - everywhere.having(asked.clause)[1] - set(steps)
    if nearest is None and everywhere.loops(elsewhere):
        yield "holds, though there are fair loops that are unreachable or not asked for"
    if nearest is None and asked.broken_with(strong="weak"):
        yield "holds only by strong fairness"
    if nearest is None and asked.broken_with(weak="none"):
        yield "holds only by weak fairness"
    if nearest is not None and not asked.broken_with(weak="strong"):
        yield "violated for want of strong fairness"
    if held_back(fair.system, asked.clause) != asked.broken:
        yield "another verdict if bounds made steps impossible"
    if nearest is not None and not simple(fair, list(steps)):
        yield "every fair loop passes a state twice"
    if nearest is not None and not whole(fair, list(steps)):
        yield "a fair loop only inside an unfair component"


def crossing(fair: Fair, states: list[State]) -> bool:
    """Whether some state can be left in two ways that both lead back to it."""
    steps = graph(fair, states)
    parts = map(steps.subgraph, nx.strongly_connected_components(steps))
    return any(len(part[s]) > 1 for part in parts for s in part)


def simple(fair: Fair, states: list[State]) -> bool:
    """Whether standing still, or a loop that passes no state twice, is fair.

    Where several actions lead from one state to the same other one, all of them count as taken.
    """
    if any(not fair.possible[s] for s in states):
        return True
    for cycle in nx.simple_cycles(graph(fair, states)):
        pairs = list(zip(cycle, [*cycle[1:], cycle[0]], strict=True))
        taken = {
            number
            for s, t in pairs
            for at, target in fair.onward[s]
            if target == t
            for number in fair.taken(s, at, t)
        }
        able = [fair.possible[s] for s in cycle]
        if all(
            n in taken or not (all if unit.fairness == "weak" else any)(n in now for now in able)
            for n, unit in enumerate(fair.units)
        ):
            return True
    return False


def whole(fair: Fair, states: list[State]) -> bool:
    """Whether each component with a fair loop in it is fair as a whole."""
    loops = fair.loops(set(states)).keys()
    components = nx.strongly_connected_components(graph(fair, states))
    return all(fair.fair_to_all(part) for part in components if part & loops)


FEATURES = (
    "nothing is ever asked for",
    "stands still",
    "goes round",
    "goes round after a stem",
    "a deadlock among the open states",
    "the instance ends where something could still happen",
    "a self-loop among the open states",
    "a fair step is never possible",
    "loops share a state",
    "a fair step of several paths",
    "a fair step is possible only beyond a bound",
    "holds, though there are fair loops that are unreachable or not asked for",
    "holds only by strong fairness",
    "holds only by weak fairness",
    "violated for want of strong fairness",
    "another verdict if bounds made steps impossible",
    "every fair loop passes a state twice",
    "a fair loop only inside an unfair component",
)


def test_the_random_systems_put_everything_to_the_test() -> None:
    """Without this, the tests above could pass because nothing ever happens."""
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        assert not fair_of(seed).faulty
        for clause in clauses_of(seed):
            seen.update(features(Asked(seed, fair_of(seed), clause)))
    tested = seen["holds"] + seen["violated"]
    print(f"of {tested} clauses:", dict(seen.most_common()))
    assert 3 * seen["holds"] >= tested
    assert 3 * seen["violated"] >= tested
    assert set(FEATURES) | {"holds", "violated"} == set(seen)
    assert min(seen[name] for name in FEATURES) >= 10


def test_the_random_lassos_are_refused_for_every_reason() -> None:
    reasons = sum(map(judged_lassos, SEEDS[:80]), Counter[str]())
    print(dict(reasons))
    assert set(reasons) == {
        "it breaks the promise",
        "it does not close",
        "it is not fair",
        "it keeps the promise",
    }
    assert min(reasons.values()) >= 150
