"""Apart: several models looked at in several processes at once, each in one of its own.

A model's class cannot be sent, so each process is told a name, and what the command line says in
place of the model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TypeVar

from deliverycheck.check.options import Options
from deliverycheck.check.question import Question
from deliverycheck.errors import Diagnostic, DisagreementError, InputError
from deliverycheck.load.finding import DESIGN
from deliverycheck.load.processes import in_processes
from deliverycheck.load.subjects import Overrides, questions

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class _Disagreeing:
    """What the engines disagree about: to be raised, not told with the faults of models."""

    diagnostics: tuple[Diagnostic, ...]


def apart(
    work: Callable[[Question, Options], R],
    wanted: Sequence[tuple[Question, Options]],
    overrides: Overrides,
    jobs: int,
) -> Iterator[R | tuple[Diagnostic, ...] | None]:
    """What comes of each model, in their order: what the work gives, or what is wrong with it.

    None where the process that looked at it was lost. `work` is a function of a module; it may
    raise InputError. Raises DisagreementError for a bad tool.
    """
    things = [(work, _named(question), overrides, options) for question, options in wanted]
    with closing(in_processes(_done, things, jobs, None)) as found:
        for one in found:
            if isinstance(one, _Disagreeing):
                raise DisagreementError(one.diagnostics)
            yield one


def _named(question: Question) -> str:
    """The name by which another process finds the model."""
    if question.source.endswith(DESIGN):
        return question.source
    return f"{question.source}:{question.cls.__name__}"


def _done(
    thing: tuple[Callable[[Question, Options], R], str, Overrides, Options],
) -> R | tuple[Diagnostic, ...] | _Disagreeing:
    work, name, overrides, options = thing
    try:
        (question,) = questions([name], overrides)
        return work(question, options)
    except InputError as error:
        return error.diagnostics
    except DisagreementError as error:
        return _Disagreeing(error.diagnostics)
