"""The explicit engine's answers: one exploration, a verdict for every property."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from deliverycheck.check.traces import replay_by_cpython, replay_by_interpreter, trace_of
from deliverycheck.errors import Diagnostic, DisagreementError
from deliverycheck.explore.codegen import AT_REST, CUT, clause_bits
from deliverycheck.explore.doom import Backwards, backwards, can_reach
from deliverycheck.explore.runs import shortest_run
from deliverycheck.explore.search import Explored, Limits, explore
from deliverycheck.lift.lifting import Lifted
from deliverycheck.semantics.interpreter import evaluate
from deliverycheck.system.model import Property
from deliverycheck.system.verdicts import Evidence, Json, Trace, Verdict

DOOM_CONFIRMED = 1_000_000
"""States after a doomed one up to which the doom is confirmed by a search of its own."""

WHY_STOPPED = {
    "states": "the limit of states was reached",
    "seconds": "the limit of seconds was reached",
    "memory": "the limit of memory was reached",
    "interrupted": "it was interrupted",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What the engine found out about one property."""

    prop: Property
    verdict: Verdict
    evidence: Evidence
    about: str = ""
    trace: Trace | None = None
    reason: str = ""


def judge(lifted: Lifted, found: Explored) -> Iterator[Finding]:
    """A verdict for every property of the system; every counterexample is replayed first.

    A state behind which something was cut off, by a limit or by a bound, might still reach
    anything: what is called doomed is doomed however the search would have gone on.

    Raises DisagreementError if a replay fails.
    """
    marks = [found.code.marks(word) for word in found.states]
    bits = clause_bits(found.system)
    edges: Backwards | None = None
    for prop in found.system.properties:
        met = False
        bad: dict[int, str] = {}
        unmet: list[str] = []
        unsure = False
        for number, clause in enumerate(prop.clauses):
            when, then = bits[prop.name, number]
            met = met or any(m & when for m in marks)
            match prop.kind:
                case "always":
                    wrong = [i for i, m in enumerate(marks) if m & when and not m & then]
                case "at-rest":
                    wrong = [
                        i for i, m in enumerate(marks) if m & AT_REST and m & when and not m & then
                    ]
                case "possible":
                    edges = edges or backwards(found)
                    hopes = [bool(m & then or m & CUT) for m in marks]
                    hopes[found.expanded :] = [True] * (len(marks) - found.expanded)
                    able = can_reach(edges, hopes)
                    wrong = [i for i, m in enumerate(marks) if m & when and not able[i]]
                    if not wrong and found.hits:
                        sure = can_reach(edges, [bool(m & then) for m in marks])
                        unsure = unsure or any(
                            m & when and not sure[i] for i, m in enumerate(marks)
                        )
                case "sometimes":
                    wrong = []
                    if not any(m & when and m & then for m in marks):
                        unmet.append(clause.about)
            for i in wrong:
                bad.setdefault(i, clause.about)
        if prop.kind == "sometimes":
            yield _sometimes(found, prop, unmet)
        elif bad:
            yield _violated(lifted, found, prop, bad)
        elif not found.complete:
            yield Finding(prop, "undetermined", _searched(found), reason=_why(found))
        elif unsure or (found.hits and not met):
            reason = "a bound cut off what might decide it"
            yield Finding(prop, "undetermined", _searched(found), reason=reason)
        elif not met:
            reason = "no reachable state puts it to the test"
            yield Finding(prop, "vacuous", _searched(found), reason=reason)
        else:
            yield Finding(prop, "holds", _searched(found))


def _sometimes(found: Explored, prop: Property, unmet: list[str]) -> Finding:
    if not unmet:
        return Finding(prop, "holds", _searched(found))
    about = ", ".join(filter(None, unmet))
    if not found.complete:
        return Finding(prop, "undetermined", _searched(found), about, reason=_why(found))
    return Finding(
        prop, "violated", _searched(found), about, reason="no reachable state is like that"
    )


def _searched(found: Explored) -> Evidence:
    detail: dict[str, Json] = {
        "states": len(found.states),
        "transitions": found.transitions,
        "depth": found.depth,
    }
    return Evidence("exhaustive" if found.complete else "bounded", detail, found.hits)


def _why(found: Explored) -> str:
    return WHY_STOPPED[found.stopped or "states"]


def _violated(lifted: Lifted, found: Explored, prop: Property, bad: dict[int, str]) -> Finding:
    run = shortest_run(found, bad)
    if run is None:
        raise ValueError("no run to a state that was reached")
    trace = trace_of(found, run)
    replay_by_interpreter(found.system, trace)
    replay_by_cpython(lifted, trace)
    about = bad[run.states[-1]]
    detail: dict[str, Json] = {"steps": len(trace.steps), "replayed_by": "cpython"}
    if prop.kind == "possible":
        detail["doomed_states"] = _confirm_doom(found, prop, about, trace)
    _confirm_last_state(found, prop, about, trace)
    return Finding(prop, "violated", Evidence("run", detail, found.hits), about, trace)


def _confirm_last_state(found: Explored, prop: Property, about: str, trace: Trace) -> None:
    """The reference semantics must see the violation too."""
    last = found.system.valuation(trace.states[-1])
    clauses = [clause for clause in prop.clauses if clause.about == about]
    if not any(evaluate(c.when, last) and not evaluate(c.then, last) for c in clauses):
        raise _mismatch(found, f"the last state of the run to {prop.name} does not violate it")


def _confirm_doom(found: Explored, prop: Property, about: str, trace: Trace) -> int:
    """Search forwards from the doomed state: nowhere may the goal be. The number of states.

    Nor may a bound cut anything off there: the goal could lie behind it.
    """
    start = replace(found.system, initial=(trace.states[-1],), properties=(prop,))
    after = explore(start, Limits(states=DOOM_CONFIRMED))
    bits = clause_bits(start)
    goals = [bits[prop.name, n][1] for n, c in enumerate(prop.clauses) if c.about == about]
    saved = any(all(after.code.marks(word) & goal for goal in goals) for word in after.states)
    if (saved or after.hits) and after.complete:
        raise _mismatch(found, f"the state called doomed by {prop.name} is not")
    return len(after.states)


def _mismatch(found: Explored, text: str) -> DisagreementError:
    remedy = "This is a fault of deliverycheck, not of the model: please report it with the model."
    return DisagreementError(Diagnostic("DC901", f"{found.system.name}: {text}", remedy))
