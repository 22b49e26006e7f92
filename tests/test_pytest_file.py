"""The generated tests run, pass while the runs do what they say, and fail when they do not."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hostile import HOSTILE, called, renamed
from support import EXPLICIT, ROOT, question

from deliverycheck.api import replay_run
from deliverycheck.check.checking import check
from deliverycheck.errors import InputError
from deliverycheck.load.subjects import questions
from deliverycheck.report.formats.pytest_file import pytest_of
from deliverycheck.system.verdicts import ModelResult


def ran(text: str, folder: Path, cwd: Path = ROOT) -> tuple[int, str]:
    """What pytest says of a test module, in a process of its own: exit code and output."""
    file = folder / "test_runs.py"
    file.write_text(text, encoding="ascii")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    command += ["-W", "error", "--rootdir", str(folder), "-c", os.devnull, str(file)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def violated(result: ModelResult) -> list[str]:
    return [prop.name for prop in result.properties if prop.verdict == "violated"]


def of_model(name: str, faults: str = "lose=1 crash=1", **settings: object) -> ModelResult:
    return check(question(name, faults, settings=settings), EXPLICIT)


def test_every_counterexample_is_a_test_and_passes(tmp_path: Path) -> None:
    """Of several models at once; with loops, records, replicas and faults without end."""
    results = [
        of_model("models/pitfalls/check_then_act.py"),
        of_model("models/pitfalls/check_then_act.py", "delay=1", workers=2),
        of_model("models/protocols/alternating_bit.py:AlternatingBit", "lose=inf reorder=1"),
        of_model("models/guarantees/at_most_once.py", "lose=1"),
    ]
    weak = replace(question("models/guarantees/at_least_once.py", "lose=inf"), fairness="weak")
    results.append(check(weak, EXPLICIT))
    assert any(p.trace and p.trace.loop_start is not None for r in results for p in r.properties)
    code, out = ran(pytest_of(results), tmp_path)
    count = sum(len(violated(result)) for result in results)
    assert code == 0, out
    assert f"{count} passed" in out


def test_each_test_is_named_and_told_for_people() -> None:
    result = of_model("models/pitfalls/check_then_act.py")
    tree = ast.parse(pytest_of([result]))
    tests = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert [test.name for test in tests] == [
        f"test_check_then_act_breaks_{name.replace('-', '_')}" for name in violated(result)
    ]
    story = ast.get_docstring(tests[0])
    assert story is not None
    assert "5. The worker crashes while it is at `charged` in handle m1. [fault: crash]" in story
    assert "So m1 is applied twice." in story


def test_a_model_beside_the_file_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    (folder / "models" / "pitfalls").mkdir(parents=True)
    shutil.copy(ROOT / "models/pitfalls/check_then_act.py", folder / "models" / "pitfalls")
    code, out = ran(pytest_of([of_model("models/pitfalls/check_then_act.py")]), folder, tmp_path)
    assert code == 0, out


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("'outbox[m1]': (False, True)", "'outbox[m1]': (False, False)", "step 1"),
        ("'effects[m1]': (1, 2)", "'effects[m1]': (1, 1)", "step 8"),
        ("'crash(worker)', 'crash'", "'crash(worker)', None", "step 5"),
        ("'send(m1)'", "'send(m2)'", "step 2"),
        ("'digest': '", "'digest': '0", "changes something else"),
        ("breaks='no-duplicate-effect'", "breaks='no-loss'", "no-loss is not violated"),
        ("breaks='no-duplicate-effect'", "breaks='no-such-thing'", "no property"),
        ("'messages': 2", "'messages': 0", "messages"),
    ],
)
def test_a_tampered_run_fails(tmp_path: Path, old: str, new: str, said: str) -> None:
    result = of_model("models/pitfalls/check_then_act.py")
    only = replace(result, properties=tuple(p for p in result.properties if "duplicate" in p.name))
    text = pytest_of([only])
    if "digest" in old:  # a run that is not of this model is stale, not forged
        text = text.replace("'effects[m1]': (1, 2)", "'effects[m1]': (0, 2)")
    assert old in text
    code, out = ran(text.replace(old, new, 1), tmp_path)
    assert code == 1, out
    assert said in out


REPAIRED = '''

from deliverycheck.lang import Message, Steps  # noqa


class Mended(CheckThenAct):
    """Effect and mark in one step."""

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"
        if m not in self.processed:
            self.effect(m)
            self.processed.add(m)
            yield "charged"
        self.replies.put(m)
'''


def test_once_the_model_is_mended_the_run_is_stale(tmp_path: Path) -> None:
    shipped = (ROOT / "models/pitfalls/check_then_act.py").read_text(encoding="utf-8")
    (tmp_path / "model.py").write_text(shipped, encoding="utf-8")
    (before,) = questions([str(tmp_path / "model.py")])
    text = pytest_of([check(before, EXPLICIT)])
    assert ran(text, tmp_path)[0] == 0
    (tmp_path / "model.py").write_text(shipped + REPAIRED, encoding="utf-8")
    assert ran(text, tmp_path)[0] == 0  # the old design is still there, and still broken
    mended = text.replace("'model': 'CheckThenAct'", "'model': 'Mended'")
    code, out = ran(mended, tmp_path)
    assert code == 1
    assert "changes something else than what is written" in out
    assert re.search(r"^E .*'stale' == 'still violated'", out, re.MULTILINE), out
    moved = mended.replace('== "still violated"', '== "stale"')
    assert ran(moved, tmp_path)[0] == 0


def test_a_run_that_breaks_nothing_any_more_is_fixed() -> None:
    """The same steps, in a model where the effect may happen twice."""
    found = of_model("models/guarantees/at_most_once.py", "lose=1")
    (prop,) = (p for p in found.properties if p.name == "no-loss")
    assert prop.trace is not None
    about = {
        "model": found.model,
        "source": found.source,
        "digest": "of another model",
        "messages": found.messages,
        "settings": {},
        "faults": {"lose": 1},
        "fairness": "strong",
    }
    steps = [
        (s.actor, s.action, s.fault, {c.variable: (c.old, c.new) for c in s.changes})
        for s in prop.trace.steps
    ]
    assert replay_run(about, breaks="no-loss", steps=steps).outcome == "still violated"
    assert replay_run(about, breaks="no-loss", steps=steps[:-1]).outcome == "fixed"
    with pytest.raises(InputError):
        replay_run({**about, "digest": found.digest}, breaks="no-loss", steps=steps[:-1])


def test_nothing_broken_is_no_test(tmp_path: Path) -> None:
    result = of_model("models/guarantees/exactly_once.py", "")
    assert violated(replace(result, properties=())) == []
    code, out = ran(pytest_of([replace(result, properties=())]), tmp_path)
    assert code == 5, out  # pytest: no tests were collected


@pytest.fixture(scope="module")
def plain() -> ModelResult:
    return of_model("models/pitfalls/check_then_act.py")


@pytest.mark.parametrize("label", HOSTILE, ids=[f"{n}" for n in range(len(HOSTILE))])
def test_a_hostile_label_is_a_literal(plain: ModelResult, label: str) -> None:
    """The module has the shape it always has, and the very labels as values."""
    names = called(label)
    text = pytest_of([renamed(plain, names)])
    assert text.isascii()
    assert all(one.isprintable() or one == "\n" for one in text)
    tree, usual = ast.parse(text), ast.parse(pytest_of([plain]))
    assert [type(node) for node in ast.walk(tree)] == [type(node) for node in ast.walk(usual)]
    strings = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert {names["CheckThenAct"], names["sender"], f"outbox[{names['m1']}]"} - strings == {
        f"outbox[{names['m1']}]"
    }
    assert f"{names['outbox']}[{names['m1']}]" in strings
    tests = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert len(set(tests)) == len(tests)
    assert all(name.startswith("test_") and len(name) < 150 for name in tests)
