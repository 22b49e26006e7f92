"""The sequence diagram: well-formed, legible, and everything that happens is in it."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from drawn import counterexamples, handmade, hostile_labels, lifted_models, odd_runs, walk
from foreign import need
from support import ROOT

from deliverycheck.report.drawing.lanes import lanes_svg
from deliverycheck.report.drawing.measure import shortened, width
from deliverycheck.report.drawing.style import style
from deliverycheck.report.drawing.svg import END_ISOLATE, ISOLATE, escaped, number, plain
from deliverycheck.system.model import Event
from deliverycheck.system.verdicts import Change, Step, Trace

SVG = "{http://www.w3.org/2000/svg}"
WALKS = 100

STYLE = style("style")


@cache
def runs() -> tuple[tuple[str, Trace], ...]:
    """The shipped counterexamples, and random walks through every model."""
    models = lifted_models()
    found = [*counterexamples(), *odd_runs().items()]
    for seed in range(WALKS):
        lifted = models[seed % len(models)]
        trace = walk(lifted, f"drawn {seed}", 10 + seed % 30)
        marked = replace(trace, point_of_no_return=seed % (len(trace.steps) + 1))
        if seed % 3 == 0:
            marked = replace(marked, loop_start=seed % (len(trace.steps) + 1))
        found.append((f"{lifted.system.name} {seed}", marked))
    return tuple(found)


def drawn(trace: Trace, **more: object) -> ET.Element:
    more.setdefault("title", "A run")
    text = lanes_svg(trace, description="What happens", **more)  # type: ignore[arg-type]  # a test's shorthand
    return ET.fromstring(text)  # noqa: S314 - our own output, which is the point


@cache
def pictures() -> tuple[tuple[str, Trace, ET.Element], ...]:
    """Each of the runs, drawn."""
    return tuple((name, trace, drawn(trace, ident="one")) for name, trace in runs())


@dataclass(frozen=True)
class Box:
    """Where a text is."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.bottom <= other.top or other.bottom <= self.top)


def shown(one: ET.Element) -> str:
    """The text of an element, without its tooltip."""
    return (one.text or "") + "".join(child.tail or "" for child in one)


def boxes(svg: ET.Element) -> Iterator[Box]:
    for one in svg.iter(f"{SVG}text"):
        size = float(one.attrib["font-size"])
        wide = width(shown(one), size, bold="font-weight" in one.attrib)
        x, y = float(one.attrib["x"]), float(one.attrib["y"])
        left = x - {"end": wide, "middle": wide / 2}.get(one.get("text-anchor", ""), 0)
        yield Box(shown(one), left, y - 0.93 * size, left + wide, y + 0.24 * size)


def points(svg: ET.Element) -> Iterator[tuple[float, float]]:
    """Every place a drawn thing reaches; a path is read as relative or absolute commands."""
    for one in svg.iter():
        if one.tag == f"{SVG}rect":
            x, y = float(one.get("x", 0)), float(one.get("y", 0))
            yield x, y
            yield x + float(one.attrib["width"]), y + float(one.attrib["height"])
        if one.tag == f"{SVG}circle":
            x, y, r = (float(one.attrib[name]) for name in ("cx", "cy", "r"))
            yield x - r, y - r
            yield x + r, y + r
        if one.tag == f"{SVG}path":
            yield from path_points(one.attrib["d"])


def path_points(data: str) -> Iterator[tuple[float, float]]:
    words = iter(data.split())
    x = y = 0.0
    for word in words:
        match word:
            case "M" | "L":
                x, y = float(next(words)), float(next(words))
            case "l":
                x, y = x + float(next(words)), y + float(next(words))
            case "h":
                x += float(next(words))
            case "v":
                y += float(next(words))
            case "V":
                y = float(next(words))
            case "C":
                for _ in range(2):
                    yield float(next(words)), float(next(words))
                x, y = float(next(words)), float(next(words))
            case "Z":
                continue
            case _:
                raise AssertionError(word)
        yield x, y


def test_no_two_texts_overlap_and_nothing_leaves_the_drawing() -> None:
    for name, _, svg in pictures():
        found = list(boxes(svg))
        for one, other in combinations(found, 2):
            assert not one.meets(other), (name, one, other)
        left, top, wide, high = map(float, svg.attrib["viewBox"].split())
        assert (left, top) == (0, 0)
        reached = [*points(svg), *((b.left, b.top) for b in found)]
        reached += [(b.right, b.bottom) for b in found]
        assert all(0 <= x <= wide and 0 <= y <= high for x, y in reached), name
        assert (svg.attrib["width"], svg.attrib["height"]) == (number(wide), number(high))


def test_no_words_hide_where_something_happens() -> None:
    for name, _, svg in pictures():
        found = list(boxes(svg))
        for one in svg.iter(f"{SVG}circle"):
            x, y = float(one.attrib["cx"]), float(one.attrib["cy"])
            hidden = [b for b in found if b.left < x < b.right and b.top + 2 < y < b.bottom - 2]
            assert not hidden, (name, x, y, hidden)


def test_lines_go_through_what_befalls_them() -> None:
    """A copy forks where the original is at that moment; a message that is sent begins there."""
    forks = 0
    for name, trace, svg in pictures():
        through: Counter[tuple[float, float]] = Counter()
        for flight in svg.iter(f"{SVG}g"):
            if flight.get("class", "").startswith("flight") and flight.get("class") != "flights":
                (way, *_) = flight.iter(f"{SVG}path")
                through.update(set(path_points(way.attrib["d"])))
        groups = [g for g in svg.iter(f"{SVG}g") if "step" in g.get("class", "").split()]
        for step, group in zip(trace.steps, groups, strict=True):
            dots = [c for c in group.iter(f"{SVG}circle") if "small" not in c.get("class", "")]
            places = [(float(c.attrib["cx"]), float(c.attrib["cy"])) for c in dots]
            kinds = [event.kind for event in step.events]
            if kinds in (["duplicate"], ["reorder"], ["put"]):
                wanted = 2 if kinds == ["duplicate"] else 1
                assert through[places[-1]] >= wanted, (name, step.index)
                forks += wanted - 1
    assert forks > 50


def test_every_step_has_its_group_number_and_id() -> None:
    for name, trace, svg in pictures():
        groups = [g for g in svg.iter(f"{SVG}g") if "step" in g.get("class", "").split()]
        indices = [str(step.index) for step in trace.steps]
        assert [g.attrib["data-step"] for g in groups] == indices, name
        assert [g.attrib["id"] for g in groups] == [f"one-step-{index}" for index in indices]
        ids = [one.attrib["id"] for one in svg.iter() if "id" in one.attrib]
        assert len(ids) == len(set(ids))
        assert svg.attrib["aria-labelledby"].split() == ["one-title", "one-desc"]
        assert {"one-title", "one-desc"} < set(ids)
        assert svg.attrib["role"] == "img"


def test_what_happens_is_said_in_words_not_by_colour_alone() -> None:
    seen: Counter[str] = Counter()
    for name, trace, svg in pictures():
        groups = [g for g in svg.iter(f"{SVG}g") if "step" in g.get("class", "").split()]
        for step, group in zip(trace.steps, groups, strict=True):
            words = " | ".join(shown(text) for text in group.iter(f"{SVG}text"))
            wanted = {
                "lose": "lost" if any(e.kind == "lose" for e in step.events) else "breaks",
                "duplicate": "copy of",
                "reorder": "overtakes",
                "crash": "crash",
                "delay": "too early",
                "expire": "too early",
            }.get(step.fault or "", "")
            assert wanted in words, (name, step.index, words)
            effects = sum(event.kind == "effect" for event in step.events)
            assert words.count("effect ") >= effects
            seen[step.fault or "none"] += 1
        said = [shown(text) for text in svg.iter(f"{SVG}text")]
        crosses = [p for p in svg.iter(f"{SVG}path") if p.get("class") == "cross"]
        assert len(crosses) == sum(text.endswith(" lost") for text in said)
        assert ("point of no return" in said) == (trace.point_of_no_return is not None)
        assert any("repeats" in t or "nothing happens" in t for t in said) == (
            trace.loop_start is not None
        )
    assert all(seen[kind] for kind in ("lose", "duplicate", "reorder", "crash", "delay", "expire"))


def test_a_second_effect_has_a_heavier_border() -> None:
    for _, _, svg in pictures():
        for one in svg.iter(f"{SVG}rect"):
            kind = one.get("class", "")
            if kind.startswith("effect"):
                assert float(one.attrib["stroke-width"]) > 2 or kind == "effect"


def test_a_page_that_forbids_styles_and_scripts_can_show_it() -> None:
    for name, _, svg in pictures():
        for one in svg.iter():
            assert one.tag.removeprefix(SVG) in {
                "svg", "g", "path", "rect", "circle", "text", "title", "desc",
            }  # fmt: skip
            assert "style" not in one.attrib, name
            assert not any(key.startswith("on") or "href" in key for key in one.attrib)


def test_alone_it_brings_its_colours_along() -> None:
    svg = drawn(runs()[0][1], standalone=True)
    (sheet,) = svg.iter(f"{SVG}style")
    assert sheet.text == STYLE
    assert "prefers-color-scheme: dark" in STYLE
    assert not re.search(r"url\(|@import|</", STYLE)


def test_every_class_that_is_coloured_is_drawn_and_every_colour_is_a_property() -> None:
    rules = re.sub(r"/\*.*?\*/|@media[^{]*|:where\(:root\) \{[^}]*\}", "", STYLE, flags=re.DOTALL)
    assert not re.search(r"#[0-9a-f]{3}|\brgb|\bhsl", rules)
    used = {c for _, t in runs() for one in drawn(t, standalone=True).iter()
            for c in one.get("class", "").split()}  # fmt: skip
    selectors = re.findall(r"^([^{}]+)\{", rules, flags=re.MULTILINE)
    named = set(re.findall(r"\.([a-z][a-z-]*)", " ".join(selectors)))
    assert named - used <= {"current", "environment"}


@pytest.mark.parametrize("scheme", [0, 1, 2])
def test_text_stands_out_from_its_ground(scheme: int) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1; lines that carry meaning, 3 to 1 (1.4.11)."""
    blocks = re.findall(r":where\(:root\) \{([^}]*)\}", STYLE)
    colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", blocks[scheme]))
    for ground in ("paper", "ground"):
        for ink in ("ink", "muted", "accent", "good", "bad", "fault"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def hostile_trace(label: str) -> Trace:
    events = [
        Event("accept", "", label),
        Event("put", label, label, label),
        Event("take", label, "?", label),
        Event("write", label, f"add {label}"),
        Event("effect", "", label),
        Event("duplicate", label, label, label),
        Event("lose", label, label, label),
        Event("reorder", label, label, label),
        Event("break", label),
        Event("say", "", label),
        Event(label, label, label, label),
    ]
    steps: list[Step] = []
    changes = (Change(f"{label}[{label}]", 0, 1), Change(f"effects[{label}]", 0, 1))
    for at, event in enumerate(events, 1):
        fault = label if at % 3 == 0 else None
        actor = (label, "network", "environment")[at % 3]
        steps.append(Step(at, actor, f"{label}({label})@{label}", label, fault, changes, (event,)))
    steps.append(Step(12, label, label, None, "crash", (), (Event("crash", label),)))
    return Trace(tuple(steps), ((),) * 13, 3, 2)


@pytest.mark.parametrize("at", range(100))
def test_hostile_labels_come_out_as_text_and_nothing_else(at: int) -> None:
    labels = hostile_labels()
    label = labels[at]
    trace = hostile_trace(label)
    text = lanes_svg(trace, title=label, description=label, standalone=True)
    text.encode("utf-8")
    svg = ET.fromstring(text)  # noqa: S314 - our own output, which is the point
    plain = drawn(hostile_trace("x"), standalone=True)
    assert {one.tag for one in svg.iter()} <= {one.tag for one in plain.iter()}
    attributes = {key for one in plain.iter() for key in one.attrib}
    assert {key for one in svg.iter() for key in one.attrib} <= attributes | {"text-anchor"}
    said = "".join(svg.itertext())
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029]", said)
    assert said.count("\u2068") == said.count("\u2069")
    found = list(boxes(svg))
    for one, other in combinations(found, 2):
        assert not one.meets(other), (one, other)
    wide = float(svg.attrib["width"])
    assert all(box.left >= 0 and box.right <= wide for box in found)
    assert wide < 2_000


def test_text_from_right_to_left_is_kept_to_itself() -> None:
    svg = drawn(handmade(("\u05e9\u05dc", [Event("accept", "", "m1")], [])), title="\u0645 1")
    said = [shown(text) for text in svg.iter(f"{SVG}text")]
    assert "\u2068\u05e9\u05dc\u2069" in said
    assert "m1 accepted" in said
    (title,) = (one for one in svg if one.tag == f"{SVG}title")
    assert title.text == "\u2068\u0645 1\u2069"


def test_what_is_shortened_is_whole_in_its_title() -> None:
    label = "a" * 500
    trace = handmade((label, [Event("accept", "", label)], []))
    titles = ["".join(one.itertext()) for one in drawn(trace).iter(f"{SVG}title")]
    assert label in titles
    assert f"{label} accepted" in titles


@pytest.mark.parametrize("text", ["", "a", "WWW", "iiiiiiii", "Packet(m1, True)", "世界" * 9])
def test_shortening_keeps_what_fits(text: str) -> None:
    for room in range(0, 200, 7):
        short = shortened(text, room, 13)
        if short != text:
            assert short.endswith("…")
            assert text.startswith(short[:-1])
            assert width(text, 13) > room
        if room > 13:
            assert width(short, 13) <= room


@pytest.mark.parametrize("value", [0, -0.0, -0.04, 0.05, 12.34, 1e3, 99999.96, 3])
def test_numbers_are_plain_decimals(value: float) -> None:
    text = number(value)
    assert re.fullmatch(r"-?\d+(\.[1-9])?", text)
    assert abs(float(text) - value) <= 0.051
    assert text != "-0"


@pytest.mark.parametrize("ident", ["", "1", "a b", 'a"', "é", "a<b"])
def test_an_ident_that_is_no_id_is_refused(ident: str) -> None:
    with pytest.raises(ValueError, match="id"):
        lanes_svg(handmade(), title="t", description="d", ident=ident)


def test_a_run_without_steps_is_drawn() -> None:
    for trace in (handmade(), handmade(loop=0), replace(handmade(), point_of_no_return=0)):
        svg = drawn(trace)
        wide = float(svg.attrib["width"])
        assert all(box.right <= wide for box in boxes(svg))


def test_the_same_bytes_for_any_hash_seed() -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests'); from drawn import lifted_models, walk;"
        "from deliverycheck.report.drawing.lanes import lanes_svg;"
        "runs = [walk(model, 1, 25) for model in lifted_models()[::9]];"
        "print([lanes_svg(run, title='t', description='d') for run in runs])"
    )
    outs = {
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True,
                       env={**os.environ, "PYTHONHASHSEED": seed}).stdout
        for seed in ("0", "1")
    }  # fmt: skip
    assert len(outs) == 1


MEASURE = """
<script>
const found = [], widths = [];
for (const svg of document.querySelectorAll('svg')) {
  const boxes = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBBox()]);
  for (const t of svg.querySelectorAll('text'))
    widths.push([t.lastChild.data || '', t.getAttribute('font-size'),
                 t.hasAttribute('font-weight'), t.getBBox().width]);
  for (let i = 0; i < boxes.length; i++) {
    const [a, p] = boxes[i];
    if (p.x < 0 || p.x + p.width > svg.viewBox.baseVal.width) found.push(['out', a]);
    for (let j = 0; j < i; j++) {
      const [b, q] = boxes[j];
      if (p.x < q.x + q.width && q.x < p.x + p.width && p.y + 2 < q.y + q.height &&
          q.y + 2 < p.y + p.height) found.push([a, b]);
    }
  }
}
document.body.innerHTML = '<pre id=found>' + document.querySelectorAll('svg').length + ' ' +
  btoa(unescape(encodeURIComponent(JSON.stringify([found, widths])))) + '</pre>';
</script>
"""


def test_a_browser_finds_no_two_texts_that_overlap(tmp_path: Path) -> None:
    """The same with the widths that a browser measures, whatever font it has."""
    need("chromium")
    browser = shutil.which("chromium") or ""
    drawings = [lanes_svg(t, title=n, description="", ident=f"d{i}")
                for i, (n, t) in enumerate(runs())]  # fmt: skip
    page = tmp_path / "page.html"
    page.write_text(
        f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{''.join(drawings)}{MEASURE}",
        "utf-8",
    )
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
             "--no-first-run", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", f"--user-data-dir={profile}", "--dump-dom", page.as_uri()],
            capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
    found = re.search(r'<pre id="found">(\d+) ([\w+/=]*)</pre>', done.stdout)
    assert found, done.stdout[:500]
    assert int(found[1]) == len(drawings)
    overlapping, widths = json.loads(base64.b64decode(found[2]))
    assert overlapping == []
    assert len(widths) > 1_000
    for text, size, bold, wide in widths:
        assert wide <= width(text, float(size), bold=bold) + 0.5, text


def test_no_character_does_anything_in_a_picture() -> None:
    """Every character there is, held against what Unicode says of it."""
    marks = {"ALM", "LRM", "RLM", "LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
    named = {"\u061c": "ALM", "\u200e": "LRM", "\u200f": "RLM"}
    escapes = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
    for one in map(chr, range(sys.maxunicode + 1)):
        bad = unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") or one in "\ufffe\uffff"
        bad = bad or named.get(one, unicodedata.bidirectional(one)) in marks
        assert plain(one) == (" " if one in "\t\n\r" else "\ufffd" if bad else one), one
        kept = not bad or one in ISOLATE + END_ISOLATE + "\n"
        assert escaped(one) == (escapes.get(one, one) if kept else "\ufffd"), one
