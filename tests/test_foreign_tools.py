"""SPIN and rumur, which share no line with us, count the same states and give the same verdicts."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from foreign import by_rumur, by_spin
from support import MODELS, question
from systems import system_of

from deliverycheck.check.checking import explored, lifted_of
from deliverycheck.explore.explored import Explored
from deliverycheck.explore.plan import clause_bits
from deliverycheck.explore.search import explore
from deliverycheck.semantics.interpreter import ModelFault
from deliverycheck.system.model import System


def sound_systems(count: int) -> list[int]:
    """Seeds of random systems that never go wrong; their first initial state is kept."""

    def fine(seed: int) -> bool:
        try:
            explore(one_start(seed))
        except ModelFault:
            return False
        return True

    return list(islice(filter(fine, range(10_000)), count))


def one_start(seed: int) -> System:
    """The random system of a seed, starting in its first state only: SPIN knows but one."""
    system = system_of(seed)
    return replace(system, initial=system.initial[:1])


def breaks_always(found: Explored) -> bool:
    """Whether some reachable state breaks an `always` clause."""
    bits = clause_bits(found.system)
    asked = [
        bits[prop.name, number]
        for prop in found.system.properties
        if prop.kind == "always"
        for number in range(len(prop.clauses))
    ]
    marks = [found.code.marks(word) for word in found.states]
    return any(m & when and not m & then for m in marks for when, then in asked)


def agree(found: Explored, folder: Path) -> None:
    """All three count the same and judge the same."""
    expected = (len(found.states), found.transitions)
    for number, count in enumerate(
        (
            by_rumur(found.system, folder, invariants=False),
            by_spin(found.system, folder, assertions=False),
        )
    ):
        assert (count.states, count.transitions) == expected, ("rumur", "spin")[number]
    broken = breaks_always(found)
    assert by_rumur(found.system, folder, invariants=True).violated == broken
    assert by_spin(found.system, folder, assertions=True).violated == broken


@pytest.mark.parametrize("messages", [1, 2])
@pytest.mark.parametrize(
    "model", sorted((MODELS / "guarantees").glob("*.py")), ids=lambda path: path.stem
)
def test_the_guarantees(model: Path, messages: int, tmp_path: Path) -> None:
    agree(explored(lifted_of(question(str(model), messages=messages))), tmp_path)


@pytest.mark.parametrize(
    "name", ["check_then_act", "mark_before_effect", "ack_before_work", "volatile_outbox"]
)
def test_the_pitfalls(name: str, tmp_path: Path) -> None:
    faults = "lose=1 crash=1 duplicate=1"
    asked = question(str(MODELS / "pitfalls" / f"{name}.py"), faults, messages=1)
    agree(explored(lifted_of(asked)), tmp_path)


@pytest.mark.parametrize("seed", sound_systems(50))
def test_random_systems(seed: int, tmp_path: Path) -> None:
    agree(explore(one_start(seed)), tmp_path)
