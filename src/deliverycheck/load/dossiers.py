"""Dossiers of several models, compiled in several processes at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from math import inf

from deliverycheck.check.options import Options, Report
from deliverycheck.check.question import Question
from deliverycheck.errors import Diagnostic, DisagreementError, InputError
from deliverycheck.explain.dossier.compiling import full_dossier
from deliverycheck.explain.dossier.dossier import Dossier
from deliverycheck.explain.frontier import CAP
from deliverycheck.load.finding import DESIGN
from deliverycheck.load.processes import in_processes
from deliverycheck.load.subjects import Overrides, questions
from deliverycheck.load.varying import closed_settings


@dataclass(frozen=True, slots=True)
class Disagreeing:
    """What the engines disagree about: to be raised, not told with the faults of models."""

    diagnostics: tuple[Diagnostic, ...]


Compiled = Dossier | tuple[Diagnostic, ...] | None
"""A dossier, or what is wrong with the model; None: the process that looked at it was lost."""


def compile_here(question: Question, options: Options, report: Report | None = None) -> Dossier:
    """The full dossier of a model. Raises InputError for a bad model, DisagreementError for a bad
    tool."""
    caps = {name: CAP if n == inf else max(CAP, int(n)) for name, n in question.faults.items() if n}
    return full_dossier(question, options, caps, closed_settings(question), report)


def compiled_elsewhere(
    wanted: Sequence[Question], overrides: Overrides, options: Options, jobs: int
) -> Iterator[Compiled]:
    """The same of several models in so many processes, in their order.

    Raises DisagreementError for a bad tool.
    """
    things = [(_named(question), overrides, options) for question in wanted]
    with closing(in_processes(_compiled, things, jobs, None)) as found:
        for one in found:
            if isinstance(one, Disagreeing):
                raise DisagreementError(one.diagnostics)
            yield one


def _named(question: Question) -> str:
    """The name by which another process finds the model."""
    if question.source.endswith(DESIGN):
        return question.source
    return f"{question.source}:{question.cls.__name__}"


def _compiled(
    thing: tuple[str, Overrides, Options],
) -> Dossier | tuple[Diagnostic, ...] | Disagreeing:
    name, overrides, options = thing
    try:
        (question,) = questions([name], overrides)
        return compile_here(question, options)
    except InputError as error:
        return error.diagnostics
    except DisagreementError as error:
        return Disagreeing(error.diagnostics)
