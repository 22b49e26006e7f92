"""Elsewhere: the rows of a sweep looked at in several processes at once.

The name as it was typed is sent there, and what the command line says in place of the model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from deliverycheck.check.options import Options
from deliverycheck.check.outcome import Outcome, outcome_of
from deliverycheck.check.variation import Place, question_at
from deliverycheck.errors import Diagnostic, DisagreementError, InputError
from deliverycheck.load.processes import in_processes
from deliverycheck.load.subjects import Overrides, questions
from deliverycheck.load.varying import varied_in

LOST = Outcome(unknown="the process that looked at it was lost")


@dataclass(frozen=True, slots=True)
class Subject:
    """A model to sweep, as plain data."""

    name: str
    overrides: Overrides
    vary: tuple[str, ...]
    """As `varied_in` reads it."""


def elsewhere(
    subject: Subject, jobs: int
) -> Callable[[Sequence[Place], Options], Iterator[Outcome]]:
    """A look at combinations in so many processes; what came of them, in their order.

    The processes end when the look does, be it by an exception, and when this process does.
    """

    def look(wanted: Sequence[Place], options: Options) -> Iterator[Outcome]:
        things = [(subject, place, options) for place in wanted]
        with closing(in_processes(_looked, things, jobs, LOST)) as outcomes:
            for found in outcomes:
                if not isinstance(found, Outcome):
                    raise DisagreementError(found)
                yield found

    return look


def _looked(thing: tuple[Subject, Place, Options]) -> Outcome | tuple[Diagnostic, ...]:
    """What came of a combination, or what the engines disagree about."""
    subject, place, options = thing
    try:
        (question,) = questions([subject.name], subject.overrides)
        varied = varied_in(question, subject.vary)
        return outcome_of(question_at(question, varied, place), options)
    except InputError as error:  # the file was changed meanwhile
        return Outcome(wrong=error.diagnostics)
    except DisagreementError as error:
        return error.diagnostics
