"""Comparing: do two designs show the outside world the same effects under the same faults?

Each is asked whether all that it shows can be shown by the other one, too: every word of
acceptances, effects, answers and parkings, and whether there may be silence for ever after it.
Where not, the first of the shortest runs that tell them apart is the answer. (That a design stands
for another if its fair behaviour, as seen from outside, is among the other's: Lynch and Tuttle
1987, *Hierarchical Correctness Proofs for Distributed Algorithms*.)

What the answer cannot say: how probable anything is, how long it takes, what it costs; and nothing
about other faults or more messages than were asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from deliverycheck.check.checking import settings_of
from deliverycheck.check.inclusion import Undecided, parting
from deliverycheck.check.options import Options, Report
from deliverycheck.check.question import Question
from deliverycheck.check.watching import Watched, watched, witnessed
from deliverycheck.system.verdicts import Exploration, Json, Trace

Included: TypeAlias = Literal["included", "not included", "undetermined"]


@dataclass(frozen=True, slots=True)
class Divergence:
    """A run that shows what the other design cannot, replayed by plain CPython."""

    trace: Trace
    seen: Mapping[int, str]
    """What the world outside sees, by the number of the step that shows it."""
    instead: tuple[str, ...]
    """What the other design can show in place of the last thing, having shown all before."""
    waiting: tuple[str, ...]
    """The steps that are possible again and again in the silence, and never have to be taken."""

    @property
    def silent(self) -> bool:
        """Whether the difference is silence for ever: the other design goes on to show more."""
        return self.trace.loop_start is not None


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Whether all that one design shows can be shown by the other."""

    verdict: Included
    within: tuple[str, ...] = ()
    """The bounds within which the first design was looked at; empty: all of it."""
    divergence: Divergence | None = None
    reason: str = ""
    """Why it is undetermined, in words."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two designs, and how much of it was looked at."""

    model: str
    source: str
    settings: Mapping[str, Json]
    exploration: Exploration


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two designs in one environment, as the world outside sees them."""

    a: Side
    b: Side
    messages: int
    faults: Mapping[str, float]
    fairness: str
    a_in_b: Inclusion
    b_in_a: Inclusion
    notes: tuple[str, ...]

    @property
    def same(self) -> bool | None:
        """Whether nobody outside can tell them apart; None if that was not found out."""
        verdicts = {self.a_in_b.verdict, self.b_in_a.verdict}
        if "not included" in verdicts:
            return False
        return None if "undetermined" in verdicts else True


def compare(
    a: Question, b: Question, options: Options | None = None, report: Report | None = None
) -> Comparison:
    """Compare two designs in the environment of `a`: its messages, its faults, its fairness.

    Both are explored; no other engine is asked. Raises InputError for a bad model.
    """
    options = options or Options()
    other = replace(b, messages=a.messages, faults=a.faults, fairness=a.fairness)
    first, second = (watched(question, options, report) for question in (a, other))
    return Comparison(
        _side(a, first),
        _side(b, second),
        a.messages,
        dict(a.faults),
        a.fairness,
        _inclusion(first, second, options, report),
        _inclusion(second, first, options, report),
        tuple(_notes(a, b, first, second)),
    )


def _side(question: Question, side: Watched) -> Side:
    settings = settings_of(side.lifted)
    return Side(question.name, question.source, settings, side.exploration)


def _inclusion(a: Watched, b: Watched, options: Options, report: Report | None) -> Inclusion:
    try:
        where = parting(a.outside, b.outside, options.limits, report)
    except Undecided as why:
        return Inclusion("undetermined", reason=str(why))
    if where is None:
        return Inclusion("included", a.outside.found.hits)
    run = witnessed(a, where)
    seen = {number: label for number, label in enumerate(run.labels, 1) if label}
    return Inclusion(
        "not included", divergence=Divergence(run.trace, seen, where.instead, run.waiting)
    )


def _notes(a: Question, b: Question, first: Watched, second: Watched) -> Iterator[str]:
    """What weakens the comparison, or was asked of one side in vain."""
    if not any(label for side in (first, second) for label in side.outside.labels):
        yield "neither shows the world anything at all: nothing was compared"
    for letter, side in (("A", first), ("B", second)):
        for fault in side.lifted.idle_faults:
            yield f"the fault {fault} is allowed, but cannot happen in {letter}"
    if b.faults != a.faults:
        yield "B is asked under the faults of A, not under its own"
    if b.messages != a.messages:
        yield "B is asked about as many messages as A, not as many as it says itself"
    if b.fairness != a.fairness:
        yield f"B is asked under {a.fairness} fairness of receiving, as A is, not under its own"
