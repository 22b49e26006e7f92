"""Variations: one question, asked with every combination of some settings and fault budgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import inf
from typing import Literal, TypeAlias

from deliverycheck.check.checking import plain
from deliverycheck.check.question import Question
from deliverycheck.system.verdicts import Json

Place: TypeAlias = tuple[int, ...]
"""A combination: for each of the things varied, which of its values, by number."""


@dataclass(frozen=True, slots=True)
class Varied:
    """A setting or a fault budget, and the values it is looked at with.

    `base` is the number of the value the question has already, which is always among them.
    """

    name: str
    kind: Literal["setting", "fault"]
    values: tuple[object, ...]
    base: int
    added: bool = False
    """Whether the question's own value is there although nobody named it."""

    @property
    def is_ordered(self) -> bool:
        """Whether its values are numbers, of which one is the next."""
        return all(
            isinstance(one, int | float) and not isinstance(one, bool) for one in self.values
        )

    @property
    def json(self) -> tuple[Json, ...]:
        """The values as plain data."""
        return tuple("inf" if value == inf else plain(value) for value in self.values)


def places(varied: Sequence[Varied]) -> list[Place]:
    """All combinations; the last one named varies fastest."""
    return list(product(*(range(len(one.values)) for one in varied)))


def base_of(varied: Sequence[Varied]) -> Place:
    """The combination the question asks about as it stands."""
    return tuple(one.base for one in varied)


def question_at(question: Question, varied: Sequence[Varied], place: Place) -> Question:
    """The question with one combination. Expectations were written for another one."""
    changed = {one: one.values[number] for one, number in zip(varied, place, strict=True)}
    settings = {one.name: value for one, value in changed.items() if one.kind == "setting"}
    return replace(
        question,
        settings={**question.settings, **settings},
        faults=_faults(question.faults, changed),
        expects={},
        judged_by="the sweep",
    )


def _faults(faults: Mapping[str, float], changed: Mapping[Varied, object]) -> dict[str, float]:
    budgets = {one.name: value for one, value in changed.items() if one.kind == "fault"}
    numbers = {name: n for name, n in budgets.items() if isinstance(n, int | float)}
    return {**faults, **numbers}
