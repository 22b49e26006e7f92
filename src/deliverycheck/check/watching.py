"""Watching a model from outside: explored, and its runs replayed before they are shown."""

from __future__ import annotations

from dataclasses import dataclass

from deliverycheck.check.checking import explored, lifted_of
from deliverycheck.check.inclusion import Parting
from deliverycheck.check.options import Options, Report
from deliverycheck.check.outside import Outside, outside_of, shown_by
from deliverycheck.check.question import Question
from deliverycheck.check.traces import mismatch, replayed
from deliverycheck.explore.explored import uninterrupted
from deliverycheck.lift.lifting import Lifted
from deliverycheck.semantics.lassos import unforced, unmet
from deliverycheck.system.verdicts import Exploration, Trace


@dataclass(frozen=True, slots=True)
class Watched:
    """A model that was explored, and what the world outside sees of it."""

    lifted: Lifted
    outside: Outside

    @property
    def exploration(self) -> Exploration:
        """How much was looked at."""
        found = self.outside.found
        count = len(found.states)
        return Exploration(found.complete, count, found.transitions, found.depth, found.stopped)


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A run that the interpreter and CPython have taken, and what it shows."""

    trace: Trace
    labels: tuple[str | None, ...]
    """By step: what it shows."""
    waiting: tuple[str, ...]
    """The steps that are possible again and again once it is silent, and never have to be taken."""


def watched(question: Question, options: Options, report: Report | None = None) -> Watched:
    """Explore a model and look at it from outside.

    Raises InputError for a bad model, KeyboardInterrupt where that ended the search.
    """
    lifted = lifted_of(question)
    return Watched(lifted, outside_of(uninterrupted(explored(lifted, options, report))))


def witnessed(side: Watched, where: Parting) -> Witnessed:
    """Replay the run to where two systems part; if it falls silent, it must be fair to.

    Raises DisagreementError.
    """
    found = side.outside.found
    trace = replayed(side.lifted, found, where.run, where.loop)
    labels = shown_by(found.system, trace)
    if where.loop is None:
        return Witnessed(trace, labels, ())
    if any(labels[where.loop :]) or any(unmet(found.system, trace)):
        raise mismatch(found.system.name, "a silence that is said to last is broken, or not fair")
    waiting = tuple(one.name for one in unforced(found.system, trace))
    return Witnessed(trace, labels, waiting)
