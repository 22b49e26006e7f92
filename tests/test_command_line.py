"""The command line: verbs, exit codes, text for people, JSON for machines."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support import MODELS, ROOT, SEEDED, run

G, P = "models/guarantees", "models/pitfalls"

ALONE = ("--engine", "explicit")
"""One engine: quick, for tests that are about something else than the engines."""

MODEL = (MODELS / "guarantees" / "at_most_once.py").read_text(encoding="utf-8")


def test_the_guarantees_are_as_expected() -> None:
    done = run("check", G, *ALONE)  # by both engines, and the other models: see test_results.py
    assert done.code == 0
    assert done.out.splitlines()[-1] == "4 models: everything as expected."


def test_a_changed_expectation_is_exit_1_and_says_which_and_why(tmp_path: Path) -> None:
    file = tmp_path / "changed.py"
    file.write_text(MODEL.replace('"no-loss": "violated"', '"no-loss": "holds"'))
    done = run("check", file)
    assert done.code == 1
    assert "no-loss is violated, because of lose; expected was holds" in done.out


def test_an_expected_violation_that_does_not_happen_is_exit_1(tmp_path: Path) -> None:
    file = tmp_path / "changed.py"
    expects = '"no-phantom-effect": "violated", "no-loss": "violated"'
    file.write_text(MODEL.replace('"no-loss": "violated"', expects))
    done = run("check", file)
    assert done.code == 1
    assert "no-phantom-effect is holds" in done.out


def test_without_faults_at_most_once_loses_nothing() -> None:
    done = run("check", f"{G}/at_most_once.py", "--faults", "lose=0 crash=0", "--json")
    assert done.code == 0
    verdicts = {p["name"]: p["verdict"] for p in done.data["results"][0]["properties"]}
    assert verdicts["no-loss"] == "holds"


def test_in_another_environment_the_claim_alone_decides() -> None:
    assert run("check", f"{P}/check_then_act.py", "--faults", "lose=1", *ALONE).code == 0
    assert run("check", f"{P}/check_then_act.py", "--faults", "crash=1", *ALONE).code == 1
    two = ("--set", "workers=2", "--faults", "delay=1")
    assert run("check", f"{P}/check_then_act.py", *two, *ALONE).code == 1


def test_a_limit_is_undetermined_and_exit_3() -> None:
    limits = ("--limit-states", "100", "--engine", "explicit")
    done = run("check", f"{G}/exactly_once.py", *limits, "--json")
    assert done.code == 3
    (result,) = done.data["results"]
    assert result["exploration"]["complete"] is False
    assert result["exploration"]["stopped"] == "states"
    assert {p["verdict"] for p in result["properties"]} <= {"undetermined", "violated"}


@pytest.mark.parametrize(
    ("limit", "stopped"), [("--limit-seconds=0.000001", "seconds"), ("--limit-memory=1", "memory")]
)
def test_time_and_memory_are_limits_too(limit: str, stopped: str) -> None:
    # enough states for a second look at the clock
    faults = "lose=1 crash=1 duplicate=1 delay=1"
    alone = ("--engine", "explicit")
    done = run("check", f"{G}/exactly_once.py", "--faults", faults, limit, *alone, "--json")
    assert done.code in (1, 3)
    (result,) = done.data["results"]
    assert result["exploration"]["stopped"] == stopped
    assert not any(p["verdict"] == "holds" for p in result["properties"])


def test_strict_minds_warnings() -> None:
    assert run("check", f"{G}/at_most_once.py").code == 0
    assert run("check", f"{G}/at_most_once.py", "--strict", *ALONE).code == 0
    idle = ("--faults", "lose=1 reorder=1")  # a channel that is no `Fifo` has no order to lose
    assert run("check", f"{G}/at_least_once.py", *idle, "--strict", *ALONE).code == 4


def test_one_property_can_be_asked_for() -> None:
    done = run("check", f"{G}/at_most_once.py", "--property", "no-loss", "--json")
    assert [p["name"] for p in done.data["results"][0]["properties"]] == ["no-loss"]


def test_endless_faults_are_checked_within_bounds_and_say_so() -> None:
    done = run(
        "check", f"{G}/at_least_once_idempotent.py", "--messages", "1", "--faults",
        "lose=inf duplicate=inf crash=inf delay=inf", "--json", "--engine", "explicit",
        "--property", "no-duplicate-effect",
    )  # fmt: skip
    assert done.code == 0
    (result,) = done.data["results"]
    held = next(p for p in result["properties"] if p["name"] == "no-duplicate-effect")
    assert held["verdict"] == "holds"
    assert any("requests[m1]" in bound for bound in held["evidence"]["within"])
    assert "DC503" in {w["code"] for w in result["warnings"]}


def test_a_design_is_checked_like_a_model(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text((MODELS / "pitfalls" / "check_then_act.py").read_text())
    design = tmp_path / "two.delivery.toml"
    design.write_text(
        'model = "m.py:CheckThenAct"\nclaims = "at-least-once"\nmessages = 1\n'
        "[settings]\nworkers = 2\n[faults]\ndelay = 1\n"
        '[expects]\nno-duplicate-effect = "violated"\n'
    )
    done = run("check", design, "--json")
    assert done.code == 0
    (result,) = done.data["results"]
    assert (result["model"], result["messages"], result["faults"]) == ("two", 1, {"delay": 1})
    assert result["settings"] == {"workers": 2, "mark": "apart"}
    found = {p["name"]: p["because"] for p in result["properties"]}
    assert found["no-duplicate-effect"] == ["delay"]


def test_the_matrix_is_the_seeds_table() -> None:
    # by both engines, as text: see the README
    done = run("matrix", G, *ALONE, "--json")
    assert done.code == 0
    rows = {row["model"]: row for row in done.data["rows"]}
    answers = {
        name: (row["can_lose"]["answer"], row["can_duplicate"]["answer"])
        for name, row in rows.items()
    }
    assert answers == {
        "AtMostOnce": ("yes", "no"),
        "AtLeastOnce": ("no", "yes"),
        "AtLeastOnceIdempotent": ("no", "no"),
        "ExactlyOnce": ("no", "no"),
    }
    assert rows["AtMostOnce"]["can_lose"]["because"] == ["lose"]
    # Counted by hand in the models: puts, and steps that change a durable field.
    assert {name: tuple(row["cost"].values()) for name, row in rows.items()} == {
        "AtMostOnce": (1, 2),  # request; pending: in, out
        "AtLeastOnce": (2, 2),  # request, reply; outbox: in, out
        "AtLeastOnceIdempotent": (2, 3),  # the same, and the mark
        # four messages; unreceived in, remembered, to unreleased, forgotten, unreleased out
        "ExactlyOnce": (4, 5),
    }


def test_the_matrix_fits_a_narrow_terminal() -> None:
    done = run("matrix", G, *ALONE, env={**os.environ, "COLUMNS": "60"})
    assert done.code == 0
    assert max(map(len, done.out.splitlines())) <= 60


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_text_keeps_to_the_terminal(columns: str) -> None:
    done = run("check", G, "-v", *ALONE, env={**os.environ, "COLUMNS": columns})
    lines = [line for line in done.out.splitlines() if "models/" not in line]
    assert max(map(len, lines)) <= min(100, int(columns))


def test_a_pipe_gets_no_colour() -> None:
    assert "\x1b" not in run("check", G, *ALONE).out
    assert "\x1b" not in run("check", "nowhere.py").err


def test_no_color_means_none_even_on_a_terminal() -> None:
    import pty

    for env, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        screen, terminal = pty.openpty()
        command = [sys.executable, "-m", "deliverycheck", "check", f"{G}/at_most_once.py"]
        child = subprocess.Popen(
            command, cwd=ROOT, stdout=terminal, stderr=terminal, env={**os.environ, **env}
        )
        os.close(terminal)
        seen = b""
        while True:
            try:
                part = os.read(screen, 65536)
            except OSError:  # the child closed its end
                break
            seen += part
            if not part:
                break
        child.wait(timeout=60)
        assert (b"\x1b[3" in seen) == coloured
        assert b"violated" in seen


def test_the_same_input_gives_the_same_bytes() -> None:
    runs = [
        run(
            "check",
            *SEEDED,
            "--json",
            "--engine",
            "explicit",
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        for seed in ("0", "1", "42")
    ]
    assert runs[0].code == 0
    assert len({done.out for done in runs}) == 1


def test_init_writes_a_model_that_holds_and_overwrites_nothing(tmp_path: Path) -> None:
    assert run("init", "my_queue", cwd=tmp_path).code == 0
    done = run("check", "my_queue.py", cwd=tmp_path)
    assert done.code == 0
    assert "MyQueue" in done.out
    again = run("init", "my_queue", cwd=tmp_path)
    assert again.code == 2
    assert "DC303" in again.err


def test_explain_knows_every_code_that_is_ever_used() -> None:
    import re

    from deliverycheck.errors import CODES

    source = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "src").rglob("*.py"))
    assert set(re.findall(r'"(DC\d{3})"', source)) == set(CODES)
    assert "part of the language" in run("explain", "dc104").out
    assert run("explain", "DC999").code == 2


def test_doctor_lists_what_is_installed() -> None:
    done = run("doctor", "--json")
    assert done.code == 0
    assert set(done.data["packages"]) >= {"deliverycheck", "z3-solver", "networkx", "click", "rich"}


def test_every_verb_has_help() -> None:
    for verb in (
        "check",
        "matrix",
        "claims",
        "compare",
        "explore",
        "frontier",
        "sweep",
        "replay",
        "export",
        "certify",
        "init",
        "explain",
        "doctor",
    ):
        done = run(verb, "--help")
        assert done.code == 0
        assert "--json" in done.out


def test_an_interrupted_check_keeps_what_is_known_and_exits_130() -> None:
    # the first model is done at once; the second would take for ever with these faults
    command = [
        sys.executable, "-m", "deliverycheck", "check", f"{P}/check_then_act.py",
        f"{G}/exactly_once.py", "--messages", "4", "--json", "--faults",
        "lose=9 duplicate=9 crash=9 delay=9", "--limit-states", "900000000",
        "--engine", "explicit",
    ]  # fmt: skip

    def listen() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's `&` switches it off

    child = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=listen,  # noqa: PLW1509 - nothing here runs in threads
    )
    try:
        assert child.stderr is not None
        assert b"states" in child.stderr.readline()  # progress: it is in the middle of a search
        child.send_signal(signal.SIGINT)
        out, _ = child.communicate(timeout=60)
    finally:
        child.kill()
        child.communicate()
    assert child.returncode == 130
    data = json.loads(out)
    assert data["exit"] == 130
    assert data["results"][-1]["exploration"]["stopped"] == "interrupted"


def test_a_narrow_matrix_is_a_list() -> None:
    done = run("matrix", f"{G}/at_most_once.py", env={**os.environ, "COLUMNS": "40"})
    assert "  can lose? yes, 3 steps, lose" in done.out.splitlines()


def test_what_a_model_prints_is_no_part_of_the_result(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text('print("hello")\n' + MODEL)
    done = run("check", "m.py", "--json", cwd=tmp_path)
    assert done.data["exit"] == 0
    assert "hello" in done.err


def test_a_folder_is_searched_without_hidden_ones_and_environments(tmp_path: Path) -> None:
    for folder in (".hidden", "env", "sub", "_private"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "m.py").write_text(MODEL)
    (tmp_path / "env" / "pyvenv.cfg").write_text("")
    (tmp_path / "folder.py").mkdir()
    done = run("check", ".", "--json", cwd=tmp_path)
    assert [result["source"] for result in done.data["results"]] == ["sub/m.py"]


def test_a_reader_that_goes_away_is_no_failure_of_ours() -> None:
    command = f"{sys.executable} -m deliverycheck check models -v | head -1"
    done = subprocess.run(
        ["bash", "-c", f"{command}; echo ${{PIPESTATUS[0]}}"],  # noqa: S607 - any bash will do
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] in ("0", "141")
    assert "Traceback" not in done.stderr


def test_the_models_own_environment_said_again_is_no_other_one() -> None:
    """The command that a report gives to see it again comes to the same result."""
    file = "models/pitfalls/check_then_act.py"
    quick = ("--engine", "explicit")
    own = run("check", file, *quick)
    again = run("check", file, "--faults", "lose=1 crash=1 expire=0", "--set", "workers=1", *quick)
    assert (again.code, again.out) == (own.code, own.out)
    assert own.code == 0
    other = run("check", file, "--faults", "crash=1 lose=1 delay=1", *quick)
    assert other.code == 1
