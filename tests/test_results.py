"""The JSON result keeps its schema, and a stored counterexample is believed only if it is one."""

from __future__ import annotations

import copy
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from support import MODELS, run

SCHEMA = json.loads(
    files("deliverycheck.report").joinpath("schemas/result-1.json").read_text(encoding="utf-8")
)


@pytest.fixture
def document(catalogue: Any) -> Any:
    """A copy, so that no test sees what another one has done to it."""
    return copy.deepcopy(catalogue)


def test_the_result_of_every_model_keeps_the_schema(document: Any) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(document, SCHEMA)


def test_every_shipped_model_is_as_expected(document: Any) -> None:
    # 4 guarantees, 7 pitfalls and 2 protocols
    assert (document["exit"], len(document["results"])) == (0, 13)
    assert not any(result["warnings"] for result in document["results"])


def test_the_schema_refuses_what_is_not_a_result(document: Any) -> None:
    broken = copy.deepcopy(document)
    broken["results"][0]["properties"][0]["verdict"] = True
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, SCHEMA)


def test_keys_stand_in_the_documented_order(document: Any) -> None:
    assert list(document) == ["schema", "tool", "results", "exit"]
    assert list(document["tool"]) == ["version", "z3", "python"]
    step = document["results"][0]["properties"][3]["trace"]["steps"][0]
    assert list(step) == ["index", "actor", "action", "message", "fault", "changes", "text"]


PROOFS = {"inductive-invariant", "k-induction", "progress", "ranking"}


def test_every_violation_has_a_run_and_every_holds_its_evidence(document: Any) -> None:
    for result in document["results"]:
        for prop in result["properties"]:
            if prop["verdict"] == "violated":
                assert prop["trace"]["steps"]
                assert prop["evidence"]["replayed_by"] == "cpython"
            if prop["verdict"] == "holds":
                assert prop["evidence"]["kind"] in PROOFS
                assert prop["evidence"]["certificate"]["status"] == "accepted"
                assert prop["evidence"]["invariant"]
                assert prop["evidence"]["within"] == []


@pytest.fixture
def stored(tmp_path: Path) -> tuple[Path, Any]:
    """A stored result of a model of our own folder, and its document."""
    model = (MODELS / "guarantees" / "at_least_once.py").read_text(encoding="utf-8")
    (tmp_path / "model.py").write_text(model)
    done = run("check", "model.py", "--property", "no-duplicate-effect", "--json", cwd=tmp_path)
    file = tmp_path / "stored.json"
    file.write_text(done.out)
    return file, done.data


def steps_of(document: Any) -> list[Any]:
    steps: list[Any] = document["results"][0]["properties"][0]["trace"]["steps"]
    return steps


def replayed(file: Path, document: Any) -> Any:
    file.write_text(json.dumps(document))
    return run("replay", file.name, cwd=file.parent)


def test_an_untouched_counterexample_is_still_violated(stored: tuple[Path, Any]) -> None:
    file, document = stored
    done = replayed(file, document)
    assert done.code == 0
    assert "still violated" in done.out


def test_deleting_any_step_is_refused_and_the_step_is_named(stored: tuple[Path, Any]) -> None:
    file, document = stored
    for at in range(len(steps_of(document))):
        broken = copy.deepcopy(document)
        del steps_of(broken)[at]
        done = replayed(file, broken)
        assert (at, done.code) == (at, 2)
        assert "DC302" in done.err
        if at < len(steps_of(document)) - 1:
            assert f"step {at + 1}" in done.err


def test_deleting_a_step_and_renumbering_is_refused_as_well(stored: tuple[Path, Any]) -> None:
    file, document = stored
    for at in range(len(steps_of(document))):
        broken = copy.deepcopy(document)
        del steps_of(broken)[at]
        for number, step in enumerate(steps_of(broken), 1):
            step["index"] = number
        done = replayed(file, broken)
        assert (at, done.code) == (at, 2)
        assert "DC302" in done.err


def test_swapping_steps_is_refused_and_the_first_one_is_named(stored: tuple[Path, Any]) -> None:
    file, document = stored
    for at in range(len(steps_of(document)) - 1):
        broken = copy.deepcopy(document)
        steps = steps_of(broken)
        steps[at], steps[at + 1] = steps[at + 1], steps[at]
        done = replayed(file, broken)
        assert (at, done.code) == (at, 2)
        assert f"step {at + 1}" in done.err


def test_an_edited_change_is_refused(stored: tuple[Path, Any]) -> None:
    file, document = stored
    steps_of(document)[3]["changes"]["effects[m1]"]["to"] = 2
    done = replayed(file, document)
    assert done.code == 2
    assert "step 4" in done.err


def test_an_edited_actor_or_fault_is_refused(stored: tuple[Path, Any]) -> None:
    file, document = stored
    for key, value in (("actor", "sender"), ("fault", "lose"), ("action", "handle(m2)@received")):
        broken = copy.deepcopy(document)
        steps_of(broken)[3][key] = value
        done = replayed(file, broken)
        assert done.code == 2
        assert "step 4" in done.err


def test_a_repaired_model_makes_the_run_stale(stored: tuple[Path, Any]) -> None:
    file, document = stored
    model = file.parent / "model.py"
    model.write_text(model.read_text().replace("self.effect(m)\n", "self.tell_failed(m)\n", 1))
    done = replayed(file, document)
    assert done.code == 1
    assert "stale" in done.out


def test_a_model_that_changed_elsewhere_is_still_violated(stored: tuple[Path, Any]) -> None:
    file, document = stored
    model = file.parent / "model.py"
    model.write_text(model.read_text().replace("self.tell_done(m)", "self.tell_failed(m)"))
    done = replayed(file, document)
    assert done.code == 0
    assert "the model has changed since" in done.out


def test_a_property_that_no_longer_breaks_is_fixed(tmp_path: Path) -> None:
    text = (MODELS / "pitfalls" / "decrement.py").read_text(encoding="utf-8")
    (tmp_path / "m.py").write_text(text)
    asked = ("m.py:Decrement", "--property", "taken-once-each", "--json")
    (tmp_path / "stored.json").write_text(run("check", *asked, cwd=tmp_path).out)
    assert run("replay", "stored.json", cwd=tmp_path).code == 0
    (tmp_path / "m.py").write_text(text.replace("return self.hundreds_taken <=", "return 0 <="))
    done = run("replay", "stored.json", cwd=tmp_path)
    assert done.code == 1
    assert "fixed" in done.out


def test_every_stored_counterexample_of_every_model_replays(tmp_path: Path, document: Any) -> None:
    (tmp_path / "all.json").write_text(json.dumps(document))
    (tmp_path / "models").symlink_to(MODELS)
    done = run("replay", "all.json", "--json", cwd=tmp_path)
    assert done.code == 0
    expected = sum(p["trace"] is not None for r in document["results"] for p in r["properties"])
    assert len(done.data["results"]) == expected > 20
