"""Readers by others take the Markdown for what it is: GitHub's own parser, and markdown-it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from foreign import missing
from hostile import HOSTILE, called, renamed
from markdown_it import MarkdownIt
from support import CORE, EXPLICIT, MODELS, question, run

from deliverycheck.api import check_and_explain
from deliverycheck.explain.dossier.dossier import Dossier
from deliverycheck.explain.dossier.places import Places, Spot
from deliverycheck.load.subjects import questions
from deliverycheck.report.formats.markdown import ROOM, markdown_of, sections
from deliverycheck.report.formats.mermaid import sequence_diagram
from deliverycheck.report.formats.plain import one_line
from deliverycheck.report.jsonout import result_document
from deliverycheck.report.words.reproducing import arguments
from deliverycheck.system.verdicts import Caution, Json, ModelResult

EMPTY = ("br", "hr", "img", "input")
"""Elements that have no end."""


@dataclass
class Page(HTMLParser):
    """What a browser would make of it: elements, attributes, and the text of some elements."""

    tags: Counter[str] = field(default_factory=Counter)
    attributes: Counter[str] = field(default_factory=Counter)
    texts: list[tuple[str, str]] = field(default_factory=list)
    """Element and all text in it, in the order they end."""
    comments: list[str] = field(default_factory=list)
    open: list[tuple[str, list[str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes.update(name for name, _ in attrs)
        if tag not in EMPTY:
            self.open.append((tag, []))

    def handle_endtag(self, tag: str) -> None:
        if tag in EMPTY:
            return  # <br />
        assert self.open, tag
        assert self.open[-1][0] == tag, "an element that others have closed"
        self.texts.append((tag, "".join(self.open.pop()[1])))

    def handle_data(self, data: str) -> None:
        for _, parts in self.open:
            parts.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def of(self, tag: str) -> list[str]:
        """The text of every element of a kind."""
        return [text.strip() for name, text in self.texts if name == tag]


def read(text: str) -> Page:
    """As GitHub's parser reads it, with every raw HTML let through."""
    try:
        import cmarkgfm  # type: ignore[import-untyped]  # it comes without types
        from cmarkgfm.cmark import Options  # type: ignore[import-untyped]  # likewise
    except ImportError:
        missing("not installed: cmarkgfm")
    page = Page()
    page.feed(cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE))
    page.close()
    assert page.open == []
    return page


@cache
def explained(name: str, faults: str = "lose=1 crash=1") -> ModelResult:
    return check_and_explain(question(name, faults), EXPLICIT)


@cache
def plain() -> ModelResult:
    return explained("models/pitfalls/check_then_act.py")


@cache
def proved() -> ModelResult:
    """With an invariant."""
    return check_and_explain(question("models/guarantees/at_least_once_idempotent.py"))


@cache
def shipped() -> tuple[ModelResult, ...]:
    return tuple(check_and_explain(one, EXPLICIT) for one in questions(CORE))


def test_every_verdict_is_in_a_table() -> None:
    page = read(markdown_of(shipped(), room=10**7))
    cells = page.of("td")
    for result in shipped():
        for prop in result.properties:
            assert any(
                cells[at : at + 2] == [prop.name, prop.verdict] for at in range(len(cells) - 1)
            )
    assert page.of("h2") == [result.model for result in shipped()]


def test_the_stories_are_those_of_the_json_result() -> None:
    """Each sentence of each counterexample, in a list whose numbers are the steps'."""
    for result in shipped():
        page = read(markdown_of([result], room=10**7))
        items = [item.partition(" (fault:")[0] for item in page.of("li")]
        document = result_document([result], 0)
        for prop in _properties(document):
            if prop["expected"] is None or prop["trace"] is None:
                continue
            told = [step["text"].replace("`", "") + "." for step in prop["trace"]["steps"]]
            assert any(items[at : at + len(told)] == told for at in range(len(items)))


def _properties(document: dict[str, Json]) -> list[Any]:
    found: Any = document["results"]  # JSON of a known shape
    return list(found[0]["properties"])


def test_the_table_of_changes_gives_the_states_again() -> None:
    """Beginning with the first row, each row applied to the one before."""
    for result in shipped():
        assert result.system is not None
        for prop in result.properties:
            if prop.trace is None or not prop.trace.steps:
                continue
            only = replace(result, properties=(prop,))
            tables = _tables(markdown_of([only], room=10**7))[1:]
            for table in tables:
                names = table[0][1:]
                now = dict(zip(names, table[1][1:], strict=True))
                rows = {int(row[0]): row[1:] for row in table[2:]}
                for number, state in enumerate(prop.trace.states):
                    for name, value in zip(names, rows.get(number, [""] * len(names)), strict=True):
                        now[name] = value or now[name]
                    values = result.system.valuation(state)
                    assert {name: str(values[name]).lower() for name in names} == {
                        name: text.lower() for name, text in now.items()
                    }
            moved = {c.variable for step in prop.trace.steps for c in step.changes}
            assert {name for table in tables for name in table[0][1:]} == moved


def _tables(text: str) -> list[list[list[str]]]:
    """The cells of each table, by markdown-it."""
    tables: list[list[list[str]]] = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append([])
        elif token.type == "inline" and tables and token.level > 3:
            words = token.children or []
            tables[-1][-1].append("".join(word.content for word in words))
    return tables


def test_each_run_is_drawn() -> None:
    page = read(markdown_of([plain()]))
    trace = next(p.trace for p in plain().properties if p.name == "no-duplicate-effect")
    assert trace is not None
    assert sequence_diagram(trace).strip() in page.of("pre")


def test_why_is_told_in_the_words_of_the_terminal() -> None:
    text = " ".join(" ".join(read(markdown_of([plain()])).of("p")).split())
    for sentence in (
        "So m1 is applied twice.",
        "The point of no return is step 5: after it, it can only go wrong, unless somebody",
        "It goes well if instead, from step 5 on:",
        "At step 7 the worker cannot tell whether m1 was applied: to it, all is as it was after",
        "Faults needed: crash, as here; lose plays no part.",
    ):
        assert sentence in text


def test_an_invariant_is_shown_as_it_is() -> None:
    page = read(markdown_of([proved()]))
    assert any("effects(m) ≥ 1 → m ∈ processed" in one for one in page.of("pre"))
    assert any(one.startswith("Why no-duplicate-effect holds") for one in page.of("h3"))


def test_warnings_come_before_the_verdicts() -> None:
    warned = replace(plain(), warnings=(Caution("DC503", "a bound was hit", "x.py", 3),))
    text = markdown_of([warned])
    assert text.index("DC503") < text.index("| `no-loss`")
    assert "x.py:3: a bound was hit" in " ".join(read(text).of("blockquote"))


def test_what_was_not_expected_is_said_at_the_top() -> None:
    (one, *others) = plain().properties
    wrong = replace(plain(), properties=(replace(one, expected="violated"), *others))
    page = read(markdown_of([wrong, plain()]))
    assert page.of("p")[0] == "2 models: 1 verdict not as expected."
    assert "CheckThenAct: no-loss is holds; expected was violated" in page.of("li")[0]


def test_a_dossier_says_what_the_model_is_about() -> None:
    spot = Spot("x", 1)
    about = "Look, *charge*, mark.\nNot enough.\n\nMore of it."
    dossier = Dossier(plain(), about, Places(spot, spot, {}, {}, {}))
    page = read(markdown_of([plain()], [dossier]))
    assert "Look, *charge*, mark. Not enough." in page.of("p")
    assert not any("More of it" in one for one in page.of("p"))


@pytest.mark.parametrize(
    ("name", "faults", "settings"),
    [
        ("models/pitfalls/check_then_act.py", "lose=1 crash.worker=1", {"workers": 2}),
        ("models/guarantees/at_most_once.py", "", {}),
        ("models/guarantees/at_least_once.py", "lose=inf", {}),
    ],
)
def test_the_command_gives_the_same_verdicts(
    name: str, faults: str, settings: dict[str, object]
) -> None:
    asked = replace(question(name, faults, 1, settings), fairness="weak")
    result = check_and_explain(asked, EXPLICIT)
    shown = next(p for p in read(markdown_of([result])).of("pre") if p.startswith("delivery"))
    program, *words = shlex.split(shown)
    assert program == "deliverycheck"
    assert tuple(words) == arguments(result)
    (again,) = run(*words, "--engine", "explicit", "--json").data["results"]
    assert again["digest"] == result.digest
    assert [p["verdict"] for p in again["properties"]] == [p.verdict for p in result.properties]
    assert (again["messages"], again["fairness"]) == (1, "weak")


def test_the_command_of_a_design_with_an_awkward_name(tmp_path: Path) -> None:
    file = tmp_path / "a design; it's $(odd).delivery.toml"
    model = (MODELS / "pitfalls" / "check_then_act.py").as_posix()
    file.write_text(f'model = "{model}:CheckThenAct"\n[settings]\nmark = "apart"\n', "utf-8")
    (asked,) = questions([str(file)])
    result = check_and_explain(asked, EXPLICIT)
    shown = next(p for p in read(markdown_of([result])).of("pre") if p.startswith("delivery"))
    (again,) = run(*shlex.split(shown)[1:], "--engine", "explicit", "--json").data["results"]
    assert again["digest"] == result.digest


@pytest.mark.parametrize("room", [ROOM, 30_000, 12_000, 5_000, 1_500])
def test_what_there_is_no_room_for_is_named(room: int) -> None:
    full = read(markdown_of(shipped(), room=10**7))
    text = markdown_of(shipped(), room=room)
    assert len(text) <= room
    page = read(text)
    assert page.of("p")[0] == full.of("p")[0]
    said = next((one for one in page.of("p") if one.startswith("Left out, for want")), "")
    gone = len(sections(shipped())) - _sections_in(text)
    assert (gone > 0) == bool(said)
    if said:
        names = said.removeprefix("Left out, for want of room:").partition(". The command")[0]
        parts = names.split(";")
        more = int(parts[-1].split()[1]) if " more" in parts[-1] else 0
        assert (len(parts) - bool(more)) + more == gone


def _sections_in(text: str) -> int:
    at = count = 0
    for one in sections(shipped()):
        if text.startswith(one.body, at):
            at += len(one.body) + 2
            count += 1
    assert text[at:].startswith("**Left out") or at >= len(text)
    return count


def test_a_section_is_whole_or_not_there() -> None:
    text = markdown_of(shipped(), room=20_000)
    assert text.count("<details>") == text.count("</details>")
    assert text.count("```") % 2 == 0


OURS = {"table", "thead", "tbody", "tr", "th", "td", "h1", "h2", "h3", "p", "ol", "ul", "li", "pre"}
OURS |= {"code", "strong", "em", "details", "summary", "blockquote", "br"}


@cache
def labelled() -> tuple[tuple[ModelResult, ...], tuple[Dossier, ...]]:
    """Results with all that can hold a label."""
    caution = Caution("DC503", "m1 and `worker` of sender", "sender.py", 1)
    results = tuple(replace(one, warnings=(caution,)) for one in (plain(), proved()))
    spot = Spot("x", 1)
    dossiers = tuple(Dossier(one, "About m1.", Places(spot, spot, {}, {}, {})) for one in results)
    return results, dossiers


@cache
def as_usual() -> tuple[str, Page]:
    text = markdown_of(*labelled(), room=10**8)
    return text, read(text)


@pytest.mark.parametrize("label", HOSTILE, ids=[f"{n}" for n in range(len(HOSTILE))])
def test_a_hostile_label_is_only_shown(label: str) -> None:
    names = called(label)
    results, dossiers = labelled()
    text = markdown_of(renamed(results, names), renamed(dossiers, names), room=10**8)
    text.encode("utf-8")
    usual, ordinary = as_usual()
    page = read(text)
    assert set(page.tags) <= OURS
    assert page.comments == []
    assert page.attributes.keys() <= {"start", "class", "lang"}
    for tag in sorted(OURS - {"code"}):
        assert page.tags[tag] == ordinary.tags[tag], tag
    for result, title in zip(results, page.of("h2"), strict=True):
        name = one_line(names[result.model]).strip()
        assert title == name if len(name) <= 900 else title.startswith(name[:900])
    if len(label) < 500:
        cells = [one.replace("\\u007c", "|") for one in page.of("th") + page.of("td")]
        variable = one_line(f"{names['outbox']}[{names['m1']}]")
        assert variable in cells
        assert one_line(names["charged"]).strip() in [one.strip() for one in cells]
    _markdown_it_agrees(text, usual)


def _markdown_it_agrees(text: str, usual: str) -> None:
    """Another reader: no link, no image, no HTML but what folds; as many blocks as ever."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens, ordinary = parser.parse(text), parser.parse(usual)
    assert Counter(t.type for t in tokens) == Counter(t.type for t in ordinary)
    inside = [child for token in tokens for child in token.children or []]
    kinds = {"text", "code_inline", "softbreak", "hardbreak", "strong_open", "strong_close"}
    assert {child.type for child in inside} <= kinds | {"em_open", "em_close", "text_special"}
    html = {token.content for token in tokens if token.type == "html_block"}
    assert html == {token.content for token in ordinary if token.type == "html_block"}


def test_nothing_is_a_report_too() -> None:
    assert "Nothing was checked." in markdown_of([])


SAME = """
import sys
from deliverycheck.api import Options, check_and_explain, questions
from deliverycheck.report.formats.github import summary
from deliverycheck.report.formats.markdown import markdown_of
from deliverycheck.report.formats.pytest_file import pytest_of
results = [check_and_explain(q, Options(engine="explicit")) for q in questions([sys.argv[1]])]
sys.stdout.buffer.write("".join(f(results) for f in (markdown_of, pytest_of, summary)).encode())
"""


def test_the_bytes_depend_on_no_hash() -> None:
    """Of Markdown with its diagrams, of tests, and of summaries."""
    found: set[bytes] = set()
    for seed in ("0", "1", "2", "3"):
        command = [sys.executable, "-c", SAME, str(MODELS / "pitfalls" / "check_then_act.py")]
        env = {**os.environ, "PYTHONHASHSEED": seed}
        found.add(subprocess.run(command, env=env, capture_output=True, check=True).stdout)
    assert len(found) == 1
    assert len(found.pop()) > 1_000
