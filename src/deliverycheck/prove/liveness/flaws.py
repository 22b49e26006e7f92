"""Flaws: what can be wrong with the stages of a `Chain`, said of a state, or of a step.

That no reachable state has one is a goal like any other. So stages may be guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deliverycheck.prove.goals import after, breaking, enabled, sound
from deliverycheck.system import build
from deliverycheck.system.certificates import Stage
from deliverycheck.system.fairness import assumptions_of, effective, possible_within
from deliverycheck.system.model import Clause, System
from deliverycheck.system.terms import App, Term, variables_of


@dataclass(frozen=True, slots=True)
class Flaw:
    """What must not be: a state like this; or a step from there that leads to such a state."""

    here: Term
    there: Term | None = None
    steps: tuple[int, ...] = ()
    """Numbers of the actions that count, where the step changes the state; none: all of them."""


def flaws_of(system: System, clause: Clause, stages: Sequence[Stage]) -> Iterator[Flaw]:
    """Everything that can be wrong with the stages of a clause."""
    covered = build.any_of(*(stage.where for stage in stages))
    yield Flaw(build.all_of(breaking(clause), build.negate(covered)))
    yield from _flaws(system, stages, build.negate(clause.then), covered)


def _flaws(system: System, stages: Sequence[Stage], domain: Term, kept: Term) -> Iterator[Flaw]:
    """The flaws of stages that divide a domain; steps inside the domain must not leave `kept`.

    Leaving an inner domain is no flaw of its own: it leads to where the outer helpful step is
    possible, or out of the outer stage.
    """
    earlier: Term = build.FALSE
    for stage in stages:
        here = build.all_of(domain, stage.where, build.negate(earlier))
        back = build.all_of(domain, build.any_of(earlier, build.negate(kept)))
        if back != build.FALSE:
            yield Flaw(here, back)
        helpful = assumptions_of(system)[stage.helpful]
        yield Flaw(here, here, helpful.actions)
        # A run that only a bound holds back proves nothing: so it is asked what is possible within.
        left = build.all_of(here, build.negate(possible_within(system, helpful)))
        inside = build.any_of(*(inner.where for inner in stage.inner))
        yield Flaw(build.all_of(left, build.negate(inside)))
        yield from _flaws(system, stage.inner, left, inside)
        earlier = build.any_of(earlier, stage.where)


class Weakest:
    """Says flaws of single states: what a step leads to is said of the state before it."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._after: list[dict[Term, Term]] = [{} for _ in system.actions]

    def said(self, flaw: Flaw) -> Iterator[Term]:
        """The flaw as terms about one state, each of which is one."""
        if flaw.there is None:
            yield flaw.here
            return
        subjects = {var.name for term in (flaw.here, flaw.there) for var in variables_of(term)}
        for at in flaw.steps or range(len(self.system.actions)):
            action = self.system.actions[at]
            going = build.all_of(flaw.here, enabled(action), sound(self.system, action))
            if flaw.steps:
                going = build.all_of(going, effective(self.system, action))
            if flaw.steps or not subjects.isdisjoint(action.updates):
                yield build.all_of(going, self._then(at, flaw.there))

    def _then(self, at: int, term: Term) -> Term:
        """As `goals.after`; but the flaws of one clause have most of their parts in common."""
        match term:
            case App(op, args):
                known = self._after[at]
                if term not in known:
                    known[term] = build.apply(op, tuple(self._then(at, arg) for arg in args))
                return known[term]
            case _:
                return after(self.system.actions[at], term)
