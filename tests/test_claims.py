"""What is said about delivery guarantees: every claim of the text, and each checked."""

from __future__ import annotations

import json
import os
import signal
import sys
import tomllib
from importlib.resources import files
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import jsonschema
import pytest
from support import MODELS, ROOT, interrupt_searches, run

from deliverycheck.cli.claims import run_claims

CLAIMS = MODELS / "claims.toml"
SCHEMA = json.loads(
    files("deliverycheck.report").joinpath("schemas/claims-1.json").read_text(encoding="utf-8")
)

SECTIONS = {
    "Delivery Guarantees", "The Three Guarantees", "At-Most-Once", "At-Least-Once",
    "Making At-Least-Once Safe With Idempotency", "Exactly-Once",
    "Common Mistakes and Misconceptions",
}  # fmt: skip
"""The sections of the text that make claims of fact; its table repeats the three guarantees."""


def claims() -> list[dict[str, Any]]:
    found = tomllib.loads(CLAIMS.read_text(encoding="utf-8"))["claim"]
    assert isinstance(found, list)
    return found


def test_every_claim_comes_out_as_it_is_judged() -> None:
    """By both engines; the report that CI compares has the same in words."""
    done = run("claims", CLAIMS, "--json")
    assert done.code == 0, done.out
    jsonschema.validate(done.data, SCHEMA)
    told = done.data["claims"]
    assert [one["text"] for one in told] == [one["text"] for one in claims()]
    assert {one["section"] for one in told} == SECTIONS
    assert all(one["comes_out"] for one in told)
    judged = {one["judgement"] for one in told}
    assert judged == {"true", "imprecise", "false"}
    steps = {
        evidence["text"]: len(evidence["trace"]["steps"])
        for one in told
        for evidence in (*one["shown"], *one["but"])
        if evidence["trace"]
    }
    # submit, send, take, effect, crash, send, take, effect
    (crash,) = (n for text, n in steps.items() if "AtLeastOnce with crash=1" in text)
    assert crash == 8


ONE = """
[[claim]]
section = "s"
text = "t"
judgement = "true"
shown = [ {{ {evidence} }} ]
"""

GUARANTEE = 'model = "guarantees/at_most_once.py", faults = "lose=1"'


def written(folder: Path, text: str) -> Path:
    """The claims in a file beside links to the models."""
    (folder / "guarantees").symlink_to(MODELS / "guarantees")
    (folder / "pitfalls").symlink_to(MODELS / "pitfalls")
    file = folder / "claims.toml"
    file.write_text(text, encoding="utf-8")
    return file


WRONG = [
    f'{GUARANTEE}, property = "no-loss", verdict = "holds"',
    f'{GUARANTEE}, property = "no-duplicate-effect", verdict = "violated"',
    # The worker is told by the message itself; there is no other run that looks the same to it.
    f'{GUARANTEE}, property = "no-loss", verdict = "violated", unknown_to = "worker"',
    'compare = ["guarantees/at_most_once.py", "guarantees/at_least_once.py"], verdict = "same"',
    'compare = ["guarantees/at_most_once.py", "guarantees/at_most_once.py"], verdict = "different"',
    'cost = ["guarantees/at_most_once.py", "guarantees/exactly_once.py"], verdict = "more"',
    'cost = ["guarantees/exactly_once.py", "guarantees/exactly_once.py"], verdict = "less"',
    'cost = ["guarantees/at_most_once.py", "guarantees/at_least_once.py"], verdict = "more"',
]


@pytest.mark.parametrize("evidence", WRONG)
def test_wrong_evidence_is_found_out(tmp_path: Path, evidence: str) -> None:
    file = written(tmp_path, ONE.format(evidence=evidence))
    done = run("claims", file, "--engine", "explicit")
    assert done.code == 1
    assert "NOT AS WRITTEN" in done.out


RIGHT = [
    f'{GUARANTEE}, property = "no-loss", verdict = "violated", unknown_to = "sender"',
    'compare = ["guarantees/at_most_once.py", "guarantees/exactly_once.py"], verdict = "different"',
    'cost = ["guarantees/at_most_once.py", "guarantees/exactly_once.py"], verdict = "less"',
    # As many durable writes, and a message less.
    'cost = ["guarantees/at_least_once.py", "guarantees/at_most_once.py"], verdict = "more"',
]


@pytest.mark.parametrize("evidence", RIGHT)
def test_right_evidence_comes_out(tmp_path: Path, evidence: str) -> None:
    file = written(tmp_path, ONE.format(evidence=evidence))
    assert run("claims", file, "--engine", "explicit").code == 0


def test_what_was_not_put_to_the_test_is_not_known(tmp_path: Path) -> None:
    evidence = f'{GUARANTEE}, property = "honest-ack", verdict = "holds"'
    done = run("claims", written(tmp_path, ONE.format(evidence=evidence)), "--engine", "explicit")
    assert done.code == 3
    assert "NOT KNOWN" in done.out


HOLDS = f'{GUARANTEE}, property = "no-loss", verdict = "violated"'

BAD: dict[str, tuple[str, str]] = {
    "no TOML": ("[[claim", "TOML"),
    "nothing": ("", "no claim"),
    "no table": ("claim = [1]", "a table"),
    "unknown key": (ONE.format(evidence=HOLDS) + 'txet = "x"', "`text`"),
    "unknown key of evidence": (ONE.format(evidence=HOLDS + ', faluts = ""'), "`faults`"),
    "judgement": (ONE.format(evidence=HOLDS).replace('"true"', '"treu"'), "`true`"),
    "no text": (ONE.format(evidence=HOLDS).replace('"t"', "1"), "`text` is a text"),
    "true with a but": (ONE.format(evidence=HOLDS) + "but = [{ " + HOLDS + " }]", "fit"),
    "false without a but": (ONE.format(evidence=HOLDS).replace('"true"', '"false"'), "fit"),
    "no evidence": (ONE.format(evidence=HOLDS).replace("shown", "but"), "fit"),
    "no subject": (ONE.format(evidence='verdict = "holds"'), "`model`"),
    "verdict": (ONE.format(evidence=HOLDS.replace("violated", "broken")), "broken"),
    "property": (ONE.format(evidence=HOLDS.replace("no-loss", "no-los")), "`no-loss`"),
    "fault": (ONE.format(evidence=HOLDS.replace("lose=1", "loose=1")), "`lose`"),
    "no budget": (ONE.format(evidence=HOLDS.replace("lose=1", "lose")), "fault budget"),
    "faults": (ONE.format(evidence=HOLDS.replace('"lose=1"', "1")), "texts"),
    "messages": (ONE.format(evidence=HOLDS + ', messages = "2"'), "whole number"),
    "many messages": (ONE.format(evidence=HOLDS + ", messages = 99"), "16"),
    "fairness": (ONE.format(evidence=HOLDS + ', fairness = "week"'), "`weak`"),
    "settings": (ONE.format(evidence=HOLDS + ", settings = { workers = 2 }"), "workers"),
    "one of two": (ONE.format(evidence='cost = ["a.py"], verdict = "more"'), "two models"),
    "no model": (ONE.format(evidence=HOLDS.replace("at_most", "at_mots")), "at_mots_once.py"),
    "several models": (
        ONE.format(evidence=HOLDS.replace("guarantees/at_most_once", "pitfalls/decrement")),
        "`pitfalls/decrement.py:Decrement`",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_claims_are_exit_2_and_say_what_to_write(tmp_path: Path, case: str) -> None:
    text, wanted = BAD[case]
    done = run("claims", written(tmp_path, text), cwd=tmp_path, env=None)
    assert (done.code, done.out) == (2, "")
    assert "Traceback" not in done.err
    assert wanted in " ".join(done.err.split())


def test_there_must_be_a_file() -> None:
    assert run("claims", ROOT / "src").code == 2
    assert run("claims", "nowhere.toml").code == 2


def test_ctrl_c_ends_it_with_what_is_known() -> None:
    """At the terminal, so all processes are told; one claim has been told by then."""
    command = (sys.executable, "-m", "deliverycheck", "claims", str(MODELS / "claims.toml"))
    with Popen(command, stdout=PIPE, stderr=PIPE, text=True, start_new_session=True) as process:
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            os.killpg(process.pid, signal.SIGINT)
            rest, _ = process.communicate(timeout=30)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 130
    assert first
    assert "the others were not come to" in rest


def test_what_ctrl_c_left_is_named_in_the_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A search that is ended tells nobody by itself: the second one here."""
    interrupt_searches(monkeypatch, after=1)
    assert run_claims([str(MODELS / "claims.toml")], "explicit", as_json=True) == 130
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, SCHEMA)
    every = tomllib.loads((MODELS / "claims.toml").read_text(encoding="utf-8"))["claim"]
    known = len(document["claims"])
    assert known < len(every)
    assert document["unfinished"] == [one["text"] for one in every[known:]]


def test_a_folder_stands_for_all_files_of_claims_in_it(tmp_path: Path) -> None:
    evidence = f'{GUARANTEE}, property = "no-loss", verdict = "violated"'
    text = ONE.format(evidence=evidence.replace("guarantees/", "../guarantees/"))
    (tmp_path / "guarantees").symlink_to(MODELS / "guarantees")
    folder = tmp_path / "said"
    folder.mkdir()
    (folder / "claims.toml").write_text(text, encoding="utf-8")
    sourced = text.replace('text = "t"', 'text = "u"\nsource = "RFC 9999, section 1"')
    (folder / "more.claims.toml").write_text(sourced, encoding="utf-8")
    (folder / "other.toml").write_text("nothing = 1", encoding="utf-8")
    done = run("claims", folder, "--engine", "explicit")
    assert done.code == 0
    assert "t (s)\n" in done.out
    assert "u (s; RFC 9999, section 1)\n" in done.out
    assert "2 claims: all of the evidence comes out." in done.out
    as_data = run("claims", folder, "--engine", "explicit", "--json").data
    assert [one["source"] for one in as_data["claims"]] == [None, "RFC 9999, section 1"]


def test_every_wrong_file_of_claims_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.claims.toml").write_text("", encoding="utf-8")
    (tmp_path / "b.claims.toml").write_text("[[claim]]\nsource = 3", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    done = run("claims", tmp_path, "--engine", "explicit")
    assert done.code == 2
    assert "a.claims.toml: error DC204" in done.err
    assert "`source` is a text" in done.err
    assert run("claims", tmp_path / "empty").code == 2
