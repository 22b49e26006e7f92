"""The models keep the verdicts the design fixed, in the environments it named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support import CORE, EXPLICIT, MODELS, SEED, checked, prop

from deliverycheck.check.checking import check, explored, lifted_of
from deliverycheck.check.question import Question
from deliverycheck.load.subjects import questions

G, P = MODELS / "guarantees", MODELS / "pitfalls"

# model, environment, settings, no-loss, no-duplicate-effect: the table of the issue that asked for
# the models, line by line. A verdict is `holds`, or the faults of the shortest breaking run.
TABLE = [
    (G / "at_most_once.py", SEED, {}, "lose", "holds"),
    (G / "at_most_once.py", "lose=1", {}, "lose", "holds"),
    (G / "at_most_once.py", "crash=1", {}, "crash", "holds"),
    (G / "at_most_once.py", "duplicate=1", {}, "holds", "duplicate"),
    (G / "at_least_once.py", SEED, {}, "holds", "crash"),
    (G / "at_least_once.py", "lose=1", {}, "holds", "lose"),
    (G / "at_least_once.py", "crash=1", {}, "holds", "crash"),
    (G / "at_least_once.py", "delay=1", {}, "holds", "delay"),
    (G / "at_least_once_idempotent.py", SEED, {}, "holds", "holds"),
    (G / "at_least_once_idempotent.py", f"{SEED} duplicate=1 delay=1", {}, "holds", "holds"),
    (G / "exactly_once.py", SEED, {}, "holds", "holds"),
    (G / "exactly_once.py", f"{SEED} duplicate=1", {}, "holds", "holds"),
    (G / "exactly_once.py", f"{SEED} delay=1", {}, "holds", "holds"),
    (G / "exactly_once.py", "duplicate=1 delay=1", {}, "holds", "delay duplicate"),
    (G / "exactly_once.py", "delay=2", {}, "holds", "delay"),
    (P / "check_then_act.py", SEED, {}, "holds", "crash"),
    (P / "check_then_act.py", "crash=1", {}, "holds", "crash"),
    (P / "check_then_act.py", "", {}, "holds", "holds"),
    (P / "check_then_act.py", "delay=1", {"workers": 2}, "holds", "delay"),
    (P / "check_then_act.py", "duplicate=1", {"workers": 2}, "holds", "duplicate"),
    (P / "mark_before_effect.py", "crash=1", {}, "crash", "holds"),
    (P / "mark_before_effect.py", SEED, {}, "crash", "holds"),
    (P / "mark_before_effect.py", "lose=1 duplicate=1 delay=1", {}, "holds", "holds"),
    (P / "ack_before_work.py", "crash=1", {}, "crash", "holds"),
    (P / "ack_before_work.py", "lose=1", {}, "holds", "lose"),
    (P / "volatile_outbox.py", SEED, {}, "crash", "crash"),
    (P / "volatile_outbox.py", "crash.sender=1", {}, "crash", "holds"),
    (P / "volatile_outbox.py", "crash.worker=1", {}, "holds", "crash"),
    (P / "dedup_window.py", SEED, {}, "holds", "holds"),
    (P / "dedup_window.py", "lose=1 forget=1", {}, "holds", "forget lose"),
    (P / "decrement.py:Decrement", SEED, {}, "holds", "crash"),
    (P / "decrement.py:AbsoluteWrite", SEED, {}, "holds", "holds"),
]


@pytest.mark.parametrize("messages", [1, 2])
@pytest.mark.parametrize(
    ("model", "faults", "settings", "loss", "twice"),
    TABLE,
    ids=[f"{row[0].name}-{row[1] or 'nothing'}-{len(row[2])}" for row in TABLE],
)
def test_the_table_of_verdicts(
    model: Path,
    faults: str,
    settings: dict[str, object],
    loss: str,
    twice: str,
    messages: int,
) -> None:
    result = checked(str(model), faults, messages, settings)
    for name, expected in (("no-loss", loss), ("no-duplicate-effect", twice)):
        found = prop(result, name)
        seen = " ".join(sorted(found.because)) if found.verdict == "violated" else found.verdict
        assert seen == expected, name


@pytest.mark.parametrize("messages", [1, 2])
@pytest.mark.parametrize("model", sorted(G.glob("*.py")), ids=lambda path: path.name)
def test_without_faults_every_guarantee_holds(model: Path, messages: int) -> None:
    result = checked(str(model), "", messages)
    for name in ("no-loss", "no-duplicate-effect", "no-phantom-effect"):
        assert prop(result, name).verdict == "holds"


@pytest.mark.parametrize("asked", questions([str(MODELS)]), ids=lambda asked: asked.name)
def test_every_model_is_as_it_expects_and_every_fault_strikes(asked: Question) -> None:
    result = check(asked, EXPLICIT)
    assert all(p.as_expected is not False for p in result.properties)
    assert result.exploration.complete
    switched_off = ("DC511", "DC515")  # a setting leaves a step, or a condition, without work
    core = asked.cls in {one.cls for one in questions(CORE)}
    assert not [w for w in result.warnings if core or w.code not in switched_off]


SWALLOWED = ("ServiceBusOneMessageId", "SqsFifoEqualBodies")
"""Two messages that the broker takes for one: no run delivers both, which is their story."""


@pytest.mark.parametrize("asked", questions([str(MODELS)]), ids=lambda asked: asked.name)
def test_every_model_has_a_happy_path_without_faults(asked: Question) -> None:
    lifted = lifted_of(replace(asked, faults={}))
    found = explored(lifted)
    names = [v.name for v in lifted.system.variables if v.name.startswith("effects[")]
    at = [lifted.system.index[name] for name in names]
    # where no message has an effect there is no such path: a model of something else, as the
    # Two Generals are, has nothing in the ledger
    assert names or not any(v.store == "ledger" for v in lifted.system.variables)
    happy = any(all(found.state(n)[i] == 1 for i in at) for n in range(len(found.states)))
    assert happy == (asked.name not in SWALLOWED)


def test_within_a_model_the_expected_loss_needs_the_fewest_steps() -> None:
    # submit, send, lose: nothing shorter can lose a message that was accepted and sent
    lost = prop(checked(str(G / "at_most_once.py")), "no-loss").trace
    assert lost is not None
    assert [step.action.partition("(")[0] for step in lost.steps] == ["submit", "send", "lose"]
    # submit, send, take, effect, crash, send, take, effect
    trace = prop(checked(str(G / "at_least_once.py")), "no-duplicate-effect").trace
    assert trace is not None
    assert [step.action.partition("(")[0] for step in trace.steps] == [
        "submit", "send", "handle", "handle", "crash", "send", "handle", "handle",
    ]  # fmt: skip
