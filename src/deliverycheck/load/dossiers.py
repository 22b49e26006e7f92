"""Dossiers of several models, compiled in several processes at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf

from deliverycheck.check.options import Options, Report
from deliverycheck.check.question import Question
from deliverycheck.errors import Diagnostic
from deliverycheck.explain.dossier.compiling import full_dossier
from deliverycheck.explain.dossier.dossier import Dossier
from deliverycheck.explain.frontier import CAP
from deliverycheck.load.apart import apart
from deliverycheck.load.subjects import Overrides
from deliverycheck.load.varying import closed_settings

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
    return apart(compile_here, [(question, options) for question in wanted], overrides, jobs)
