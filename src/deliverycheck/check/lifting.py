"""Lifting what a question is about: the way in to every engine, which imports none of them."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from deliverycheck.check.question import Question
from deliverycheck.lang.design import design_of
from deliverycheck.lift.lifting import Lifted, lift

LINE = 8
"""Items in an ordered channel that sets no limit; where a fault may happen without end, one more
than there are messages."""


def lifted_of(question: Question) -> Lifted:
    """The system a question is about. Raises InputError."""
    line = line_of(question.messages, question.faults)
    design = design_of(question.cls, question.messages, question.settings, line)
    return lift(design, question.faults, question.fairness)


def line_of(messages: int, budgets: Mapping[str, float]) -> int:
    """How long the line in an ordered channel without a limit may get."""
    return messages + 1 if is_endless(budgets) else max(LINE, messages + 1)


def is_endless(budgets: Mapping[str, float]) -> bool:
    """Whether some fault may happen without end."""
    return any(amount == inf for amount in budgets.values())
