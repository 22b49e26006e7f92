"""Bad input: a documented error with file, line and hint; exit 2; quick; never a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support import MODELS, run

GOOD = "models/guarantees/at_least_once.py"

THREE_REFUSED = """\
from deliverycheck.lang import Message, Protocol, Role

sender = Role("sender")


class Three(Protocol):
    outbox: set[Message]

    @sender
    def submit(self, m: Message) -> None:
        try:
            self.accept(m)
        except ValueError:
            pass

    @sender
    def send(self, m: Message) -> None:
        self.outbox = {x for x in self.outbox}

    @sender
    def hear(self, m: Message) -> None:
        assert m in self.outbox
"""

DECLARED = """\
from deliverycheck.lang import Message, Protocol, Role

one = Role("one")


class Declared(Protocol):
    {}

    @one
    def act(self, m: Message) -> None:
        self.accept(m)
"""

# name of the case, files to write, arguments, what must stand in the error
CASES: dict[str, tuple[dict[str, str], list[str], list[str]]] = {
    "unknown setting": ({}, [GOOD, "--set", "worker=2"], ["DC004", "no setting `worker`"]),
    "near setting": (
        {}, ["models/pitfalls/check_then_act.py", "--set", "worker=2"], ["DC004", "`workers`"],
    ),
    "setting value": (
        {}, ["models/pitfalls/check_then_act.py", "--set", "workers=x"], ["DC004", "whole number"],
    ),
    "unknown fault": ({}, [GOOD, "--faults", "loose=1"], ["DC005", "`lose`"]),
    "unknown target": ({}, [GOOD, "--faults", "crash.wroker=1"], ["DC005", "`worker`"]),
    "fault number": ({}, [GOOD, "--faults", "lose=some"], ["DC007", "lose=1 crash=inf"]),
    "negative fault": ({}, [GOOD, "--faults", "lose=-1"], ["DC007"]),
    "unknown property": ({}, [GOOD, "--property", "no-los"], ["DC006", "`no-loss`"]),
    "target without a name": ({}, [GOOD, "--faults", "crash.=1"], ["DC005"]),
    "number without end": ({}, [GOOD, "--faults", "lose=" + "9" * 5000], ["DC007"]),
    "foreign digits": ({}, [GOOD, "--faults", "lose=\u0663"], ["DC007"]),
    "fault twice": ({}, [GOOD, "--faults", "lose=1 lose=2"], ["DC007"]),
    "not a number": ({}, [GOOD, "--limit-seconds", "nan"], ["DC007"]),
    "empty name": ({}, [""], ["DC002"]),
    "long name": ({}, ["x" * 5000], ["DC002"]),
    "too many workers": (
        {}, ["models/pitfalls/check_then_act.py", "--set", "workers=99999"], ["DC112"],
    ),
    "fairness in a model": (
        {"m.py": DECLARED.format('fairness = "storng"')}, ["m.py"], ["DC120", "m.py:7", "strong"],
    ),
    "claims a list": (
        {"m.py": DECLARED.format('claims = ["exactly-once"]')}, ["m.py"], ["DC120", "m.py:7"],
    ),
    "faults are nothing": ({"m.py": DECLARED.format("faults = None")}, ["m.py"], ["DC120"]),
    "faults by number": ({"m.py": DECLARED.format("faults = {1: 1}")}, ["m.py"], ["DC120"]),
    "faults nan": (
        {"m.py": DECLARED.format('faults = {"lose": float("nan")}')}, ["m.py"], ["DC007", "m.py:7"],
    ),
    "expects a list": ({"m.py": DECLARED.format('expects = ["x"]')}, ["m.py"], ["DC120"]),
    "TOML nan": (
        {"d.delivery.toml": f'model = "{GOOD}"\n[faults]\nlose = nan\n'}, ["d.delivery.toml"],
        ["DC007"],
    ),
    "TOML digits": (
        {"d.delivery.toml": 'model = "m.py"\nmessages = ' + "9" * 5000}, ["d.delivery.toml"],
        ["DC201"],
    ),
    "nested": ({"m.py": "x = " + "1+" * 100_000 + "1\n"}, ["m.py"], ["DC101"]),
    "marked twice": (
        {"m.py": DECLARED.format("x: bool").replace("    @one", "    @one\n    @one")}, ["m.py"],
        ["DC102", "marked twice"],
    ),
    "async": (
        {"m.py": DECLARED.format("x: bool").replace("def act", "async def act")}, ["m.py"],
        ["DC104", "async"],
    ),
    "role without a name": (
        {"m.py": DECLARED.format("x: bool").replace('Role("one")', 'Role("")')}, ["m.py"],
        ["DC112"],
    ),
    "no messages": ({}, [GOOD, "--messages", "0"], ["DC008"]),
    "no such file": ({}, ["models/guarantees/at_least_twice.py"], ["DC003", "at_least_once"]),
    "empty folder": ({"empty/.keep": ""}, ["empty"], ["DC002"]),
    "no model": ({"m.py": "x = 1\n"}, ["m.py"], ["DC103", "m.py"]),
    "syntax error": ({"m.py": "x = 1\ndef f(:\n"}, ["m.py"], ["DC101", "m.py:2"]),
    "import error": ({"m.py": "\nimport no_such_thing\n"}, ["m.py"], ["DC102", "m.py:2"]),
    "null bytes": ({"m.py": "x = '\0'\n"}, ["m.py"], ["DC101"]),
    "three refused": (
        {"m.py": THREE_REFUSED}, ["m.py"], ["m.py:11", "m.py:18", "m.py:22", "DC104", "DC105"],
    ),
    "domain too large": (
        {"m.py": THREE_REFUSED.split("    @sender")[0].replace(
            "outbox: set[Message]", "seen: set[Annotated[int, Range(0, 999999)]]"
        ).replace("import Message", "import Message, Range").replace(
            "from deliverycheck", "from typing import Annotated\nfrom deliverycheck"
        ) + "    @sender\n    def go(self) -> None:\n        self.seen.clear()\n"},
        ["m.py"], ["DC110", "m.py:8"],
    ),
    "wrong key": (
        {"d.delivery.toml": 'model = "m.py"\nmesages = 2\n'}, ["d.delivery.toml"],
        ["DC202", "`messages`"],
    ),
    "no TOML": ({"d.delivery.toml": "model = = 2\n"}, ["d.delivery.toml"], ["DC201"]),
    "no model in design": ({"d.delivery.toml": "messages = 2\n"}, ["d.delivery.toml"], ["DC202"]),
    "lost model": ({"d.delivery.toml": 'model = "m.py"\n'}, ["d.delivery.toml"], ["DC203"]),
    "design messages": (
        {"d.delivery.toml": 'model = "m.py"\nmessages = 0\n'}, ["d.delivery.toml"], ["DC008"],
    ),
    "no such class": ({}, [f"{GOOD}:AtLeastTwice"], ["DC103", "`AtLeastOnce`"]),
    "binary": ({"m.py": "\ud800"}, ["m.py"], ["DC003"]),
    "other file": ({"m.txt": ""}, ["m.txt"], ["DC002"]),
}  # fmt: skip


def prepared(files: dict[str, str], tmp_path: Path) -> Path:
    """A folder with the case's files and the models."""
    for name, text in files.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
    (tmp_path / "models").symlink_to(MODELS)
    return tmp_path


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_exit_2_with_a_code_and_a_hint(case: str, tmp_path: Path) -> None:
    files, arguments, expected = CASES[case]
    done = run("check", *arguments, cwd=prepared(files, tmp_path))
    assert done.code == 2, done
    assert "Traceback" not in done.err
    assert done.out == ""
    for text in expected:
        assert text in done.err


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_said_in_json_too(case: str, tmp_path: Path) -> None:
    files, arguments, expected = CASES[case]
    done = run("check", *arguments, "--json", cwd=prepared(files, tmp_path))
    assert done.code == 2
    assert {error["code"] for error in done.data["errors"]} & set(expected)
    assert done.data["exit"] == 2


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder.py").mkdir()
    done = run("check", "folder.py/x.py", cwd=tmp_path)
    assert done.code == 2
    assert "DC003" in done.err


LIGHT = """
import sys
sys.argv = ["deliverycheck", *{arguments!r}]
from deliverycheck.cli import main
code = 0
try:
    main()
except SystemExit as done:
    code = done.code
heavy = [name for name in ("z3", "networkx", "rich") if name in sys.modules]
print("LIGHT", code, heavy)
"""


@pytest.mark.parametrize("case", ["--help", *CASES])
def test_help_and_errors_import_nothing_heavy(case: str, tmp_path: Path) -> None:
    files, arguments, _ = CASES.get(case, ({}, [], []))
    words = ["--help"] if case == "--help" else ["check", *arguments]
    folder = prepared(files, tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", LIGHT.format(arguments=words)],
        cwd=folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == f"LIGHT {0 if case == '--help' else 2} []"


def test_any_bytes_as_a_design_or_a_trace_are_refused_quickly(tmp_path: Path) -> None:
    import random

    seed = 20261123
    generator = random.Random(seed)  # noqa: S311 - noise, not secrets
    for number in range(12):
        noise = generator.randbytes(200) if number % 2 else b"[" * 3000
        (tmp_path / "d.delivery.toml").write_bytes(noise)
        (tmp_path / "t.json").write_bytes(noise)
        for words in (["check", "d.delivery.toml"], ["replay", "t.json"]):
            began = time.monotonic()
            done = run(*words, cwd=tmp_path)
            assert done.code == 2, (seed, number, done)
            assert "Traceback" not in done.err, (seed, number)
            assert time.monotonic() - began < 10


def test_json_with_the_wrong_shape_is_refused(tmp_path: Path) -> None:
    good = json.loads(run("check", "models/guarantees/at_most_once.py", "--json").out)
    result = good["results"][0]
    broken = [
        [],
        {**good, "schema": "deliverycheck/result/9"},
        {**good, "results": {}},
        {**good, "results": [3]},
        {**good, "results": [{**result, "messages": "two"}]},
        {**good, "results": [{**result, "messages": 99}]},
        {**good, "results": [{**result, "faults": {"loose": 1}}]},
        {**good, "results": [{**result, "settings": {"x": 1}}]},
        {**good, "results": [{**result, "source": "nowhere.py"}]},
        {**good, "results": [{**result, "model": "Nobody"}]},
        {**good, "results": [{**result, "properties": [{"trace": 1}]}]},
        {**good, "results": []},
    ]
    for number, document in enumerate(broken):
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps(document))
        done = run("replay", file)
        assert (number, done.code) == (number, 2), done
        assert "Traceback" not in done.err


def test_nothing_hidden_is_offered(tmp_path: Path) -> None:
    for name in (".git", ".ci", "_cache", "mine.py"):
        (tmp_path / name).touch()
    done = run("check", tmp_path / "other.py")
    assert done.code == 2
    assert "`mine.py`" in done.err
    assert not any(name in done.err for name in ("`.git`", "`.ci`", "`_cache`"))
