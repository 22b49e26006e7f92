"""Breaking: which properties a run breaks, wherever in it. A run that no engine has looked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from deliverycheck.check.dooming import is_doomed
from deliverycheck.lift.lifting import Lifted
from deliverycheck.semantics.interpreter import at_rest, evaluate
from deliverycheck.semantics.lassos import broken_clause
from deliverycheck.system.model import Clause, Property
from deliverycheck.system.verdicts import Trace


@dataclass(frozen=True, slots=True)
class Breach:
    """A property that a run breaks, or may break."""

    prop: str
    about: str
    """The instance that is violated, mostly a message."""
    step: int | None
    """After how many steps of the run; None: by going on as it does for ever."""
    certain: bool
    """False where it stays open whether something can still make up for it."""


def breaches(lifted: Lifted, trace: Trace, names: Collection[str] = ()) -> Iterator[Breach]:
    """The properties (only those named, if any are) that a legal run breaks, each once.

    A run that ends breaks what is about runs without end only if nothing has to happen any more at
    its end: it is then a run in which nothing does. A `sometimes` is broken by no single run.
    """
    for prop in lifted.system.properties:
        if names and prop.name not in names:
            continue
        match prop.kind:
            case "always" | "at-rest":
                found = _by_a_state(lifted, trace, prop)
            case "possible":
                found = _by_doom(lifted, trace, prop)
            case "leads-to":
                found = _by_its_end(lifted, trace, prop)
            case "sometimes":
                found = None
        if found is not None:
            yield found


def _by_a_state(lifted: Lifted, trace: Trace, prop: Property) -> Breach | None:
    """The first state that breaks a property about states."""
    for at, state in enumerate(trace.states):
        now = lifted.system.valuation(state)
        for clause in prop.clauses:
            if not evaluate(clause.when, now) or evaluate(clause.then, now):
                continue
            if prop.kind == "always" or at_rest(lifted.system, state):
                return Breach(prop.name, clause.about, at, certain=True)
    return None


def _by_doom(lifted: Lifted, trace: Trace, prop: Property) -> Breach | None:
    """A clause whose goal is out of reach at the end: or at the last state where it was asked for.

    What is out of reach stays so, and what is in reach later was so before; so one state is enough.
    """
    open_: Breach | None = None
    for clause in prop.clauses:
        at = _last_asked(lifted, trace, clause)
        if at is None:
            continue
        lost = is_doomed(lifted, prop, clause, trace.states[at])
        if lost:
            return Breach(prop.name, clause.about, at, certain=True)
        if lost is None:
            open_ = open_ or Breach(prop.name, clause.about, at, certain=False)
    return open_


def _last_asked(lifted: Lifted, trace: Trace, clause: Clause) -> int | None:
    """The last state in which a clause asks for something that has not come yet, nor comes."""
    for at in reversed(range(len(trace.states))):
        now = lifted.system.valuation(trace.states[at])
        if evaluate(clause.then, now):
            return None
        if evaluate(clause.when, now):
            return at
    return None


def _by_its_end(lifted: Lifted, trace: Trace, prop: Property) -> Breach | None:
    """A clause that the run breaks by what it does for ever."""
    if trace.loop_start is None:
        if not at_rest(lifted.system, trace.states[-1]):
            return None
        trace = replace(trace, loop_start=len(trace.steps))
    clause = broken_clause(lifted.system, prop, trace)
    return None if clause is None else Breach(prop.name, clause.about, None, certain=True)
