"""From a certificate to what has to be true: a list of obligations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from deliverycheck.certify.liveness.fair import rest, units_of
from deliverycheck.certify.sentences import (
    Base,
    Closed,
    Descent,
    Excluded,
    Induction,
    Looped,
    Obligation,
    Ranked,
    Recomputed,
    Replayed,
    Staged,
    Target,
)
from deliverycheck.certify.wellformed import Refused, demand, demand_parts, demand_terms
from deliverycheck.exchange.certificates import kind_of_proof
from deliverycheck.system.certificates import (
    Certificate,
    Chain,
    Inductive,
    KInduction,
    Lasso,
    Progress,
    Ranking,
    ReachableSet,
    RunOf,
    Runs,
    Stage,
    Trap,
)
from deliverycheck.system.model import Clause, Property, System
from deliverycheck.system.sorts import IntSort
from deliverycheck.system.terms import App, Term

DEEPEST = 64
"""The largest `k` that is looked at."""

MOST_CLASSES = 1_000_000
MOST_STAGES = 1_000
"""Classes or stages of a certificate, those inside of others included."""

ADMISSIBLE = {
    ("always", "holds"): {"INV", "KIND", "REACH"},
    ("at-rest", "holds"): {"INV", "KIND", "REACH"},
    ("possible", "holds"): {"PROGRESS", "REACH"},
    ("sometimes", "holds"): {"TRACE"},
    ("always", "violated"): {"TRACE"},
    ("at-rest", "violated"): {"TRACE"},
    ("possible", "violated"): {"TRAP"},
    ("sometimes", "violated"): {"INV", "KIND", "REACH"},
    ("leads-to", "holds"): {"RANK", "CHAIN"},
    ("leads-to", "violated"): {"LASSO"},
}
"""What can prove a verdict, by the kind of the property. That nothing is put to the test
(`vacuous`) is proved in the same ways for every kind."""


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
        case Lasso(run, loop, number):
            return (Looped(run, loop, _clause(prop, number)),)
        case Ranking(clauses=classes):
            demand(len(classes) == len(prop.clauses), "there must be classes for each clause")
            every_class = (one for of_clause in classes for one in of_clause)
            demand_parts(units_of(system), every_class, MOST_CLASSES)
            return (Ranked(proof, prop.clauses),)
        case Chain(invariant, stages):
            demand(len(stages) == len(prop.clauses), "there must be stages for each clause")
            every = (stage for of_clause in stages for stage in of_clause)
            parts = demand_parts(units_of(system), every, MOST_STAGES)
            wheres = (part.where for part in parts if isinstance(part, Stage))
            demand_terms(system, (*invariant, *wheres))
            staged = (
                Staged(invariant, clause, of_clause)
                for clause, of_clause in zip(prop.clauses, stages, strict=True)
            )
            return Closed(system.initial, invariant), Excluded(invariant, ()), *staged
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
    """The states that break a clause of an `always` or `at-rest` property."""
    resting = (rest(system),) if prop.kind == "at-rest" else ()
    return tuple(
        Target(
            f"a state that breaks {_about(clause)}",
            _all(clause.when, _not(clause.then), *resting),
        )
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
