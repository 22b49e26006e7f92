"""The benchmark is fair: all tools count the same and take turns; nothing wrong becomes a row."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from foreign import need
from hypothesis import example, given
from hypothesis import strategies as st
from support import ROOT
from test_benchmark_counts import COUNTS as BY_SIZE

sys.path.insert(0, str(ROOT / "tests" / "benchmarks"))

import compare
import plot
from tools import COUNTS, Outcome, Ran, Tool, all_tools, cpp, run, spin

FOLDER = ROOT / "tests" / "benchmarks"
KEYS = ["tool", "instance", "states", "transitions", "seconds", "states_per_second", "peak_mb"]
MEASURED: dict[str, Any] = json.loads((FOLDER / "measured.json").read_text("utf-8"))
KNOWN = {tool.name: tool for tool in all_tools(2)}


def pretended(name: str, seconds: float = 1.0, *, ours: bool = False) -> Tool:
    """A tool that counts right and needs no time."""
    right = COUNTS["1,2,2"]
    outcome = Outcome(right["states"], right["transitions"], seconds)
    return Tool(name, (), lambda _, __: [name], lambda _: outcome, "pretended", ours=ours)


def test_the_counts_are_those_of_the_explorer_s_test() -> None:
    for size, known in BY_SIZE.items():
        assert tuple(COUNTS[",".join(map(str, size))].values()) == known


def test_all_tools_count_the_same() -> None:
    need("spin", "rumur", "gcc", "g++")
    names = ["plain", "native", "spin", "spin-bfs", "rumur", "c++", "c++-huge"]
    asked = ["--json", "--runs", "1", "--instances", "1,2,2", "2,2,1", "--tools", *names]
    done = subprocess.run(
        [sys.executable, FOLDER / "compare.py", *asked], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert [(row["instance"], row["tool"]) for row in document["rows"]] == [
        (instance, name) for instance in ("1,2,2", "2,2,1") for name in names
    ]
    for row in document["rows"]:
        assert list(row) == KEYS
        states, transitions, *_ = COUNTS[row["instance"]].values()
        assert (row["states"], row["transitions"]) == (states, transitions)
        assert row["states_per_second"] == pytest.approx(states / row["seconds"], rel=0.01)
        assert row["peak_mb"] >= document["peak_mb_floor"] / 2
    assert len(document["ratios"]) == 2 * 2 * 5
    assert all(one["compile_seconds"] for one in document["details"])
    assert {"python", "numba", "spin", "rumur", "g++"} <= set(document["versions"])
    assert document["machine"]["cores"] >= 1


@pytest.mark.parametrize("tool", [cpp("c++"), cpp("c++", sized=True)], ids=["", "sized"])
def test_the_yardstick_finds_depth_and_dead_ends_as_well(tool: Tool, tmp_path: Path) -> None:
    need("g++")
    out = run(tool.build("2,2,2", tmp_path), tmp_path).out
    assert list(map(int, out.split()[:4])) == list(COUNTS["2,2,2"].values())


@pytest.mark.parametrize("what", ["states", "transitions"])
@pytest.mark.parametrize("by", [-1, 1])
def test_a_wrong_count_is_refused(
    what: str, by: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(COUNTS["1,2,2"], what, COUNTS["1,2,2"][what] + by)
    assert compare.main(["--tools", "plain", "--instances", "1,2,2", "--runs", "1"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert f"WRONG COUNT: plain on 1,2,2 finds {COUNTS['1,2,2'][what] - by:,} {what}" in err


def test_the_tools_take_turns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    order: list[str] = []

    def recorded(command: list[str], _: Path) -> Ran:
        order.extend(command)
        return Ran("", 1.0, 1.0)

    monkeypatch.setattr(compare, "run", recorded)
    monkeypatch.setattr(compare, "all_tools", lambda _: [pretended(name) for name in "ABC"])
    assert compare.main(["--instances", "1,2,2", "--runs", "3"]) == 0
    assert "".join(order) == "ABCABCABC"
    assert "states/s" in capsys.readouterr().out


def test_ratios_are_medians_of_the_turns() -> None:
    ours = compare.Samples(pretended("ours", ours=True), "1,2,2", [1.0, 2.0, 4.0])
    other = compare.Samples(pretended("other"), "1,2,2", [2.0, 2.0, 40.0])
    elsewhere = compare.Samples(pretended("other"), "2,2,1", [1.0, 1.0, 1.0])
    (ratio,) = compare.ratios([ours, other, elsewhere])
    assert ratio == {"tool": "ours", "instance": "1,2,2", "than": "other", "times": 2.0}


def test_what_is_not_installed_has_no_row_unless_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = replace(pretended("absent"), needs=("no-such-program",))
    unloadable = replace(pretended("unloadable"), needs_modules=("no_such_module",))
    unusual = replace(pretended("unusual"), only_if_named=True)
    tools = [pretended("there"), absent, unloadable, unusual]
    monkeypatch.setattr(compare, "all_tools", lambda _: tools)
    monkeypatch.setattr(compare, "run", lambda *_: Ran("", 1.0, 1.0))
    asked = ["--json", "--instances", "1,2,2", "--runs", "1"]
    assert compare.main(asked) == 0
    out, err = capsys.readouterr()
    assert [row["tool"] for row in json.loads(out)["rows"]] == ["there"]
    assert "absent: not installed: no-such-program\n" in err
    assert "unloadable: not installed: no_such_module\n" in err
    assert compare.main([*asked, "--tools", "unusual"]) == 0
    assert [row["tool"] for row in json.loads(capsys.readouterr().out)["rows"]] == ["unusual"]
    for name in ("absent", "unloadable", "unknown"):
        with pytest.raises(SystemExit) as refused:
            compare.main([*asked, "--tools", name])
        assert refused.value.code == 2


def test_a_tool_that_fails_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = replace(pretended("broken"), build=lambda _, __: ["false"])
    monkeypatch.setattr(compare, "all_tools", lambda _: [broken])
    assert compare.main(["--instances", "1,2,2"]) == 1
    assert "false: exit 1" in capsys.readouterr().err


def test_large_numbers_of_spin_are_not_rounded() -> None:
    out = """ 11041732 states, stored
 90891861 states, matched
1.0193359e+08 transitions (= stored+matched)
pan: elapsed time 17.1 seconds
"""
    assert spin("spin").read(Ran(out, 17.4, 1.0)) == Outcome(11_041_732, 101_933_592, 17.1)
    soon = out.replace("17.1", "0.06")
    assert spin("spin").read(Ran(soon, 0.0625, 1.0)).seconds == 0.0625  # its own has one digit


def test_spin_stores_states_exactly(tmp_path: Path) -> None:
    need("spin", "gcc")
    pan = KNOWN["spin"].build("1,2,2", tmp_path)[0]
    out = run([pan], tmp_path).out
    assert "Full statespace search" in out
    for lossy in ("Partial Order Reduction", "Bit statespace", "Hash-Compact", "hash-compact"):
        assert lossy not in out


def test_what_was_measured_has_the_right_counts() -> None:
    assert MEASURED["rows"]
    for row in MEASURED["rows"]:
        assert list(row) == KEYS
        known = COUNTS[row["instance"]]
        assert (row["states"], row["transitions"]) == (known["states"], known["transitions"])


def test_the_picture_is_what_the_data_give(tmp_path: Path) -> None:
    plot.main(picture=tmp_path / "drawn.svg")
    drawn = (tmp_path / "drawn.svg").read_bytes()
    assert drawn == (ROOT / "reports" / "benchmark.svg").read_bytes()
    root = ET.fromstring(drawn)  # noqa: S314 - our own
    words = ["".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")]
    for row in MEASURED["rows"]:
        assert plot.said(row["tool"])[0] in words
        assert row["instance"] in words
    assert any(MEASURED["machine"]["processor"] in line for line in words)


def test_every_tool_has_a_name_and_a_look_of_its_own() -> None:
    said = [plot.said(tool.name) for tool in all_tools(4)]
    for aspect in zip(*said, strict=True):
        assert len(set(aspect)) == len(said)


def test_a_picture_of_one_row() -> None:
    one = {**MEASURED, "rows": MEASURED["rows"][:1]}
    root = ET.fromstring(plot.svg(one))  # noqa: S314 - our own
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 1


@given(st.lists(st.floats(0, 500), max_size=12))
@example([0.0, 0.0, 0.0])
@example([500.0, 500.0, 500.0])
def test_labels_keep_their_distance_and_order(wanted: list[float]) -> None:
    placed = plot.spread(sorted(wanted), 0, 500)
    assert all(b - a >= plot.GAP - 1e-6 for a, b in pairwise(placed))
    assert all(-1e-6 <= place <= 500 + 1e-6 for place in placed)
    if all(b - a >= plot.GAP for a, b in pairwise(sorted(wanted))):
        assert placed == pytest.approx(sorted(wanted))  # where there is room, nothing moves
