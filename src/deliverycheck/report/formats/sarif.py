"""SARIF, which code scanning reads: a result at the line that promises what does not hold.

Static Analysis Results Interchange Format (SARIF) Version 2.1.0 Plus Errata 01, OASIS 2023.

A verdict that is not as expected fails with an error. One that stays open fails with a warning, if
somebody relies on it. A violation that was expected is `informational`, and so has the level `none`
(3.27.9, 3.27.10): it is no problem that somebody should solve. Verdicts that nobody said anything
about are left out, as they decide nothing.

A run is one thread flow, whoever acts: GitHub shows the first one only, and a run is told in the
order of its steps. Each step has its actor as `module`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote

from deliverycheck.errors import Diagnostic
from deliverycheck.explain.dossier.places import Places, Spot, shown_file
from deliverycheck.explain.story import ending, sentences
from deliverycheck.report.formats.plain import one_line, plain
from deliverycheck.report.formats.rules import NOTES, message, rules_of
from deliverycheck.report.formats.verdicts import decides, headline, place_of, summary
from deliverycheck.report.jsonout import tool
from deliverycheck.report.runs import budget_document
from deliverycheck.system.naming import parted
from deliverycheck.system.sorts import Value
from deliverycheck.system.verdicts import Caution, Json, ModelResult, PropertyResult, Step

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
ROOT = "%SRCROOT%"
MOST_STEPS = 10_000
"""Locations of a thread flow that GitHub takes."""


def sarif_of(
    results: Sequence[tuple[ModelResult, Places]], diagnostics: Sequence[Diagnostic] = ()
) -> str:
    """The document of one run of the tool; `diagnostics`: what was wrong with models."""
    rules, index = rules_of([result for result, _ in results], diagnostics)
    found = [entry for result, places in results for entry in _of_model(result, places)]
    found += [_of_diagnostic(one) for one in diagnostics if one.file is not None]
    nowhere = [one for one in diagnostics if one.file is None]
    done = not diagnostics and not any(result.interrupted for result, _ in results)
    version = tool()["version"]
    driver: dict[str, Json] = {"name": "deliverycheck"}
    if isinstance(version, str):
        driver |= {"version": version, "semanticVersion": version}
    driver["rules"] = rules
    document: Json = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "automationDetails": {"id": "deliverycheck/"},
                "invocations": [
                    {
                        "executionSuccessful": done,
                        "toolExecutionNotifications": [_notification(one) for one in nowhere],
                    }
                ],
                "originalUriBaseIds": {
                    ROOT: {"description": {"text": "The folder that the models are named from."}}
                },
                "columnKind": "unicodeCodePoints",
                "results": [_entry(one, index) for one in found],
            }
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True)
class _Found:
    """A result, before it is written."""

    rule: str
    level: str
    kind: str
    text: str
    spot: Spot
    identity: tuple[str, ...]
    """What makes it the same result, wherever its line has moved."""
    flow: Json = None
    properties: Mapping[str, Json] | None = None


def _of_model(result: ModelResult, places: Places) -> Iterator[_Found]:
    for prop in result.properties:
        standing = _standing(result, prop)
        if standing is not None:
            level, kind = standing
            yield _Found(
                prop.name,
                level,
                kind,
                " ".join(filter(None, (headline(result, prop), summary(prop)))),
                place_of(prop, places),
                (result.model, prop.name, prop.verdict, *sorted(prop.because)),
                _flow(prop, places),
                {
                    "model": plain(result.model),
                    "verdict": prop.verdict,
                    "expected": prop.expected,
                    "messages": result.messages,
                    "faults": {plain(k): n for k, n in budget_document(result.faults).items()},
                },
            )
    for caution in result.warnings:
        yield _of_caution(result, caution, places)


def _standing(result: ModelResult, prop: PropertyResult) -> tuple[str, str] | None:
    """Level and kind of a verdict that is worth telling."""
    if prop.verdict == "error":
        return "error", "fail"
    if prop.verdict == "undetermined":
        return ("warning", "fail") if decides(result, prop) else ("none", "open")
    if prop.as_expected is False:
        return "error", "fail"
    if prop.verdict == "violated" and prop.expected is not None:
        return "none", "informational"
    return None


def _of_caution(result: ModelResult, caution: Caution, places: Places) -> _Found:
    spot = places.model
    if caution.file is not None:
        spot = Spot(shown_file(caution.file), caution.line or 1)
    level = "note" if caution.code in NOTES else "warning"
    text = f"{result.model}: {caution.text}."
    return _Found(caution.code, level, "fail", text, spot, (result.model, caution.text))


def _of_diagnostic(one: Diagnostic) -> _Found:
    text = f"{one.message}. {one.remedy}".strip()
    spot = Spot(shown_file(one.file or ""), one.line or 1)
    return _Found(one.code, "error", "fail", text, spot, (one.code, one.message))


def _notification(one: Diagnostic) -> Json:
    """What is wrong with no file in particular."""
    text = f"{one.code}: {one.message}. {one.remedy}".strip()
    return {"level": "error", "message": {"text": message(text)}}


def _entry(one: _Found, index: Mapping[str, int]) -> Json:
    cause = sha256("\0".join(map(plain, one.identity)).encode()).hexdigest()
    entry: dict[str, Json] = {
        "ruleId": one_line(one.rule),
        "ruleIndex": index[one.rule],
        "kind": one.kind,
        "level": one.level,
        "message": {"text": message(one.text)},
        "locations": [{"physicalLocation": _physical(one.spot)}],
        # The first is the one GitHub goes by; it would take the text of the line otherwise.
        "partialFingerprints": {
            "primaryLocationLineHash": f"{cause[:16]}:1",
            "propertyAndCause/v1": cause,
        },
    }
    if one.flow is not None:
        entry["codeFlows"] = [one.flow]
    if one.properties is not None:
        entry["properties"] = dict(one.properties)
    return entry


def _physical(spot: Spot) -> Json:
    # Bytes of a file name that are no text come back as they were, other halves of characters not.
    path = spot.file.encode("utf-8", "surrogateescape" if _is_bytes(spot.file) else "replace")
    return {
        "artifactLocation": {"uri": quote(path), "uriBaseId": ROOT},
        "region": {"startLine": max(spot.line, 1)},
    }


def _is_bytes(text: str) -> bool:
    return not any("\ud800" <= one <= "\udc7f" or "\udd00" <= one <= "\udfff" for one in text)


def _flow(prop: PropertyResult, places: Places) -> Json:
    """The steps of the run that breaks a property."""
    trace = prop.trace
    if trace is None or not trace.steps:
        return None
    steps = trace.steps[:MOST_STEPS]
    decisive = prop.explanation.decisive if prop.explanation is not None else ()
    locations = [
        _location(step, text, places, "essential" if step.index in decisive else "important")
        for step, text in zip(steps, sentences(steps), strict=True)
    ]
    notes = [f"{closing}." for closing in [ending(prop)] if closing]
    if len(trace.steps) > MOST_STEPS:
        notes.insert(0, f"The first {MOST_STEPS:,} of its {len(trace.steps):,} steps.")
    flow: dict[str, Json] = {"threadFlows": [{"locations": locations}]}
    if notes:
        flow["message"] = {"text": message(" ".join(notes))}
    return flow


def _location(step: Step, text: str, places: Places, importance: str) -> Json:
    """A step at the line of its method; what no method does, at the model's."""
    spot = places.steps.get(parted(step.action).method, places.model)
    fault = f" (fault: {step.fault})" if step.fault else ""
    return {
        "location": {
            "physicalLocation": _physical(spot),
            "message": {"text": message(f"{step.index}. {text}.{fault}")},
        },
        "module": plain(step.actor),
        "executionOrder": step.index,
        "importance": importance,
        "state": {plain(c.variable): {"text": message(_shown(c.new))} for c in step.changes},
    }


def _shown(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
