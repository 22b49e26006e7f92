"""Both engines on every shipped model: the same verdicts, runs of the same length, certificates."""

from __future__ import annotations

import os

import pytest
from support import MODELS, SEED, question, run

from deliverycheck.check.checking import check
from deliverycheck.load.subjects import questions
from deliverycheck.system.verdicts import ModelResult

ENDLESS = "lose=inf duplicate=inf crash=inf delay=inf"

NAMES = [
    f"{file}:{asked.cls.__name__}"
    for file in sorted(MODELS.rglob("*.py"))
    for asked in questions([str(file)])
]

PROOFS = {"inductive-invariant", "k-induction", "progress"}


def answers(result: ModelResult, engine: str) -> dict[str, tuple[str, int | None]]:
    """By property: the verdict of one engine and the length of its run."""
    return {
        prop.name: (answer.verdict, answer.steps)
        for prop in result.properties
        for answer in prop.answers
        if answer.engine == engine
    }


@pytest.mark.parametrize("messages", [1, 2])
@pytest.mark.parametrize("name", NAMES, ids=lambda name: name.rpartition("/")[2])
def test_in_the_seeds_environment_the_engines_agree_on_everything(name: str, messages: int) -> None:
    result = check(question(name, SEED, messages))
    explicit, symbolic = answers(result, "explicit"), answers(result, "symbolic")
    assert symbolic == explicit
    assert "undetermined" not in {verdict for verdict, _ in symbolic.values()}
    well_evidenced(result)


@pytest.mark.parametrize("messages", [1, 2])
@pytest.mark.parametrize("name", NAMES, ids=lambda name: name.rpartition("/")[2])
def test_where_faults_never_end_the_proof_is_about_all_of_it(name: str, messages: int) -> None:
    result = check(question(name, ENDLESS, messages))
    symbolic = answers(result, "symbolic")
    assert "undetermined" not in {verdict for verdict, _ in symbolic.values()}
    for prop, (verdict, steps) in answers(result, "explicit").items():
        # Where a bound cut something off, the explicit engine may leave a verdict open, and call a
        # state doomed only later; what it does say must be the same.
        if verdict != "undetermined":
            assert symbolic[prop][0] == verdict
            shorter_is_possible = prop in ("no-loss", "no-silent-loss")
            assert symbolic[prop][1] == steps or shorter_is_possible
    assert all(not prop.evidence.within for prop in result.properties)
    well_evidenced(result)


def test_the_same_bytes_for_any_hash_seed() -> None:
    model = MODELS / "pitfalls" / "mark_before_effect.py"
    outs = {
        run("check", model, "--json", env={**os.environ, "PYTHONHASHSEED": seed}).out
        for seed in ("1", "2", "3")
    }
    assert len(outs) == 1


def well_evidenced(result: ModelResult) -> None:
    """Every verdict that holds has a proof that an independent checker accepted."""
    for prop in result.properties:
        checked = prop.evidence.checked
        assert checked is not None, prop.name
        assert checked.status == "accepted", (prop.name, checked)
        if prop.verdict == "holds":
            assert prop.evidence.kind in PROOFS, prop.name
            assert prop.evidence.invariant, prop.name
