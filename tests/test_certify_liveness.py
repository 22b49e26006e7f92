"""LASSO, RANK and CHAIN: what the checker makes of proofs about fair runs without end.

Where something is at rest is asked here as well: that, too, is a matter of fairness.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any

import networkx as nx
import pytest
from brute import Truth, units_of
from certifying import (
    Facts,
    certificates_of,
    corrupted,
    digest_by_hand,
    exactly,
    is_state,
    is_valid,
    line_by_hand,
    open_for,
    with_other_system,
)
from fair_oracle import Fair
from support import CORE, ROOT, SEED
from systems import FAIRNESS, Maker, fair_system_of, random_system

from deliverycheck.certify.__main__ import answer_to
from deliverycheck.certify.checking import CHECKERS, Checker, Outcome, certify
from deliverycheck.certify.liveness import fair
from deliverycheck.certify.meaning import Budget, Meaning
from deliverycheck.certify.second_solver import Session
from deliverycheck.check.checking import lifted_of
from deliverycheck.check.question import Question
from deliverycheck.exchange.certificates import (
    certificate_document,
    certificate_from,
    kind_of_proof,
)
from deliverycheck.exchange.reading import document_of
from deliverycheck.export.smtlib import smtlib_of, stated
from deliverycheck.lang.protocol import Receiving
from deliverycheck.load.subjects import parse_faults, questions
from deliverycheck.semantics.interpreter import at_rest, can_happen, successors
from deliverycheck.system import build
from deliverycheck.system.certificates import (
    Certificate,
    Chain,
    Class,
    Inductive,
    KInduction,
    Lasso,
    Progress,
    Proof,
    Ranking,
    ReachableSet,
    RunOf,
    Runs,
    Stage,
    Trap,
)
from deliverycheck.system.fairness import assumptions_of
from deliverycheck.system.model import (
    Action,
    Bound,
    Check,
    Clause,
    Fairness,
    Property,
    State,
    System,
    Variable,
)
from deliverycheck.system.sorts import BOOL, NATURAL, IntSort
from deliverycheck.system.terms import App, Const, Term, Var

# ------------------------------------------------------------------- certificates by a textbook


class Parts:
    """States divided by the assumptions that no run inside can meet, or a fair set of states.

    By the usual recursion (Emerson and Lei 1987; Manna and Pnueli 1991): a component that keeps a
    weak step from being taken though it is possible everywhere holds no fair run; one that keeps a
    strong step from being taken holds none but where that step is not possible.
    """

    def __init__(self, facts: Facts, states: set[State]) -> None:
        self.fair: set[State] | None = None
        self.found: list[tuple[set[State], int, Parts | None]] = []
        graph: nx.DiGraph[State] = nx.DiGraph()
        for state in sorted(states, key=line_by_hand):
            graph.add_node(state)
        graph.add_edges_from((s, t) for s, _, t in facts.truth.edges if {s, t} <= states)
        dag = nx.condensation(graph)
        for node in nx.topological_sort(dag):
            members: set[State] = set(dag.nodes[node]["members"])
            helpful = hindered(facts, members)
            if helpful is None:
                self.fair = members
                return
            inner: Parts | None = None
            if facts.units[helpful].fairness == "strong":
                inner = Parts(facts, {s for s in members if not facts.able(helpful, s)})
                if inner.fair is not None:
                    self.fair = inner.fair
                    return
            self.found.append((members, helpful, inner))

    def classes(self, numbers: dict[State, int]) -> tuple[Class, ...]:
        return tuple(
            Class(
                tuple(sorted(numbers[s] for s in members)),
                helpful,
                () if inner is None else inner.classes(numbers),
            )
            for members, helpful, inner in self.found
        )

    def stages(self, system: System, *, growing: bool) -> tuple[Stage, ...]:
        """With `growing`, each term repeats what those before it said."""
        met: set[State] = set()
        made: list[Stage] = []
        for members, helpful, inner in self.found:
            met = met | members if growing else members
            where = App("or", tuple(is_state(system, s) for s in sorted(met, key=line_by_hand)))
            parts = () if inner is None else inner.stages(system, growing=growing)
            made.append(Stage(where, helpful, parts))
        return tuple(made)


def hindered(facts: Facts, members: set[State]) -> int | None:
    """An assumption that no run through all of these states, and no others, can meet."""
    inside = [edge for edge in facts.truth.edges if {edge[0], edge[2]} <= members]
    for number, unit in reversed(list(enumerate(facts.units))):  # the strong ones often come late
        if not any(facts.takes(number, *edge) for edge in inside):
            able = {facts.able(number, state) for state in members}
            if able == {True} or (unit.fairness == "strong" and True in able):
                return number
    return None


def lasso_of(facts: Facts, clause: Clause, number: int, members: set[State]) -> Lasso:
    """A run to some states, something asked for still open, and round as fairness demands."""
    truth = facts.truth
    when, then = truth.where(clause.when), truth.where(clause.then)
    by = {(s, t): at for s, at, t in truth.edges}
    waiting: nx.DiGraph[Any] = (
        nx.DiGraph()
    )  # of pairs: a state, and whether something asked for is open in it
    for start in facts.system.initial:
        waiting.add_edge("start", (start, start in when - then))
    for source, _, target in truth.edges:
        for due in (False, True):
            there = target not in then and (due or target in when)
            waiting.add_edge((source, due), (target, there))
    ways = nx.single_source_shortest_path(waiting, "start")
    known = [ways[state, True] for state in members if (state, True) in ways]
    states = [state for state, _ in min(known, key=lambda way: (len(way), repr(way)))[1:]]
    actions = [by[step] for step in pairwise(states)]

    def go_to(state: State) -> None:
        way = nx.shortest_path(round_, states[-1], state)
        states.extend(way[1:])
        actions.extend(by[step] for step in pairwise(way))

    inside = [(s, at, t) for s, at, t in truth.edges if {s, t} <= members]
    round_: nx.DiGraph[State] = nx.DiGraph()
    round_.add_edges_from((s, t) for s, _, t in inside)
    round_.add_nodes_from(members)
    loop = len(actions)
    for unit in range(len(facts.units)):
        taken = [edge for edge in inside if facts.takes(unit, *edge)]
        spared = [state for state in members if not facts.able(unit, state)]
        if taken:
            source, at, target = min(taken, key=repr)
            go_to(source)
            states.append(target)
            actions.append(at)
        elif facts.units[unit].fairness == "weak":
            go_to(min(spared, key=repr))
    go_to(states[loop])
    return Lasso(RunOf(tuple(states), tuple(actions)), loop, number)


def proofs_of(facts: Facts, prop: Property, *, growing: bool) -> Iterator[Certificate]:
    """Valid certificates about a `leads-to` property; none for `holds` where a step goes wrong."""
    system, truth = facts.system, facts.truth
    parts = [Parts(facts, open_for(facts, clause)) for clause in prop.clauses]
    for number, (clause, found) in enumerate(zip(prop.clauses, parts, strict=True)):
        if found.fair is not None:
            proof = lasso_of(facts, clause, number, found.fair)
            yield Certificate(system, prop.name, "violated", proof)
    if truth.faulty or any(found.fair is not None for found in parts):
        return
    order = sorted(truth.reachable, key=line_by_hand)
    numbers = {state: at for at, state in enumerate(order)}
    classes = tuple(found.classes(numbers) for found in parts)
    yield Certificate(
        system, prop.name, "holds", Ranking(len(order), digest_by_hand(order), classes)
    )
    invariant = exactly(facts, set(truth.reachable), clauses=growing)
    stages = tuple(found.stages(system, growing=growing) for found in parts)
    yield Certificate(system, prop.name, "holds", Chain(invariant, stages))


# ------------------------------------------------------------------------------ random systems

SMALL = range(240)
LARGE = range(1000, 1012)
SEEDS = (*SMALL, *LARGE)

BRUTE: tuple[Checker, ...] = ("brute force",)
CVC5: tuple[Checker, ...] = ("cvc5",)


def with_fairness(rng: Random, system: System) -> System:
    """A random system with promises, and with more to say about fairness than `weak`."""
    actions: list[Action] = []
    for action in system.actions:
        # Mostly a step of its own, sometimes one more path of another, or of another actor's.
        alike = rng.choice(actions) if actions and rng.random() < 0.3 else action
        actor = "q" if rng.random() < 0.1 else alike.actor
        fairness = rng.choice(FAIRNESS)
        actions.append(replace(action, name=alike.name, actor=actor, fairness=fairness))
    maker = Maker(rng, system.variables, raw=rng.random() < 0.5)
    clauses = tuple(
        Clause(f"m{number}", maker.of(BOOL, 2), maker.of(BOOL, 2)) for number in range(2)
    )
    kept = tuple(prop for prop in system.properties if prop.kind == "at-rest")
    asked = Property("arrives", "leads-to", clauses)
    return replace(system, actions=tuple(actions), properties=(asked, *kept))


def eager(system: System) -> System:
    """The same with as much fairness as there can be: more holds, and classes have inner ones."""
    actions = (replace(action, fairness="strong") for action in system.actions)
    return replace(system, actions=tuple(actions))


@cache
def facts_of(seed: int) -> Facts:
    if seed in SMALL:
        system = fair_system_of(seed)
        return Facts(Truth(eager(system) if seed % 2 else system))
    rng = Random(seed)  # noqa: S311
    return Facts(Truth(with_fairness(rng, random_system(rng))))


@cache
def valid(seed: int) -> tuple[Certificate, ...]:
    facts = facts_of(seed)
    (prop,) = (p for p in facts.system.properties if p.kind == "leads-to")
    return tuple(proofs_of(facts, prop, growing=bool(seed % 3)))


def checkers_of(certificate: Certificate) -> tuple[tuple[Checker, ...], ...]:
    """The ways to check it, each alone."""
    return (BRUTE, CVC5) if isinstance(certificate.proof, Chain | Inductive) else (BRUTE,)


def levels(parts: Sequence[Class | Stage]) -> int:
    return 1 + max((levels(part.inner) for part in parts), default=-1) if parts else 0


def test_valid_proofs_about_endless_runs_are_accepted() -> None:
    tally: Counter[object] = Counter()
    for seed in SEEDS:
        for certificate in valid(seed):
            assert is_valid(facts_of(seed), certificate)
            kind = kind_of_proof(certificate.proof)
            for checkers in checkers_of(certificate):
                outcome = certify(certificate, checkers=checkers)
                assert outcome.status == "accepted", (seed, kind, outcome)
                by = {"LASSO": ("replay",), "RANK": ("recomputation",)}.get(kind, checkers)
                assert outcome.by == by
                bounds = {b.name for a in certificate.system.actions for b in a.bounds}
                cut = {"LASSO": set[str](), "RANK": facts_of(seed).truth.hits}.get(kind, bounds)
                assert outcome.within == tuple(sorted(cut))
            match certificate.proof:
                case Lasso(run, loop):
                    tally["stutter" if loop == len(run.actions) else "loop"] += 1
                case Ranking(clauses=clauses):
                    tally["levels", max(map(levels, clauses))] += 1
                case _:
                    pass
    print(f"valid: {tally}")
    assert min(tally["stutter"], tally["loop"], tally["levels", 1]) >= 30
    assert tally["levels", 2] >= 10
    assert tally["levels", 3] >= 1


def test_corrupted_proofs_about_endless_runs_are_refused() -> None:
    """Unless what they say is true all the same, by the words of `system.certificates`."""
    rng = Random(30)  # noqa: S311
    tally: Counter[tuple[str, str]] = Counter()
    for seed in SEEDS:
        arrives = {c.verdict for c in valid(seed)}
        for certificate in valid(seed):
            kind = kind_of_proof(certificate.proof)
            for _ in range({"RANK": 12, "LASSO": 4, "CHAIN": 3}[kind]):
                changed = corrupted(certificate, rng)
                if repr(changed) == repr(certificate):
                    continue
                status = judged(facts_of(seed), changed)
                tally[kind, status] += 1
                if status == "accepted":
                    assert changed.verdict in arrives
    print(f"corrupted: {sorted(tally.items())}")
    assert all(tally[kind, "refused"] >= 120 for kind in ("LASSO", "RANK", "CHAIN"))
    assert all(tally[kind, "accepted"] >= 10 for kind in ("LASSO", "RANK", "CHAIN"))


def judged(facts: Facts, certificate: Certificate) -> str:
    """What the checkers, each alone, think: they must agree with the oracle."""
    expected = "accepted" if is_valid(facts, certificate) else "refused"
    for checkers in checkers_of(certificate):
        outcome = certify(certificate, checkers=checkers)
        assert outcome.status == expected, (certificate, outcome)
    return expected


def test_proofs_about_other_systems_are_refused() -> None:
    """Other guards, updates, faults and fairness: the proof fits no more, mostly."""
    rng = Random(31)  # noqa: S311
    tally: Counter[tuple[str, str]] = Counter()
    for seed in SEEDS:
        for certificate in valid(seed):
            changed = with_other_system(certificate, rng)
            kind = kind_of_proof(certificate.proof)
            tally[kind, judged(Facts(Truth(changed.system)), changed)] += 1
    print(f"other systems: {sorted(tally.items())}")
    assert all(tally[kind, "refused"] >= 20 for kind in ("LASSO", "RANK", "CHAIN"))
    assert all(tally[kind, "accepted"] >= 10 for kind in ("LASSO", "RANK", "CHAIN"))


def test_what_is_accepted_is_true_by_the_slow_oracle() -> None:
    """What lassos there are, found by going every way round, decides; no class, no component."""
    for seed in SMALL[::2]:
        system = facts_of(seed).system
        truth, (prop,) = Fair(system), system.properties
        broken = {n for n, c in enumerate(prop.clauses) if truth.nearest(c) is not None}
        for certificate in valid(seed):
            if isinstance(certificate.proof, Lasso):
                run, number = certificate.proof.run, certificate.proof.clause
                assert number in broken
                clause = prop.clauses[number]
                assert not truth.objection(clause, run.states, run.actions, certificate.proof.loop)
            else:
                assert not broken
        assert valid(seed) or truth.faulty


def test_proofs_about_endless_runs_survive_writing_and_reading() -> None:
    kinds: set[str] = set()
    for seed in SMALL[:60]:
        for certificate in valid(seed):
            text = json.dumps(certificate_document(certificate))
            assert certificate_from(document_of(text)) == certificate
            assert answer_to(text.encode()).status == "accepted"
            kinds.add(kind_of_proof(certificate.proof))
    assert kinds == {"LASSO", "RANK", "CHAIN"}


def test_rest_is_a_matter_of_fairness() -> None:
    """Certificates about `at-rest`, valid, corrupted, and about systems with other fairness."""
    rng = Random(32)  # noqa: S311
    tally: Counter[tuple[str, str]] = Counter()
    for seed in LARGE[:7]:
        facts = facts_of(seed)
        for certificate in certificates_of(facts, clauses=bool(seed % 2)):
            if certificate.prop != "is at-rest" or certificate.verdict == "vacuous":
                continue
            assert judged(facts, certificate) == "accepted"
            tally["corrupted", judged(facts, corrupted(certificate, rng))] += 1
            actions = tuple(
                replace(action, fairness=rng.choice(("none", "weak", "strong")))
                for action in facts.system.actions
            )
            other = replace(facts.system, actions=actions)
            changed = replace(certificate, system=other)
            tally["other", judged(Facts(Truth(other)), changed)] += 1
    print(f"at rest: {sorted(tally.items())}")
    assert tally["corrupted", "refused"] >= 12
    assert tally["other", "refused"] >= 3
    assert tally["other", "accepted"] >= 5


def test_exported_systems_say_where_they_are_at_rest() -> None:
    """`rest` in SMT-LIB is written without any help of the checker's: it means the same."""
    rng = Random(33)  # noqa: S311
    restful = 0
    for seed in (*SMALL[:40], *LARGE[:10]):
        facts = facts_of(seed)
        session = Session()
        session.tell(smtlib_of(facts.system).replace("(set-logic QF_LIA)", ""))
        for state in rng.sample(facts.everything, min(8, len(facts.everything))):
            here = stated(facts.system, state, 0)
            expected = {"rest": state not in facts.truth.busy}
            for number, prop in enumerate(facts.system.properties):
                for at_, clause in enumerate(prop.clauses):
                    when, then = facts.meets(state, clause.when), facts.meets(state, clause.then)
                    if prop.kind == "leads-to":
                        expected |= {f"when-{number}-{at_}": when, f"then-{number}-{at_}": then}
                    else:
                        broken = when and not then and expected["rest"]
                        expected[f"bad-{number}-{at_}"] = broken
            restful += expected["rest"]
            for name, met in expected.items():
                answer = session.ask(f"(assert {here})(assert {name})", 10)
                assert answer == ("sat" if met else "unsat"), (seed, state, name)
    assert restful >= 20


# ---------------------------------------------------------------------------- what is relied upon


def shown(units: Sequence[Any]) -> list[tuple[str, str, str, tuple[int, ...]]]:
    return [(u.actor, u.name, "strong" if u.strong else "weak", u.actions) for u in units]


def demand_alike(system: System, states: Sequence[State]) -> None:
    """What the checker means by fairness, and the engines, and the tests: numbers and all."""
    own, engines = fair.units_of(system), assumptions_of(system)
    assert shown(own) == [(a.actor, a.name, a.fairness, a.actions) for a in engines]
    tests = [(u.name, u.fairness, u.paths) for u in units_of(system)]
    assert [(n, f, frozenset(a)) for _, n, f, a in shown(own)] == tests
    meaning = Meaning(system, Budget(10**9))
    can = [meaning.of(fair.possible(system, unit)) for unit in own]
    resting = meaning.of(fair.rest(system))
    for state in states:
        assert [can[n](state) for n in range(len(own))] == [
            can_happen(system, one, state) for one in engines
        ]
        assert resting(state) == at_rest(system, state)


def test_units_of_random_systems_are_the_same_everywhere() -> None:
    for seed in SEEDS:
        facts = facts_of(seed)
        demand_alike(facts.system, facts.everything)
        own = fair.units_of(facts.system)
        for number in range(len(own)):
            able = [facts.able(number, state) for state in facts.everything]
            can = Meaning(facts.system, Budget(10**9)).of(fair.possible(facts.system, own[number]))
            assert able == [can(state) for state in facts.everything]
    assert any(len(u.actions) > 1 for seed in SEEDS for u in fair.units_of(facts_of(seed).system))


@pytest.mark.parametrize("fairness", ["strong", "weak"])
@pytest.mark.parametrize("model", questions(CORE), ids=lambda model: model.name)
def test_units_of_models_are_the_same_everywhere(model: Question, fairness: Receiving) -> None:
    asked = replace(model, faults=parse_faults(SEED), messages=1, fairness=fairness)
    system = lifted_of(asked).system
    states = dict.fromkeys(system.initial)
    for state in tuple(states):
        states |= dict.fromkeys(after.state for after in successors(system, state))
    for state in tuple(states)[:40]:
        states |= dict.fromkeys(after.state for after in successors(system, state))
    demand_alike(system, list(states)[:200])


# ------------------------------------------------------------------------------- lassos, by hand


def n(value: int) -> Const:
    return build.integer(value)


PLACES = IntSort(0, 5)
Z = Var("z", PLACES)


def at(*places: int) -> Term:
    """To be in one of these places."""
    return App("or", tuple(App("eq", (Z, n(place))) for place in places))


def move(name: str, old: int, new: int, fairness: Fairness = "weak", **more: Any) -> Action:
    """A step from one place to another."""
    return Action(name, "p", at(old), {"z": n(new)}, fairness=fairness, **more)


ARRIVED = at(5)


def walk(*actions: Action, when: Term = build.TRUE, then: Term = ARRIVED) -> System:
    """Something that goes from place to place, and is to get somewhere."""
    asked = Property("arrives", "leads-to", (Clause("it", when, then),))
    return System("walk", (Variable("z", PLACES),), ((0,),), actions, (asked,))


def lasso(system: System, *places: int, loop: int | None = None, by: Sequence[int] = ()) -> Outcome:
    """What is thought of a run through these places, each step by the first action that fits.

    Without `loop`, its end stutters for ever.
    """
    actions = by or [
        next(i for i, a in enumerate(system.actions) if (a.guard, a.updates["z"]) == (at(s), n(t)))
        for s, t in pairwise(places)
    ]
    run = RunOf(tuple((place,) for place in places), tuple(actions))
    proof = Lasso(run, len(places) - 1 if loop is None else loop, 0)
    return certify(Certificate(system, "arrives", "violated", proof))


ACCEPTED = Outcome("accepted", ("replay",))


def refused(outcome: Outcome, says: str) -> bool:
    return outcome.status == "refused" and says in outcome.reason


UNFAIR = "the loop is not fair"


def test_the_end_of_a_run_is_a_run_without_end() -> None:
    # Nothing can happen at all, or nothing that may be relied upon: it may stay where it is.
    assert lasso(walk(), 0) == ACCEPTED
    assert lasso(walk(move("go", 0, 5, "none")), 0) == ACCEPTED
    assert lasso(walk(move("slip", 0, 5, fault="slip")), 0) == ACCEPTED
    assert lasso(walk(move("slip", 0, 5, "strong", fault="slip")), 0) == ACCEPTED
    # Possible elsewhere, but not here.
    assert lasso(walk(move("go", 1, 5, "strong")), 0) == ACCEPTED
    # Both kinds of fairness demand that what is possible in the last state for ever happens.
    for fairness in ("weak", "strong"):
        outcome = lasso(walk(move("go", 0, 5, fairness)), 0)
        assert refused(outcome, f"{UNFAIR}: the {fairness}ly fair `go` of p is possible")
        # One step that may not be relied upon does not excuse another one.
        more = walk(move("go", 0, 5, fairness), move("slip", 0, 1, "none"))
        assert refused(lasso(more, 0), UNFAIR)


def test_what_changes_nothing_neither_happens_nor_is_possible() -> None:
    idle = Action("idle", "p", build.TRUE, {}, fairness="strong")
    stay = move("stay", 0, 0, "strong")
    for system in (walk(stay), walk(idle), walk(stay, idle)):
        assert lasso(system, 0) == ACCEPTED
        assert lasso(system, 0, 0, 0, loop=1, by=(0, 0)) == ACCEPTED
        assert lasso(system, 0, 0, 0, loop=0, by=(0, 0)) == ACCEPTED
    # `go` does change something: that its other path goes round on the spot does not take it.
    for fairness in ("weak", "strong"):
        both = walk(move("go", 0, 5, fairness), move("go", 0, 0, fairness))
        assert refused(lasso(both, 0, 0, loop=0, by=(1,)), UNFAIR)
        assert refused(lasso(both, 0), UNFAIR)
    # Half of an update is a change, too.
    half = Action("half", "p", at(0), {"z": n(0), "b": build.TRUE})
    variables = (Variable("z", PLACES), Variable("b", BOOL))
    for state, says in (((0, False), "refused"), ((0, True), "accepted")):
        proof = Lasso(RunOf((state,), ()), 0, 0)
        system = System("half", variables, (state,), (half,), walk().properties)
        assert certify(Certificate(system, "arrives", "violated", proof)).status == says


def test_what_only_a_bound_forbids_is_possible() -> None:
    bound = Bound(build.FALSE, "never")
    for fairness in ("weak", "strong"):
        assert refused(lasso(walk(move("go", 0, 5, fairness, bounds=(bound,))), 0), UNFAIR)
    assert lasso(walk(move("go", 0, 5, "none", bounds=(bound,))), 0) == ACCEPTED
    # And the run itself keeps within the bounds.
    turn = (move("on", 0, 1, "none"), move("back", 1, 0, "none", bounds=(bound,)))
    assert refused(
        lasso(walk(*turn), 0, 1, 0, loop=0), "step 2 of the run, `back`, cannot be taken"
    )


def turning(fairness: Fairness) -> System:
    """It turns between 0 and 1; from 0, not from 1, it could `leave`, and arrive."""
    return walk(move("on", 0, 1), move("back", 1, 0), move("leave", 0, 5, fairness))


def test_weak_is_not_strong() -> None:
    """`leave` is possible again and again, and not without a break."""
    assert lasso(turning("none"), 0, 1, 0, loop=0) == ACCEPTED
    assert lasso(turning("weak"), 0, 1, 0, loop=0) == ACCEPTED
    assert refused(lasso(turning("strong"), 0, 1, 0, loop=0), "the strongly fair `leave` of p")
    # Whichever of its states the loop begins with.
    assert lasso(turning("weak"), 0, 1, 0, 1, loop=1) == ACCEPTED
    assert refused(lasso(turning("strong"), 0, 1, 0, 1, loop=1), UNFAIR)
    # In 1 for ever, or in 0: `back` and `on` are possible there without a break.
    assert refused(lasso(turning("weak"), 0, 1), "`back`")
    assert refused(lasso(turning("weak"), 0), UNFAIR)


def test_what_the_stem_does_is_no_excuse() -> None:
    """Taken, or not possible, before the loop: fairness is about what happens for ever."""
    once = walk(move("on", 0, 1, "weak"), move("go", 1, 2), move("go", 2, 5), when=at(0))
    assert refused(lasso(once, 0, 1, 2), "`go`")
    assert refused(lasso(once, 0, 1), "`go`")


def test_every_assumption_is_asked_for() -> None:
    """Two ways out: from 0 alone, and from 0 and 1. The loop pays heed to the first one only."""
    first = move("first", 0, 5)
    second = (move("second", 0, 5), move("second", 1, 5))
    turn = (move("on", 0, 1, "none"), move("back", 1, 0, "none"))
    assert lasso(walk(*turn, first), 0, 1, 0, loop=0) == ACCEPTED
    for actions in ((*turn, first, *second), (*turn, *second, first), (*second, *turn, first)):
        system = walk(*actions)
        on, back = (system.actions.index(one) for one in turn)
        outcome = lasso(system, 0, 1, 0, loop=0, by=(on, back))
        assert refused(outcome, f"{UNFAIR}: the weakly fair `second` of p")


def test_one_step_may_have_several_paths() -> None:
    turn = (move("on", 0, 1, "none"), move("back", 1, 0, "none"))
    # Taken by one path is taken, as the whole step: the other path may be left out for ever.
    go = (move("go", 0, 1, "strong"), move("go", 0, 5, "strong"))
    assert lasso(walk(turn[1], *go), 0, 1, 0, loop=0, by=(1, 0)) == ACCEPTED
    # Not if the loop goes from 0 to 1 by another step of that name, of another actor.
    other = replace(go[0], actor="q")
    outcome = lasso(walk(turn[1], other, go[1]), 0, 1, 0, loop=0, by=(1, 0))
    assert refused(outcome, "the strongly fair `go` of p")
    # Possible by one path here, by the other one there: possible without a break.
    leave = (move("leave", 0, 5), move("leave", 1, 5))
    assert lasso(walk(*turn, leave[0]), 0, 1, 0, loop=0) == ACCEPTED
    assert refused(lasso(walk(*turn, *leave), 0, 1, 0, loop=0), "`leave`")
    # The least that is assumed of a path is assumed of the step.
    for least in ("none", "weak", "strong"):
        paths = (move("leave", 0, 5, "strong"), move("leave", 3, 5, least))
        for actions in (paths, paths[::-1]):
            outcome = lasso(walk(*turn, *actions), 0, 1, 0, loop=0)
            assert (outcome == ACCEPTED) == (least != "strong")
    # A fault of the same name, or a path without updates, is no path of it.
    assert not fair.units_of(walk(move("leave", 0, 5, fault="slip")))
    extra = replace(move("leave", 3, 5, "none"), fault="slip")
    empty = Action("leave", "p", at(3), {}, fairness="none")
    for more in (extra, empty):
        system = walk(*turn, more, move("leave", 0, 5, "strong"))
        assert refused(lasso(system, 0, 1, 0, loop=0), "`leave`")


def test_faults_may_go_round_for_ever() -> None:
    """Send, lose, send, lose: with `receive` only weakly fair, that is all that ever happens."""

    def system(fairness: Fairness) -> System:
        return walk(
            move("send", 0, 1), move("lose", 1, 0, fault="lose"), move("receive", 1, 5, fairness)
        )

    assert lasso(system("weak"), 0, 1, 0, loop=0) == ACCEPTED
    assert refused(lasso(system("strong"), 0, 1, 0, loop=0), "the strongly fair `receive`")
    # A loop of faults that take turns with nothing: `send` would have to happen.
    stuck = (*system("weak").actions, move("lose", 0, 2, fault="lose"))
    back = move("lose", 2, 0, fault="lose")
    assert lasso(walk(*stuck, back), 0, 2, 0, loop=0) == ACCEPTED  # not possible in 2
    wide = replace(stuck[0], guard=at(0, 2))
    assert refused(lasso(walk(wide, *stuck[1:], back), 0, 2, 0, loop=0, by=(3, 4)), "`send`")


def test_when_the_promise_is_due_and_not_kept() -> None:
    """0, 1, and then round between 2 and 3: where `when` is met, and where `then`."""
    steps = (move("a", 0, 1), move("b", 1, 2), move("c", 2, 3, "none"), move("d", 3, 2, "none"))

    def outcome(when: Sequence[int], then: Sequence[int]) -> Outcome:
        return lasso(walk(*steps, when=at(*when), then=at(*then)), 0, 1, 2, 3, 2, loop=2)

    assert outcome([2], [5]) == ACCEPTED  # in the loop, at its beginning
    assert outcome([3], [5]) == ACCEPTED  # in the loop, later
    assert outcome([0], [5]) == ACCEPTED  # before it
    assert refused(outcome([4], [5]), "not due")  # nowhere on the run
    assert refused(outcome([], [5]), "not due")
    assert refused(outcome([0], [1]), "comes afterwards")  # kept before the loop
    assert refused(outcome([0], [0]), "comes afterwards")  # kept at once
    assert refused(outcome([0, 1], [1]), "comes afterwards")
    assert outcome([1], [0]) == ACCEPTED  # `then` came before it was due
    assert outcome([0, 2], [1]) == ACCEPTED  # kept once, and due again in the loop
    assert outcome([0, 1, 3], [1]) == ACCEPTED
    assert refused(outcome([0], [2]), "is there in the loop")
    assert refused(outcome([0], [3]), "is there in the loop")
    assert refused(outcome([3], [2]), "is there in the loop")  # the loop comes round to it
    assert refused(outcome([2], [3]), "is there in the loop")
    # The same states, but going round once more than needed: what is before the loop comes again.
    system = walk(*steps, when=at(2), then=at(0))
    assert lasso(system, 0, 1, 2, 3, 2, 3, 2, loop=2) == ACCEPTED
    assert lasso(system, 0, 1, 2, 3, 2, 3, 2, loop=4) == ACCEPTED
    assert lasso(system, 0, 1, 2, 3, 2, 3, 2, loop=6) == ACCEPTED  # `c` is not to be relied upon


@pytest.mark.parametrize(
    ("states", "actions", "loop", "says"),
    [
        (((0,), (1,), (0,)), (0, 1), 1, "does not end in its state 1"),
        (((0,), (1,), (0,)), (0, 1), 3, "no state 3 to go back to"),
        (((0,), (1,), (0,)), (0, 1), -1, "no state -1 to go back to"),
        (((0,), (1,), (0,)), (0, 1), -3, "no state -3 to go back to"),
        (((0,), (1,)), (0,), 0, "does not end in its state 0"),
        (((0,), (True,), (0,)), (0, 1), 0, "state 1 of the run is no state"),
        (((0,), (1,), (False,)), (0, 1), 0, "state 2 of the run is no state"),
        (((False,), (1,), (0,)), (0, 1), 0, "state 0 of the run is no state"),
        (((0,), (1,), (0.0,)), (0, 1), 0, "state 2 of the run is no state"),
        (((0,), (1,), (0,), (1,)), (0, 1), 0, "one state more"),
        (((0,), (1,), (0,)), (0, 0), 0, "cannot be taken"),
        (((0,), (1,), (0,)), (0, 3), 0, "there is no action 3"),
        (((0,), (0,), (0,)), (0, 1), 0, "leads to z=1"),
        (((1,), (0,), (1,)), (1, 0), 0, "does not start in an initial state"),
        ((), (), 0, "one state more"),
    ],
)
def test_wrong_runs_without_end(states: Any, actions: Any, loop: int, says: str) -> None:
    right = Lasso(RunOf(((0,), (1,), (0,)), (0, 1)), 0, 0)
    assert certify(Certificate(turning("weak"), "arrives", "violated", right)) == ACCEPTED
    wrong = Lasso(RunOf(states, actions), loop, 0)
    assert refused(certify(Certificate(turning("weak"), "arrives", "violated", wrong)), says)
    for clause in (-1, 1):
        other = replace(right, clause=clause)
        assert refused(
            certify(Certificate(turning("weak"), "arrives", "violated", other)), "has no clause"
        )


def test_a_loop_does_not_close_up_to_true_and_1() -> None:
    """Two variables, 0 or 1 and yes or no: Python takes (0, True) and (False, 1) for equal."""
    z, b = Var("z", IntSort(0, 1)), Var("b", BOOL)
    swap = Action(
        "swap", "p", build.TRUE,
        {"z": App("ite", (b, n(1), n(0))), "b": App("eq", (z, n(1)))}, fairness="none",
    )  # fmt: skip
    system = System(
        "mixed", (Variable("z", z.sort), Variable("b", BOOL)), ((0, True),), (swap,),
        (Property("arrives", "leads-to", (Clause("", build.TRUE, build.FALSE),)),),
    )  # fmt: skip

    def outcome(*states: Any, loop: int = 0) -> Outcome:
        proof = Lasso(RunOf(states, (0,) * (len(states) - 1)), loop, 0)
        return certify(Certificate(system, "arrives", "violated", proof))

    assert outcome((0, True), (1, False), (0, True)) == ACCEPTED
    assert outcome((0, True), (True, 0), (0, True)).status == "refused"
    assert outcome((0, True), (1, False), (False, 1)).status == "refused"
    assert outcome((0, True), (1, False)).status == "refused"


# ----------------------------------------------------------------------------- at rest, by hand


@pytest.mark.parametrize(
    ("actions", "rests"),
    [
        ((), True),
        ((move("go", 0, 5),), False),
        ((move("go", 0, 5, "strong"),), False),
        ((move("go", 0, 5, "none"),), True),  # nothing says that it happens
        ((move("go", 0, 5, fault="slip"),), True),
        ((move("go", 1, 5),), True),  # not possible here
        ((move("go", 0, 0),), True),  # it would change nothing
        ((Action("go", "p", build.TRUE, {}),), True),
        ((move("go", 0, 5, bounds=(Bound(build.FALSE, "never"),)),), False),
        ((move("go", 0, 5), move("go", 3, 5, "none")), True),  # as a whole, it need not happen
        ((move("go", 0, 5), replace(move("go", 3, 5, "none"), actor="q")), False),
        ((move("go", 0, 5), move("go", 3, 5, "none", fault="slip")), False),
        ((move("go", 0, 5), Action("go", "p", build.TRUE, {}, fairness="none")), False),
        ((move("go", 0, 5, "none"), move("run", 0, 5)), False),
    ],
)
def test_where_nothing_has_to_happen(actions: tuple[Action, ...], rests: bool) -> None:
    asked = Property("home", "at-rest", (Clause("it", build.TRUE, ARRIVED),))
    system = replace(walk(*actions), properties=(asked,))
    run = Certificate(system, "home", "violated", Runs((RunOf(((0,),), ()),)))
    assert (certify(run) == ACCEPTED) == rests
    for checkers in (BRUTE, CVC5):
        holds = Certificate(system, "home", "holds", Inductive((at(0, 5),)))
        outcome = certify(holds, checkers=checkers)
        assert (outcome.status == "refused") == rests
        assert outcome.status == "accepted" or "does not exclude a state that breaks" in (
            outcome.reason
        )
    session = Session()
    session.tell(smtlib_of(system).replace("(set-logic QF_LIA)", ""))
    here = f"(assert {stated(system, (0,), 0)})"
    assert session.ask(f"{here}(assert rest)", 10) == ("sat" if rests else "unsat")
    goes = any(a.guard == at(0) and a.updates == {"z": n(5)} and not a.bounds for a in actions)
    states: list[State] = [(0,), (5,)] if goes else [(0,)]
    outcome = certify(
        replace(run, verdict="holds", proof=ReachableSet(len(states), digest_by_hand(states)))
    )
    assert refused(outcome, "a state that breaks the clause about `it` is reachable") == rests


# ------------------------------------------------------------------------------- ranks, by hand

STATES: list[State] = [(0,), (1,), (2,), (3,), (4,), (5,)]


def rank(system: System, states: Sequence[State], *classes: Class) -> Outcome:
    """What is thought of classes for the one clause there is."""
    proof = Ranking(len(states), digest_by_hand(states), (classes,))
    return certify(Certificate(system, "arrives", "holds", proof))


RANKED = Outcome("accepted", ("recomputation",))


def line() -> System:
    """0, 1, 2, 5: three steps, each to be relied upon; `lose`, which is not, leads back to 0."""
    return walk(
        move("a", 0, 1), move("b", 1, 2), move("c", 2, 5), move("lose", 1, 0, fault="lose"),
        move("stay", 2, 2),
    )  # fmt: skip


def straight() -> System:
    return replace(line(), actions=tuple(a for a in line().actions if a.name != "lose"))


# Numbered as the lines [0], [1], [2], [5] are sorted: state (5,) is number 3.
LINE = [(0,), (1,), (2,), (5,)]
A, B, C = Class((0,), 0), Class((1,), 1), Class((2,), 2)


def test_a_line_is_ranked() -> None:
    system = straight()
    assert [unit.name for unit in fair.units_of(system)] == ["a", "b", "c", "stay"]
    assert rank(system, LINE, A, B, C) == RANKED
    # With `lose`, 0 and 1 are one class, from which `b` leads; but it is not possible in 0.
    assert refused(rank(line(), LINE, A, B, C), "step `lose` goes back")
    assert refused(rank(line(), LINE, Class((0, 1), 1), C), "is not possible in 0 (z=0)")
    assert refused(rank(line(), LINE, Class((0, 1), 0), C), "is not possible in 1 (z=1)")
    run = Lasso(RunOf(((0,), (1,), (0,)), (0, 3)), 0, 0)  # rightly so: it may be lost for ever
    assert certify(Certificate(line(), "arrives", "violated", run)) == ACCEPTED
    # With `b` strongly fair, 0 needs help of its own.
    strong = replace(
        line(), actions=(line().actions[0], move("b", 1, 2, "strong"), *line().actions[2:])
    )
    assert rank(strong, LINE, Class((0, 1), 1, (A,)), C) == RANKED
    assert rank(strong, LINE, Class((1, 0), 1, (A,)), C) == RANKED  # as a set


@pytest.mark.parametrize(
    ("classes", "says"),
    [
        ((A, C, B), "step `b` goes back"),
        ((B, A, C), "step `a` goes back"),
        ((A, B), "a state is in no class: 2 (z=2)"),
        ((B, C), "a state is in no class: 0 (z=0)"),
        ((), "a state is in no class: 0 (z=0)"),
        ((A, B, C, C), "state 2 is in a class it does not belong to"),
        ((A, A, B, C), "state 0 is in a class it does not belong to"),
        ((A, B, Class((2, 2), 2)), "state 2 is in a class it does not belong to"),
        ((A, B, C, Class((3,), 2)), "state 3 is in a class it does not belong to"),
        ((A, B, C, Class((4,), 2)), "state 4 is in a class it does not belong to"),
        ((A, B, Class((2, -2), 2)), "state -2 is in a class it does not belong to"),
        ((A, Class((1,), 0), C), "`a` of p is to help in a class, and is not possible in 1"),
        ((A, B, Class((2,), 3)), "`stay` of p is to help in a class, and is not possible"),
        ((A, B, Class((2,), 4)), "no fairness assumption 4"),
        ((A, B, Class((2,), -2)), "no fairness assumption -2"),
        ((A, Class((1, 2), 1)), "`b` of p is to help in a class, and is not possible"),
        ((A, B, Class((2,), 2, (Class((), 2),))), "needs no inner classes"),
        ((A, Class((1,), 0, (B,)), C), "needs no inner classes"),
    ],
)
def test_wrong_classes_of_a_line(classes: tuple[Class, ...], says: str) -> None:
    assert refused(rank(straight(), LINE, *classes), says)


def test_only_open_states_are_ranked() -> None:
    """Due in 1 only: 0 is not waited in, though it is reachable; 5 is the end; 4 out of reach."""
    system = walk(*straight().actions, move("d", 4, 4, "none"), when=at(1))
    assert rank(system, LINE, B, C) == RANKED
    assert refused(rank(system, LINE, A, B, C), "state 0 is in a class it does not belong to")
    # Due in 0 only, it is open all the way from there.
    first = walk(*straight().actions, when=at(0))
    assert rank(first, LINE, A, B, C) == RANKED
    assert refused(rank(first, LINE, A), "a state is in no class: 1 (z=1)")
    assert refused(rank(first, LINE, A, B), "a state is in no class: 2 (z=2)")
    # Due where it is kept at once: nothing is open.
    assert rank(walk(*straight().actions, when=at(5)), LINE) == RANKED
    # Beyond 5, it does not matter what goes on; a second promise is asked for on its own.
    round_ = walk(*straight().actions, move("again", 5, 0, "none"))
    assert rank(round_, LINE, A, B, C) == RANKED
    due = walk(*straight().actions, move("again", 5, 4, "none"))
    four = [*LINE[:3], (4,), (5,)]
    assert rank(due, four, A, B, C).status == "refused"  # 4 is open for ever
    clause = Clause("", at(1), at(2))
    two = replace(system, properties=(
        replace(system.properties[0], clauses=(*system.properties[0].clauses, clause)),
    ))  # fmt: skip

    def outcome(*clauses: tuple[Class, ...]) -> Outcome:
        proof = Ranking(4, digest_by_hand(LINE), clauses)
        return certify(Certificate(two, "arrives", "holds", proof))

    assert outcome((B, C), (B,)) == RANKED
    assert refused(outcome((B,), (B, C)), "a state is in no class")
    assert refused(outcome((B, C)), "classes for each clause")
    assert refused(outcome((B, C), (B,), ()), "classes for each clause")
    assert refused(outcome((B, C), (B, C)), "state 2 is in a class it does not belong to")


def test_a_state_may_be_stayed_in_for_ever() -> None:
    """Without a step that may be relied upon, also where no step leads anywhere else."""
    for actions in ((), (move("a", 0, 5, "none"),), (move("a", 0, 5, fault="slip"),)):
        system = walk(*actions, move("b", 1, 5))
        states: list[State] = [(0,), (5,)] if actions else [(0,)]
        assert refused(rank(system, states, Class((0,), 0)), "not possible")
        assert lasso(system, 0) == ACCEPTED
    only = walk(move("a", 0, 5, bounds=(Bound(build.FALSE, "never"),)))
    # It would be possible, were it not for a bound of this instance: said, not hidden.
    assert rank(only, [(0,)], Class((0,), 0)) == replace(RANKED, within=("never",))
    assert refused(lasso(only, 0), UNFAIR)


def test_the_states_must_be_the_right_ones() -> None:
    system = straight()
    for states, digest, says in (
        (5, digest_by_hand(LINE), "there are 4 reachable states, not 5"),
        (3, digest_by_hand(LINE), "there are 4 reachable states, not 3"),
        (4, digest_by_hand([*LINE[:3], (4,)]), "the digest of the reachable states"),
        (4, "0" * 64, "the digest of the reachable states"),
    ):
        proof = Ranking(states, digest, ((A, B, C),))
        assert refused(certify(Certificate(system, "arrives", "holds", proof)), says)
    wrong = replace(
        system,
        actions=(*system.actions, move("e", 2, 3, "none", checks=(Check(build.FALSE, "no e"),))),
    )
    assert refused(rank(wrong, LINE, A, B, C), "goes wrong: its check `no e` fails")


def test_states_are_numbered_as_text_is_sorted() -> None:
    """`[10]` comes before `[2]`, as text, and even before `[1]`."""
    sort = IntSort(0, 11)
    x = Var("x", sort)
    up = [
        Action(f"up{k}", "p", App("eq", (x, n(k))), {"x": App("add", (x, n(1)))}) for k in range(11)
    ]
    asked = Property("arrives", "leads-to", (Clause("", build.TRUE, App("eq", (x, n(11)))),))
    system = System("steps", (Variable("x", sort),), ((0,),), tuple(up), (asked,))
    states: list[State] = [(k,) for k in range(12)]
    number = {k: i for i, k in enumerate(sorted(range(12), key=lambda k: f"[{k}]"))}
    assert (number[10], number[1]) == (1, 3)
    assert rank(system, states, *(Class((number[k],), k) for k in range(11))) == RANKED
    assert rank(system, states, *(Class((k,), k) for k in range(11))).status == "refused"


def test_inner_classes() -> None:
    """0, 1 and 2 in a ring, and a way out of 0: strongly fair, it is possible again and again."""

    def ring(out: Fairness = "strong", *more: Action) -> System:
        return walk(
            move("out", 0, 5, out), move("x", 0, 1), move("y", 1, 2), move("z", 2, 0), *more
        )

    out, x, y, z = range(4)
    states: list[State] = [(0,), (1,), (2,), (5,)]
    one, two = Class((1,), y), Class((2,), z)
    assert rank(ring(), states, Class((0, 1, 2), out, (one, two))) == RANKED
    assert refused(rank(ring("weak"), states, Class((0, 1, 2), out, (one, two))), "no inner")
    assert refused(rank(ring("weak"), states, Class((0, 1, 2), out)), "is not possible in 1")
    for inner, says in (
        ((), "in no class: 1 (z=1)"),
        ((one,), "in no class: 2 (z=2)"),
        ((two, one), "step `y` goes back"),
        ((one, two, two), "state 2 is in a class it does not belong to"),
        ((one, two, Class((0,), x)), "state 0 is in a class it does not belong to"),
        ((one, Class((2,), x)), "`x` of p is to help in a class, and is not possible in 2"),
        ((one, Class((2,), out)), "in no class: 2 (z=2)"),
    ):
        assert refused(rank(ring(), states, Class((0, 1, 2), out, inner)), says)
    # A step of the outer helpful one inside of the outer class: it may be taken for ever.
    more = move("out", 2, 0, "strong")
    assert refused(rank(ring("strong", more), states, Class((0, 1, 2), out, (one,))), "`out` helps")
    # A step that helps inside may well stay outside: where `out` is possible, nothing is asked.
    assert (
        rank(ring("strong", move("y", 1, 0)), states, Class((0, 1, 2), out, (one, two))) == RANKED
    )
    # But not among the states of the same inner class.
    back = ring("strong", move("w", 2, 1, "none"))
    assert refused(rank(back, states, Class((0, 1, 2), out, (one, two))), "step `w` goes back")
    assert lasso(back, 0, 1, 2, 1, loop=1) == ACCEPTED  # `z` is not possible in 1
    deeper = replace(back, actions=(*back.actions[:3], move("z", 2, 0, "strong"), back.actions[4]))
    assert rank(deeper, states, Class((0, 1, 2), out, (Class((1, 2), z, (one,)),))) == RANKED
    assert refused(lasso(deeper, 0, 1, 2, 1, loop=1), "`z`")


# ------------------------------------------------------------------------------ chains, by hand

C_NATURAL, DONE = Var("copies", NATURAL), Var("done", BOOL)
NONE_LEFT = App("eq", (C_NATURAL, n(0)))
TOO = build.TRUE
SEND, RECEIVE = 0, 1


def retrying(receive: Fairness = "strong", send: Fairness = "weak") -> System:
    """At least once, with any number of copies under way, which may get lost for ever."""
    more, less = App("add", (C_NATURAL, n(1))), App("sub", (C_NATURAL, n(1)))
    some = App("lt", (n(0), C_NATURAL))
    return System(
        "retrying",
        (Variable("copies", NATURAL), Variable("done", BOOL)),
        ((0, False),),
        (
            Action("send", "p", build.negate(DONE), {"copies": more}, fairness=send),
            Action("receive", "q", some, {"copies": less, "done": TOO}, fairness=receive),
            Action("lose", "net", some, {"copies": less}, "lose"),
        ),
        (Property("arrives", "leads-to", (Clause("it", build.TRUE, DONE),)),),
    )


def chain(system: System, *stages: Stage, invariant: tuple[Term, ...] = (), **how: Any) -> Outcome:
    proof = Chain(invariant, (stages,))
    return certify(Certificate(system, "arrives", "holds", proof), **how)


def test_any_number_of_copies() -> None:
    """Receiving is possible again and again, as sending is possible whenever it is not."""
    right = Stage(TOO, RECEIVE, (Stage(TOO, SEND),))
    by_cvc5 = Outcome("accepted", ("cvc5",))
    assert chain(retrying(), right) == by_cvc5
    assert chain(retrying(), Stage(TOO, RECEIVE, (Stage(NONE_LEFT, SEND),))) == by_cvc5
    # Weakly fair: not possible whenever the last copy is lost.
    weak = chain(retrying("weak"), Stage(TOO, RECEIVE))
    assert refused(weak, "is to help in a stage of the clause about `it`, and is not possible")
    assert refused(chain(retrying("weak"), right), "needs no inner")
    for stages, says in (
        ((), "a state is in no stage"),
        ((Stage(build.FALSE, RECEIVE, (Stage(TOO, SEND),)),), "a state is in no stage"),
        ((Stage(NONE_LEFT, RECEIVE, (Stage(TOO, SEND),)),), "a state is in no stage"),
        ((Stage(TOO, RECEIVE),), "is to help in a stage"),
        ((Stage(TOO, RECEIVE, (Stage(build.negate(NONE_LEFT), SEND),)),), "is to help in a stage"),
        ((Stage(TOO, SEND),), "step `send` helps, and goes nowhere"),
        ((Stage(TOO, 2, (Stage(TOO, SEND),)),), "no fairness assumption 2"),
        ((Stage(TOO, -1, (Stage(TOO, SEND),)),), "no fairness assumption -1"),
        ((Stage(TOO, RECEIVE, (Stage(TOO, 2),)),), "no fairness assumption 2"),
        ((Stage(NONE_LEFT, SEND), Stage(TOO, RECEIVE)), "step `lose` goes back"),
        ((Stage(C_NATURAL, RECEIVE),), "is no truth value"),
        ((Stage(Var("z", BOOL), RECEIVE),), "speaks of z"),
        ((Stage(TOO, RECEIVE, (Stage(Var("z", BOOL), SEND),)),), "speaks of z"),
    ):
        assert refused(chain(retrying(), *stages), says), stages
    # When nothing can be lost, two stages in a row will do, with weak fairness.
    safe = replace(retrying("weak"), actions=retrying("weak").actions[:2])
    assert chain(safe, Stage(NONE_LEFT, SEND), Stage(TOO, RECEIVE)) == by_cvc5
    assert refused(chain(safe, Stage(TOO, RECEIVE), Stage(NONE_LEFT, SEND)), "not possible")
    # It never ends if nobody sends.
    assert chain(retrying(send="none"), right).status == "refused"


def test_a_chain_rests_on_its_invariant() -> None:
    """`jam`, once `done` is unset again, which it never is, would take all copies away."""
    jammed = Var("jammed", BOOL)
    base = retrying()
    send = replace(base.actions[0], guard=App("and", (build.negate(DONE), build.negate(jammed))))
    system = replace(
        base,
        variables=(*base.variables, Variable("jammed", BOOL)),
        initial=((0, False, False),),
        actions=(send, *base.actions[1:]),
    )
    right = Stage(TOO, RECEIVE, (Stage(TOO, SEND),))
    assert refused(chain(system, right), "is to help in a stage")
    clear = (build.negate(jammed),)
    assert chain(system, right, invariant=clear) == Outcome("accepted", ("cvc5",))
    jams = Action("jam", "p", DONE, {"jammed": TOO}, fairness="none")
    worse = replace(system, actions=(*system.actions, jams))
    assert refused(chain(worse, right, invariant=clear), "step `jam` leaves the invariant")
    start = replace(system, initial=((0, False, False), (0, False, True)))
    assert refused(chain(start, right, invariant=clear), "a start is outside of the invariant")
    checked = replace(system, actions=(
        *system.actions[:2], replace(system.actions[2], checks=(Check(build.FALSE, "no loss"),)),
    ))  # fmt: skip
    assert refused(chain(checked, right, invariant=clear), "goes wrong")
    bounded = replace(system, actions=(
        replace(system.actions[0], bounds=(Bound(NONE_LEFT, "one copy"),)), *system.actions[1:],
    ))  # fmt: skip
    assert chain(bounded, right, invariant=clear).within == ("one copy",)


def stages_of(classes: Sequence[Class], states: Sequence[State]) -> tuple[Stage, ...]:
    """The same, as terms."""
    return tuple(
        Stage(
            at(*(int(states[i][0]) for i in one.states)), one.helpful, stages_of(one.inner, states)
        )
        for one in classes
    )


@pytest.mark.parametrize("checkers", [BRUTE, CVC5])
def test_wrong_stages_of_a_line(checkers: tuple[Checker, ...]) -> None:
    everywhere = (at(0, 1, 2, 5),)

    def outcome(*stages: Stage, system: System | None = None) -> Outcome:
        system = system or straight()
        return chain(system, *stages, invariant=everywhere, checkers=checkers)

    a, b, c = stages_of((A, B, C), LINE)
    assert outcome(a, b, c) == Outcome("accepted", checkers)
    # What an earlier term says need not be denied; what is left may be called `true`.
    assert outcome(a, replace(b, where=at(0, 1, 4)), replace(c, where=TOO)).status == "accepted"
    assert outcome(a, replace(b, where=at(1, 2)), c).status == "refused"
    # A stage nobody is in harms nothing, wherever it is.
    assert outcome(Stage(at(5), 0), a, Stage(at(0), 2), b, c).status == "accepted"
    for stages, says in (
        ((a, c, b), "step `b` goes back"),
        ((b, a, c), "step `a` goes back"),
        ((a, b), "a state is in no stage"),
        ((b, c), "a state is in no stage"),
        ((a, replace(b, helpful=0), c), "is to help in a stage"),
        ((a, b, replace(c, helpful=3)), "is to help in a stage"),
        ((a, b, replace(c, inner=(c,))), "needs no inner"),
    ):
        assert refused(outcome(*stages), says), stages
    # Only due in 1: no stage is needed for 0; but who is in one must not fall out of all.
    later = walk(*straight().actions, when=at(1))
    assert outcome(b, c, system=later).status == "accepted"
    assert refused(outcome(b, system=later), "leaves all stages")
    assert outcome(a, b, c, system=later).status == "accepted"
    assert refused(outcome(replace(b, where=at(0, 1)), c, system=later), "is to help in a stage")
    assert refused(outcome(a, b, c, system=line()), "step `lose` goes back")
    # `lose` leads from 1 to 0, where nothing is due, and which is in no stage.
    lost = walk(*line().actions, when=at(1))
    assert refused(outcome(b, c, system=lost), "leaves all stages")


@pytest.mark.parametrize("checkers", [BRUTE, CVC5])
def test_inner_stages(checkers: tuple[Checker, ...]) -> None:
    """The ring of above, with terms."""
    everywhere = (at(0, 1, 2, 5),)
    ring = walk(
        move("out", 0, 5, "strong"), move("x", 0, 1), move("y", 1, 2), move("z", 2, 0, "strong"),
        move("w", 2, 1, "none"),
    )  # fmt: skip
    out, x, y, z = range(4)
    inner = Stage(at(1, 2), z, (Stage(at(1), y),))

    def outcome(*stages: Stage, system: System = ring) -> Outcome:
        return chain(system, *stages, invariant=everywhere, checkers=checkers)

    assert outcome(Stage(at(0, 1, 2), out, (inner,))).status == "accepted"
    assert outcome(Stage(TOO, out, (Stage(TOO, z, (Stage(TOO, y),)),))).status == "accepted"
    for stages, says in (
        ((Stage(TOO, out, (Stage(at(1), y), Stage(at(2), z))),), "step `w` goes back"),
        ((Stage(TOO, out, (Stage(at(2), z), Stage(at(1), y))),), "step `y` goes back"),
        ((Stage(TOO, out, (Stage(at(2), z),)),), "is to help in a stage"),
        ((Stage(TOO, out, (Stage(TOO, z, (Stage(TOO, x),)),)),), "is to help in a stage"),
        ((Stage(TOO, out, (Stage(TOO, z),)),), "is to help in a stage"),
    ):
        assert refused(outcome(*stages), says), stages
    # Where `out` is possible, the inner terms say nothing: `z` leads to 0, which is not back.
    plain = replace(ring, actions=ring.actions[:4])
    for first in (at(1), at(0, 1)):
        divided = Stage(TOO, out, (Stage(first, y), Stage(at(2), z)))
        assert outcome(divided, system=plain).status == "accepted"
        assert refused(outcome(divided), "step `w` goes back")
    # Helping inside of the inner stage, and staying in it.
    spin = replace(ring, actions=(*ring.actions, move("y", 1, 1), move("z", 2, 1, "strong")))
    assert refused(outcome(Stage(TOO, out, (inner,)), system=spin), "step `z` helps")
    # `y` leads out of its inner stage, to where `z` is possible: that is no step back.
    assert outcome(Stage(TOO, out, (inner,)), system=replace(
        ring, actions=(*ring.actions, move("y", 1, 0))
    )).status == "accepted"  # fmt: skip


# ------------------------------------------------------------------------- what proves what, caps


def test_what_proves_what() -> None:
    system = straight()
    right: dict[str, tuple[Proof, ...]] = {
        "holds": (
            Ranking(4, digest_by_hand(LINE), ((A, B, C),)),
            Chain((at(0, 1, 2, 5),), (stages_of((A, B, C), LINE),)),
        ),
        "vacuous": (Inductive((at(0, 1, 2, 5),)), ReachableSet(4, digest_by_hand(LINE))),
        "violated": (Lasso(RunOf(((0,), (1,), (2,), (5,)), (0, 1, 2)), 3, 0),),
    }
    run = RunOf(((0,),), ())
    others: tuple[Proof, ...] = (
        KInduction(1, ()), Runs((run,)), Trap(run, 0, ()), Progress((), (), (((0,),),)),
    )  # fmt: skip
    for kind in ("leads-to", "always", "at-rest", "possible", "sometimes"):
        prop = Property("arrives", kind, (Clause("it", build.TRUE, build.TRUE),))
        asked = replace(system, properties=(prop,))
        for verdict in ("holds", "violated", "vacuous"):
            claimed: Any = verdict
            for proof in (*others, *(one for found in right.values() for one in found)):
                name = kind_of_proof(proof)
                if name in {"LASSO", "RANK", "CHAIN"} or kind == "leads-to":
                    outcome = certify(Certificate(asked, "arrives", claimed, proof))
                    fits = kind == "leads-to" and (
                        proof in right[verdict]
                        or (verdict == "vacuous" and isinstance(proof, KInduction))
                    )
                    text = f"{name} does not prove `{verdict}` of a property of kind `{kind}`"
                    assert refused(outcome, text) != fits
    # For `violated` and `holds` no clause is named beside the proof.
    for verdict in ("holds", "violated"):
        named: Any = verdict
        outcome = certify(Certificate(system, "arrives", named, right[verdict][0], 0))
        assert refused(outcome, "the clause does not fit")


def test_a_promise_that_is_never_due() -> None:
    system = walk(*straight().actions, when=at(4))
    vacuous = Certificate(system, "arrives", "vacuous", ReachableSet(4, digest_by_hand(LINE)))
    assert certify(vacuous) == RANKED
    proved = replace(vacuous, proof=Inductive((at(0, 1, 2, 5),)))
    assert certify(proved) == Outcome("accepted", CHECKERS)
    due = replace(vacuous, system=walk(*straight().actions, when=at(2), then=at(2)))
    assert refused(certify(due), "the premise of the clause about `it` is reachable")
    assert refused(certify(replace(proved, system=due.system)), "does not exclude the premise")
    # Nothing is asked for at all.
    empty = replace(system, properties=(Property("arrives", "leads-to", ()),))
    assert certify(
        Certificate(empty, "arrives", "holds", Ranking(4, digest_by_hand(LINE), ()))
    ) == RANKED  # fmt: skip
    assert certify(Certificate(empty, "arrives", "holds", Chain((), ()))).status == "accepted"
    for proof in (Ranking(4, digest_by_hand(LINE), ((),)), Chain((), ((),))):
        assert refused(certify(Certificate(empty, "arrives", "holds", proof)), "for each clause")


def nested(depth: int) -> tuple[Class, Stage]:
    """Each inside of one that is in the same states."""
    one, other = Class((0,), 0), Stage(at(0), 0)
    for _ in range(depth):
        one, other = Class((0,), 1, (one,)), Stage(at(0), 1, (other,))
    return one, other


def test_what_is_too_large_is_said_to_be() -> None:
    """Strongly fair `b` is never possible in 0: so 0 may be divided again and again."""
    system = walk(move("a", 0, 5), move("b", 1, 2, "strong"))
    states: list[State] = [(0,), (5,)]
    for depth, status in ((0, "accepted"), (60, "accepted"), (61, "unchecked"), (900, "unchecked")):
        one, other = nested(depth)
        for outcome in (
            rank(system, states, one),
            chain(system, other, invariant=(at(0, 5),), checkers=BRUTE),
            chain(system, other, invariant=(at(0, 5),), checkers=CVC5),
        ):
            assert outcome.status == status, outcome
            assert status == "accepted" or "nested too deep" in outcome.reason
        if depth > 100:
            continue
        for proof in (
            Ranking(2, digest_by_hand(states), ((one,),)),
            Chain((at(0, 5),), ((other,),)),
        ):
            found = certificate_document(Certificate(system, "arrives", "holds", proof))
            answer = answer_to(json.dumps(found).encode())
            assert (answer.status == "accepted") == (status == "accepted"), answer
    many = [Stage(at(3), 1)] * 999
    fits = chain(system, *many, Stage(at(0), 0), invariant=(at(0, 5),), checkers=BRUTE)
    assert fits.status == "accepted"
    outcome = chain(system, *many, Stage(at(3), 1), Stage(at(0), 0))
    assert outcome == Outcome(
        "unchecked", (), "too large: there are more than 1000 classes or stages"
    )


# ------------------------------------------------------------------------------------ documents


def documents() -> dict[str, dict[str, Any]]:
    """A valid document of each kind; in its system, assumptions 0 and 1 are weak and strong."""
    system = walk(move("a", 0, 5), move("b", 0, 1, "strong"), move("c", 2, 5), when=at(0))
    stuck = walk(move("a", 0, 5, "none"), move("b", 0, 1, "strong"))
    states: list[State] = [(0,), (1,), (5,)]
    proofs: dict[str, tuple[System, Any, Proof]] = {
        "LASSO": (stuck, "violated", Lasso(RunOf(((0,), (1,)), (1,)), 1, 0)),
        "RANK": (
            replace(system, actions=system.actions[::2]),
            "holds",
            Ranking(2, digest_by_hand([states[0], states[2]]), ((Class((0,), 0),),)),
        ),
        "CHAIN": (
            replace(system, actions=system.actions[::2]),
            "holds",
            Chain((at(0, 5),), ((Stage(at(0), 0),),)),
        ),
    }
    return {
        kind: certificate_document(Certificate(about, "arrives", verdict, proof))
        for kind, (about, verdict, proof) in proofs.items()
    }


def a_class(**parts: Any) -> list[Any]:
    return [[{"states": [0], "helpful": 0, "inner": [], **parts}]]


def a_stage(**parts: Any) -> list[Any]:
    return [[{"where": True, "helpful": 0, "inner": [], **parts}]]


def deep(made: list[Any], levels: int) -> list[Any]:
    for _ in range(levels):
        made = [[{**made[0][0], "inner": made[0]}]]
    return made


HOSTILE: list[tuple[str, dict[str, Any]]] = [
    ("LASSO", {"loop": -1}),
    ("LASSO", {"loop": 2}),
    ("LASSO", {"loop": 0}),
    ("LASSO", {"loop": True}),
    ("LASSO", {"loop": None}),
    ("LASSO", {"loop": 10**40}),
    ("LASSO", {"endless": -1}),
    ("LASSO", {"endless": 1}),
    ("LASSO", {"endless": 10**40}),
    ("LASSO", {"clause": 0}),
    ("LASSO", {"run": {"states": [], "actions": []}}),
    ("LASSO", {"run": {"states": [[0], [True]], "actions": [1]}}),
    ("LASSO", {"run": {"states": [[0], [1.0]], "actions": [1]}}),
    ("LASSO", {"run": {"states": [[0], [1]], "actions": [True]}}),
    ("LASSO", {"kind": "TRACE"}),
    ("LASSO", {"kind": "RANK"}),
    ("LASSO", {"verdict": "holds"}),
    ("LASSO", {"verdict": "vacuous"}),
    ("RANK", {"verdict": "violated"}),
    ("RANK", {"verdict": "vacuous"}),
    ("RANK", {"kind": "REACH"}),
    ("RANK", {"kind": "CHAIN"}),
    ("RANK", {"classes": []}),
    ("RANK", {"classes": [[]]}),
    ("RANK", {"classes": [[[]]]}),
    ("RANK", {"classes": 0}),
    ("RANK", {"classes": a_class() * 2}),
    ("RANK", {"classes": [a_class()[0] * 2]}),
    ("RANK", {"classes": a_class(helpful=1)}),
    ("RANK", {"classes": a_class(helpful=2)}),
    ("RANK", {"classes": a_class(helpful=-1)}),
    ("RANK", {"classes": a_class(helpful=False)}),
    ("RANK", {"classes": a_class(states=[False])}),
    ("RANK", {"classes": a_class(states=[-2])}),
    ("RANK", {"classes": a_class(states=[10**40])}),
    ("RANK", {"classes": a_class(inner=a_class()[0])}),
    ("RANK", {"classes": a_class(more=1)}),
    ("RANK", {"classes": deep(a_class(), 60)}),
    ("RANK", {"classes": deep(a_class(), 300)}),
    ("RANK", {"states": 10**40}),
    ("RANK", {"states_digest": "0"}),
    ("CHAIN", {"stages": []}),
    ("CHAIN", {"stages": [[]]}),
    ("CHAIN", {"stages": a_stage() * 2}),
    ("CHAIN", {"stages": a_stage(where=1)}),
    ("CHAIN", {"stages": a_stage(where=["not", 1])}),
    ("CHAIN", {"stages": a_stage(where={"var": "y"})}),
    ("CHAIN", {"stages": a_stage(helpful=1)}),
    ("CHAIN", {"stages": a_stage(helpful=-1)}),
    ("CHAIN", {"stages": a_stage(inner=a_stage()[0])}),
    ("CHAIN", {"stages": deep(a_stage(), 300)}),
    ("CHAIN", {"invariant": [False]}),
    ("CHAIN", {"invariant": [["eq", {"var": "z"}, 5]]}),
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_documents_about_endless_runs(number: int) -> None:
    kind, parts = HOSTILE[number]
    right = documents()[kind]
    assert answer_to(json.dumps(right).encode()).status == "accepted"
    outcome = answer_to(json.dumps({**right, **parts}).encode())
    assert outcome.status == "refused", outcome
    assert outcome.reason


def test_the_checker_has_its_own_fairness() -> None:
    """Nothing of what builds terms, or says what is fair, for the engines."""
    rooms = [*(ROOT / "src/deliverycheck/certify").rglob("*.py")]
    rooms += (ROOT / "src/deliverycheck/export").glob("smtlib*.py")
    assert len(rooms) > 10
    for room in rooms:
        text = room.read_text(encoding="utf-8")
        assert "import build" not in text, room
        assert "system.build" not in text.replace("`system.build`", ""), room
        assert "system.fairness import" not in text, room
