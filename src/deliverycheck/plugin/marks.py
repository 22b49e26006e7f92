"""The marks of classes, as pytest keeps them."""

from __future__ import annotations

from typing import cast

import pytest

MARK = "deliverycheck"


def own_marks(cls: type) -> list[pytest.Mark]:
    """The marks that stand at a class itself, not at one it extends."""
    given: object = vars(cls).get("pytestmark", [])
    each = cast("list[object]", given) if isinstance(given, list) else [given]
    marks: list[object] = [getattr(one, "mark", one) for one in each]
    return [mark for mark in marks if isinstance(mark, pytest.Mark)]


def all_marks(cls: type) -> list[pytest.Mark]:
    """The marks of a class and of those it extends, the nearest first."""
    return [mark for base in cls.__mro__ for mark in own_marks(base)]


def what_it_says(cls: type) -> tuple[pytest.Mark, ...]:
    """The marks that say how a class is to be checked: those nearest to it."""
    for base in cls.__mro__:
        found = tuple(mark for mark in own_marks(base) if mark.name == MARK)
        if found:
            return found
    return ()
