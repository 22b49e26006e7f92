"""explore: a run taken by hand, from a pipe."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
from support import MODELS, ROOT, Ran, lifted_with, run

from deliverycheck.semantics.interpreter import successors

ALO = MODELS / "guarantees" / "at_least_once.py"
ONE = ("--messages", "1")
TWICE = "no-duplicate-effect"
SCHEMA, RUN = (
    json.loads(files("deliverycheck.report").joinpath(f"schemas/{name}-1.json").read_text("utf-8"))
    for name in ("explore", "run")
)


def typed(lines: str, *arguments: object) -> Ran:
    """What comes of typing these lines."""
    command = [sys.executable, "-m", "deliverycheck", "explore", *map(str, arguments)]
    done = subprocess.run(
        command, input=lines, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def positions(lines: str, *arguments: object) -> list[Any]:
    done = typed(lines, *arguments, "--json")
    assert done.code == 0, done.err
    found = [json.loads(line) for line in done.out.splitlines()]
    for one in found:
        jsonschema.validate(one, SCHEMA)
    return found


def number_of(position: Any, action: str) -> int:
    (number,) = (one["number"] for one in position["choices"] if one["action"] == action)
    return int(number)


def path_of(actions: list[str], *arguments: object) -> str:
    """The lines to type to take some actions."""
    lines = ""
    for action in actions:
        lines += f"{number_of(positions(lines, *arguments)[-1], action)}\n"
    return lines


def test_the_steps_of_a_walk_are_those_of_the_reference_semantics() -> None:
    system = lifted_with(ALO, "lose=1 crash=1").system
    lines = path_of(["submit(m1)", "send(m1)", "handle(m1)", "handle(m1)@received"], ALO, *ONE)
    found = positions(lines, ALO, *ONE)
    state = system.initial[0]
    for before, after in pairwise(found):
        assert before["state"] == system.valuation(state)
        outcomes = {o.action.name: o.state for o in successors(system, state)}
        assert {one["action"] for one in before["choices"]} == set(outcomes)
        state = next(s for s in outcomes.values() if system.valuation(s) == after["state"])
    assert [one["step"] for one in found] == [0, 1, 2, 3, 4]


def test_each_step_tells_what_it_decides() -> None:
    done = ["submit(m1)", "send(m1)", "handle(m1)", "handle(m1)@received"]
    here = positions(path_of(done, ALO, *ONE), ALO, *ONE)[-1]
    # Applied, not answered: the answer saves it, or might still be lost; a crash decides it.
    after = {one["action"]: one["outlook"][TWICE] for one in here["choices"]}
    assert here["outlook"][TWICE] == "open"
    assert after == {"handle(m1)@applied": "open", "crash(worker)": "doomed"}
    worse = [*done, "crash(worker)", "send(m1)", "handle(m1)", "handle(m1)@received"]
    assert positions(path_of(worse, ALO, *ONE), ALO, *ONE)[-1]["outlook"][TWICE] == "broken"
    text = typed(path_of(done, ALO, *ONE), ALO, *ONE).out
    assert "no-duplicate-effect can only go wrong" in " ".join(text.split())


def test_what_is_broken_stays_so(tmp_path: Path) -> None:
    file = tmp_path / "counting.py"
    file.write_text(COUNTING, encoding="utf-8")
    found = positions("1\n1\n", file)
    assert [one["outlook"]["not-one"] for one in found] == ["doomed", "broken", "broken"]
    assert found[1]["choices"][0]["outlook"] == {"not-one": "broken"}


COUNTING = """\
from deliverycheck.lang import Natural, Protocol, Role, always, require

one = Role("one")


class Counting(Protocol):
    count: Natural

    @one
    def tick(self) -> None:
        require(self.count < 3)
        self.count += 1

    @always
    def not_one(self) -> bool:
        return self.count != 1
"""


def test_undo_and_jump_go_back_and_forth() -> None:
    found = positions("1\n1\n1\nundo\nu\njump 3\nj 0\n", ALO, *ONE)
    assert [one["step"] for one in found] == [0, 1, 2, 3, 2, 1, 3, 0]
    assert found[3] == found[6]
    # What was undone is forgotten once another way is taken.
    lines = path_of(["submit(m1)", "send(m1)"], ALO, *ONE)
    here = positions(lines, ALO, *ONE)[-1]
    both = [number_of(here, "handle(m1)"), number_of(here, "lose(requests, m1)")]
    done = typed(f"{lines}{both[0]}\n1\nj 2\n{both[1]}\nj 4\n", ALO, *ONE)
    assert "no step 4" in done.err


def test_a_saved_run_can_be_replayed_and_gone_on_with(tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    done = typed(f"1\n1\nsave {file}\nsave {file}\nq\n1\n", ALO, *ONE)
    assert done.code == 0
    assert "cannot be written" in done.err  # nothing is overwritten
    saved = json.loads(file.read_text(encoding="utf-8"))
    jsonschema.validate(saved, RUN)
    again = run("replay", file)
    assert again.code == 0
    assert again.out.startswith("still possible")
    here = positions("", ALO, *ONE, "--from", file)[-1]
    assert here["step"] == 2
    assert here == positions("1\n1\n", ALO, *ONE)[-1]
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("send(m1)", "sent(m1)"), encoding="utf-8")
    assert run("replay", file).code == 2
    assert "cannot be taken" in typed("", ALO, *ONE, "--from", file).err
    other = MODELS / "guarantees" / "exactly_once.py"
    file.write_text(text, encoding="utf-8")
    assert typed("", other, *ONE, "--from", file).code == 2
    result = tmp_path / "result.json"
    result.write_text(run("check", ALO, "--engine", "explicit", "--json").out, encoding="utf-8")
    assert "save FILE" in typed("", ALO, "--from", result).err


def test_what_cannot_be_done_is_said_and_nothing_is_lost() -> None:
    done = typed("9\nudno\njump\njump 7\nundo\n\nhelp\nstory\n1\n", ALO, *ONE)
    assert done.code == 0
    for text in ("no step [9]", "`undo`", "no command", "no step 7", "this is the start"):
        assert text in done.err
    assert "1. The sender accepts m1" in done.out
    assert "save FILE" in done.out
    assert "Traceback" not in done.err


def test_beyond_a_limit_it_says_that_it_does_not_know() -> None:
    found = positions("1\n" * 30, ALO, "--limit-states", "50")
    last = found[-1]
    assert last["unseen"]
    assert last["choices"] == []
    assert set(last["outlook"].values()) == {"open"}


def test_no_number_is_too_long_and_what_is_missing_is_said() -> None:
    digits = "1" * 5000
    done = typed(f"{digits}\njump {digits}\nsave\njump\nsave a b\n", ALO, *ONE)
    assert done.code == 0, done.err
    assert done.err.count("no step") == 2
    assert "Did you mean" not in done.err
    assert done.err.count("needs one thing") == 3
