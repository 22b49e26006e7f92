"""The explicit engine's answers about `leads-to`: fair runs without end, or why there are none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from deliverycheck.check.certifying import MOST_STATES
from deliverycheck.check.finding import Finding
from deliverycheck.check.marked import Marked, searched, why_open
from deliverycheck.check.traces import mismatch, replayed
from deliverycheck.explore.explored import Explored
from deliverycheck.explore.fair import Division, Possible, Relied, divide, fair_in
from deliverycheck.explore.lasso import Endless, endless_run, open_states
from deliverycheck.lift.lifting import Lifted
from deliverycheck.semantics.lassos import broken_clause, unforced
from deliverycheck.system.certificates import Certificate, Lasso, RunOf
from deliverycheck.system.fairness import Assumption, assumptions_of
from deliverycheck.system.model import Property, System
from deliverycheck.system.verdicts import Evidence, Json, Trace

WORTH_ASKING = 100_000
"""Open states up to which it is found out which assumptions a verdict rests on."""


def judged(lifted: Lifted, marked: Marked, prop: Property) -> Finding:
    """The verdict on a `leads-to` property; a run that breaks it is replayed first."""
    found = marked.found
    if found.stopped in ("seconds", "memory", "interrupted"):
        return Finding(prop, "undetermined", searched(found), reason=why_open(found))
    possible = marked.possible
    clauses = range(len(prop.clauses))
    divisions = [_divided(marked, prop, number) for number in clauses]
    broken = [number for number, division in enumerate(divisions) if division.fair]
    if broken:
        findings = [_violated(lifted, marked, prop, n, divisions[n].fair) for n in broken]
        return min(findings, key=_length)
    if not found.complete:
        return Finding(prop, "undetermined", searched(found), reason=why_open(found))
    if found.hits and any(held_back(possible, _open(marked, prop, number)) for number in clauses):
        return Finding(prop, "undetermined", searched(found), reason=why_open(found))
    kept = marked.kept(prop)
    detail = {**kept.evidence.detail, "fairness": fairness_used(found.system)}
    if kept.verdict == "holds":
        detail["carried_by"] = _carried(marked, prop)
    classes = tuple(division.classes for division in divisions)
    return replace(kept, evidence=replace(kept.evidence, detail=detail), classes=classes)


def _divided(marked: Marked, prop: Property, number: int) -> Division:
    """What becomes of a clause's open states. The classes only where a certificate can show them:
    they cost an object for each state."""
    possible, opened = marked.possible, _open(marked, prop, number)
    if len(marked.found.states) > MOST_STATES:
        return Division((), fair_in(possible, opened, possible.relied))
    return divide(possible, opened, possible.relied)


def held_back(possible: Possible, states: Collection[int]) -> bool:
    """Whether only a step that a bound forbids keeps a run among the states from being fair.

    Within the instance, such a run never comes to what was promised; nobody knows about it beyond.
    """
    within = replace(possible, in_state=possible.within)
    return bool(fair_in(within, states, possible.relied))


def _open(marked: Marked, prop: Property, number: int) -> Sequence[int]:
    when, then = marked.bits[prop.name, number]
    return open_states(marked.possible, marked.having(when), marked.having(then))


def _violated(
    lifted: Lifted, marked: Marked, prop: Property, number: int, fair: Sequence[Sequence[int]]
) -> Finding:
    found, possible = marked.found, marked.possible
    when, then = marked.bits[prop.name, number]
    endless = endless_run(
        found, possible, marked.having(when), marked.having(then), fair, possible.relied
    )
    return shown_endless(lifted, found, prop, endless)


def shown_endless(lifted: Lifted, found: Explored, prop: Property, endless: Endless) -> Finding:
    """The finding that a run without end makes, replayed and confirmed.

    Raises DisagreementError if it is not what it is said to be.
    """
    trace = replayed(lifted, found, endless.run, endless.loop)
    clause = confirmed(found.system, prop, trace)
    proof = Lasso(RunOf(trace.states, endless.run.actions), endless.loop, clause)
    certificate = Certificate(found.system, prop.name, "violated", proof)
    evidence = Evidence("lasso", lasso_detail(found.system, trace), found.hits)
    about = prop.clauses[clause].about
    return Finding(prop, "violated", evidence, about, trace, certificate=certificate)


def confirmed(system: System, prop: Property, trace: Trace) -> int:
    """The clause that a run without end breaks, by the reference semantics.

    Raises DisagreementError if it breaks none.
    """
    clause = broken_clause(system, prop, trace)
    if clause is None:
        text = f"the run without end does not break {prop.name}, or is not fair"
        raise mismatch(system.name, text)
    return prop.clauses.index(clause)


def lasso_detail(system: System, trace: Trace) -> dict[str, Json]:
    """What is said of a run without end."""
    loop = 0 if trace.loop_start is None else len(trace.steps) - trace.loop_start
    return {
        "steps": len(trace.steps),
        "loop": loop,
        "replayed_by": "cpython",
        "fairness": fairness_used(system),
        "unforced": [one.name for one in unforced(system, trace)],
    }


def _length(finding: Finding) -> tuple[int, int]:
    """The steps before the loop, and of the loop."""
    trace = finding.trace
    if trace is None or trace.loop_start is None:
        raise ValueError("a violation has a run without end")
    return trace.loop_start, len(trace.steps)


def fairness_used(system: System) -> dict[str, Json]:
    """The steps that are relied upon, alike for all messages and replicas."""
    weak, strong = dict[str, None](), dict[str, None]()
    for one in assumptions_of(system):
        (weak if one.fairness == "weak" else strong)[step_of(one)] = None
    return {"weak": list(weak), "strong": list(strong)}


def step_of(one: Assumption) -> str:
    """The step of an assumption, whatever the message: `handle`, or `handle@received`."""
    method, _, rest = one.name.partition("(")
    _, at, place = rest.rpartition(")")[2].partition("@")
    return method + at + place


def _carried(marked: Marked, prop: Property) -> Json:
    """Which assumptions are needed: without them, or weakened, the promise is broken.

    None where there are too many open states to ask.
    """
    opened: list[Sequence[int]] = []
    for number in range(len(prop.clauses)):
        opened.append(_open(marked, prop, number))
        if sum(map(len, opened)) > WORTH_ASKING:
            return None
    return [
        {"step": step, "needs": needs}
        for step, bits in _families(marked).items()
        if (needs := _needs(marked, opened, bits))
    ]


def _families(marked: Marked) -> Mapping[str, int]:
    """By step, whatever the message: the bits of its assumptions."""
    families: dict[str, int] = {}
    for number, one in enumerate(marked.possible.assumptions):
        families[step_of(one)] = families.get(step_of(one), 0) | 1 << number
    return families


def _needs(marked: Marked, opened: Sequence[Sequence[int]], bits: int) -> str | None:
    relied = marked.possible.relied
    if _still(marked, opened, relied.without(bits)):
        return None
    if relied.strong & bits and not _still(marked, opened, relied.weakened(bits)):
        return "strong"
    return "weak"


def _still(marked: Marked, opened: Sequence[Sequence[int]], relied: Relied) -> bool:
    """Whether the promise is kept with these assumptions."""
    return not any(fair_in(marked.possible, states, relied) for states in opened)
