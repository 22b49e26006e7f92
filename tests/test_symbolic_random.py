"""Random systems: search, induction, k-induction, Spacer, paths and traps against brute force.

No method may contradict another or the truth, runs must be shortest, and every certificate must be
accepted by both independent checkers. The systems are numbered: a failure names its seed.
"""

from __future__ import annotations

from collections import Counter

import pytest
from brute import Run, Truth, truth_of
from systems import system_of

from deliverycheck.certify.checking import certify
from deliverycheck.prove.goals import goals_of
from deliverycheck.prove.loss import Doom, progress
from deliverycheck.prove.names import MISHAP, STAGES
from deliverycheck.prove.prover import Prover
from deliverycheck.prove.search import Search
from deliverycheck.system import build
from deliverycheck.system.certificates import Certificate, Claimed, Proof, RunOf, Runs, Trap
from deliverycheck.system.model import Property, State, System

SYSTEMS = 500
CHUNK = 10
"""Systems to one test."""


def sound(seed: int) -> bool:
    """Whether no reachable step of the system goes wrong: otherwise there are no verdicts."""
    return not truth_of(seed).faulty


def targets(truth: Truth, name: str) -> set[State]:
    """The reachable states that meet a goal, by brute force."""
    system = truth.system
    if name == MISHAP:
        return truth.broken & set(truth.reachable)
    kind, _, rest = name.partition(" ")
    if kind == "breaks":
        return truth.violating()[rest]
    if kind == "tests":
        prop = next(p for p in system.properties if p.name == rest)
        return set().union(*(truth.where(clause.when) for clause in prop.clauses))
    prop_name, _, number = rest.rpartition(" ")
    prop = next(p for p in system.properties if p.name == prop_name)
    clause = prop.clauses[int(number)]
    return truth.where(clause.when) & truth.where(clause.then)


def least(truth: Truth, states: set[State]) -> int | None:
    """The length of the shortest run to any of the states."""
    return min((truth.cost[state][0] for state in states), default=None)


def first_run(truth: Truth, states: set[State]) -> Run:
    """The first of the shortest runs: fewest faults, least actions, first initial state."""
    starts = truth.system.initial
    return min(
        truth.shortest_runs(states),
        key=lambda run: (truth.faults_of(run[1]), run[1], starts.index(run[0])),
    )


def accepted(system: System, prop: str, verdict: Claimed, proof: Proof, clause: int | None) -> None:
    """Both checkers that apply accept the certificate."""
    outcome = certify(Certificate(system, prop, verdict, proof, clause))
    assert outcome.status == "accepted", outcome
    if not isinstance(proof, Runs):
        assert {"brute force", "cvc5"} <= set(outcome.by), outcome


def claim_of(name: str) -> tuple[str, Claimed, int | None] | None:
    """The verdict that a proof about a goal's being out of reach is a certificate of."""
    kind, _, rest = name.partition(" ")
    if kind == "breaks":
        return rest, "holds", None
    if kind == "tests":
        return rest, "vacuous", None
    if kind == "shows":
        prop, _, number = rest.rpartition(" ")
        return prop, "violated", int(number)
    return None


@pytest.mark.parametrize("first", range(0, SYSTEMS, CHUNK))
def test_methods_agree_with_brute_force(first: int) -> None:
    for seed in range(first, first + CHUNK):
        truth = truth_of(seed)
        system = truth.system
        goals = goals_of(system)
        search = Search(system)
        runs: dict[str, RunOf] = {}
        for _ in range(truth.depth + 2):
            for name, goal in goals.items():
                found = search.run_to(goal) if name not in runs else None
                assert found != "unknown"
                if isinstance(found, RunOf):
                    runs[name] = found
            search.deepen()
        prover = Prover(system)
        for name in goals:
            states = targets(truth, name)
            run = runs.get(name)
            assert (len(run.actions) if run else None) == least(truth, states), (seed, name)
            if run is not None:
                assert (run.states[0], run.actions) == first_run(truth, states), (seed, name)
                assert run.states[-1] in states, (seed, name)
            reachable = bool(states) or truth.faulty
            # The slower methods are asked about what decides a property, not about the rest.
            stages = (1, 2, 3, 4) if name.startswith("breaks ") else (1, 2)
            proofs = [prover.unreachable(goals[name], stage) for stage in stages]
            for stage in range(len(stages) + 1, STAGES + 1):
                if not reachable and not any(proofs):
                    proofs.append(prover.unreachable(goals[name], stage))
            claim = claim_of(name)
            for proof in proofs:
                assert proof is None or not reachable, (seed, name, proof)
                if proof is not None and claim is not None:
                    accepted(system, claim[0], claim[1], proof.proof, claim[2])
            assert reachable or any(proofs), (seed, name)


@pytest.mark.parametrize("first", range(0, SYSTEMS, CHUNK))
def test_losses_agree_with_brute_force(first: int) -> None:
    for seed in filter(sound, range(first, first + CHUNK)):
        truth = truth_of(seed)
        (prop,) = (p for p in truth.system.properties if p.kind == "possible")
        trap = trapped(truth, prop)
        proof = progress(Prover(truth.system), prop, many=False)
        doomed = truth.violating()[prop.name]
        if trap is not None:
            assert len(trap.run.actions) == least(truth, doomed), seed
            assert trap.run.states[-1] in doomed, seed
            accepted(truth.system, prop.name, "violated", trap, None)
        if proof is not None:
            assert not doomed, seed
            accepted(truth.system, prop.name, "holds", proof, None)


def trapped(truth: Truth, prop: Property) -> Trap | None:
    """The shortest run into a trap, if the search finds one."""
    search, doom = Search(truth.system), Doom(truth.system, prop, 0)
    for _ in range(truth.depth + 1):
        found = doom.at(search)
        if found is not None:
            return found if isinstance(found, Trap) else None
        search.deepen()
    return None


def test_the_systems_are_a_fair_mix() -> None:
    """At least 35 % of the questions are answered either way, so both sides are tested."""
    mix: Counter[bool] = Counter()
    for seed in filter(sound, range(SYSTEMS)):
        for name, bad in truth_of(seed).violating().items():
            mix[bool(bad)] += name != "is sometimes"
    share = mix[False] / mix.total()
    print(f"seeds 0 to {SYSTEMS - 1}: {share:.0%} hold, {1 - share:.0%} fail")
    assert 0.35 <= share <= 0.65


def test_losses_are_mostly_decided() -> None:
    """Sound is not enough: nearly all losses are decided where no bound cuts anything off."""
    decided: Counter[bool] = Counter()
    for seed in filter(sound, range(100)):
        truth = truth_of(seed)
        if truth.hits:
            continue
        (prop,) = (p for p in truth.system.properties if p.kind == "possible")
        known = trapped(truth, prop) or progress(Prover(system_of(seed)), prop, many=False)
        decided[known is not None] += 1
    print(dict(decided))
    assert decided[True] >= 0.9 * decided.total()


def test_every_method_proves_something() -> None:
    """Each stage is strong enough to be worth its place; none is silently skipped."""
    proofs: Counter[int] = Counter()
    methods: set[str] = set()
    for seed in filter(sound, range(40)):
        prover = Prover(system_of(seed))
        for name, goal in goals_of(prover.system).items():
            if targets(truth_of(seed), name):
                continue
            for stage in range(1, STAGES + 1):
                found = prover.unreachable(goal, stage)
                if found is not None:
                    proofs[stage] += 1
                    methods.add(found.method)
    print(dict(sorted(proofs.items())))
    assert min(proofs[stage] for stage in range(1, STAGES + 1)) > 20
    assert methods == {"lemmas", "k-induction", "Spacer"}


def test_a_goal_that_is_false_is_never_met() -> None:
    """The polarity of the answers: out of reach is proved, within reach is found."""
    system = system_of(0)
    assert Search(system).run_to(build.FALSE) is None
    assert isinstance(Search(system).run_to(build.TRUE), RunOf)
    for stage in range(1, STAGES + 1):
        assert sound(0)
        assert Prover(system).unreachable(build.FALSE, stage) is not None
        assert Prover(system).unreachable(build.TRUE, stage) is None
