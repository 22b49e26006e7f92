"""Certificates for the tests: valid ones built from brute force, corrupted ones, and an oracle.

Nothing here asks the package's checker or an engine: what is valid follows from `brute.Truth`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from hashlib import sha256
from random import Random
from typing import Any

from brute import Truth, changes, units_of, value_of
from systems import FAIRNESS, all_states

from deliverycheck.system import build
from deliverycheck.system.certificates import (
    Certificate,
    Chain,
    Claimed,
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
from deliverycheck.system.model import Clause, Property, State, System
from deliverycheck.system.sorts import BoolSort, EnumSort, IntSort
from deliverycheck.system.terms import App, Const, Op, Term, Var


class Facts:
    """The truth about one system, and what certificates need to know of it."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.system = truth.system
        self.everything = list(all_states(self.system.variables))
        self.env = {state: truth.env(state) for state in self.everything}
        self.edges = {(source, at): target for source, at, target in truth.edges}
        self.onward: dict[State, set[State]] = {}
        self.backward: dict[State, set[State]] = {}
        for source, _, target in truth.edges:
            self.onward.setdefault(source, set()).add(target)
            self.backward.setdefault(target, set()).add(source)
        self.units = units_of(self.system)
        self._kept: dict[Term, set[State]] = {}

    def able(self, unit: int, state: State) -> bool:
        """Whether a step that may be relied upon is possible, if only beyond a bound."""
        env, actions = self.env[state], self.system.actions
        return any(
            value_of(actions[at].guard, env) is True
            and (
                not all(value_of(bound.term, env) for bound in actions[at].bounds)
                or changes(actions[at], env)
            )
            for at in self.units[unit].paths
        )

    def takes(self, unit: int, source: State, at: int, target: State) -> bool:
        """Whether a step is one of those a unit is about, and changes the state."""
        return at in self.units[unit].paths and source != target

    def satisfying(self, terms: Iterable[Term]) -> set[State]:
        """The states, reachable or not, in which all terms hold."""
        found = set(self.everything)
        for term in terms:
            if term not in self._kept:
                self._kept[term] = {s for s in self.everything if self.meets(s, term)}
            found &= self._kept[term]
        return found

    def meets(self, state: State, term: Term) -> bool:
        return value_of(term, self.env[state]) is True

    def targets(self, prop: Property, verdict: Claimed, number: int | None) -> set[State]:
        """The states that a proof of the verdict must put out of reach; `broken` ones included."""
        found = set(self.truth.broken)
        for at, clause in enumerate(prop.clauses):
            for state in self.everything:
                when, then = self.meets(state, clause.when), self.meets(state, clause.then)
                if verdict == "vacuous":
                    met = when
                elif prop.kind == "sometimes":
                    met = at == number and when and then
                else:
                    rest = prop.kind == "always" or state not in self.truth.busy
                    met = rest and when and not then
                if met:
                    found.add(state)
        return found

    def ends(self, k: int, good: AbstractSet[State]) -> set[State]:
        """The last states of all sequences of `k` good states, each a step after the other."""
        found = set(good)
        for _ in range(k - 1):
            found = {t for s in found for t in self.onward.get(s, ()) if t in good}
        return found


def closure(start: Iterable[State], edges: Mapping[State, set[State]]) -> set[State]:
    """Some states, and all that follow from them."""
    found, size = set(start), -1
    while size != len(found):
        size = len(found)
        found = found.union(*(edges.get(state, ()) for state in found))
    return found


# ---------------------------------------------------------------------------------- valid ones


def equals(system: System, at: int, state: State) -> Term:
    """That a variable has the value it has in a state."""
    variable = system.variables[at]
    return App("eq", (Var(variable.name, variable.sort), build.constant(state[at], variable.sort)))


def is_state(system: System, state: State) -> Term:
    """That the state is this one."""
    return App("and", tuple(equals(system, at, state) for at in range(len(state))))


def exactly(facts: Facts, states: AbstractSet[State], *, clauses: bool) -> tuple[Term, ...]:
    """Terms that hold in just these states: one disjunction, or a conjunct for each other state."""
    if clauses:
        others = (state for state in facts.everything if state not in states)
        return tuple(App("not", (is_state(facts.system, state),)) for state in others)
    known = (state for state in facts.everything if state in states)
    return (App("or", tuple(is_state(facts.system, state) for state in known)),)


def line_by_hand(state: State) -> str:
    return json.dumps(list(state), separators=(",", ":"))


def digest_by_hand(states: Iterable[State]) -> str:
    return sha256("\n".join(sorted(map(line_by_hand, states))).encode()).hexdigest()


def proofs_out_of_reach(
    facts: Facts, prop: Property, verdict: Claimed, number: int | None, *, clauses: bool
) -> Iterator[Proof]:
    """INV, KIND and REACH, where the targets are out of reach."""
    truth, targets = facts.truth, facts.targets(prop, verdict, number)
    if not targets.isdisjoint(truth.reachable):
        return
    yield Inductive(exactly(facts, set(truth.reachable), clauses=clauses))
    # The largest invariant: whatever cannot get to a target.
    fine = set(facts.everything) - closure(targets, facts.backward)
    yield Inductive(exactly(facts, fine, clauses=not clauses))
    yield KInduction(1, exactly(facts, set(truth.reachable), clauses=clauses))
    for k in range(1, 8):
        if kind_holds(facts, k, (), targets):
            yield KInduction(k, ())
            break
    yield ReachableSet(len(truth.reachable), digest_by_hand(truth.reachable))


def certificates_of(facts: Facts, *, clauses: bool = False) -> Iterator[Certificate]:
    """Valid certificates, of every kind that there can be, for every property."""
    system, truth = facts.system, facts.truth
    violating = truth.violating()
    for prop in system.properties:

        def of(
            verdict: Claimed, proofs: Iterable[Proof], clause: int | None = None, p: str = prop.name
        ) -> Iterator[Certificate]:
            return (Certificate(system, p, verdict, proof, clause) for proof in proofs)

        yield from of("vacuous", proofs_out_of_reach(facts, prop, "vacuous", None, clauses=clauses))
        bad = violating[prop.name]
        match prop.kind:
            case "always" | "at-rest" if bad:
                yield from of("violated", (Runs((run,)) for run in runs_to(facts, bad)))
            case "always" | "at-rest":
                proofs = proofs_out_of_reach(facts, prop, "holds", None, clauses=clauses)
                yield from of("holds", proofs)
            case "possible" if bad:
                yield from of("violated", traps_of(facts, prop))
            case "possible":
                if not truth.faulty:
                    states = len(truth.reachable)
                    yield from of("holds", [ReachableSet(states, digest_by_hand(truth.reachable))])
                    yield from of("holds", [progress_of(facts, prop, clauses=clauses)])
            case "sometimes":
                goals = [truth.where(c.when) & truth.where(c.then) for c in prop.clauses]
                if all(goals):
                    yield from of("holds", [Runs(tuple(runs_to(facts, g)[0] for g in goals))])
                for number, goal in enumerate(goals):
                    if not goal:
                        yield from of(
                            "violated",
                            proofs_out_of_reach(facts, prop, "violated", number, clauses=clauses),
                            number,
                        )


def runs_to(facts: Facts, goals: AbstractSet[State]) -> list[RunOf]:
    """A few shortest runs to one of the goals."""
    found: list[RunOf] = []
    for start, actions in facts.truth.shortest_runs(goals):
        states = [start]
        for at in actions:
            states.append(facts.edges[states[-1], at])
        found.append(RunOf(tuple(states), actions))
        if len(found) == 2:
            break
    return found


def traps_of(facts: Facts, prop: Property) -> Iterator[Trap]:
    for number, clause in enumerate(prop.clauses):
        doomed = facts.truth.where(clause.when) & facts.truth.doomed(clause.then)
        for state in filter(doomed.__contains__, facts.everything):
            trap = closure([state], facts.onward)
            if trap.isdisjoint(facts.truth.broken | facts.truth.cuts.keys()):
                (run, *_) = runs_to(facts, {state})
                yield Trap(run, number, exactly(facts, trap, clauses=False))
                break


def progress_of(facts: Facts, prop: Property, *, clauses: bool) -> Progress:
    """Shortest paths to the goal, or to where a sum of natural numbers is smaller."""
    variables = facts.system.variables
    naturals = [v.name for v in variables if isinstance(v.sort, IntSort) and v.sort.low >= 0]
    measure = tuple(naturals if clauses else ())
    paths: list[tuple[tuple[int, ...], ...]] = []
    for clause in prop.clauses:
        found: dict[tuple[int, ...], None] = {}
        for state in sorted(
            facts.truth.where(clause.when) - facts.truth.where(clause.then), key=str
        ):
            found[_path(facts, clause, measure, state)] = None
        paths.append(tuple(found))
    invariant = exactly(facts, set(facts.truth.reachable), clauses=clauses)
    return Progress(invariant, measure, tuple(paths))


def leads_on(
    facts: Facts, clause: Clause, measure: Sequence[str], state: State, end: State
) -> bool:
    """Whether one state after another is what a path must end in."""
    here, there = facts.env[state], facts.env[end]
    smaller = sum(int(there[name]) for name in measure) < sum(int(here[name]) for name in measure)
    return facts.meets(end, clause.then) or (facts.meets(end, clause.when) and smaller)


def _path(facts: Facts, clause: Clause, measure: Sequence[str], state: State) -> tuple[int, ...]:
    front: dict[State, tuple[int, ...]] = {state: ()}
    while True:
        for end, path in front.items():
            if leads_on(facts, clause, measure, state, end):
                return path
        longer = dict(front)
        for (source, at), target in facts.edges.items():
            if source in front:
                longer.setdefault(target, (*front[source], at))
        assert len(longer) > len(front)
        front = longer


# ---------------------------------------------------------------------------------- the oracle


def kind_holds(facts: Facts, k: int, lemmas: Sequence[Term], targets: AbstractSet[State]) -> bool:
    inside = facts.satisfying(lemmas)
    if not inside >= set(facts.system.initial):
        return False
    if any(facts.onward.get(state, set()) - inside for state in inside):
        return False
    if any(facts.truth.cost[s][0] < k for s in targets if s in facts.truth.cost):
        return False
    after = {t for s in facts.ends(k, inside - targets) for t in facts.onward.get(s, ())}
    return not after & inside & targets


def is_valid(facts: Facts, certificate: Certificate) -> bool:
    """Whether a certificate proves its verdict, by the definitions in `system.certificates`."""
    assert facts.system == certificate.system
    system, truth, verdict = certificate.system, facts.truth, certificate.verdict
    (prop,) = (p for p in system.properties if p.name == certificate.prop)
    number = certificate.clause
    if (number is not None) != (prop.kind == "sometimes" and verdict == "violated"):
        return False
    if number is not None and not 0 <= number < len(prop.clauses):
        return False
    against = verdict == "vacuous" or (prop.kind == "sometimes") == (verdict == "violated")
    out_of_reach = against and (prop.kind not in {"possible", "leads-to"} or verdict == "vacuous")
    arrives = (prop.kind, verdict) == ("leads-to", "holds")
    match certificate.proof:
        case Inductive(invariant):
            return out_of_reach and _inductive(
                facts, system.initial, invariant, facts.targets(prop, verdict, number)
            )
        case KInduction(k, lemmas):
            targets = facts.targets(prop, verdict, number)
            return out_of_reach and 1 <= k <= 64 and kind_holds(facts, k, lemmas, targets)
        case ReachableSet(states, digest):
            stated = (states, digest) == (len(truth.reachable), digest_by_hand(truth.reachable))
            if prop.kind == "possible" and verdict == "holds":
                return stated and not truth.faulty and not truth.violating()[prop.name]
            targets = facts.targets(prop, verdict, number)
            return out_of_reach and stated and targets.isdisjoint(truth.reachable)
        case Runs(runs):
            return _runs_show(facts, prop, verdict, runs)
        case Trap(run, at, invariant):
            if (prop.kind, verdict) != ("possible", "violated") or not 0 <= at < len(prop.clauses):
                return False
            clause = prop.clauses[at]
            goal = facts.satisfying([clause.then]) | truth.broken | truth.cuts.keys()
            return (
                _is_run(facts, run)
                and facts.meets(run.states[-1], clause.when)
                and _inductive(facts, run.states[-1:], invariant, goal)
            )
        case Progress():
            return (prop.kind, verdict) == ("possible", "holds") and _progresses(
                facts, prop, certificate.proof
            )
        case Lasso(run, loop, at):
            if (prop.kind, verdict) != ("leads-to", "violated") or not 0 <= at < len(prop.clauses):
                return False
            return _is_run(facts, run) and _goes_round(facts, prop.clauses[at], run, loop)
        case Ranking(states, digest, classes):
            stated = (states, digest) == (len(truth.reachable), digest_by_hand(truth.reachable))
            return arrives and stated and not truth.faulty and _ranked(facts, prop, classes)
        case Chain(invariant, stages):
            closed = _inductive(facts, system.initial, invariant, truth.broken)
            return arrives and closed and _staged(facts, prop, facts.satisfying(invariant), stages)


def _inductive(
    facts: Facts, start: Iterable[State], terms: Iterable[Term], targets: AbstractSet[State]
) -> bool:
    inside = facts.satisfying(terms)
    closed = all(target in inside for source, _, target in facts.truth.edges if source in inside)
    return inside >= set(start) and closed and inside.isdisjoint(targets)


def _is_run(facts: Facts, run: RunOf) -> bool:
    def typed(state: State) -> str:
        return repr(state)  # 1 and True are equal, and not the same

    states = {typed(state): state for state in facts.everything}
    if len(run.states) != len(run.actions) + 1 or run.states[0] not in facts.system.initial:
        return False
    if any(typed(state) not in states for state in run.states):
        return False
    pairs = zip(run.states, run.actions, run.states[1:], strict=False)
    return all(facts.edges.get((source, at)) == target for source, at, target in pairs)


def _runs_show(facts: Facts, prop: Property, verdict: Claimed, runs: Sequence[RunOf]) -> bool:
    wanted: list[set[State]]
    if (prop.kind, verdict) == ("sometimes", "holds"):
        wanted = [facts.satisfying([c.when, c.then]) for c in prop.clauses]
    elif prop.kind in {"always", "at-rest"} and verdict == "violated":
        wanted = [facts.truth.violating()[prop.name]]
    else:
        return False
    return len(runs) == len(wanted) and all(
        len(run.states) > 0 and _is_run(facts, run) and run.states[-1] in goal
        for run, goal in zip(runs, wanted, strict=True)
    )


def _progresses(facts: Facts, prop: Property, proof: Progress) -> bool:
    sorts = {v.name: v.sort for v in facts.system.variables}
    for name in proof.measure:
        sort = sorts.get(name)
        if not isinstance(sort, IntSort) or sort.low < 0:
            return False
    if len(proof.paths) != len(prop.clauses):
        return False
    if not _inductive(facts, facts.system.initial, proof.invariant, facts.truth.broken):
        return False
    inside = facts.satisfying(proof.invariant)
    for clause, paths in zip(prop.clauses, proof.paths, strict=True):
        for state in inside & facts.satisfying([clause.when, App("not", (clause.then,))]):
            ends: list[State] = []
            for path in paths:
                here: State | None = state
                for at in path:
                    here = None if here is None else facts.edges.get((here, at))
                ends += [] if here is None else [here]
            if not any(leads_on(facts, clause, proof.measure, state, end) for end in ends):
                return False
    return True


def _goes_round(facts: Facts, clause: Clause, run: RunOf, loop: int) -> bool:
    states = run.states
    if not 0 <= loop < len(states) or repr(states[loop]) != repr(states[-1]):
        return False
    # Whatever comes after state number `at`, in the end of the run and in all rounds.
    after = [set(range(min(at, loop), len(states))) for at in range(len(states))]
    then = {at for at, state in enumerate(states) if facts.meets(state, clause.then)}
    if not any(
        facts.meets(state, clause.when) and then.isdisjoint(after[at])
        for at, state in enumerate(states)
    ):
        return False
    steps = list(zip(states, run.actions, states[1:], strict=False))[loop:]
    for number, unit in enumerate(facts.units):
        taken = any(facts.takes(number, *step) for step in steps)
        able = {facts.able(number, state) for state in states[loop:]}
        if not taken and (able == {True} if unit.fairness == "weak" else True in able):
            return False
    return True


def open_for(facts: Facts, clause: Clause) -> set[State]:
    """The reachable states in which the promise of a clause may be open."""
    without = facts.truth.reachable - facts.truth.where(clause.then)
    start = without & facts.truth.where(clause.when)
    onward = {s: facts.onward.get(s, set()) & without for s in without}
    return closure(start, onward)


Part = tuple[set[State], int, list["Part"]]
"""A class or a stage with the states that are in it."""


def _ranked(facts: Facts, prop: Property, clauses: Sequence[Sequence[Class]]) -> bool:
    states = dict(enumerate(sorted(facts.truth.reachable, key=line_by_hand)))
    if len(clauses) != len(prop.clauses):
        return False

    def parts(classes: Sequence[Class]) -> list[Part]:
        return [({states[n] for n in c.states}, c.helpful, parts(c.inner)) for c in classes]

    def known(classes: Sequence[Class]) -> bool:
        numbers = [number for one in classes for number in one.states]
        return (
            set(numbers) <= states.keys()
            and len(set(numbers)) == len(numbers)
            and all(0 <= c.helpful < len(facts.units) and known(c.inner) for c in classes)
        )

    return all(
        known(classes) and _divides(facts, open_for(facts, clause), parts(classes))
        for clause, classes in zip(prop.clauses, clauses, strict=True)
    )


def _staged(
    facts: Facts, prop: Property, inside: set[State], clauses: Sequence[Sequence[Stage]]
) -> bool:
    if len(clauses) != len(prop.clauses):
        return False

    def known(stages: Sequence[Stage]) -> bool:
        return all(0 <= s.helpful < len(facts.units) and known(s.inner) for s in stages)

    def parts(stages: Sequence[Stage], among: set[State]) -> list[Part]:
        found: list[Part] = []
        for stage in stages:
            here = among & facts.satisfying([stage.where])
            among = among - here
            idle = {state for state in here if not facts.able(stage.helpful, state)}
            found.append((here, stage.helpful, parts(stage.inner, idle)))
        return found

    for clause, stages in zip(prop.clauses, clauses, strict=True):
        if not known(stages):
            return False
        still = inside - facts.satisfying([clause.then])
        top = parts(stages, still)
        placed = set[State]().union(*(here for here, _, _ in top))
        onward = set[State]().union(*(facts.onward.get(state, set()) for state in placed))
        if not placed >= (still & facts.satisfying([clause.when])) | (still & onward):
            return False
        if not _divides(facts, placed, top):
            return False
    return True


def _divides(facts: Facts, whole: set[State], parts: list[Part]) -> bool:
    """Whether states are divided into parts in which no fair run stays for ever."""
    if sum(len(here) for here, _, _ in parts) != len(whole):
        return False
    if set[State]().union(*(here for here, _, _ in parts)) != whole:
        return False
    number_of = {state: at for at, (here, _, _) in enumerate(parts) for state in here}
    for source, at, target in facts.truth.edges:
        if source in whole and target in whole:
            if number_of[target] < number_of[source]:
                return False
            helpful = parts[number_of[source]][1]
            if number_of[target] == number_of[source] and facts.takes(helpful, source, at, target):
                return False
    for here, helpful, inner in parts:
        idle = {state for state in here if not facts.able(helpful, state)}
        weak = facts.units[helpful].fairness == "weak"
        if weak and (idle or inner):
            return False
        if not weak and not _divides(facts, idle, inner):
            return False
    return True


# ------------------------------------------------------------------------------ corrupted ones


def corrupted(certificate: Certificate, rng: Random) -> Certificate:
    """The certificate with one thing about it changed."""
    system, proof = certificate.system, certificate.proof
    match rng.randint(0, 9):
        case 0:
            verdicts: tuple[Claimed, ...] = ("holds", "violated", "vacuous")
            return replace(certificate, verdict=rng.choice(verdicts))
        case 1:
            return replace(certificate, prop=rng.choice(system.properties).name)
        case 2:
            return replace(certificate, clause=rng.choice((None, 0, 1, 2)))
        case _:
            return replace(certificate, proof=_corrupted_proof(system, proof, rng))


def _corrupted_proof(system: System, proof: Proof, rng: Random) -> Proof:
    match proof:
        case Inductive(invariant):
            return Inductive(_corrupted_terms(invariant, rng))
        case KInduction(k, lemmas):
            if lemmas and rng.random() < 0.7:
                return KInduction(k, _corrupted_terms(lemmas, rng))
            return KInduction(rng.choice((k - 1, k + 1, k + 2, 0, 65, 10**9)), lemmas)
        case ReachableSet(states, digest):
            if rng.random() < 0.5:
                return ReachableSet(states + rng.choice((-1, 1)), digest)
            at = rng.randrange(len(digest))
            other = "0123456789abcdef".replace(digest[at], "")
            return ReachableSet(states, digest[:at] + rng.choice(other) + digest[at + 1 :])
        case Runs(runs):
            changed = list(runs)
            at = rng.randrange(len(runs))
            changed[at] = _corrupted_run(system, runs[at], rng)
            return Runs(rng.choice((tuple(changed), tuple(changed), runs[1:], runs + runs[:1])))
        case Trap(run, clause, invariant):
            return rng.choice(
                (
                    Trap(_corrupted_run(system, run, rng), clause, invariant),
                    Trap(run, clause + rng.choice((-1, 1)), invariant),
                    Trap(run, clause, _corrupted_terms(invariant, rng)),
                )
            )
        case Progress(invariant, measure, paths):
            less = [p if rng.random() < 0.5 else p[:-1] for p in paths]
            shorter = [tuple(q[: rng.randrange(len(q) + 1)] for q in p) for p in paths]
            other = rng.choice(system.variables).name
            return rng.choice(
                (
                    Progress(invariant, measure, tuple(less)),
                    Progress(invariant, measure, tuple(shorter)),
                    Progress(invariant, measure, paths[:-1]),
                    Progress(invariant, measure[:-1], paths),
                    Progress(invariant, (*measure[1:], other), paths),
                    Progress(_corrupted_terms(invariant, rng), measure, paths),
                )
            )
        case Lasso(run, loop, clause):
            last = len(run.actions)
            cut = RunOf(run.states[:-1], run.actions[:-1])
            # Once more round the loop: nothing is wrong with that.
            longer = RunOf(run.states + run.states[loop + 1 :], run.actions + run.actions[loop:])
            return rng.choice(
                (
                    Lasso(_corrupted_run(system, run, rng), loop, clause),
                    Lasso(run, loop, clause + rng.choice((-1, 1))),
                    Lasso(run, rng.choice((loop - 1, loop + 1, last, last + 1, -1, 0)), clause),
                    Lasso(cut, min(loop, last - 1), clause),
                    Lasso(cut, last - 1, clause),
                    Lasso(longer, loop, clause),
                )
            )
        case Ranking(states, digest, clauses):
            if rng.random() < 0.15:
                other_states = rng.choice(((states + 1, digest), (states, digest_by_hand([]))))
                return Ranking(*other_states, clauses)
            return Ranking(states, digest, _corrupted_clauses(clauses, states, rng))
        case Chain(invariant, clauses):
            if rng.random() < 0.15:
                return Chain(_corrupted_terms(invariant, rng), clauses)
            return Chain(invariant, _corrupted_clauses(clauses, 0, rng))


# `Any`: each a `Class`, or each a `Stage`; what may be wrong about them is much the same.
def _corrupted_clauses(clauses: tuple[Any, ...], states: int, rng: Random) -> tuple[Any, ...]:
    if not clauses or rng.random() < 0.05:
        return rng.choice((clauses[1:], clauses + clauses[:1], ((),) * len(clauses)))
    at = rng.choice([i for i, parts in enumerate(clauses) if parts] or [0])
    return (*clauses[:at], _corrupted_parts(clauses[at], states, rng), *clauses[at + 1 :])


def _corrupted_parts(parts: tuple[Any, ...], states: int, rng: Random) -> tuple[Any, ...]:
    """Some classes or stages with one thing about them, or about one inside, changed."""
    if not parts:
        return parts
    at = rng.randrange(len(parts))
    one = parts[at]
    match rng.randint(0, 9):
        case 0 | 1 if len(parts) > 1:
            other = (at + 1) % len(parts)
            swapped = list(parts)
            swapped[at], swapped[other] = swapped[other], swapped[at]
            return tuple(swapped)
        case 2:
            return (*parts[:at], *parts[at + 1 :])
        case 3:
            one = replace(one, helpful=one.helpful + rng.choice((-1, 1)))
        case 4 | 5 if one.inner:
            one = replace(one, inner=_corrupted_parts(one.inner, states, rng))
        case 6:
            one = replace(one, inner=rng.choice(((), (one,))))
        case 7 if len(parts) > 1:
            # Two become one.
            joined = _joined(one, parts[(at + 1) % len(parts)])
            kept = [p for p in parts if p is not one and p is not parts[(at + 1) % len(parts)]]
            return (*kept[:at], joined, *kept[at:])
        case _:
            one = _with_other_states(one, states, rng)
    return (*parts[:at], one, *parts[at + 1 :])


def _joined(one: Class | Stage, other: Any) -> Class | Stage:
    if isinstance(one, Class):
        return replace(one, states=one.states + other.states)
    return replace(one, where=App("or", (one.where, other.where)))


def _with_other_states(one: Class | Stage, states: int, rng: Random) -> Class | Stage:
    if isinstance(one, Stage):
        return replace(one, where=(build.FALSE, *_corrupted_terms([one.where], rng))[-1])
    numbers = list(one.states)
    if numbers and rng.random() < 0.6:
        numbers.remove(rng.choice(numbers))
    if rng.random() < 0.6:
        numbers.append(rng.randint(-1, states))
    return replace(one, states=tuple(numbers))


def _corrupted_run(system: System, run: RunOf, rng: Random) -> RunOf:
    states, actions = list(run.states), list(run.actions)
    at = rng.randrange(len(states))
    match rng.randint(0, 5):
        case 0:
            del states[at]
        case 1 if actions:
            actions[rng.randrange(len(actions))] = rng.randint(-1, len(system.actions))
        case 2 if actions:
            del actions[rng.randrange(len(actions))]
        case 3:
            del states[-1], actions[-1:]
        case 4:
            # What Python takes for the same, and is not.
            states[at] = tuple(int(v) if isinstance(v, bool) else v for v in states[at])
        case _:
            values = list(states[at])
            which = rng.randrange(len(values))
            match system.variables[which].sort:
                case BoolSort():
                    values[which] = not values[which]
                case EnumSort(labels):
                    values[which] = rng.choice((*labels, "no such label"))
                case IntSort(low, high):
                    values[which] = rng.randint(low - 1, (high or 9) + 1)
            states[at] = tuple(values)
    return RunOf(tuple(states), tuple(actions))


def _corrupted_terms(terms: Sequence[Term], rng: Random) -> tuple[Term, ...]:
    if not terms:
        return (build.FALSE,)
    at = rng.randrange(len(terms))
    match rng.randint(0, 3):
        case 0:
            return (*terms[:at], *terms[at + 1 :])
        case 1:
            return (*terms[:at], App("not", (terms[at],)), *terms[at + 1 :])
        case _:
            return (*terms[:at], _corrupted_term(terms[at], rng), *terms[at + 1 :])


def _corrupted_term(term: Term, rng: Random) -> Term:
    """One place deep inside of the term changed, so that it is still typed."""
    match term:
        case Const(bool() as value, sort):
            return Const(not value, sort)
        case Const(int() as value, _):
            return build.integer(value + rng.choice((-1, 1)))
        case Const(_, EnumSort(labels) as sort):
            return Const(rng.choice(labels), sort)
        case App("le" | "lt" as op, args):
            return App("lt" if op == "le" else "le", args)
        case App("and" | "or" as op, args) if args and rng.random() < 0.3:
            at = rng.randrange(len(args))
            swapped: Op = "or" if op == "and" else "and"
            return rng.choice((App(op, (*args[:at], *args[at + 1 :])), App(swapped, args)))
        case App(op, args) if args:
            at = rng.choice([i for i, arg in enumerate(args) if not isinstance(arg, Var)] or [0])
            return App(op, (*args[:at], _corrupted_term(args[at], rng), *args[at + 1 :]))
        case _:
            return term


def with_other_system(certificate: Certificate, rng: Random) -> Certificate:
    """The same proof about a system in which one thing is different."""
    system = certificate.system
    at = rng.randrange(len(system.actions))
    action = system.actions[at]
    match rng.randint(0, 6):
        case 0:
            action = replace(action, guard=build.TRUE)
        case 1:
            action = replace(action, guard=App("not", (action.guard,)))
        case 2:
            action = replace(action, checks=(), bounds=())
        case 3:
            action = replace(action, fault="lose" if action.fault is None else None)
        case 4:
            updates = {n: _corrupted_term(term, rng) for n, term in action.updates.items()}
            action = replace(action, updates=updates)
        case 5:
            action = replace(action, fairness=rng.choice(FAIRNESS))
        case _:
            state = rng.choice(list(all_states(system.variables)))
            return replace(certificate, system=replace(system, initial=(*system.initial, state)))
    actions = (*system.actions[:at], action, *system.actions[at + 1 :])
    return replace(certificate, system=replace(system, actions=actions))
