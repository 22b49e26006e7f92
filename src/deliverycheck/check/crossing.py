"""Cross-examination: two engines that share no code answer the same question, and must agree.

What the explicit engine says is about the bounded instance, what the symbolic one says about the
whole model, so they may differ where a bound cut something off, and only there: a violation that
the explicit engine missed must leave the instance, and so must a run that is shorter than its own.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Literal

from deliverycheck.check.finding import Finding
from deliverycheck.errors import Diagnostic, DisagreementError
from deliverycheck.explore.explored import Explored
from deliverycheck.semantics.interpreter import evaluate, successors
from deliverycheck.semantics.lassos import broken_clause
from deliverycheck.system.sorts import contains
from deliverycheck.system.verdicts import Answer, Trace


class EnginesDisagree(DisagreementError):
    """The two engines contradict each other; both sides are kept."""

    def __init__(self, diagnostic: Diagnostic, explicit: Finding, symbolic: Finding) -> None:
        super().__init__(diagnostic)
        self.sides = {"explicit": explicit, "symbolic": symbolic}


def crossed(found: Explored, explicit: Finding, symbolic: Finding) -> Finding:
    """What both engines together say of a property. Raises DisagreementError if they disagree."""
    if explicit.verdict == "undetermined":
        _compare_nearest(found, explicit, symbolic)
        return symbolic if symbolic.verdict != "undetermined" else explicit
    if symbolic.verdict == "undetermined":
        return explicit
    whole = found.complete and not found.hits
    if explicit.verdict == symbolic.verdict:
        # A bound of the model's own that was never hit in the whole graph bounds nothing.
        within = () if whole else symbolic.evidence.within
        if explicit.trace is not None and explicit.trace.loop_start is not None:
            _compare_loops(found, explicit, symbolic)
            # It is shown, since the way into its loop is the shortest one.
            return replace(explicit, evidence=replace(explicit.evidence, within=within))
        _compare_lengths(found, explicit, symbolic)
        detail = {**explicit.evidence.detail, **symbolic.evidence.detail}
        if explicit.prop.kind != "leads-to":
            detail = dict(symbolic.evidence.detail)
        return replace(symbolic, evidence=replace(symbolic.evidence, detail=detail, within=within))
    missed = symbolic.verdict == "violated" and symbolic.trace is not None
    if explicit.verdict == "holds" and missed and not whole and _leaves(found, symbolic.trace):
        return symbolic
    raise _disagreement(found, explicit, symbolic, "they differ")


def _compare_lengths(found: Explored, explicit: Finding, symbolic: Finding) -> None:
    ours, theirs = _steps(symbolic), _steps(explicit)
    if ours is None or theirs is None or ours == theirs:
        return
    if ours > theirs:
        raise _disagreement(found, explicit, symbolic, "the shortest runs differ")
    if explicit.nearest is not None:
        _compare_nearest(found, explicit, symbolic)
    elif not _leaves(found, symbolic.trace):
        raise _disagreement(found, explicit, symbolic, "the shortest runs differ")


def _compare_loops(found: Explored, explicit: Finding, symbolic: Finding) -> None:
    """One engine has the shortest way to a loop that is due, the other the fewest steps in all."""
    ours, theirs = symbolic.trace, explicit.trace
    if ours is None or theirs is None or _leaves(found, ours):
        return
    sooner = _due(found, symbolic) < (theirs.loop_start or 0)
    if sooner or len(ours.steps) > len(theirs.steps):
        raise _disagreement(found, explicit, symbolic, "the shortest runs differ")


def _due(found: Explored, finding: Finding) -> float:
    """How many steps lead into the loop, and to where it is waited for what was promised."""
    trace = finding.trace
    clause = None if trace is None else broken_clause(found.system, finding.prop, trace)
    if trace is None or clause is None:
        return inf
    valuations = [found.system.valuation(state) for state in trace.states]
    met = [at for at, now in enumerate(valuations) if evaluate(clause.then, now)]
    first = max(met, default=-1) + 1
    asked = (at for at in range(first, len(valuations)) if evaluate(clause.when, valuations[at]))
    return max(next(asked, inf), trace.loop_start or 0)


def _compare_nearest(found: Explored, explicit: Finding, symbolic: Finding) -> None:
    """A state that is lost for good is lost in the instance, too: not nearer than the nearest."""
    if symbolic.verdict != "violated" or _leaves(found, symbolic.trace) or not found.complete:
        return
    steps = _steps(symbolic)
    if steps is not None and (explicit.nearest is None or steps < explicit.nearest):
        raise _disagreement(found, explicit, symbolic, "the shortest runs differ")


def _leaves(found: Explored, trace: Trace | None) -> bool:
    """Whether a run is none of the instance's, or beyond what was explored of it."""
    if trace is None:
        return False
    system = found.system
    for state in trace.states:
        if not all(contains(v.sort, x) for v, x in zip(system.variables, state, strict=True)):
            return True
    for step, before, after in zip(trace.steps, trace.states[:-1], trace.states[1:], strict=True):
        if not any(
            outcome.state == after and outcome.action.name == step.action
            for outcome in successors(system, before)
        ):
            return True
    return not found.complete


def answer_of(engine: Literal["explicit", "symbolic"], finding: Finding) -> Answer:
    """What an engine says by itself."""
    return Answer(
        engine,
        finding.verdict,
        finding.evidence.within,
        _steps(finding),
        finding.reason,
    )


def _steps(finding: Finding) -> int | None:
    return len(finding.trace.steps) if finding.trace is not None else None


def _disagreement(
    found: Explored, explicit: Finding, symbolic: Finding, why: str
) -> EnginesDisagree:
    sides = "; ".join(
        f"{name} says {finding.verdict}" + (f" in {steps} steps" if steps is not None else "")
        for name, finding in (("the explicit engine", explicit), ("the symbolic one", symbolic))
        for steps in (_steps(finding),)
    )
    return EnginesDisagree(
        Diagnostic(
            "DC902",
            f"{found.system.name}, {explicit.prop.name}: the engines disagree ({why}): {sides}",
            "One of them is wrong: please report it with the model and the stored file.",
        ),
        explicit,
        symbolic,
    )
