"""The table of a sweep while it is filled: a first look at every row, a second one at a few."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TypeAlias

from deliverycheck.check.options import Options, Report
from deliverycheck.check.outcome import INTERRUPTED, Outcome, outcome_of
from deliverycheck.check.question import Question
from deliverycheck.check.variation import Place, Varied, base_of, places, question_at
from deliverycheck.errors import Diagnostic, DisagreementError
from deliverycheck.explain.sweep.found import Row
from deliverycheck.system.verdicts import Json, PropertyResult

Look: TypeAlias = Callable[[Sequence[Place], Options], Iterator[Outcome]]
"""Looks at some combinations, and gives what came of them in their order.

Where it is interrupted the rest is missing, or KeyboardInterrupt is raised.
"""


def here(question: Question, varied: Sequence[Varied], report: Report | None = None) -> Look:
    """A look in this process, at one combination after the other."""

    def look(wanted: Sequence[Place], options: Options) -> Iterator[Outcome]:
        for place in wanted:
            yield outcome_of(question_at(question, varied, place), options, report)

    return look


class Table:
    """The rows of a sweep, as far as they are known."""

    def __init__(
        self,
        question: Question,
        varied: Sequence[Varied],
        wanted: Sequence[str],
        settings: dict[str, Json],
    ) -> None:
        self.question = question
        self.varied = varied
        self.wanted = wanted
        self.base = base_of(varied)
        self.interrupted = False
        self.unconfirmed: list[int] = []
        self.rows: dict[Place, Row] = {}
        for number, place in enumerate(places(varied), 1):
            pairs = list(zip(varied, place, strict=True))
            own = {one.name: one.json[at] for one, at in pairs if one.kind == "setting"}
            faults = question_at(question, varied, place).faults
            self.rows[place] = Row(number, place, {**settings, **own}, faults, INTERRUPTED)

    def verdicts(self, name: str) -> dict[Place, str]:
        """The verdicts on one property."""
        return {place: row.verdict(name) for place, row in self.rows.items()}

    def good(self) -> list[Place]:
        """Where all that is wanted holds."""
        return [place for place, row in self.rows.items() if row.keeps(self.wanted)]

    def fill(self, look: Look, options: Options, report: Report | None = None) -> None:
        """Look at every row. Raises DisagreementError."""
        wanted = list(self.rows)
        done = 0
        with suppress(KeyboardInterrupt):
            for outcome, place in zip(look(wanted, options), wanted, strict=False):
                if outcome == INTERRUPTED:
                    break
                self.rows[place] = replace(self.rows[place], outcome=outcome)
                done += 1
                if report is not None:
                    report(f"{done} of {len(wanted)} combinations")
        self.interrupted = done < len(wanted)

    def confirm(self, place: Place, options: Options, report: Report | None = None) -> None:
        """Look at a row again. From then on it says what both looks together say.

        Raises DisagreementError if they contradict each other.
        """
        row = self.rows[place]
        asked = question_at(self.question, self.varied, place)
        try:
            second = outcome_of(asked, options, report)
        except KeyboardInterrupt:
            second = INTERRUPTED
        if second == INTERRUPTED:
            self.interrupted = True
            return
        results = tuple(_both(row, two) for two in second.results)
        if second.wrong or any(row.verdict(one.name) != one.verdict for one in results):
            self.unconfirmed.append(row.number)
        outcome = replace(second, results=results, cost=row.outcome.cost)
        self.rows[place] = replace(row, outcome=outcome, again=True)


def _both(row: Row, second: PropertyResult) -> PropertyResult:
    """What two looks at a property say together.

    Of two runs of one length the first is kept, which has the fewest faults. The first look may
    have been within bounds, beyond which the second has found a run; else they must agree.
    """
    first = row.result(second.name)
    if first is None:
        return second
    sides = {"holds" if one.verdict == "vacuous" else one.verdict for one in (first, second)}
    if sides == {"holds", "violated"} and not (first.evidence.within and first.trace is None):
        text = f"row {row.number}, {second.name}: {first.verdict} at first, then {second.verdict}"
        raise DisagreementError(Diagnostic("DC901", text))
    if first.trace is None or second.trace is None:
        return second
    return first if len(first.trace.steps) <= len(second.trace.steps) else second
