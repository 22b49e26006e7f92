"""Explaining: every counterexample of a result, on the graph it was found in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from deliverycheck.check.checking import Examined, examine, lifted_of
from deliverycheck.check.marked import Marked, why_open
from deliverycheck.check.options import Options, Report
from deliverycheck.check.question import Question
from deliverycheck.explain.why.causes import causes, faults_in
from deliverycheck.explain.why.fates import Fates
from deliverycheck.explain.why.knowledge import look_alikes
from deliverycheck.explain.why.needs import necessary_faults, necessary_steps
from deliverycheck.explain.why.turning import contrast, decisive, point_of_no_return
from deliverycheck.lift.lifting import Lifted
from deliverycheck.semantics.interpreter import evaluate
from deliverycheck.system.explanations import Cause, Explanation
from deliverycheck.system.model import Property, System
from deliverycheck.system.terms import App, Term
from deliverycheck.system.verdicts import ModelResult, PropertyResult, Trace

WORTH_EXPLAINING = 300_000
"""Steps of the graph up to which counterexamples are explained."""


def check_and_explain(
    question: Question, options: Options | None = None, report: Report | None = None
) -> ModelResult:
    """Check one model, and explain each counterexample.

    Raises InputError for a bad model, DisagreementError for a bad tool.
    """
    return explained(examine(question, lifted_of(question), options, report))


def explained(examined: Examined) -> ModelResult:
    """The result with an explanation of each counterexample, or why there is none.

    Raises DisagreementError if a run of an explanation does not replay.
    """
    why_not = _too_much(examined.marked)
    properties = tuple(
        replace(one, unexplained=why_not) if why_not and one.trace else _explained(examined, one)
        for one in examined.result.properties
    )
    return replace(examined.result, properties=properties)


def _too_much(marked: Marked | None) -> str:
    """Why no counterexample is explained; nothing if they are."""
    if marked is None:
        return "only Z3 was asked, which visits no states"
    if not marked.found.complete:
        return why_open(marked.found)
    count = marked.found.transitions
    if count > WORTH_EXPLAINING:
        return f"the graph has {count:,} steps, and up to {WORTH_EXPLAINING:,} are looked through"
    return ""


def _explained(examined: Examined, result: PropertyResult) -> PropertyResult:
    lifted, marked, trace = examined.lifted, examined.marked, result.trace
    if marked is None or trace is None or result.verdict != "violated":
        return result
    (prop,) = (one for one in marked.found.system.properties if one.name == result.name)
    fates = Fates(marked, prop)
    way = fates.along(trace)
    if way is None:
        text = "the run goes beyond the bounds within which all states were visited"
        return replace(result, unexplained=text)
    if way.states[-1] not in frozenset[int]().union(*fates.broken):
        text = (
            "beyond a bound it might still go well, as far as the graph shows; Z3 has proved more"
        )
        return replace(result, unexplained=text)
    clauses = [n for n, clause in enumerate(prop.clauses) if clause.about == result.about]
    needed = necessary_faults(fates, trace)
    found = tuple(_as_shown(lifted, cause, trace) for cause in causes(lifted, fates))
    never = point_of_no_return(fates, way)
    explanation = Explanation(
        not marked.found.hits,
        never,
        decisive(fates, way),
        needed,
        tuple(fault for fault in _faults(lifted) if fault not in _kinds(found)),
        necessary_steps(fates, trace, clauses),
        tuple(_false(marked.found.system, prop, clauses, trace)),
        contrast(lifted, fates, way, trace.loop_start),
        tuple(look_alikes(lifted, fates, way, trace, result.about)),
        found,
    )
    return replace(result, trace=replace(trace, point_of_no_return=never), explanation=explanation)


def _as_shown(lifted: Lifted, cause: Cause, trace: Trace) -> Cause:
    """The cause with the run that is shown, where that is one of its shortest, too."""
    is_as_long = len(cause.trace.steps) == len(trace.steps)
    is_one = is_as_long and cause.faults == faults_in(lifted, trace)
    return replace(cause, trace=trace) if is_one else cause


def _kinds(found: Iterable[Cause]) -> set[str]:
    """The kinds of faults in some causes."""
    return {key.partition(".")[0] for cause in found for key in cause.faults}


def _faults(lifted: Lifted) -> list[str]:
    """The faults that can happen, each once."""
    allowed = [key for key, amount in lifted.budgets.items() if amount > 0]
    return list(
        dict.fromkeys(key.partition(".")[0] for key in allowed if key not in lifted.idle_faults)
    )


def _false(system: System, prop: Property, clauses: Sequence[int], trace: Trace) -> Iterator[Term]:
    """The parts of what was promised that are not so at the end."""
    last = system.valuation(trace.states[-1])
    for clause in clauses:
        term = prop.clauses[clause].then
        parts = term.args if isinstance(term, App) and term.op == "and" else (term,)
        if evaluate(prop.clauses[clause].when, last) or prop.kind == "leads-to":
            yield from (part for part in parts if not evaluate(part, last))
