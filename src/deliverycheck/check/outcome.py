"""Outcomes: what came of a question, as data that can be sent from one process to another."""

from __future__ import annotations

from dataclasses import dataclass

from deliverycheck.check.checking import check
from deliverycheck.check.cost import Cost, cost_of
from deliverycheck.check.options import Options, Report
from deliverycheck.check.question import Question
from deliverycheck.errors import Diagnostic, InputError
from deliverycheck.system.verdicts import PropertyResult


@dataclass(frozen=True, slots=True)
class Outcome:
    """Verdicts and cost; or what is wrong with the model, so asked; or why nothing is known."""

    results: tuple[PropertyResult, ...] = ()
    states: int = 0
    cost: Cost | None = None
    wrong: tuple[Diagnostic, ...] = ()
    unknown: str = ""
    """Why there are no results although nothing is wrong."""


INTERRUPTED = Outcome(unknown="it was interrupted")


def outcome_of(question: Question, options: Options, report: Report | None = None) -> Outcome:
    """What comes of a question. Raises DisagreementError for a bad tool, but no InputError."""
    try:
        result = check(question, options, report)
        if result.interrupted:
            return INTERRUPTED
        cost = cost_of(question, options)
    except InputError as error:
        return Outcome(wrong=error.diagnostics)
    return Outcome(result.properties, result.exploration.states, cost)
