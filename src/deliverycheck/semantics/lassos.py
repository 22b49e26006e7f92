"""What it means that a run without end is fair, and that it breaks a promise: the definition.

A run without end is a trace with `loop_start`: from its last state, which must equal that state, it
repeats the steps in between for ever; where `loop_start` is the last state, nothing happens any
more.
"""

from __future__ import annotations

from collections.abc import Iterator

from deliverycheck.semantics.interpreter import can_happen, evaluate
from deliverycheck.system.fairness import Assumption, assumptions_of
from deliverycheck.system.model import Clause, Property, System
from deliverycheck.system.verdicts import Trace


def unmet(system: System, trace: Trace) -> Iterator[Assumption]:
    """The fairness assumptions that a run without end does not meet."""
    start = _loop(trace)
    loop = trace.states[start:]
    for one in assumptions_of(system):
        if _is_taken(one, trace, start):
            continue
        able = (can_happen(system, one, state) for state in loop)
        if all(able) if one.fairness == "weak" else any(able):
            yield one


def unforced(system: System, trace: Trace) -> tuple[Assumption, ...]:
    """The steps that are possible again and again in the loop, and yet never have to be taken."""
    start = _loop(trace)
    return tuple(
        one
        for one in assumptions_of(system)
        if not _is_taken(one, trace, start)
        and any(can_happen(system, one, state) for state in trace.states[start:])
    )


def broken_clause(system: System, prop: Property, trace: Trace) -> Clause | None:
    """The clause of a `leads-to` property that a run without end breaks; None if it keeps all."""
    start = _loop(trace)
    if trace.states[-1] != trace.states[start] or any(unmet(system, trace)):
        return None
    valuations = [system.valuation(state) for state in trace.states]
    for clause in prop.clauses:
        met = [at for at, now in enumerate(valuations) if evaluate(clause.then, now)]
        last = max(met, default=-1)
        asked = (evaluate(clause.when, now) for now in valuations[last + 1 :])
        if last < start and any(asked):
            return clause
    return None


def _loop(trace: Trace) -> int:
    if trace.loop_start is None:
        raise ValueError("a run that ends is neither fair nor unfair")
    return trace.loop_start


def _is_taken(one: Assumption, trace: Trace, start: int) -> bool:
    return any(
        (step.actor, step.action, step.fault) == (one.actor, one.name, None) and step.changes
        for step in trace.steps[start:]
    )
