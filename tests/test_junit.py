"""JUnit XML: read by others, and by the rules that the readers of it have in common."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite
from support import prop
from told import HOSTILE, Told, doctored, made_up, shipped

from deliverycheck.check.exits import exit_of
from deliverycheck.errors import Exit
from deliverycheck.report.formats.junit import junit_of
from deliverycheck.system.verdicts import ModelResult, PropertyResult

XML_CHARACTERS = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
"""XML 1.0, production 2."""


def read(told: list[Told]) -> list[TestSuite]:
    """The suites, as junitparser sees them; the totals agree with what they are totals of."""
    text = junit_of(told)
    assert XML_CHARACTERS.fullmatch(text)
    obeys(ET.fromstring(text))  # noqa: S314 - as above
    document = JUnitXml.fromstring(text.encode())
    counted = (document.tests, document.failures, document.errors)
    document.update_statistics()  # type: ignore[no-untyped-call]  # it has no annotations
    assert (document.tests, document.failures, document.errors) == counted
    suites = list(document)
    assert all(isinstance(suite, TestSuite) for suite in suites)
    return [suite for suite in suites if isinstance(suite, TestSuite)]


def kind_of(case: TestCase) -> type | None:
    assert len(case.result) <= 1
    return type(case.result[0]) if case.result else None


def obeys(root: ET.Element) -> None:
    """What the schemas of Jenkins' xUnit plugin and of Maven Surefire ask for, but for times."""
    children = {
        "testsuites": ["testsuite"],
        "testsuite": ["properties", "testcase", "system-out", "system-err"],
        "properties": ["property"],
        "testcase": ["skipped", "error", "failure", "system-out", "system-err"],
    }
    needed = {
        "testsuites": {"name", "tests", "failures", "errors"},
        "testsuite": {"name", "tests", "failures", "errors", "skipped"},
        "property": {"name", "value"},
        "testcase": {"name", "classname"},
        "skipped": {"message"},
        "error": {"message", "type"},
        "failure": {"message", "type"},
    }
    assert root.tag == "testsuites"
    for node in root.iter():
        assert set(node.attrib) == needed.get(node.tag, set()), node.tag
        order = children.get(node.tag, [])
        tags = [child.tag for child in node]
        assert [tag for tag in order for child in tags if child == tag] == tags, "order"
        once = [tag for tag in tags if tag not in ("testsuite", "testcase", "property")]
        assert len(set(once)) == len(once), "given twice"
        for name in ("tests", "failures", "errors", "skipped"):
            assert node.attrib.get(name, "0").isdecimal()
    suites = root.findall("testsuite")
    for suite in suites:
        count = Counter(child.tag for case in suite.findall("testcase") for child in case)
        assert suite.get("tests") == str(len(suite.findall("testcase")))
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert suite.get(name) == str(count[tag])
    names = [suite.get("name") for suite in suites]
    assert len(set(names)) == len(names)
    cases = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(set(cases)) == len(cases)


def test_the_shipped_models_pass_as_they_do_on_the_command_line() -> None:
    told = list(shipped())
    suites = read(told)
    assert [suite.name for suite in suites] == [result.model for result, _ in told]
    for suite, (result, _) in zip(suites, told, strict=True):
        assert [case.name for case in suite] == [one.name for one in result.properties]
        assert exit_of([result]) == Exit.AS_EXPECTED
        assert (suite.failures, suite.errors) == (0, 0)
        for case, one in zip(suite, result.properties, strict=True):
            assert kind_of(case) is (Skipped if one.verdict == "vacuous" else None)
            if one.trace is not None:
                assert case.system_out
                for step in one.trace.steps:
                    assert f" {step.index}. " in case.system_out


def one_of(result: ModelResult) -> PropertyResult:
    return next(one for one in result.properties if one.expected == "violated")


@pytest.mark.parametrize(
    ("expected", "verdict", "kind", "code"),
    [
        ("violated", "violated", None, Exit.AS_EXPECTED),
        ("holds", "violated", Failure, Exit.NOT_AS_EXPECTED),
        ("violated", "holds", Failure, Exit.NOT_AS_EXPECTED),
        ("violated", "vacuous", Failure, Exit.NOT_AS_EXPECTED),
        ("holds", "vacuous", Skipped, Exit.AS_EXPECTED),
        ("holds", "undetermined", Error, Exit.UNDETERMINED),
        ("violated", "undetermined", Error, Exit.UNDETERMINED),
        (None, "undetermined", Skipped, Exit.AS_EXPECTED),
        (None, "violated", None, Exit.AS_EXPECTED),
        (None, "holds", None, Exit.AS_EXPECTED),
        ("holds", "error", Error, Exit.NOT_AS_EXPECTED),
    ],
)
def test_a_verdict_counts_as_the_exit_code_does(
    expected: str | None, verdict: str, kind: type | None, code: Exit
) -> None:
    result, places = shipped()[0]
    one = one_of(result)
    changed = doctored(
        result,
        one.name,
        expected=expected,
        verdict=verdict,
        reason="nobody knows why",
        trace=one.trace if verdict == "violated" else None,
    )
    assert exit_of([changed]) == code
    (suite,) = read([(changed, places)])
    case = next(case for case in suite if case.name == one.name)
    assert kind_of(case) is kind
    assert ((suite.failures, suite.errors) == (0, 0)) == (code == Exit.AS_EXPECTED)
    if verdict == "undetermined" and kind is Error:
        assert "Nobody knows why." in (case.result[0].text or "")


def test_where_nobody_expects_anything_an_open_verdict_is_an_error() -> None:
    result, places = shipped()[0]
    changed = result
    for one in result.properties:
        changed = doctored(changed, one.name, expected=None, verdict="undetermined", trace=None)
    assert exit_of([changed]) == Exit.UNDETERMINED
    (suite,) = read([(changed, places)])
    assert suite.errors == len(result.properties)


def test_the_story_is_in_the_body_of_a_failure() -> None:
    result, places = shipped()[0]
    one = one_of(result)
    assert one.trace is not None
    (suite,) = read([(doctored(result, one.name, expected="holds"), places)])
    (failure,) = (case.result[0] for case in suite if case.result)
    spot = places.expects[one.name]
    assert failure.text is not None
    assert failure.text.startswith(f"{spot.file}:{spot.line}: ")
    assert f"  {len(one.trace.steps)}. " in failure.text
    assert "\n" not in (failure.message or "")
    assert failure.type == "violated"


def test_names_are_unique() -> None:
    told = shipped()[0]
    other = (replace(told[0], properties=told[0].properties * 2), told[1])
    suites = read([told, other, told])
    assert len({suite.name for suite in suites}) == 3
    assert suites[0].name == told[0].model
    elsewhere = (replace(told[0], source="other/file.py"), told[1])
    first, second = read([told, elsewhere])
    assert next(iter(first)).classname != next(iter(second)).classname


@pytest.mark.parametrize("label", HOSTILE, ids=lambda label: repr(label[:20]))
def test_strange_names_do_nothing(label: str) -> None:
    told = made_up(label)
    (suite,) = read([told])
    counts = (suite.tests, suite.failures, suite.errors, suite.skipped)
    assert counts == (5, 1, 2, 1)
    text = junit_of([told, told])
    for one in text:
        assert one in "\n\t" or one.isprintable()
    assert not re.search("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", text)
    text.encode("utf-8")


def test_nothing_to_tell() -> None:
    assert read([]) == []


def test_a_vacuous_verdict_says_so() -> None:
    result, places = shipped()[0]
    name = prop(result, "no-loss").name
    changed = doctored(result, name, verdict="vacuous", reason="nothing ever happens")
    (suite,) = read([(changed, places)])
    case = next(case for case in suite if case.name == name)
    assert "Nothing ever happens" in (case.result[0].message or "")
