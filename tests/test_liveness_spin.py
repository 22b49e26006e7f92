"""SPIN, which shares no line with us, finds a weakly fair run against a promise where we do.

SPIN is fair to processes, and weakly: the exporter makes each step that is relied upon a process.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import networkx as nx
import pytest
from fair_engine import Engine
from fair_oracle import Fair, graph
from foreign import by_spin_fairly, need
from support import MODELS, question
from systems import fair_system_of

from deliverycheck.check.checking import explored, lifted_of
from deliverycheck.export.promela import fair_promela_of
from deliverycheck.system.model import Property, System

EACH = 32
"""Random systems of each kind: those that break a promise, and those that keep all."""


def weak_one_start(seed: int) -> System:
    """The random system of a seed as SPIN can judge it: one start, nothing strongly fair."""
    system = fair_system_of(seed)
    actions = tuple(
        replace(action, fairness="weak") if action.fairness == "strong" else action
        for action in system.actions
    )
    return replace(system, initial=system.initial[:1], actions=actions)


def verdicts(system: System) -> list[bool]:
    """For each clause of the system's `leads-to` property whether brute force sees it broken."""
    (prop,) = (prop for prop in system.properties if prop.kind == "leads-to")
    fair = Fair(system)
    return [fair.nearest(clause) is not None for clause in prop.clauses]


def chosen() -> list[int]:
    """Seeds of systems with more than a few states in which something is asked for."""
    kinds: dict[bool, list[int]] = {False: [], True: []}
    for seed in range(10_000):
        system = weak_one_start(seed)
        fair = Fair(system)
        clauses = system.properties[0].clauses
        if len(fair.onward) >= 4 and all(map(fair.pending, clauses)):
            kinds[any(verdicts(system))].append(seed)
        if min(map(len, kinds.values())) >= EACH:
            break
    return sorted(seed for seeds in kinds.values() for seed in seeds[:EACH])


CHOSEN = chosen()


@pytest.mark.parametrize("seed", CHOSEN)
def test_random_systems(seed: int, tmp_path: Path) -> None:
    system = weak_one_start(seed)
    (prop,) = system.properties
    engine = Engine(system)
    ours = [engine.lasso(number) is not None for number in range(len(prop.clauses))]
    assert by_spin_fairly(system, prop, tmp_path) == ours == verdicts(system)


def test_the_random_systems_put_spin_to_the_test() -> None:
    seen: Counter[str] = Counter()
    for seed in CHOSEN:
        system = weak_one_start(seed)
        fair = Fair(system)
        for clause, broken in zip(system.properties[0].clauses, verdicts(system), strict=True):
            nearest = fair.nearest(clause)
            seen["violated" if broken else "holds"] += 1
            seen["goes round"] += nearest is not None and nearest.total > nearest.stem
            asked = fair.pending(clause)
            goes_round = not nx.is_directed_acyclic_graph(graph(fair, list(asked)))
            seen["holds, though there are unfair loops"] += goes_round and not broken
            seen["possible only beyond a bound"] += bool(fair.cut & asked.keys())
        seen["several paths"] += any(len(unit.paths) > 1 for unit in fair.units)
    print(dict(seen))
    assert min(seen.values()) >= 10


SUBJECTS = [
    *product(
        sorted(path.relative_to(MODELS) for path in (MODELS / "guarantees").glob("*.py")),
        ("lose=1 crash=1", "lose=inf crash=1", "crash=inf", "duplicate=1 delay=inf"),
    ),
    *product(("protocols/alternating_bit.py:AlternatingBit",), ("lose=inf", "lose=1")),
]
"""Models and environments."""


@pytest.mark.parametrize(("model", "budgets"), SUBJECTS, ids=str)
def test_shipped_models(model: Path | str, budgets: str, tmp_path: Path) -> None:
    """Whether each message arrives, if receiving is only weakly fair."""
    asked = replace(question(str(MODELS / model), budgets, messages=1), fairness="weak")
    system = explored(lifted_of(asked)).system
    prop = only(system.properties, "eventual-effect")
    system = replace(system, properties=(prop,))
    engine = Engine(system)
    ours = [engine.lasso(number) is not None for number in range(len(prop.clauses))]
    assert by_spin_fairly(system, prop, tmp_path) == ours == verdicts(system)


def only(properties: Sequence[Property], name: str) -> Property:
    (found,) = (prop for prop in properties if prop.name == name)
    return found


def test_the_never_claim_is_what_spin_itself_makes_of_the_formula() -> None:
    need("spin")
    system = weak_one_start(CHOSEN[0])
    text = fair_promela_of(system, system.properties[0])
    ours = re.search(r"never clause0 \{.*?\n\}", text, re.DOTALL)
    assert ours
    theirs = subprocess.run(
        ["spin", "-f", "!([] (when0 -> <> then0))"],  # noqa: S607
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    def plain(claim: str) -> str:
        bare = re.sub(r"/\*.*?\*/|\s|never\w*|clause0", "", claim)
        return bare.replace("((when0))", "(when0)").replace("((then0))", "(then0)")

    assert plain(ours[0]) == plain(theirs.stdout)


def test_what_spin_cannot_judge_is_not_exported() -> None:
    system = weak_one_start(CHOSEN[0])
    strong = replace(system.actions[0], fairness="strong", fault=None, name="alone")
    (prop,) = system.properties
    with pytest.raises(ValueError, match="weak fairness only"):
        fair_promela_of(replace(system, actions=(strong, *system.actions[1:])), prop)
    with pytest.raises(ValueError, match="one state"):
        fair_promela_of(replace(system, initial=system.initial * 2), prop)
