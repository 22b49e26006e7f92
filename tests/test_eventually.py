"""Does it ever arrive? What the issue asked for, line by line, on the shipped models."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support import CORE, EXPLICIT, MODELS, SEED, checked, prop, question, run

from deliverycheck.check.checking import check
from deliverycheck.lang.protocol import Receiving
from deliverycheck.load.subjects import questions
from deliverycheck.system.verdicts import PropertyResult

G, P = MODELS / "guarantees", MODELS / "pitfalls"
ALONE = ("--engine", "explicit")
BIT = MODELS / "protocols" / "alternating_bit.py"


def eventually(
    model: Path | str, faults: str, fairness: Receiving = "strong", messages: int = 1
) -> PropertyResult:
    """The result of eventual-effect, by the explicit engine."""
    asked = replace(question(str(model), faults, messages), fairness=fairness)
    return prop(check(asked, EXPLICIT), "eventual-effect")


def methods(result: PropertyResult) -> tuple[list[str], list[str]]:
    """The run by the names of its methods: what comes before the loop, and the loop."""
    assert result.trace is not None
    names = [step.action.partition("(")[0] for step in result.trace.steps]
    loop = result.trace.loop_start
    assert loop is not None
    return names[:loop], names[loop:]


@pytest.mark.parametrize("messages", [1, 2])
def test_a_link_that_is_fair_delivers_and_one_that_is_not_need_not(messages: int) -> None:
    model = G / "at_least_once.py"
    fair = eventually(model, "lose=inf", "strong", messages)
    assert fair.verdict == "holds"
    unfair = eventually(model, "lose=inf", "weak", messages)
    assert unfair.verdict == "violated"
    # send, lose, send, lose, ...: whenever the copy could be taken, it is already gone
    assert methods(unfair) == (["submit"], ["send", "lose"])
    assert unfair.evidence.detail["unforced"] == ["handle(m1)"]


@pytest.mark.parametrize("messages", [1, 2])
def test_fire_and_forget_never_arrives_after_one_loss(messages: int) -> None:
    result = eventually(G / "at_most_once.py", "lose=1", messages=messages)
    assert result.verdict == "violated"
    # Nothing can happen after the loss but another submission, which nothing forces.
    assert methods(result) == (["submit", "send", "lose"], [])


def test_without_faults_everything_arrives() -> None:
    for asked in questions(CORE):
        result = check(replace(asked, faults={}), EXPLICIT)
        assert prop(result, "eventual-effect").verdict == "holds", asked.name


def test_a_worker_that_crashes_for_ever_never_gets_it_done() -> None:
    result = eventually(G / "at_least_once_idempotent.py", "crash=inf")
    assert methods(result) == (["submit"], ["send", "handle", "crash"])
    # It is taken again and again, as strong fairness demands; what it cannot force is the effect.
    assert result.evidence.detail["unforced"] == ["handle(m1)@received"]


def test_what_the_verdict_rests_on_is_computed() -> None:
    found = eventually(G / "at_least_once.py", "lose=inf").evidence.detail["carried_by"]
    # Without `send` nothing starts; the link has to deliver what is sent again and again; and who
    # has taken the message must go on. Hearing the answer brings no effect about.
    assert found == [
        {"step": "send", "needs": "weak"},
        {"step": "handle", "needs": "strong"},
        {"step": "handle@received", "needs": "weak"},
    ]
    # With one loss only, a copy that is not lost stays in the channel: weak is enough.
    found = eventually(G / "at_least_once.py", "lose=1").evidence.detail["carried_by"]
    assert {"step": "handle", "needs": "weak"} in found  # type: ignore[operator]  # a list


@pytest.mark.parametrize("messages", [1, 2, 3])
def test_the_alternating_bit(messages: int) -> None:
    result = checked(f"{BIT}:AlternatingBit", "lose=inf", messages)
    safety = ("no-loss", "no-duplicate-effect", "no-phantom-effect", "honest-ack")
    for name in (*safety, "eventual-effect"):
        assert prop(result, name).verdict == "holds", name
    if messages > 1:
        assert prop(result, "in-order").verdict == "holds"
    weak = eventually(f"{BIT}:AlternatingBit", "lose=inf", "weak", messages)
    assert weak.verdict == "violated"
    assert weak.because == ("lose",)
    # a link that keeps the order may even repeat without end: the bit tells the copies
    assert eventually(f"{BIT}:AlternatingBit", "lose=inf duplicate=inf").verdict == "holds"
    # one that does not, breaks it: an old packet with the right bit comes late
    disordered = checked(f"{BIT}:AlternatingBit", "reorder=inf duplicate=1", 3)
    assert prop(disordered, "no-duplicate-effect").verdict == "violated"


LEADS = """
from deliverycheck.lang import Channel, Message, Protocol, Role, leads_to, require, sometimes

sender, worker = Role("sender"), Role("worker")


class Told(Protocol):
    faults = {"lose": 1}
    expects = {"is-answered": "violated", "is-sent": "holds"}
    outbox: set[Message]
    requests: Channel[Message] = Channel(sender, worker)
    replies: Channel[Message] = Channel(worker, sender)

    @sender
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.outbox.add(m)

    @sender
    def send(self, m: Message) -> None:
        require(m in self.outbox)
        self.outbox.discard(m)
        self.requests.put(m)

    @worker
    def handle(self, m: Message) -> None:
        self.requests.take(m)
        self.effect(m)
        self.replies.put(m)

    @sender
    def hear(self, m: Message) -> None:
        self.replies.take(m)
        self.tell_done(m)

    @leads_to
    def is_answered(self, m: Message) -> tuple[bool, bool]:
        return self.ledger.effects(m) >= 1, self.ledger.told(m) == "done"

    @leads_to
    def is_sent(self, m: Message) -> tuple[bool, bool]:
        return m in self.outbox, m not in self.outbox

    @sometimes
    def both_done(self) -> bool:
        return all(self.ledger.told(m) == "done" for m in self.messages)
"""


@pytest.fixture
def told(tmp_path: Path) -> Path:
    file = tmp_path / "told.py"
    file.write_text(LEADS)
    return file


def test_a_model_states_what_leads_to_what(told: Path) -> None:
    done = run("check", told, "--json", *ALONE)
    assert done.code == 0, done.out
    (result,) = done.data["results"]
    found = {one["name"]: one for one in result["properties"]}
    assert found["is-sent"]["verdict"] == "holds"
    answered = found["is-answered"]
    actions = [step["action"] for step in answered["trace"]["steps"]]
    assert actions == ["submit(m1)", "send(m1)", "handle(m1)", "lose(replies, m1)"]
    assert answered["trace"]["loop_start"] == 4


def test_what_sometimes_happens_is_shown(told: Path) -> None:
    done = run("check", told, "--property", "both-done", "--json", *ALONE)
    (one,) = done.data["results"][0]["properties"]
    assert one["verdict"] == "holds"
    assert one["trace"] is None
    actions = [step["action"].partition("(")[0] for step in one["example"]["steps"]]
    assert sorted(actions) == sorted(["submit", "send", "handle", "hear"] * 2)
    text = run("check", told, "--property", "both-done", *ALONE).out
    assert "An example of both-done:" in text


def test_a_promise_needs_its_two_halves(told: Path) -> None:
    whole = 'return self.ledger.effects(m) >= 1, self.ledger.told(m) == "done"'
    told.write_text(LEADS.replace(whole, "return self.ledger.effects(m) >= 1"))
    done = run("check", told)
    assert done.code == 2
    assert "DC104" in done.err
    assert "two returned expressions" in done.err
    told.write_text(LEADS.replace("return m in self.outbox, m not in self.outbox", "return True"))
    assert "is_sent" in run("check", told).err


def test_the_story_says_where_it_goes_round_and_what_nothing_forces() -> None:
    model, weak = G / "at_least_once.py", ("--fairness", "weak")
    done = run("check", model, "--faults", "lose=inf", *weak, *ALONE)
    assert done.code == 1
    text = " ".join(done.out.split())
    assert "it repeats for ever from step 2" in text
    assert "`handle(m1)` is possible again and again, but never without a break" in text
    assert "assumes fairness: weak for send" in text
    one = ("--messages", "1")
    fair = " ".join(run("check", model, "--faults", "lose=inf", *one, *ALONE).out.split())
    assert "because the link delivers in the end what is sent again and again (handle)" in fair
    assert "strong for hear and handle" in fair


def test_fairness_belongs_to_the_environment(tmp_path: Path) -> None:
    (tmp_path / "at_least_once.py").write_text((G / "at_least_once.py").read_text())
    design = tmp_path / "dead.delivery.toml"
    lines = ['model = "at_least_once.py"', 'fairness = "weak"', "[faults]", 'lose = "inf"']
    expects = ["[expects]", 'eventual-effect = "violated"', 'no-duplicate-effect = "violated"']
    design.write_text("\n".join([*lines, *expects]))
    assert run("check", design, *ALONE).code == 0
    design.write_text(design.read_text().replace('"weak"', '"week"'))
    wrong = run("check", design, *ALONE)
    assert wrong.code == 2
    assert "DC120" in wrong.err
    assert "weak" in wrong.err


@pytest.fixture
def stored(tmp_path: Path) -> tuple[Path, Any]:
    """A stored run without end, and its document."""
    model = (G / "at_least_once.py").read_text(encoding="utf-8")
    (tmp_path / "model.py").write_text(model)
    options = ("--property", "eventual-effect", "--faults", "lose=inf", "--fairness", "weak")
    done = run("check", "model.py", *options, "--json", *ALONE, cwd=tmp_path)
    file = tmp_path / "stored.json"
    file.write_text(done.out)
    return file, done.data


def test_a_stored_run_without_end_is_still_one(stored: tuple[Path, Any]) -> None:
    file, _ = stored
    done = run("replay", file, cwd=file.parent)
    assert done.code == 0
    assert done.out.startswith("still violated")


@pytest.mark.parametrize("forgery", ["other loop", "no loop", "later", "strong", "shorter"])
def test_a_forged_run_without_end_is_refused(stored: tuple[Path, Any], forgery: str) -> None:
    file, document = stored
    (result,) = document["results"]
    (one,) = result["properties"]
    trace = one["trace"]
    match forgery:
        case "other loop":
            trace["loop_start"] = 2  # the state after `send` is not the one after `lose`
        case "no loop":
            trace["loop_start"] = None
        case "later":
            trace["loop_start"] = 3  # stopping there is not fair: `send` is possible
        case "strong":
            result["fairness"] = "strong"  # what is sent again and again has to arrive
        case _:
            trace["steps"].pop()
    file.write_text(json.dumps(document))
    done = run("replay", file, cwd=file.parent)
    # Under another fairness the model is another system, of which this is no counterexample.
    assert done.code == (1 if forgery == "strong" else 2), done.out
    assert done.out.startswith("fixed") if forgery == "strong" else "DC302" in done.err


def test_every_endless_run_of_the_pitfalls_is_confirmed(tmp_path: Path) -> None:
    done = run("check", P, "--certificate", tmp_path / "kept", *ALONE)
    assert done.code == 0
    kept = sorted((tmp_path / "kept").glob("*/eventual-effect.json"))
    kinds = {file.parent.name: json.loads(file.read_text())["kind"] for file in kept}
    assert kinds["VolatileOutbox"] == "LASSO"
    assert kinds["CheckThenAct"] == "RANK"
    again = run("certify", tmp_path / "kept")
    assert again.code == 0, again.out


def test_the_seeds_environment_loses_nothing_for_ever() -> None:
    for name in ("at_least_once", "at_least_once_idempotent", "exactly_once"):
        assert eventually(G / f"{name}.py", SEED, messages=2).verdict == "holds"


def test_spin_can_be_asked_about_a_promise() -> None:
    words = ("export", "models/guarantees/at_least_once.py", "--as", "promela")
    done = run(*words, "--property", "eventual-effect", "--fairness", "weak")
    assert done.code == 0
    assert "never clause0 { /* m1 */" in done.out
    for wrong, code in (
        (("--property", "eventual-effect"), "DC001"),  # SPIN has no strong fairness
        (("--property", "eventual-efect", "--fairness", "weak"), "DC006"),
        (("--property", "no-loss", "--fairness", "weak"), "DC006"),
    ):
        refused = run(*words, *wrong)
        assert refused.code == 2
        assert code in refused.err


def test_no_shipped_model_asks_in_vain() -> None:
    assert run("check", *CORE, "--strict", *ALONE).code == 0


def test_coverage_is_counted() -> None:
    model = "models/guarantees/at_most_once.py"
    (result,) = run("check", model, "--messages", "1", "--json", *ALONE).data["results"]
    taken = {one["action"]: one["taken"] for one in result["coverage"]["actions"]}
    # By hand, with one loss and one crash for one message: it is submitted and sent once, from one
    # state each; the copy is then lost or taken, and what was taken is applied, or dies with the
    # worker.
    assert taken == {
        "submit(m1)": 1,
        "send(m1)": 1,
        "handle(m1)": 1,
        "handle(m1)@received": 1,
        "lose(requests, m1)": 1,
        "crash(worker)": 1,
    }
    (process,) = result["coverage"]["places"]
    assert process == {"process": "worker.handle", "reached": ["received"], "never": []}
    assert "How often each step was taken" in run("check", model, "-v", *ALONE).out
