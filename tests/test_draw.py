"""The verb `draw`."""

from __future__ import annotations

import os
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from support import run

AT_LEAST = "models/guarantees/at_least_once.py"
AT_MOST = "models/guarantees/at_most_once.py"


@pytest.mark.parametrize("what", ["machine", "graph"])
@pytest.mark.parametrize(
    ("form", "begins"), [("svg", "<svg "), ("dot", "digraph "), ("mermaid", "")]
)
def test_every_form_of_every_graph(what: str, form: str, begins: str) -> None:
    done = run("draw", AT_MOST, "--what", what, "--as", form)
    assert (done.code, done.err) == (0, "")
    begins = begins or {"machine": "stateDiagram-v2\n", "graph": "flowchart TD\n"}[what]
    assert done.out.startswith(begins)
    told = run("draw", AT_MOST, "--what", what, "--as", form, "--json").data
    assert told == {
        "schema": "deliverycheck/drawing/1",
        "model": "AtMostOnce",
        "what": what,
        "as": form,
        "text": done.out,
    }


def test_lanes_are_of_the_first_counterexample_or_the_one_named() -> None:
    done = run("draw", AT_LEAST, "--what", "lanes")
    root = ET.fromstring(done.out)  # noqa: S314 - our own text
    assert "AtLeastOnce: no-duplicate-effect" in "".join(root.itertext())
    done = run("draw", AT_LEAST, "--what", "lanes", "--property", "in-order")
    assert "AtLeastOnce: in-order" in done.out
    done = run("draw", AT_LEAST, "--what", "lanes", "--as", "mermaid")
    assert (done.code, done.err) == (0, "")
    assert "\nsequenceDiagram\n" in f"\n{done.out}"


@pytest.mark.parametrize(
    ("name", "begins"),
    [("a.svg", "<svg "), ("a.dot", "digraph"), ("a.GV", "digraph"), ("a.mmd", "stateDiagram"),
     ("a", "<svg ")],
)  # fmt: skip
def test_a_file_is_what_its_name_says(tmp_path: Path, name: str, begins: str) -> None:
    done = run("draw", AT_MOST, "-o", tmp_path / name)
    assert (done.code, done.out) == (0, f"wrote {tmp_path / name}\n")
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_one_actor_alone() -> None:
    done = run("draw", AT_LEAST, "--actor", "worker", "--as", "mermaid")
    assert "received" in done.out
    assert "outbox" not in done.out


def test_the_environment_decides_what_is_drawn() -> None:
    assert "crash" in run("draw", AT_LEAST, "--as", "dot").out
    assert "crash" not in run("draw", AT_LEAST, "--as", "dot", "--faults", "lose=1").out


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (["--what", "lanes", "--property", "no-loss"], "DC011", "There is one of"),
        (["--what", "lanes", "--faults", "", "--messages", "1"], "DC011", "has no counterexample"),
        (["--what", "lanes", "--as", "dot"], "DC001", "lanes have no form in DOT"),
        (["--property", "no-loss"], "DC001", "the same for every property"),
        (["--what", "graph", "--actor", "worker"], "DC001", "`--actor` is for state machines"),
        (["--what", "graph", "--property", "no-los"], "DC006", "no-loss"),
        (["--actor", "workr"], "DC011", "worker"),
        (["--what", "graph", "--limit-states", "9"], "DC011", "the limit of states was reached"),
        (["-o", "nowhere/at/all.svg"], "DC003", "cannot be written"),
        (["-o", "x" * 5000], "DC003", "no file can have that name"),
        (["--as", "png"], "", "png"),
    ],
)
def test_what_cannot_be_drawn_is_said(options: list[str], code: str, says: str) -> None:
    done = run("draw", AT_LEAST, *options)
    assert (done.code, done.out) == (2, "")
    words = " ".join(done.err.split())
    assert code in words
    assert says in words
    assert "Traceback" not in done.err


def test_a_folder_of_models_is_refused() -> None:
    done = run("draw", "models/guarantees")
    assert done.code == 2
    assert "`draw` is about one" in done.err


def test_a_large_graph_is_drawn_around_its_run() -> None:
    done = run("draw", "models/pitfalls/check_then_act.py", "--what", "graph")
    assert "60 of 1,493 states, the run and what is nearest to it" in done.out


def test_mermaid_draws_no_more_than_500_edges() -> None:
    model = "models/protocols/alternating_bit.py:DeadLink"
    done = run("draw", model, "--what", "graph", "--as", "mermaid")
    assert 0 < done.out.count('|"') <= 500
    assert len(done.out) <= 50_000


def test_a_state_machine_is_for_one_message() -> None:
    assert "m2" not in run("draw", AT_LEAST, "--messages", "3", "--as", "dot").out


def test_a_search_that_was_cut_short_is_noted_in_the_machine() -> None:
    done = run("draw", AT_LEAST, "--limit-states", "5")
    assert "Not all was looked at: the limit of states was reached." in done.out


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    for options in (["--what", "machine"], ["--what", "graph"], ["--what", "graph", "--as", "dot"]):
        outs = {
            run("draw", AT_MOST, *options, env=os.environ | {"PYTHONHASHSEED": seed}).out
            for seed in ("0", "1", "77")
        }
        assert len(outs) == 1
