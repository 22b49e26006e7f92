"""Machines and charts as SVG, DOT and Mermaid: well-formed, inert, and saying what they should."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from foreign import need
from support import EXPLICIT, MODELS, question

from deliverycheck.api import lifted_of
from deliverycheck.check.checking import examine
from deliverycheck.explain.dossier.charts import Chart, Edge, Node, charts_of
from deliverycheck.explain.dossier.machines import Machine, Mode, Move, machines_of
from deliverycheck.report.drawing import shapes
from deliverycheck.report.drawing.chart import chart_svg, run_of
from deliverycheck.report.drawing.legend import letters_of
from deliverycheck.report.drawing.machine import machine_svg, machines_svg
from deliverycheck.report.drawing.svg import number
from deliverycheck.report.formats.dot import chart_dot, machine_dot, machines_dot
from deliverycheck.report.formats.statechart import (
    MOST_TEXT,
    chart_mermaid,
    coded,
    machine_mermaid,
    machines_mermaid,
)

SVG = "{http://www.w3.org/2000/svg}"
CSS = Path(shapes.__file__).with_name("graphs.css").read_text(encoding="utf-8")

HOSTILE = (
    "<script>alert(1)</script>", "</title></svg><img src=x onerror=alert(1)>", "a & b &lt; &amp;",
    "]]>", "<!-- -->", "<?xml?>", "\"'`", "\\", "\\N \\G \\l \\", '\\"', "a\\", "{a|b}",
    "<b>x</b>", "%%{init: {}}%%", "end", "#35;", "#quot;", "; end", "a --> b", "[*]", "state x",
    "class", "note", "click n0 call alert()", "::error::x", "%0A", "\x1b[31mred\x1b[0m", "\x00",
    "\x07\x08\x0b", "\ud800", "\udfff\ud800", "\ufffe\uffff", "\u202egnp.exe",
    "\u2066x\u2069\u200f", "a\nb\r\nc\td", "", " ", "{}", "{0}", "%s", "{what}", "$x",
    "\U0001d4b3 \U0001f389 \u6f22\u5b57", "x" * 10_000, "<" * 3000, "e\u0301" * 50, "|n0|", "===",
    "---", "```", "**b**", "_", "javascript:alert(1)", "url(x)", "/* */", "<style>*{}",
)  # fmt: skip


def _machines(name: str) -> tuple[Machine, ...]:
    return machines_of(question(str(MODELS / name)), EXPLICIT)


def _charts(name: str, messages: int, faults: str = "lose=1 crash=1") -> list[Chart]:
    asked = question(str(MODELS / name), faults, messages)
    done = examine(asked, lifted_of(asked), EXPLICIT)
    return list(charts_of(done, done.result).values())


def _hostile_machine() -> Machine:
    texts = cycle(HOSTILE)
    modes = tuple(Mode(n, tuple(next(texts) for _ in range(n % 11)), n == 0) for n in range(14))
    moves = tuple(
        Move(n, (n * 3) % 14, next(texts), next(texts) if n % 3 == 0 else None,
             next(texts) if n % 4 == 0 else None, (next(texts), next(texts)))
        for n in range(14)
    )  # fmt: skip
    return Machine(next(texts), modes, moves, HOSTILE[:3], HOSTILE[3:9], HOSTILE[9:14])


def _hostile_chart(count: int) -> Chart:
    texts = cycle(HOSTILE)
    kinds = cycle(("well", "either", "wrong", "broken"))
    nodes = tuple(
        Node(n, n, n == 0, next(kinds), n if n < 5 else None,  # type: ignore[arg-type]  # one of them
             tuple(next(texts) for _ in range(n % 9)), n % 3)
        for n in range(count)
    )  # fmt: skip
    edges = tuple(
        Edge(n, target, (next(texts), next(texts)), next(texts) if n % 2 else None,
             ((n + 1, next(texts)),) if n < 5 else ())
        for n in range(count - 1)
        for target in (n, n + 1)
    )  # fmt: skip
    return Chart(HOSTILE[0], nodes, edges, 99)


DRAWN = {
    "hostile machine": lambda: machine_svg(
        _hostile_machine(), ident="<x y>\"'", title=HOSTILE[1], standalone=True
    ),
    "hostile detail": lambda: chart_svg(
        _hostile_chart(9), ident="c", title=HOSTILE[0], standalone=True
    ),
    "hostile dots": lambda: chart_svg(
        _hostile_chart(50), ident="c", title="\ud800", standalone=True
    ),
    "machines": lambda: machines_svg(
        _machines("guarantees/exactly_once.py"), ident="m", title="M", standalone=True
    ),
    "chart": lambda: chart_svg(
        _charts("guarantees/at_most_once.py", 2)[0], ident="c", title="C", standalone=True
    ),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_is_well_formed_inert_and_accessible(name: str) -> None:
    text = DRAWN[name]()
    root = ET.fromstring(text)  # noqa: S314 - our own text, in which no entity can be declared
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    ids = [at for one in root.iter() if (at := one.get("id"))]
    assert len(set(ids)) == len(ids)
    assert root.get("aria-labelledby", "").split() == ids[:2]
    named = {one.tag.removeprefix(SVG) for one in root.iter()}
    allowed = {"svg", "title", "desc", "g", "path", "rect", "circle", "polygon", "text", "style"}
    assert named <= allowed
    kinds = {attribute for one in root.iter() for attribute in one.attrib}
    assert not [kind for kind in kinds if kind.startswith(("on", "style", "href", "{"))]
    classes = {kind for one in root.iter() for kind in one.get("class", "").split()}
    known = set(re.findall(r"\.(g-[a-z-]+)", CSS))
    assert classes - known <= {"g-mode", "g-link", "g-state", "g-step", "g-either", "g-graph"}
    (style,) = root.iter(f"{SVG}style")
    assert style.text == CSS
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069\u200e\u200f]", text)
    text.encode("utf-8")
    width, height = float(root.get("width", "0")), float(root.get("height", "0"))
    assert root.get("viewBox") == f"0 0 {number(width)} {number(height)}"


def test_inline_drawings_bring_no_style_and_no_ground() -> None:
    text = machine_svg(_hostile_machine(), ident="m", title="M")
    assert "<style" not in text
    assert "g-alone" not in text


def test_colours_are_defined_for_light_dark_and_paper() -> None:
    used = set(re.findall(r"var\((--[a-z]+)\)", CSS))
    blocks = re.findall(r"\.g-alone \{(.*?)\}", CSS, re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        assert used <= set(re.findall(r"(--[a-z]+):", block))


def test_a_machine_shows_every_mode_and_move() -> None:
    for machine in _machines("pitfalls/check_then_act.py"):
        text = machine_svg(machine, ident="m", title="M")
        root = ET.fromstring(text)  # noqa: S314 - our own text
        assert len([g for g in root.iter() if g.get("class") == "g-mode"]) == len(machine.modes)
        shown = Counter("".join(one.itertext()) for one in root.iter(f"{SVG}text"))
        for line, count in Counter(line for mode in machine.modes for line in mode.lines).items():
            assert shown[line] == count
        for step, count in Counter(move.step for move in machine.moves).items():
            assert shown[step] == count
        told = "".join(next(root.iter(f"{SVG}desc")).itertext())
        assert told.count("leads") == len(machine.moves)


@pytest.mark.parametrize("messages", [1, 2])
def test_a_chart_shows_every_state_edge_and_step_of_the_run(messages: int) -> None:
    for chart in _charts("guarantees/at_most_once.py", messages):
        root = ET.fromstring(chart_svg(chart, ident="c", title="C"))  # noqa: S314 - our own text
        told = [one.text for one in root.iter(f"{SVG}title")]
        for node in chart.nodes:
            assert len([t for t in told if t and t.startswith(f"State {node.number},")]) == 1
        shown = " ".join("".join(one.itertext()) for one in root.iter(f"{SVG}text"))
        assert all(step in shown for _, step, _ in run_of(chart))
        curves = [p for p in root.iter(f"{SVG}path") if p.get("class") == "g-line"]
        assert len(curves) >= len(chart.edges)
        thick = [g for g in root.iter(f"{SVG}g") if (g.get("class") or "").endswith("g-on-run")]
        assert len(thick) >= len(list(run_of(chart)))


def test_a_run_that_goes_round_is_told_in_order() -> None:
    (chart,) = _charts("protocols/alternating_bit.py:DeadLink", 1, "lose=inf")
    steps = list(run_of(chart))
    assert [at for at, _, _ in steps] == list(range(1, len(steps) + 1))
    assert "(back to " in steps[-1][1]


def test_faults_have_letters_of_their_own() -> None:
    assert letters_of(["lose", "crash", None, "lose"]) == {"crash": "C", "lose": "L"}
    assert letters_of(["delay", "duplicate"]) == {"delay": "De", "duplicate": "Du"}
    alike = letters_of(["same one", "same two"])
    assert len(set(alike.values())) == 2


def _dot(text: str) -> dict[str, list[dict[str, str]]]:
    """What Graphviz reads."""
    need("dot")
    done = subprocess.run(
        ["dot", "-Tjson0"],  # noqa: S607 - wherever it is installed
        input=text.encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    found: dict[str, list[dict[str, str]]] = json.loads(done.stdout)
    return found


def _read(label: str) -> str:
    """A label as Graphviz shows it: its escapes and entities taken back."""
    lines = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], label)
    return lines.replace("&amp;", "&")


def test_graphviz_reads_what_the_machine_says() -> None:
    for machine in (*_machines("guarantees/exactly_once.py"), _hostile_machine()):
        read = _dot(machine_dot(machine))
        labels = {_read(one["label"]) for one in read["objects"] if one.get("shape") != "point"}
        for mode in machine.modes:
            lines = [shapes.shortened(line, 200) for line in mode.lines] or ["at rest"]
            assert "\n".join(lines) in labels
        assert len(read["edges"]) == len(machine.moves) + 1


def test_graphviz_reads_what_the_chart_says() -> None:
    for chart in (_charts("guarantees/at_most_once.py", 2)[0], _hostile_chart(50)):
        read = _dot(chart_dot(chart))
        assert len(read["objects"]) == len(chart.nodes)
        assert len(read["edges"]) == len(chart.edges)
        for edge, seen in zip(chart.edges, read["edges"], strict=True):
            lines = [shapes.shortened(step, 200) for step in edge.steps]
            assert _read(seen["label"]) == "\n".join(lines)
            assert (seen.get("style") == "dashed") == (edge.fault is not None)


def _decoded(text: str) -> str:
    return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), text)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_label_in_mermaid_is_only_text(text: str) -> None:
    found = coded(text)
    assert re.fullmatch(r"(?:[A-Za-z0-9 _,.]|#\d+;)*", found)
    assert _decoded(found) == (shapes.shortened(text, 120) or "\N{NO-BREAK SPACE}")


def test_mermaid_has_every_mode_move_state_and_edge() -> None:
    label = r'"(?:[A-Za-z0-9 _,.#;]|<br/>)*"'
    words = r"[A-Za-z0-9 _,.#;]*"
    for machine in (*_machines("guarantees/exactly_once.py"), _hostile_machine()):
        first, *lines, last = machine_mermaid(machine).split("\n")
        assert (first, last) == ("stateDiagram-v2", "")
        states = [one for one in lines if re.fullmatch(rf"  state {label} as a0s\d+", one)]
        starts = [one for one in lines if re.fullmatch(r"  \[\*\] --> a0s\d+", one)]
        moves = [one for one in lines if re.fullmatch(rf"  a0s\d+ --> a0s\d+ : {words}", one)]
        assert len(states) == len(machine.modes)
        assert len(moves) == len(machine.moves)
        assert len(lines) == len(states) + len(starts) + len(moves)
    for chart in (_charts("guarantees/at_most_once.py", 2)[0], _hostile_chart(50)):
        text = chart_mermaid(chart)
        assert len(text) <= MOST_TEXT
        _, *lines, _ = text.split("\n")
        looks = [one for one in lines if re.fullmatch(r"  class(Def)? [\w,]+ [\w:#, -]+", one)]
        nodes = [one for one in lines if re.fullmatch(rf"  n\d+[(\[]+{label}[)\]]+", one)]
        edges = [one for one in lines if re.fullmatch(rf"  n\d+ [-.=>]+\|{label}\| n\d+", one)]
        assert (len(nodes), len(edges)) == (len(chart.nodes), len(chart.edges))
        assert len(lines) == len(nodes) + len(edges) + len(looks)


def test_several_machines_are_one_drawing() -> None:
    machines = _machines("guarantees/at_least_once.py")
    assert machines_mermaid(machines).count("  state ") == 2 + 6
    assert len([o for o in _dot(machines_dot(machines))["objects"] if "nodes" in o]) == 2
    svg = machines_svg(machines, ident="m", title="M")
    assert svg.count('class="g-actor"') == 2
    assert machines_mermaid(machines[:1]) == machine_mermaid(machines[0])


def test_what_is_not_told_is_noted() -> None:
    (_, worker) = _machines("guarantees/at_least_once.py")
    assert "What differs in effects only is drawn as one." in machine_svg(
        worker, ident="m", title=""
    )
    other = replace(worker, shared=("stock",), within=("line: at most 8",))
    text = machine_svg(other, ident="m", title="")
    assert "Changed by others, too: stock." in text
    assert "Not all was looked at: line: at most 8." in text
