"""The explicit engine's answers: one exploration, a verdict for every property."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from deliverycheck.check.endless import judged
from deliverycheck.check.finding import Finding
from deliverycheck.check.marked import WHY_STOPPED, Marked, searched, why_open
from deliverycheck.check.notes import is_witness
from deliverycheck.check.traces import confirm_rest, mismatch, replayed
from deliverycheck.explore.explored import Explored, uninterrupted
from deliverycheck.explore.limits import Limits
from deliverycheck.explore.memory import NoRoom
from deliverycheck.explore.plan import clause_bits
from deliverycheck.explore.runs import Run
from deliverycheck.explore.search import explore
from deliverycheck.lift.lifting import Lifted
from deliverycheck.semantics.interpreter import evaluate
from deliverycheck.system.certificates import Certificate, RunOf, Runs
from deliverycheck.system.model import Property
from deliverycheck.system.verdicts import Evidence, Json, Trace

DOOM_CONFIRMED = 1_000_000
"""States after a doomed one up to which the doom is confirmed by a search of its own."""


def judge(lifted: Lifted, marked: Marked) -> Iterator[Finding]:
    """A verdict for every property that is marked; every counterexample is replayed first.

    A state behind which something was cut off, by a limit or by a bound, might still reach
    anything: what is called doomed is doomed however the search would have gone on.

    Raises DisagreementError if a replay fails.
    """
    for prop in marked.properties:
        try:
            if prop.kind == "sometimes":
                yield _sometimes(lifted, marked, prop)
            elif prop.kind == "leads-to":
                yield judged(lifted, marked, prop)
            else:
                yield _judged(lifted, marked, prop)
        except NoRoom:
            why = WHY_STOPPED["memory"]
            yield Finding(prop, "undetermined", searched(marked.found), reason=why)


def _judged(lifted: Lifted, marked: Marked, prop: Property) -> Finding:
    found = marked.found
    nearest = marked.nearest(prop) if prop.kind == "possible" and found.hits else None
    broken = marked.breaking_run(prop)
    if broken is not None:
        where, run, number = broken
        finding = shown(lifted, where, prop, run, prop.clauses[number].about)
        return replace(finding, nearest=nearest)
    if any(marked.unsure(prop, number) for number in range(len(prop.clauses))):
        why = why_open(found)
        return Finding(prop, "undetermined", searched(found), reason=why, nearest=nearest)
    return marked.kept(prop)


def _sometimes(lifted: Lifted, marked: Marked, prop: Property) -> Finding:
    found = marked.found
    clauses = enumerate(prop.clauses)
    unmet = [clause.about for number, clause in clauses if not marked.met(prop, number)]
    if not unmet:
        return Finding(prop, "holds", searched(found), example=_example(lifted, marked, prop))
    about = ", ".join(filter(None, unmet))
    if not found.complete or found.hits:
        return Finding(prop, "undetermined", searched(found), about, reason=why_open(found))
    reason = "no reachable state is like that"
    return Finding(prop, "violated", searched(found), about, reason=reason)


def _example(lifted: Lifted, marked: Marked, prop: Property) -> Trace | None:
    """The shortest run to a state like the first clause's; of what nobody sees, none."""
    if is_witness(prop.name) or not prop.clauses:
        return None
    example = marked.example_run(prop)
    return None if example is None else replayed(lifted, *example)


def shown(lifted: Lifted, found: Explored, prop: Property, run: Run, about: str) -> Finding:
    """The finding that a run to a bad state makes, replayed and confirmed.

    `about`: of the clause it breaks. Raises DisagreementError if it is not what it is said to be.
    """
    trace = replayed(lifted, found, run)
    detail: dict[str, Json] = {"steps": len(trace.steps), "replayed_by": "cpython"}
    if prop.kind == "possible":
        detail["doomed_states"] = _confirm_doom(found, prop, about, trace)
    _confirm_last_state(found, prop, about, trace)
    if prop.kind == "at-rest":
        confirm_rest(lifted, trace)
    evidence = Evidence("run", detail, found.hits)
    if prop.kind == "possible":
        return Finding(prop, "violated", evidence, about, trace)
    proof = Runs((RunOf(trace.states, run.actions),))
    certificate = Certificate(found.system, prop.name, "violated", proof)
    return Finding(prop, "violated", evidence, about, trace, certificate=certificate)


def _confirm_last_state(found: Explored, prop: Property, about: str, trace: Trace) -> None:
    """The reference semantics must see the violation too."""
    last = found.system.valuation(trace.states[-1])
    clauses = [clause for clause in prop.clauses if clause.about == about]
    if not any(evaluate(c.when, last) and not evaluate(c.then, last) for c in clauses):
        raise mismatch(
            found.system.name, f"the last state of the run to {prop.name} does not violate it"
        )


def _confirm_doom(found: Explored, prop: Property, about: str, trace: Trace) -> int:
    """Search forwards from the doomed state: nowhere may the goal be. The number of states.

    Nor may a bound cut anything off there: the goal could lie behind it.
    """
    start = replace(found.system, initial=(trace.states[-1],), properties=(prop,))
    after = uninterrupted(explore(start, Limits(states=DOOM_CONFIRMED), None, found.explorer))
    bits = clause_bits(start)
    goals = [bits[prop.name, n][1] for n, c in enumerate(prop.clauses) if c.about == about]
    saved = any(all(after.code.marks(word) & goal for goal in goals) for word in after.states)
    if (saved or after.hits) and after.complete:
        raise mismatch(found.system.name, f"the state called doomed by {prop.name} is not")
    return len(after.states)
