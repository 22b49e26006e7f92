"""The JSON result, schema 1: keys in a fixed order, no times, no machine's paths."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version

from deliverycheck.errors import Diagnostic
from deliverycheck.explain.invariants.told import told_invariant
from deliverycheck.report.coverage import coverage_document
from deliverycheck.report.runs import budget_document, trace_document
from deliverycheck.report.why import explanation_document
from deliverycheck.system.model import System
from deliverycheck.system.verdicts import (
    Answer,
    Evidence,
    Exploration,
    Json,
    ModelResult,
    PropertyResult,
)

SCHEMA = "deliverycheck/result/1"


def result_document(
    results: Sequence[ModelResult], exit_code: int, wrong: Sequence[Diagnostic] = ()
) -> dict[str, Json]:
    """The document of a `check`; `wrong`: the models that went wrong while they ran."""
    document: dict[str, Json] = {
        "schema": SCHEMA,
        "tool": tool(),
        "results": [model_document(result) for result in results],
        "exit": int(exit_code),
    }
    if wrong:
        document["errors"] = [diagnostic_document(found) for found in wrong]
    return document


def diagnostic_document(found: Diagnostic) -> dict[str, Json]:
    """One finding about the input."""
    return {
        "code": found.code,
        "message": found.message,
        "remedy": found.remedy or None,
        "file": found.file,
        "line": found.line,
    }


def tool() -> dict[str, Json]:
    """Versions of what made the result."""
    return {
        "version": _version("deliverycheck"),
        "z3": _version("z3-solver"),
        "python": platform.python_version(),
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def exploration_document(found: Exploration) -> dict[str, Json]:
    """How much was looked at."""
    document: dict[str, Json] = {
        "complete": found.complete,
        "states": found.states,
        "transitions": found.transitions,
        "depth": found.depth,
    }
    if found.stopped:
        document["stopped"] = found.stopped
    return document


def model_document(result: ModelResult) -> dict[str, Json]:
    """One model's result."""
    return {
        "model": result.model,
        "source": result.source,
        "digest": result.digest,
        "messages": result.messages,
        "settings": dict(result.settings),
        "faults": budget_document(result.faults),
        "fairness": result.fairness,
        "claims": result.claims,
        "exploration": exploration_document(result.exploration),
        "properties": [property_document(prop, result.system) for prop in result.properties],
        "assumptions": list(result.assumptions),
        "warnings": [
            {"code": w.code, "text": w.text, "file": w.file, "line": w.line}
            for w in result.warnings
        ],
        "coverage": None if result.coverage is None else coverage_document(result.coverage),
    }


def property_document(prop: PropertyResult, system: System | None) -> dict[str, Json]:
    """One property's verdict."""
    return {
        "name": prop.name,
        "verdict": prop.verdict,
        "expected": prop.expected,
        "as_expected": prop.as_expected,
        "about": prop.about or None,
        "reason": prop.reason or None,
        "evidence": _evidence(prop.evidence, system),
        "because": list(prop.because),
        "engines": {answer.engine: _answer(answer) for answer in prop.answers},
        "trace": trace_document(prop.trace) if prop.trace else None,
        "example": trace_document(prop.example) if prop.example else None,
        "explanation": explanation_document(prop, system),
        "unexplained": prop.unexplained or None,
    }


def _evidence(evidence: Evidence, system: System | None) -> dict[str, Json]:
    document: dict[str, Json] = {"kind": evidence.kind, **evidence.detail}
    document["within"] = list(evidence.within)
    if evidence.invariant and system is not None:
        document["invariant"] = list(told_invariant(system, evidence.invariant))
    if evidence.checked is not None:
        checked = evidence.checked
        document["certificate"] = {
            "kind": checked.kind,
            "status": checked.status,
            "by": list(checked.by),
            "reason": checked.reason or None,
        }
    return document


def _answer(answer: Answer) -> Json:
    return {
        "verdict": answer.verdict,
        "steps": answer.steps,
        "reason": answer.reason or None,
        "within": list(answer.within),
    }


def dumped(document: Mapping[str, Json] | Iterable[Json]) -> str:
    """The text of a document: two spaces, UTF-8, a final newline."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
