"""From a certificate to what has to be true: a list of obligations, each one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from deliverycheck.certify.wellformed import Refused, demand, demand_terms
from deliverycheck.exchange.certificates import kind_of_proof
from deliverycheck.system.certificates import (
    Certificate,
    Inductive,
    KInduction,
    Progress,
    ReachableSet,
    RunOf,
    Runs,
    Trap,
)
from deliverycheck.system.model import Clause, Property, State, System
from deliverycheck.system.sorts import IntSort
from deliverycheck.system.terms import App, Term

Terms: TypeAlias = tuple[Term, ...]

DEEPEST = 64
"""The largest `k` that is looked at."""

ADMISSIBLE = {
    ("always", "holds"): {"INV", "KIND", "REACH"},
    ("at-rest", "holds"): {"INV", "KIND", "REACH"},
    ("possible", "holds"): {"PROGRESS", "REACH"},
    ("sometimes", "holds"): {"TRACE"},
    ("always", "violated"): {"TRACE"},
    ("at-rest", "violated"): {"TRACE"},
    ("possible", "violated"): {"TRAP"},
    ("sometimes", "violated"): {"INV", "KIND", "REACH"},
}
"""What can prove a verdict, by the kind of the property. That nothing is put to the test
(`vacuous`) is proved in the same ways for every kind."""


@dataclass(frozen=True, slots=True)
class Target:
    """States that must be out of reach, and what is wrong about them, in words."""

    name: str
    term: Term


@dataclass(frozen=True, slots=True)
class Closed:
    """The terms hold in every start, and are kept by every step that goes right."""

    start: tuple[State, ...]
    terms: Terms


@dataclass(frozen=True, slots=True)
class Excluded:
    """No state that satisfies the terms is a target, or has a step that goes wrong."""

    terms: Terms
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Base:
    """No run of fewer than `k` steps meets a target, or a state with a step that goes wrong."""

    k: int
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Induction:
    """After `k` states in a row that satisfy the lemmas and are no target, the next is none."""

    k: int
    lemmas: Terms
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Descent:
    """Where the terms and a clause's `when` hold, but not `then`, one of the paths leads on.

    All its steps can be taken and go right, and it ends in `then`, or in `when` with a smaller sum
    of the measure's variables.
    """

    terms: Terms
    clause: Clause
    measure: tuple[str, ...]
    paths: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A run from an initial state whose last state meets one of the goals."""

    run: RunOf
    goals: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Recomputed:
    """The reachable states are as many as stated, with this digest, and none is a target.

    From each that meets the first of a `possible` pair, some reachable state meets the second.
    """

    proof: ReachableSet
    targets: tuple[Target, ...]
    possible: tuple[Clause, ...]


Symbolic: TypeAlias = Closed | Excluded | Base | Induction | Descent
"""What speaks about all states of the domains; brute force and the second solver discharge it."""

Obligation: TypeAlias = Symbolic | Replayed | Recomputed


def obligations_of(certificate: Certificate) -> tuple[Obligation, ...]:
    """Everything that must be true for the verdict. Raises Refused if that makes no sense."""
    system, proof = certificate.system, certificate.proof
    prop = _property_of(certificate)
    kind = kind_of_proof(proof)
    allowed = ADMISSIBLE.get((prop.kind, certificate.verdict), {"INV", "KIND", "REACH"})
    verdict = f"`{certificate.verdict}` of a property of kind `{prop.kind}`"
    demand(kind in allowed, f"{kind} does not prove {verdict}")
    wants_clause = (prop.kind, certificate.verdict) == ("sometimes", "violated")
    demand(wants_clause == (certificate.clause is not None), f"{verdict}: the clause does not fit")
    match proof:
        case Inductive(invariant):
            demand_terms(system, invariant)
            return (
                Closed(system.initial, invariant),
                Excluded(invariant, _targets(certificate, prop)),
            )
        case KInduction(k, lemmas):
            demand(1 <= k <= DEEPEST, f"k must be from 1 to {DEEPEST}")
            demand_terms(system, lemmas)
            targets = _targets(certificate, prop)
            return Closed(system.initial, lemmas), Base(k, targets), Induction(k, lemmas, targets)
        case ReachableSet():
            if (prop.kind, certificate.verdict) == ("possible", "holds"):
                return (Recomputed(proof, (), prop.clauses),)
            return (Recomputed(proof, _targets(certificate, prop), ()),)
        case Runs(runs):
            return tuple(_replayed(system, prop, runs))
        case Trap(run, number, invariant):
            demand_terms(system, invariant)
            clause = _clause(prop, number)
            demand(len(run.states) > 0, "a run has at least one state")
            inside = Target("the trap", _all(clause.when, *invariant))
            return (
                Replayed(run, (inside,)),
                Closed((run.states[-1],), invariant),
                Excluded(
                    invariant,
                    (Target(f"the goal of {_about(clause)}", clause.then), *_cut_off(system)),
                ),
            )
        case Progress(invariant, measure, paths):
            demand_terms(system, invariant)
            demand(len(paths) == len(prop.clauses), "there must be paths for each clause")
            for name in measure:
                at = system.index.get(name)
                sort = None if at is None else system.variables[at].sort
                natural = isinstance(sort, IntSort) and sort.low >= 0
                demand(natural, f"the measure's {name} is no natural number of the system")
            for path in (path for of_clause in paths for path in of_clause):
                _demand_actions(system, path)
            descents = (
                Descent(invariant, clause, measure, of_clause)
                for clause, of_clause in zip(prop.clauses, paths, strict=True)
            )
            return Closed(system.initial, invariant), Excluded(invariant, ()), *descents
    assert_never(proof)


def _property_of(certificate: Certificate) -> Property:
    for prop in certificate.system.properties:
        if prop.name == certificate.prop:
            return prop
    raise Refused(f"the system has no property {certificate.prop}")


def _clause(prop: Property, number: int) -> Clause:
    demand(0 <= number < len(prop.clauses), f"{prop.name} has no clause {number}")
    return prop.clauses[number]


def _targets(certificate: Certificate, prop: Property) -> tuple[Target, ...]:
    """What a proof of this verdict must put out of reach."""
    if certificate.verdict == "vacuous":
        return tuple(Target(f"the premise of {_about(c)}", c.when) for c in prop.clauses)
    if certificate.clause is not None:
        clause = _clause(prop, certificate.clause)
        return (Target(f"what {_about(clause)} asks for", _all(clause.when, clause.then)),)
    return _broken(certificate.system, prop)


def _cut_off(system: System) -> Iterator[Target]:
    """States in which only a bound forbids a step: behind it, the goal might still be reached."""
    for action in system.actions:
        for bound in action.bounds:
            beyond = _all(action.guard, _not(bound.term))
            yield Target(f"a step that only the bound `{bound.name}` forbids", beyond)


def _broken(system: System, prop: Property) -> tuple[Target, ...]:
    """The states that break a clause of an `always` or `at-rest` property.

    At rest, no guard of an action that is no fault holds; what its bounds say does not matter.
    """
    steps = system.actions if prop.kind == "at-rest" else ()
    rest = _all(*(_not(action.guard) for action in steps if action.fault is None))
    return tuple(
        Target(f"a state that breaks {_about(clause)}", _all(clause.when, _not(clause.then), rest))
        for clause in prop.clauses
    )


def _replayed(system: System, prop: Property, runs: tuple[RunOf, ...]) -> Iterator[Replayed]:
    """One run that breaks a clause; or, for `sometimes`, one run to each clause, in order."""
    if prop.kind != "sometimes":
        demand(len(runs) == 1, "there must be one run")
        yield Replayed(runs[0], _broken(system, prop))
        return
    demand(len(runs) == len(prop.clauses), "there must be one run to each clause")
    for run, clause in zip(runs, prop.clauses, strict=True):
        goal = Target(f"what {_about(clause)} asks for", _all(clause.when, clause.then))
        yield Replayed(run, (goal,))


def _demand_actions(system: System, numbers: tuple[int, ...]) -> None:
    known = range(len(system.actions))
    demand(all(number in known for number in numbers), "there is no action of some number")


def _about(clause: Clause) -> str:
    return f"the clause about `{clause.about}`"


def _all(*terms: Term) -> Term:
    return App("and", terms)


def _not(term: Term) -> Term:
    return App("not", (term,))
