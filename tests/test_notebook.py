"""What a notebook shows of results and runs: complete, the same each time, and without effect."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable
from dataclasses import fields, replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hostile import HOSTILE as EVERYWHERE
from support import EXPLICIT, MODELS, ROOT

from deliverycheck.api import Trace, check_and_explain, questions
from deliverycheck.explain.story import sentences
from deliverycheck.report.notebook import shown
from deliverycheck.system.model import Event
from deliverycheck.system.shown import Shown
from deliverycheck.system.verdicts import Caution, ModelResult, PropertyResult, Step

ELEMENTS = {
    *("div", "p", "strong", "code", "br", "table", "thead", "tbody", "tr", "th", "td"),
    *("details", "summary", "ol", "li", "pre", "img"),
}
ATTRIBUTES = {"style", "scope", "alt", "src"}
STYLES = {"text-align: left", "white-space: pre-wrap", "max-width: 100%"}

HOSTILE = (
    *EVERYWHERE,
    "<script>alert(1)</script>",
    "</p></div></details><img src=x onerror=alert(1)>",
    "&lt;b&gt; &amp; \" onmouseover=\"alert(1) ' style='x",
    "<!-- <![CDATA[ ]]> --> <?php ?>",
    "<svg onload=alert(1)><style>*{display:none}</style>",
    "$$\\\\href{javascript:x}{y}$$ {{7*7}} {% x %} %s {0}",
    "\x1b[31m\x00\x07\x7f\x9b0m",
    "\u202eevil\u2066 \u200f",
    "half \ud800 of one",
    "line\nbreak\r\u2028more",
    "x" * 10_000,
)


@pytest.fixture(scope="module")
def result() -> ModelResult:
    """At most once, which loses: expected violations, one of them explained as a loop."""
    (question,) = questions([str(MODELS / "pitfalls" / "check_then_act.py")])
    return replace(check_and_explain(question, EXPLICIT), source="check_then_act.py")


@pytest.fixture(scope="module")
def endless() -> PropertyResult:
    """A property that is broken by a run without end."""
    (question,) = questions([str(MODELS / "guarantees" / "at_least_once.py")])
    asked = replace(question, faults={"lose": float("inf")}, fairness="weak", expects={})
    found = check_and_explain(asked, replace(EXPLICIT, properties=("eventual-effect",)))
    return found.properties[0]


class Reader(HTMLParser):
    """Reads HTML as a browser would, and keeps what is in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text: list[str] = []
        self.items: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in ("br", "img"):
            self.open.append(tag)
        if tag == "li":
            self.items.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if "li" in self.open:
            self.items[-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)


def read(html: str) -> Reader:
    """The HTML, which has in it what is ours and nothing else."""
    found = Reader(html)
    assert found.open == []
    assert set(found.tags) <= ELEMENTS
    assert {name for name, _ in found.attributes} <= ATTRIBUTES
    assert {value for name, value in found.attributes if name == "style"} <= STYLES
    for name, value in found.attributes:
        assert name != "src" or re.fullmatch(r"data:image/svg\+xml;base64,[A-Za-z0-9+/]+=*", value)
    return found


def test_ipython_asks_and_gets_the_media_types_it_wants(result: ModelResult) -> None:
    kinds = {"text/html", "text/plain"}
    for thing in (result, result.properties[3], result.properties[3].trace):
        assert thing is not None
        assert set(thing._repr_mimebundle_()) == kinds
        asked: Callable[..., dict[str, str]] = thing._repr_mimebundle_
        assert set(asked(include={"text/plain", "image/png"}, exclude=None)) == {"text/plain"}
        assert set(asked(include=None, exclude={"text/plain"})) == {"text/html"}
        assert asked(include=["text/html"], exclude=["text/html"]) == {}


def test_results_are_as_light_and_frozen_as_before(result: ModelResult) -> None:
    for kind in (ModelResult, PropertyResult, Trace):
        assert issubclass(kind, Shown)
        assert set(kind.__slots__) == {one.name for one in fields(kind)}
    assert not hasattr(result, "__dict__")


def test_who_never_asks_imports_nothing(tmp_path: Path) -> None:
    code = (
        "import sys, deliverycheck.system.verdicts as v\n"
        "assert not any(name.startswith('deliverycheck.report') for name in sys.modules)\n"
        "v.Trace((), ())._repr_mimebundle_()\n"
        "assert 'deliverycheck.report.notebook' in sys.modules\n"
        "assert not {'z3', 'networkx', 'rich', 'jinja2'} & {*sys.modules}\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False)
    assert done.returncode == 0


def test_the_table_has_every_property_with_its_verdict(result: ModelResult) -> None:
    text = read(shown(result)["text/html"]).text
    for prop in result.properties:
        assert text.count(prop.name) == 1
        verdict = text[text.index(prop.name) + 1]
        assert verdict.split()[1] == prop.verdict
    assert text.count("as expected") == sum(one.expected is not None for one in result.properties)
    wrong = replace(result.properties[3], expected="holds")
    told = " ".join(read(shown(wrong)["text/html"]).text)
    assert "NOT AS EXPECTED: holds" in told


def test_a_run_is_told_step_by_step_once_for_all_it_breaks(
    result: ModelResult, endless: PropertyResult
) -> None:
    prop = result.properties[3]
    assert prop.trace is not None
    steps = [f"{text}." for text in sentences(prop.trace.steps)]
    steps[4] += " [fault: crash]"
    for thing in (result, prop, prop.trace):
        assert read(shown(thing)["text/html"]).items == steps
    text = " ".join(read(shown(prop)["text/html"]).text)
    assert "So m1 is applied twice." in text
    assert "The point of no return is step 5" in text
    assert endless.trace is not None
    for thing in (endless, endless.trace):
        html, plain = shown(thing)["text/html"], shown(thing)["text/plain"]
        assert html.count("repeats for ever from step 2") == 1
        assert plain.count("repeats for ever from step 2") == 1
    twice = replace(result, properties=(prop, replace(prop, name="other")))
    found = read(shown(twice)["text/html"])
    assert found.items == steps
    assert "How no-duplicate-effect, other are broken" in found.text


def test_hostile_labels_are_shown_and_do_nothing(result: ModelResult) -> None:
    prop = result.properties[3]
    assert prop.trace is not None
    assert prop.explanation is not None
    for text in HOSTILE:
        step = prop.trace.steps[0]
        event = Event("put", text, text, text)
        bad = replace(step, actor=text or "x", action=text, message=text, events=(event,))
        trace = replace(prop.trace, steps=(bad, Step(2, text, text, None, text, ()), *rest(prop)))
        unknown = [replace(one, actor=text, message=text) for one in prop.explanation.look_alikes]
        why = replace(prop.explanation, look_alikes=tuple(unknown), irrelevant_faults=(text,))
        broken = replace(
            prop, name=text, about=text, trace=trace, reason=text, expected="holds",
            explanation=why,
        )  # fmt: skip
        whole = replace(
            result, model=text, source=text, properties=(broken,), judged_by=text,
            warnings=(Caution("DC502", text, text, 3),), faults={text: 1}, settings={text: text},
        )  # fmt: skip
        for thing in (whole, broken, trace):
            bundle = shown(thing)
            found = read(bundle["text/html"])
            everything = "".join(found.text)
            seen = re.sub(r"\s+", " ", text).strip()
            if seen.isprintable():
                assert seen in re.sub(r"\s+", " ", everything)
            for one in bundle.values():
                one.encode()  # no half of a character
                assert all(c.isprintable() or c == "\n" for c in one)
            assert bundle == shown(thing)


def rest(prop: PropertyResult) -> tuple[Step, ...]:
    assert prop.trace is not None
    return prop.trace.steps[2:]


def test_a_picture_stands_in_the_output_as_an_image_of_its_own(
    result: ModelResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str, str, bool]] = []

    def lanes_svg(
        trace: Trace, *, title: str, description: str, ident: str, standalone: bool
    ) -> str:
        asked.append((title, description, ident, standalone))
        return f'<svg xmlns="http://www.w3.org/2000/svg"><text>{len(trace.steps)}</text></svg>'

    monkeypatch.setattr("deliverycheck.report.notebook.lanes_svg", lanes_svg)
    trace = result.properties[3].trace
    assert trace is not None
    found = read(shown(result)["text/html"])
    (source,) = (value for name, value in found.attributes if name == "src")
    assert (
        b64decode(source.partition(",")[2])
        == lanes_svg(trace, title="", description="", ident="", standalone=True).encode()
    )
    shown(result)
    shown(result.properties[5])
    first, _, again, other = asked
    assert first == again
    assert other[2] != first[2]
    assert all(re.fullmatch(r"[a-z][a-z0-9-]+", ident) for _, _, ident, _ in (first, other))
    assert all(standalone for *_, standalone in asked)


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    code = (
        "from deliverycheck.api import *; from dataclasses import replace; import hashlib\n"
        "(q,) = questions(['models/guarantees/at_least_once.py'])\n"
        "r = check_and_explain(q, Options(engine='explicit'))\n"
        "print(hashlib.sha256(repr(r._repr_mimebundle_()).encode()).hexdigest())\n"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "1")
    }  # fmt: skip
    assert len(found) == 1
