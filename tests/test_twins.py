"""Every model that holds has a broken twin that must fail, on the property it is named for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support import EXPLICIT, SEED

from deliverycheck.check.checking import check
from deliverycheck.check.question import Question
from deliverycheck.load.subjects import parse_faults, questions

TWINS = questions([str(Path(__file__).parent / "twins")])


@pytest.mark.parametrize("messages", [1, 2])
@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.name)
def test_a_twin_fails_on_the_property_it_is_named_for(twin: Question, messages: int) -> None:
    result = check(replace(twin, faults=parse_faults(SEED), messages=messages), EXPLICIT)
    for prop in result.properties:
        if twin.expects.get(prop.name) == "violated":
            assert prop.verdict == "violated", prop.name
            assert prop.trace is not None
