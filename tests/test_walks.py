"""Lifted = CPython: on random walks over every model, state for state and step for step.

After each step the running model's state is the lifted one, and before each step both enable the
same steps. The seed is part of the failure message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import inf
from pathlib import Path

import pytest
from support import CORE, EXPLICIT, MODELS
from walks import walk_both

from deliverycheck.check.checking import check
from deliverycheck.errors import InputError
from deliverycheck.lang.protocol import Protocol
from deliverycheck.load.files import classes_in
from deliverycheck.load.subjects import of_class, questions

HERE = Path(__file__).parent
FEATURES = sorted((HERE / "feature_models").glob("*.py"))
BUGS = [file for file in FEATURES if file.name.startswith("bugs_")]

STEPS = 60
"""Per model, environment and number of messages; before each one what is enabled is compared."""

SEEDS = 5
"""Short walks per model that was once lifted wrongly."""

STORM = dict.fromkeys(("lose", "duplicate", "reorder", "crash", "delay", "expire"), 1.0)
GALE = dict.fromkeys(STORM, 2.0)
ENDLESS = dict.fromkeys(STORM, inf)

OUTSIDE = ("PutOutside", "BagOutside", "AddOutside", "KeyOutside")
"""Python takes a value that is not of the declared type; to the tool the model goes wrong."""

MUST_LIFT = {
    "MaybeFlagEqual",
    "MaybeFlagTruth",
    "MaybeNumber",
    "NamedLikeTheLedger",
    "PresentNone",
    "PresentNoRecord",
    "TakeThenAsk",
}
"""A refusal with a line would not mend these: they are what an author would write."""


@cache
def classes_of(file: Path) -> tuple[type[Protocol], ...]:
    return classes_in(file)


def walked_models() -> list[object]:
    """The models that are looked at closely, but not those that were once lifted wrongly."""
    core = [(Path(one.source).stem, one.cls) for one in questions(CORE)]
    features = [
        (file.stem, cls) for file in FEATURES if file not in BUGS for cls in classes_of(file)
    ]
    return [pytest.param(cls, id=f"{stem}:{cls.__name__}") for stem, cls in (*core, *features)]


def catalogue() -> list[object]:
    """All others that are shipped."""
    core = {one.cls.__name__ for one in questions(CORE)}
    return [
        pytest.param(cls, id=f"{file.stem}:{cls.__name__}")
        for file in sorted(MODELS.rglob("*.py"))
        for cls in classes_of(file)
        if cls.__name__ not in core
    ]


def environments(cls: type[Protocol]) -> Sequence[Mapping[str, float]]:
    own = dict(cls.faults)
    return [own, {**own, **STORM}, {**own, **GALE}, ENDLESS | own]


@pytest.mark.parametrize("cls", walked_models())
def test_cpython_and_the_lifted_system_agree_step_for_step(cls: type[Protocol]) -> None:
    for number, budgets in enumerate(environments(cls)):
        for messages in (1, 2):
            seed = f"{cls.__name__} {number} {messages}"
            assert walk_both(cls, messages, budgets, STEPS, seed).steps > 0


@pytest.mark.parametrize("cls", catalogue())
def test_in_the_catalogue_too(cls: type[Protocol]) -> None:
    assert walk_both(cls, 2, dict(cls.faults), STEPS, cls.__name__).steps > 0


def test_the_walks_together_have_ten_thousand_steps() -> None:
    count = len(walked_models())
    assert count * 4 * 2 * STEPS >= 10_000


def once_wrong() -> list[object]:
    """Every model that is, or once was, lifted wrongly."""
    return [
        pytest.param(cls, id=f"{file.stem}:{cls.__name__}")
        for file in BUGS
        for cls in classes_of(file)
        if cls.__name__ not in OUTSIDE
    ]


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_value_outside_its_type_makes_the_model_wrong_at_a_line(name: str) -> None:
    (cls,) = (c for file in BUGS for c in classes_of(file) if c.__name__ == name)
    with pytest.raises(InputError) as caught:
        check(of_class(cls, "bugs_lifting.py"), EXPLICIT)
    (found,) = caught.value.diagnostics
    assert found.code == "DC150"
    assert found.line


@pytest.mark.parametrize("cls", once_wrong())
def test_a_model_is_lifted_as_python_means_it_or_refused_at_a_line(cls: type[Protocol]) -> None:
    try:
        for seed in range(SEEDS):
            for messages in (1, 2):
                walk_both(cls, messages, dict(cls.faults), STEPS // 3, f"{cls.__name__} {seed}")
    except InputError as refused:
        if cls.__name__ in MUST_LIFT or not all(found.line for found in refused.diagnostics):
            raise
