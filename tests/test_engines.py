"""Both engines on every shipped model: the same verdicts, runs of the same length, certificates."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from support import CORE, MODELS, SEED, lifted_with, question, run

from deliverycheck.certify.checking import certify
from deliverycheck.check.checking import check, lifted_of
from deliverycheck.check.options import Options
from deliverycheck.check.question import Question
from deliverycheck.load.subjects import questions
from deliverycheck.prove.engine import Budget, Symbolic
from deliverycheck.report.jsonout import model_document
from deliverycheck.semantics.interpreter import evaluate
from deliverycheck.system.bounding import bounded
from deliverycheck.system.certificates import Certificate, Inductive
from deliverycheck.system.model import System

ENDLESS = "lose=inf duplicate=inf crash=inf delay=inf"

NAMES = [f"{asked.source}:{asked.cls.__name__}" for asked in questions(CORE)]

PROOFS = {"inductive-invariant", "k-induction", "progress", "ranking"}


def answers(result: Any, engine: str) -> dict[str, tuple[str, int | None]]:
    """By property: the verdict of one engine and the length of its run."""
    return {
        prop["name"]: (answer["verdict"], answer["steps"])
        for prop in result["properties"]
        for name, answer in prop["engines"].items()
        if name == engine
    }


def answered(asked: Question, catalogue: Any) -> Any:
    """What `check` says to a question, as JSON; where the catalogue has the answer, it is that."""
    for result in catalogue["results"]:
        name, file = result["model"], str(asked.source).endswith(result["source"])
        same = (result["messages"], result["faults"]) == (asked.messages, dict(asked.faults))
        if name == asked.name and file and same and not asked.settings:
            return result
    return document_of(asked)


def document_of(asked: Question) -> Any:
    """What `check` says to a question, as JSON."""
    return model_document(check(asked))


@pytest.mark.parametrize("messages", [1, 2])
@pytest.mark.parametrize("name", NAMES, ids=lambda name: name.rpartition("/")[2])
def test_in_the_seeds_environment_the_engines_agree_on_everything(
    name: str, messages: int, catalogue: Any
) -> None:
    result = answered(question(name, SEED, messages), catalogue)
    explicit, symbolic = answers(result, "explicit"), answers(result, "symbolic")
    assert symbolic == explicit
    assert "undetermined" not in {verdict for verdict, _ in symbolic.values()}
    well_evidenced(result)


@pytest.mark.parametrize("messages", [1, 2])
@pytest.mark.parametrize("name", NAMES, ids=lambda name: name.rpartition("/")[2])
def test_where_faults_never_end_the_proof_is_about_all_of_it(name: str, messages: int) -> None:
    result = document_of(question(name, ENDLESS, messages))
    symbolic = answers(result, "symbolic")
    assert "undetermined" not in {verdict for verdict, _ in symbolic.values()}
    for prop, (verdict, steps) in answers(result, "explicit").items():
        # Where a bound cut something off, the explicit engine may leave a verdict open, and call a
        # state doomed only later; what it does say must be the same. Of a run without end it has
        # the shortest way to the loop, where Z3 has the fewest steps in all.
        if verdict != "undetermined":
            assert symbolic[prop][0] == verdict
            shorter_is_possible = prop in ("no-loss", "no-silent-loss", "eventual-effect")
            assert symbolic[prop][1] == steps or shorter_is_possible
    assert all(not prop["evidence"]["within"] for prop in result["properties"])
    well_evidenced(result)


@pytest.mark.parametrize(
    ("name", "faults"),
    [("guarantees/at_most_once.py", SEED), ("pitfalls/dedup_window.py", "lose=1 forget=1")],
)
def test_a_wrong_opinion_decides_nothing(name: str, faults: str) -> None:
    """Each side begins with what it is told to expect; what comes out does not depend on it."""
    system = lifted_with(MODELS / name, faults).system
    unbiased = broken_of(system, {})
    assert set(unbiased.values()) == {True, False}
    assert broken_of(system, {prop: not so for prop, so in unbiased.items()}) == unbiased


def broken_of(system: System, opinion: Mapping[str, bool]) -> dict[str, bool]:
    """By property, whether Z3 finds it broken; what is neither found nor excluded is missing."""
    symbolic = Symbolic(system, Budget(60))
    symbolic.expect(opinion)
    symbolic.start()
    symbolic.wait()
    found = {name.removeprefix("breaks "): one for name, one in symbolic.settled.items()}
    return {
        prop.name: found[prop.name].run is not None
        for prop in system.properties
        if prop.name in found
    }


@pytest.mark.parametrize("name", ["at_most_once", "exactly_once"])
def test_endless_losses_and_runs_replay(name: str, tmp_path: Path) -> None:
    """What only a trap shows to be a loss is one when it is replayed, too."""
    model = MODELS / "guarantees" / f"{name}.py"
    asked = ("--messages", "1", "--faults", ENDLESS, "--json")
    file = tmp_path / "stored.json"
    file.write_text(run("check", model, *asked).out)
    done = run("replay", file)
    assert done.code == 0, done.err
    assert "still violated" in done.out


TWO = """
from deliverycheck.lang import Message, Protocol, Role, require

one = Role("one")


class Two(Protocol):
    claims = "at-least-once"
    first: Message | None = None
    dead: set[Message]
    open: set[Message]

    @one
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.open.add(m)
        if self.first is None:
            self.first = m

    @one
    def kill(self, m: Message) -> None:
        require(m in self.open and self.first != m)
        self.open.discard(m)
        self.dead.add(m)

    @one
    def act(self, m: Message) -> None:
        require(m in self.open)
        self.open.discard(m)
        self.effect(m)
"""


def test_run_and_trap_are_about_the_same_message(tmp_path: Path) -> None:
    (tmp_path / "two.py").write_text(TWO)
    result = check(question(str(tmp_path / "two.py"), "", 2))
    (lost,) = (prop for prop in result.properties if prop.name == "no-loss")
    assert lost.verdict == "violated"
    assert lost.trace is not None
    assert result.system is not None
    last = result.system.valuation(lost.trace.states[-1])
    assert last[f"accepted[{lost.about}]"] != 0
    assert all(evaluate(term, last) for term in lost.evidence.invariant)


def test_the_same_bytes_for_any_hash_seed() -> None:
    model = MODELS / "pitfalls" / "mark_before_effect.py"
    outs = {
        run("check", model, "--json", env={**os.environ, "PYTHONHASHSEED": seed}).out
        for seed in ("1", "2", "3")
    }
    assert len(outs) == 1


def well_evidenced(result: Any) -> None:
    """Every verdict that holds has a proof that an independent checker accepted."""
    for prop in result["properties"]:
        evidence = prop["evidence"]
        certificate = evidence["certificate"]
        assert certificate["status"] == "accepted", (prop["name"], certificate)
        if prop["verdict"] == "holds":
            assert evidence["kind"] in PROOFS, prop["name"]
            assert evidence["invariant"], prop["name"]


def test_the_invariant_of_idempotency_convinces_both_checkers() -> None:
    """Without end, cvc5 alone can check it; where naturals end at 1, brute force can as well."""
    asked = question(str(MODELS / "guarantees" / "at_least_once_idempotent.py"), ENDLESS, 1)
    (held,) = check(asked, Options(properties=("no-duplicate-effect",))).properties
    assert held.evidence.kind == "inductive-invariant"
    assert not held.evidence.within
    assert held.evidence.checked is not None
    assert "cvc5" in held.evidence.checked.by
    proof = Inductive(held.evidence.invariant)  # effects(m) <= 1, effects(m) >= 1 -> m in processed
    small = bounded(lifted_of(asked).system, 1, 1)
    outcome = certify(Certificate(small, held.name, "holds", proof))
    assert (outcome.status, outcome.by) == ("accepted", ("brute force", "cvc5"))
    for at in range(len(proof.invariant)):
        weaker = Inductive(proof.invariant[:at] + proof.invariant[at + 1 :])
        assert certify(Certificate(small, held.name, "holds", weaker)).status == "refused"
