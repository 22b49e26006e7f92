"""JUnit XML, as test servers read it: a suite for each model, a case for each property.

There is no standard; this keeps to what the schemas of Jenkins' xUnit plugin and of Maven Surefire
have in common, but for times: a file that tells them is another one each time.

A violation that was expected is a test that passes. What was never put to the test is `skipped`: it
does not fail the build, as it does not fail `check`, and a yes that nothing stands behind is no
pass. What stays open is an `error`, if it decides anything; if not, `skipped` too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from deliverycheck.explain.dossier.places import Places, shown_file
from deliverycheck.report.formats.plain import one_line, plain
from deliverycheck.report.formats.verdicts import decides, headline, place_of, story, summary
from deliverycheck.report.words.headlines import budget_text
from deliverycheck.system.verdicts import ModelResult, PropertyResult

Outcome: TypeAlias = Literal["passed", "failure", "error", "skipped"]


@dataclass(frozen=True, slots=True)
class _Case:
    prop: PropertyResult
    outcome: Outcome
    head: str
    """What is to be known first."""
    body: str


def junit_of(results: Sequence[tuple[ModelResult, Places]]) -> str:
    """The document; what a suite and a case are called is unique in it."""
    suites = [_cases(result, places) for result, places in results]
    every = [case for suite in suites for case in suite]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(f'<testsuites name="deliverycheck" {_counts(every, skipped=False)}>')
    names = _unique([result.model for result, _ in results])
    classes = _unique([_class_name(result) for result, _ in results])
    for (result, _), name, cls, suite in zip(results, names, classes, suites, strict=True):
        lines += _suite(result, name, cls, suite)
    lines.append("</testsuites>")
    return "\n".join(lines) + "\n"


def outcome_of(result: ModelResult, prop: PropertyResult) -> Outcome:
    """How a verdict counts."""
    if prop.verdict == "error":
        return "error"
    if prop.verdict == "undetermined":
        return "error" if decides(result, prop) else "skipped"
    if prop.as_expected is False:
        return "failure"
    return "skipped" if prop.verdict == "vacuous" else "passed"


def _cases(result: ModelResult, places: Places) -> list[_Case]:
    cases: list[_Case] = []
    for prop in result.properties:
        spot = place_of(prop, places)
        head = headline(result, prop)
        parts = [f"{spot.file}:{spot.line}: {head}", summary(prop), story(prop)]
        body = "\n\n".join(part for part in parts if part)
        cases.append(_Case(prop, outcome_of(result, prop), head, body))
    return cases


def _suite(result: ModelResult, name: str, cls: str, cases: Sequence[_Case]) -> Iterator[str]:
    yield f"  <testsuite name={_quoted(name)} {_counts(cases, skipped=True)}>"
    yield "    <properties>"
    for key, value in _about(result):
        yield f"      <property name={_quoted(key)} value={_quoted(value)}/>"
    yield "    </properties>"
    titles = _unique([case.prop.name for case in cases])
    for case, title in zip(cases, titles, strict=True):
        yield from _case(case, title, cls)
    if notes := [f"{one.code}: {one.text}" for one in result.warnings]:
        yield f"    <system-out>{_text(chr(10).join(notes))}</system-out>"
    yield "  </testsuite>"


def _about(result: ModelResult) -> Iterator[tuple[str, str]]:
    yield "source", shown_file(result.source)
    yield "digest", result.digest
    yield "claims", result.claims or "nothing"
    yield "messages", str(result.messages)
    yield "faults", budget_text(result.faults) or "none"
    yield "fairness", result.fairness
    for name, value in result.settings.items():
        yield f"setting {name}", str(value)


def _case(case: _Case, title: str, cls: str) -> Iterator[str]:
    yield f"    <testcase classname={_quoted(cls)} name={_quoted(title)}>"
    verdict = case.prop.verdict
    match case.outcome:
        case "failure" | "error":
            kind = f"message={_quoted(case.head)} type={_quoted(verdict)}"
            yield f"      <{case.outcome} {kind}>{_text(case.body)}</{case.outcome}>"
        case "skipped":
            why = " ".join(filter(None, (case.head, summary(case.prop))))
            yield f"      <skipped message={_quoted(why)}/>"
        case "passed":
            yield f"      <system-out>{_text(case.body)}</system-out>"
    yield "    </testcase>"


def _counts(cases: Sequence[_Case], *, skipped: bool) -> str:
    count = Counter(case.outcome for case in cases)
    text = f'tests="{len(cases)}" failures="{count["failure"]}" errors="{count["error"]}"'
    return text + (f' skipped="{count["skipped"]}"' if skipped else "")


def _class_name(result: ModelResult) -> str:
    """Where the model is, as a dotted name: test servers group by what is before the last dot."""
    path = shown_file(result.source).removesuffix(".py").removesuffix(".delivery.toml").strip("/")
    return f"{path.replace('/', '.')}.{result.model}"


def _unique(names: Sequence[str]) -> list[str]:
    """The names as they are shown, in one line; one that was there before gets a number."""
    taken: set[str] = set()
    found: list[str] = []
    for name in map(one_line, names):
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name} ({number})"
        taken.add(free)
        found.append(free)
    return found


def _text(text: str) -> str:
    return escape(plain(text))


def _quoted(text: str) -> str:
    return quoteattr(one_line(text))
