"""The explicit engine's answers: one exploration, a verdict for every property."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from deliverycheck.check.traces import mismatch, replay_by_cpython, replay_by_interpreter, trace_of
from deliverycheck.explore.codegen import AT_REST, CUT, clause_bits
from deliverycheck.explore.doom import Backwards, backwards, can_reach
from deliverycheck.explore.runs import shortest_run
from deliverycheck.explore.search import Explored, Limits, explore
from deliverycheck.lift.lifting import Lifted
from deliverycheck.semantics.interpreter import evaluate
from deliverycheck.system import build
from deliverycheck.system.certificates import Certificate, RunOf, Runs
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
    certificate: Certificate | None = None
    """What others can check again; the explicit engine's is made when it is needed."""
    nearest: int | None = None
    """Steps to the nearest state that would be doomed if what a bound cut off did not exist."""


def judge(lifted: Lifted, found: Explored) -> Iterator[Finding]:
    """A verdict for every property of the system; every counterexample is replayed first.

    A state behind which something was cut off, by a limit or by a bound, might still reach
    anything: what is called doomed is doomed however the search would have gone on.

    Raises DisagreementError if a replay fails.
    """
    marked = _Marked(found)
    for prop in found.system.properties:
        clauses = range(len(prop.clauses))
        if prop.kind == "sometimes":
            yield _sometimes(marked, prop)
            continue
        bad: dict[int, str] = {}
        for number in clauses:
            for state in marked.wrong(prop, number):
                bad.setdefault(state, prop.clauses[number].about)
        nearest = marked.nearest(prop) if prop.kind == "possible" and found.hits else None
        if bad:
            yield replace(_violated(lifted, found, prop, bad), nearest=nearest)
        elif any(marked.unsure(prop, number) for number in clauses):
            why = _why(found)
            yield Finding(prop, "undetermined", _searched(found), reason=why, nearest=nearest)
        elif any(marked.tested(prop, number) for number in clauses):
            yield Finding(prop, "holds", _searched(found))
        elif (found.complete and not found.hits) or _untestable(prop):
            reason = "no reachable state puts it to the test"
            yield Finding(prop, "vacuous", _searched(found), reason=reason)
        else:
            yield Finding(prop, "undetermined", _searched(found), reason=_why(found))


class _Marked:
    """The marks of every state that was found, and what follows from them."""

    def __init__(self, found: Explored) -> None:
        self.found = found
        self.marks = [found.code.marks(word) for word in found.states]
        self.bits = clause_bits(found.system)
        self._edges: Backwards | None = None

    def tested(self, prop: Property, number: int) -> bool:
        """Whether some state meets the clause's `when`."""
        when, _ = self.bits[prop.name, number]
        return any(m & when for m in self.marks)

    def met(self, prop: Property, number: int) -> bool:
        """Whether some state meets the clause's `when` and its `then`."""
        both = sum(self.bits[prop.name, number])
        return any(m & both == both for m in self.marks)

    def wrong(self, prop: Property, number: int) -> list[int]:
        """The states that break a clause for certain."""
        when, then = self.bits[prop.name, number]
        if prop.kind == "possible":
            able = self._able(then, hopeful=True)
            return [i for i, m in enumerate(self.marks) if m & when and not able[i]]
        broken = when | (AT_REST if prop.kind == "at-rest" else 0)
        return [i for i, m in enumerate(self.marks) if m & broken == broken and not m & then]

    def nearest(self, prop: Property) -> int | None:
        """Steps to the nearest state that is doomed within the instance."""
        lost = [
            state
            for number in range(len(prop.clauses))
            for when, then in (self.bits[prop.name, number],)
            for able in (self._able(then, hopeful=False),)
            for state, m in enumerate(self.marks)
            if m & when and not able[state]
        ]
        return min(map(self.found.depth_of, lost), default=None)

    def unsure(self, prop: Property, number: int) -> bool:
        """Whether what was cut off might hold a state that breaks a clause with no wrong state."""
        if not self.found.complete:
            return True
        if prop.kind != "possible" or not self.found.hits:
            return False
        when, then = self.bits[prop.name, number]
        able = self._able(then, hopeful=False)
        return any(m & when and not able[i] for i, m in enumerate(self.marks))

    def _able(self, goal: int, *, hopeful: bool) -> bytearray:
        """Which states can reach a mark; `hopeful`: or something that was cut off."""
        self._edges = self._edges or backwards(self.found)
        goals = [bool(m & goal or (hopeful and m & CUT)) for m in self.marks]
        if hopeful:
            for number in range(self.found.expanded, len(goals)):
                goals[number] = True
        return can_reach(self._edges, goals)


def _untestable(prop: Property) -> bool:
    """Whether no state at all, reachable or not, puts the property to the test."""
    return all(clause.when == build.FALSE for clause in prop.clauses)


def _sometimes(marked: _Marked, prop: Property) -> Finding:
    found = marked.found
    clauses = enumerate(prop.clauses)
    unmet = [clause.about for number, clause in clauses if not marked.met(prop, number)]
    if not unmet:
        return Finding(prop, "holds", _searched(found))
    about = ", ".join(filter(None, unmet))
    if not found.complete or found.hits:
        return Finding(prop, "undetermined", _searched(found), about, reason=_why(found))
    reason = "no reachable state is like that"
    return Finding(prop, "violated", _searched(found), about, reason=reason)


def _searched(found: Explored) -> Evidence:
    detail: dict[str, Json] = {
        "states": len(found.states),
        "transitions": found.transitions,
        "depth": found.depth,
    }
    return Evidence("exhaustive" if found.complete else "bounded", detail, found.hits)


def _why(found: Explored) -> str:
    """Why a verdict is open."""
    if found.stopped is None:
        return "a bound cut off what might decide it"
    return WHY_STOPPED[found.stopped]


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
    after = explore(start, Limits(states=DOOM_CONFIRMED))
    bits = clause_bits(start)
    goals = [bits[prop.name, n][1] for n, c in enumerate(prop.clauses) if c.about == about]
    saved = any(all(after.code.marks(word) & goal for goal in goals) for word in after.states)
    if (saved or after.hits) and after.complete:
        raise mismatch(found.system.name, f"the state called doomed by {prop.name} is not")
    return len(after.states)
