"""The symbolic engine's answers: a verdict for every property, from what it could settle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from deliverycheck.check.endless import confirmed, fairness_used, lasso_detail
from deliverycheck.check.finding import Finding
from deliverycheck.check.notes import is_witness
from deliverycheck.check.traces import (
    confirm_rest,
    mismatch,
    replay_by_cpython,
    replay_by_interpreter,
    trace_of_run,
)
from deliverycheck.lift.lifting import Lifted
from deliverycheck.prove.engine import Settled, Symbolic
from deliverycheck.prove.names import MISHAP
from deliverycheck.semantics.interpreter import ModelFault, evaluate, perform
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
    Trap,
)
from deliverycheck.system.model import Property, System
from deliverycheck.system.terms import Term
from deliverycheck.system.verdicts import Evidence, Json, Trace

EVIDENCE = {
    Inductive: "inductive-invariant",
    KInduction: "k-induction",
    ReachableSet: "exhaustive",
    Progress: "progress",
    Chain: "ranking",
    Ranking: "exhaustive",
    Runs: "run",
    Trap: "run",
    Lasso: "lasso",
}
"""The kind of evidence a proof is."""


def concluded(lifted: Lifted, symbolic: Symbolic) -> Iterator[Finding]:
    """A verdict for every property the engine was asked about; every run is replayed first.

    Raises DisagreementError if a replay fails.
    """
    for prop in symbolic.system.properties:
        if prop.kind == "sometimes":
            yield _sometimes(lifted, symbolic, prop)
        else:
            yield _always(lifted, symbolic, prop)


def _always(lifted: Lifted, symbolic: Symbolic, prop: Property) -> Finding:
    name = prop.name if prop.kind in ("possible", "leads-to") else f"breaks {prop.name}"
    tests = f"tests {prop.name}"
    answer, tested = symbolic.settled.get(name), symbolic.settled.get(tests)
    if tested is not None and tested.run is None:
        if _has_bounds(lifted.system):
            return _cut_off(prop)
        certificate = Certificate(lifted.system, prop.name, "vacuous", tested.proof)
        reason = "no reachable state puts it to the test"
        return _proved(prop, tested, certificate, reason)
    if answer is not None and answer.run is not None:
        return _violated(lifted, prop, answer, answer.run)
    if answer is None or tested is None or tested.run is None:
        return _open(symbolic, prop, name if answer is None else tests)
    last = symbolic.system.valuation(_replayed(lifted, symbolic.system, tested.run).states[-1])
    if not any(evaluate(clause.when, last) for clause in prop.clauses):
        raise mismatch(
            lifted.system.name, f"the last state of the run does not put {prop.name} to the test"
        )
    return _proved(prop, answer, Certificate(lifted.system, prop.name, "holds", answer.proof))


def _sometimes(lifted: Lifted, symbolic: Symbolic, prop: Property) -> Finding:
    names = [f"shows {prop.name} {number}" for number in range(len(prop.clauses))]
    answers = [symbolic.settled.get(name) for name in names]
    runs: list[RunOf] = []
    for number, (name, answer) in enumerate(zip(names, answers, strict=True)):
        if answer is not None and answer.run is None:
            if _has_bounds(lifted.system):
                return _cut_off(prop)
            about = prop.clauses[number].about
            certificate = Certificate(lifted.system, prop.name, "violated", answer.proof, number)
            reason = "no reachable state is like that"
            return _proved(prop, answer, certificate, reason, about)
        if answer is None or answer.run is None:
            return _open(symbolic, prop, name)
        last = symbolic.system.valuation(_replayed(lifted, symbolic.system, answer.run).states[-1])
        clause = prop.clauses[number]
        if not (evaluate(clause.when, last) and evaluate(clause.then, last)):
            raise mismatch(
                lifted.system.name, f"the last state of the run to {prop.name} is no example of it"
            )
        runs.append(answer.run)
    certificate = Certificate(lifted.system, prop.name, "holds", Runs(tuple(runs)))
    evidence = Evidence("run", {"steps": max((len(run.actions) for run in runs), default=0)})
    example = None
    if runs and not is_witness(prop.name):
        example = trace_of_run(lifted.system, runs[0].states, runs[0].actions)
    return Finding(prop, "holds", evidence, example=example, certificate=certificate)


def _violated(lifted: Lifted, prop: Property, answer: Settled, run: RunOf) -> Finding:
    if isinstance(answer.proof, Lasso):
        return _endless(lifted, prop, answer.proof)
    trace = _replayed(lifted, lifted.system, run)
    last = lifted.system.valuation(run.states[-1])
    broken = [c for c in prop.clauses if evaluate(c.when, last) and not evaluate(c.then, last)]
    if isinstance(answer.proof, Trap):
        broken = [c for c in broken if c in prop.clauses[answer.proof.clause :][:1]]
    if not broken:
        raise mismatch(
            lifted.system.name, f"the last state of the run to {prop.name} does not violate it"
        )
    if prop.kind == "at-rest":
        confirm_rest(lifted, trace)
    detail: dict[str, Json] = {"steps": len(trace.steps), "replayed_by": "cpython"}
    certificate = Certificate(lifted.system, prop.name, "violated", answer.proof)
    evidence = Evidence("run", detail, invariant=_invariant(certificate))
    about = broken[0].about
    return Finding(prop, "violated", evidence, about, trace, certificate=certificate)


def _endless(lifted: Lifted, prop: Property, proof: Lasso) -> Finding:
    system = lifted.system
    trace = _replayed(lifted, system, proof.run, proof.loop)
    clause = confirmed(system, prop, trace)
    certificate = Certificate(system, prop.name, "violated", replace(proof, clause=clause))
    evidence = Evidence("lasso", lasso_detail(system, trace))
    about = prop.clauses[clause].about
    return Finding(prop, "violated", evidence, about, trace, certificate=certificate)


def _replayed(lifted: Lifted, system: System, run: RunOf, loop: int | None = None) -> Trace:
    trace = trace_of_run(system, run.states, run.actions, loop)
    replay_by_interpreter(system, trace)
    replay_by_cpython(lifted, trace)
    return trace


def _proved(
    prop: Property, answer: Settled, certificate: Certificate, reason: str = "", about: str = ""
) -> Finding:
    detail: dict[str, Json] = {"method": answer.method}
    if isinstance(answer.proof, KInduction):
        detail["k"] = answer.proof.k
    if isinstance(answer.proof, Progress):
        lengths = [len(path) for of_clause in answer.proof.paths for path in of_clause]
        detail |= {"paths": len(lengths), "longest": max(lengths, default=0)}
    if isinstance(answer.proof, Chain):
        detail |= {"stages": sum(map(len, answer.proof.clauses))}
        detail |= {"fairness": fairness_used(certificate.system)}
    bounds = (bound.name for action in certificate.system.actions for bound in action.bounds)
    evidence = Evidence(
        EVIDENCE[type(answer.proof)], detail, tuple(sorted(set(bounds))), _invariant(certificate)
    )
    return Finding(prop, certificate.verdict, evidence, about, None, reason, certificate)


def _invariant(certificate: Certificate) -> tuple[Term, ...]:
    match certificate.proof:
        case (
            Inductive(terms)
            | KInduction(_, terms)
            | Trap(_, _, terms)
            | Progress(terms)
            | Chain(terms)
        ):
            return terms
        case _:
            return ()


def _has_bounds(system: System) -> bool:
    """Whether the model itself leaves something out: an ordered channel without a limit."""
    return any(action.bounds for action in system.actions)


def _cut_off(prop: Property) -> Finding:
    """Out of reach, but only as far as the model's own bounds let anybody see."""
    reason = "a bound cut off what might decide it"
    return Finding(prop, "undetermined", Evidence("bounded", {}), reason=reason)


def _open(symbolic: Symbolic, prop: Property, name: str) -> Finding:
    reason = symbolic.why_open(name)
    return Finding(prop, "undetermined", Evidence("bounded", {}), reason=reason)


def fault_of(system: System, symbolic: Symbolic) -> tuple[ModelFault, RunOf] | None:
    """What goes wrong in a reachable state, and the way there, if the engine found such a run.

    Raises DisagreementError if the interpreter does not see it.
    """
    found = symbolic.settled.get(MISHAP)
    if found is None or found.run is None:
        return None
    replay_by_interpreter(system, trace_of_run(system, found.run.states, found.run.actions))
    last = system.valuation(found.run.states[-1])
    for action in system.actions:
        if evaluate(action.guard, last) and all(evaluate(b.term, last) for b in action.bounds):
            try:
                perform(system, action, last)
            except ModelFault as fault:
                return fault, found.run
    raise mismatch(system.name, "the solver says that a step goes wrong where none does")
