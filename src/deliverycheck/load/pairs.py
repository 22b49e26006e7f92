"""Pairs: two questions in one environment."""

from __future__ import annotations

from dataclasses import replace

from deliverycheck.check.question import Question
from deliverycheck.errors import Diagnostic, InputError
from deliverycheck.lang.design import declared_settings
from deliverycheck.load.subjects import Overrides, overridden
from deliverycheck.load.values import setting, wrong_faults


def alike(a: Question, b: Question, overrides: Overrides) -> tuple[Question, Question]:
    """Two questions with what the command line says in place of both models.

    A setting changes whichever has it; a fault that only one knows cannot happen in the other.
    Raises InputError for what neither knows.
    """
    both = (a, b)
    wrong = list[Diagnostic]()
    for name, text in overrides.settings.items():
        if not any(name in declared_settings(one.cls) for one in both):
            wrong += (problem for one in both if (problem := setting(one.cls, name, text)[1]))
    for key, amount in (overrides.faults or {}).items():
        problems = [list(wrong_faults(one.cls, {key: amount}, None)) for one in both]
        if all(problems):
            wrong += (problem for found in problems for problem in found)
    if wrong:
        raise InputError(list(dict.fromkeys(wrong)))
    first, second = (_overridden(one, overrides) for one in both)
    return first, second


def _overridden(question: Question, overrides: Overrides) -> Question:
    known = declared_settings(question.cls)
    settings = {name: text for name, text in overrides.settings.items() if name in known}
    changed = overridden(question, replace(overrides, settings=settings, faults=None))
    return changed if overrides.faults is None else replace(changed, faults=overrides.faults)
