"""The verb `export`: what it writes is what is checked, and other checkers read it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest
from foreign import by_rumur, by_spin, need
from support import CORE, ROOT, run
from test_exchange import validate, without_places

from deliverycheck.check.checking import explored, lifted_of
from deliverycheck.check.instances import explore_instance
from deliverycheck.check.options import Options
from deliverycheck.check.question import Question
from deliverycheck.exchange.loading import system_from
from deliverycheck.exchange.reading import document_of
from deliverycheck.export.murphi import murphi_of
from deliverycheck.export.promela import promela_of
from deliverycheck.load.subjects import questions
from deliverycheck.system.digest import digest_of
from deliverycheck.system.sorts import IntSort

GOOD = "models/guarantees/at_least_once.py"
FORMS = ("json", "smtlib", "promela", "murphi")
EVERY = questions(CORE)


def subject(asked: Question) -> str:
    """What to write on the command line to ask about one model."""
    return f"{asked.source}:{asked.name}"


@pytest.mark.parametrize("asked", EVERY, ids=lambda asked: asked.name)
def test_the_json_is_the_system_that_is_checked(asked: Question) -> None:
    done = run("export", subject(asked), "--as", "json")
    assert (done.code, done.err) == (0, ""), "what has no end stays without one"
    validate(done.data)
    system = lifted_of(asked).system
    assert system_from(document_of(done.out)) == without_places(system)
    has_no_end = any(getattr(v.sort, "high", 0) is None for v in system.variables)
    assert ('"high": null' in done.out) == has_no_end


def test_options_change_the_system_as_they_do_for_check() -> None:
    words = (
        "models/pitfalls/check_then_act.py", "--messages", "1", "--faults", "crash=1 delay=inf",
        "--set", "workers=2",
    )  # fmt: skip
    (result,) = run("check", *words, "--engine", "explicit", "--json").data["results"]
    found = run("export", *words, "--as", "json", "--json").data
    assert found["digest"] == result["digest"]
    assert digest_of(system_from(document_of(found["text"]))) == result["digest"]
    plain = run("export", "models/pitfalls/check_then_act.py", "--as", "json", "--json").data
    assert plain["digest"] != found["digest"]


@pytest.mark.parametrize("asked", EVERY, ids=lambda asked: asked.name)
def test_spin_and_rumur_read_it_and_count_the_same(asked: Question, tmp_path: Path) -> None:
    need("spin", "rumur")
    found = explored(lifted_of(asked))
    for form, command, written in (
        ("promela", ("spin", "-a"), promela_of(found.system)),
        ("murphi", ("rumur", "--output", "out.c"), murphi_of(found.system)),
    ):
        file = tmp_path / form
        done = run("export", subject(asked), "--as", form, "-o", file)
        assert done.code == 0
        ended = found.system != lifted_of(asked).system
        assert done.err.startswith("note: at most ") == ended
        assert file.read_text() == written, "the instance that is explored, claims included"
        read = subprocess.run(
            [*command, form], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
        )
        assert read.returncode == 0, read
    # stopped by no claim that is broken, all states are counted
    for count in (
        by_rumur(found.system, tmp_path, invariants=False),
        by_spin(found.system, tmp_path, assertions=False),
    ):
        assert (count.states, count.transitions) == (len(found.states), found.transitions)


@pytest.mark.parametrize("form", ["promela", "murphi"])
@pytest.mark.parametrize(
    ("words", "copies", "most"),
    [((), None, 3), (("--faults", "lose=inf"), None, 2), (("--copies", "5"), 5, 5)],
)
def test_what_has_no_end_is_bounded_as_check_does_and_the_bounds_are_named(
    form: str, words: tuple[str, ...], copies: int | None, most: int
) -> None:
    done = run("export", GOOD, "--as", form, "--json", *words)
    (asked,) = questions([GOOD])
    lifted = lifted_of(replace(asked, faults={"lose": inf}) if "--faults" in words else asked)
    instance = explore_instance(lifted, Options(copies=copies)).system
    names = [
        name.name
        for name, ended in zip(lifted.system.variables, instance.variables, strict=True)
        if name.sort != ended.sort
    ]
    assert done.data["bounds"] == [f"{name}: at most {most}" for name in names]
    assert all(name in done.err for name in names)
    assert done.err.startswith(f"note: at most {most}: ")
    for name in names:
        sort = instance.variables[instance.index[name]].sort
        assert isinstance(sort, IntSort)
        assert sort.high == most


def test_a_model_that_goes_wrong_is_exported_for_others_to_see(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(
        """\
from typing import Annotated

from deliverycheck.lang import Channel, Message, Protocol, Range, Role

one = Role("one")


class Wrong(Protocol):
    n: Annotated[int, Range(0, 2)]
    line: Channel[Message] = Channel(one, one)

    @one
    def act(self, m: Message) -> None:
        self.line.put(m)
        self.n = self.n + 1
"""
    )
    checked = run("check", "m.py", "--engine", "explicit", cwd=tmp_path)
    assert "after act(" in checked.err, "a step that goes wrong, not a model that is refused"
    done = run("export", "m.py", "--as", "promela", cwd=tmp_path)
    assert done.code == 0, done
    assert "assert(0 <= n" in done.out


@pytest.mark.parametrize("form", FORMS)
def test_json_about_the_export(form: str) -> None:
    plain = run("export", GOOD, "--as", form)
    found = run("export", GOOD, "--as", form, "--json").data
    assert list(found) == ["schema", "model", "as", "digest", "bounds", "text"]
    assert (found["schema"], found["as"]) == ("deliverycheck/export/1", form)
    assert found["model"] == "AtLeastOnce"
    assert found["text"] == plain.out
    assert bool(found["bounds"]) == (form in {"promela", "murphi"})


@pytest.mark.parametrize("form", FORMS)
def test_the_same_bytes_for_any_hash_seed(form: str) -> None:
    env = [{**os.environ, "PYTHONHASHSEED": seed} for seed in ("0", "7")]
    one, other = (
        run("export", "models/guarantees/exactly_once.py", "--as", form, env=e) for e in env
    )
    assert one == other


@pytest.mark.parametrize("form", FORMS)
def test_a_file_gets_what_would_be_printed(form: str, tmp_path: Path) -> None:
    file = tmp_path / "out.txt"
    before = "what was there before\n" * 10_000
    file.write_text(before)
    with file.open() as reader:
        done = run("export", GOOD, "--as", form, "-o", file)
        assert reader.read() == before, "renamed: nobody reads half a file"
    assert (done.code, done.out) == (0, f"wrote {file}\n")
    assert file.read_text() == run("export", GOOD, "--as", form).out
    assert list(tmp_path.iterdir()) == [file], "nothing is left beside"
    run("export", GOOD, "--as", form, "-o", file, "--messages", "1", "--json")
    assert file.read_text() == run("export", GOOD, "--as", form, "--messages", "1").out


def test_a_link_goes_on_pointing(tmp_path: Path) -> None:
    (tmp_path / "real").touch()
    (tmp_path / "link").symlink_to("real")
    assert run("export", GOOD, "--as", "json", "-o", tmp_path / "link").code == 0
    assert (tmp_path / "link").is_symlink()
    assert json.loads((tmp_path / "real").read_text())["name"] == "AtLeastOnce"


TWO = "models/pitfalls/decrement.py"

# arguments, what must stand in the error
WRONG: dict[str, tuple[list[str], list[str]]] = {
    "several classes": ([TWO, "--as", "json"], ["DC002", f"{TWO}:Decrement", "AbsoluteWrite"]),
    "a folder": (["models/guarantees", "--as", "json"], ["DC002", "at_most_once.py:AtMostOnce"]),
    "no language": ([GOOD], ["--as"]),
    "other language": ([GOOD, "--as", "tla"], ["promela"]),
    "no model": (["models/nobody.py", "--as", "json"], ["DC003"]),
    "two models": ([GOOD, GOOD, "--as", "json"], [GOOD]),
    "setting": ([GOOD, "--as", "json", "--set", "x=1"], ["DC004"]),
    "fault": ([GOOD, "--as", "json", "--faults", "loose=1"], ["DC005"]),
    "messages": ([GOOD, "--as", "json", "--messages", "0"], ["DC008"]),
    "copies": ([GOOD, "--as", "murphi", "--copies", "0"], ["--copies"]),
    "a folder to write": ([GOOD, "--as", "json", "-o", "models"], ["DC003", "ordinary"]),
    "no folder": ([GOOD, "--as", "json", "-o", "models/no/x.json"], ["DC003", "No such file"]),
    "below a file": ([GOOD, "--as", "json", "-o", f"{GOOD}/x.json"], ["DC003"]),
    "no name": ([GOOD, "--as", "json", "-o", ""], ["DC003"]),
    "a long name": ([GOOD, "--as", "json", "-o", "x" * 5000], ["DC003"]),
    "a strange name": ([GOOD, "--as", "json", "-o", "models/.."], ["DC003"]),
}


@pytest.mark.parametrize("case", WRONG)
def test_bad_use_is_exit_2_with_nothing_printed(case: str) -> None:
    words, expected = WRONG[case]
    done = run("export", *words)
    assert (done.code, done.out) == (2, ""), done
    assert "Traceback" not in done.err
    for text in expected:
        assert text in done.err
    told = run("export", *words, "--json")
    assert told.code == 2
    assert all(error["code"].startswith("DC") for error in told.data["errors"])


def test_what_is_no_ordinary_file_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")  # stands for a device, such as /dev/null
    done = run("export", GOOD, "--as", "json", "-o", tmp_path / "pipe")
    assert done.code == 2, done
    assert "DC003" in done.err
    assert (tmp_path / "pipe").is_fifo()


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    done = run("export", GOOD, "--as", "json", "-o", tmp_path / "a")
    assert done.code == 2, done
    assert "DC003" in done.err


LIGHT = """
import sys
sys.argv = ["deliverycheck", "export", {model!r}, "--as", {form!r}]
from deliverycheck.cli import main
try:
    main()
finally:
    heavy = [name for name in ("z3", "networkx", "rich") if name in sys.modules]
    print("LIGHT", heavy, file=sys.stderr)
"""


@pytest.mark.parametrize("form", FORMS)
def test_nothing_heavy_is_imported(form: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIGHT.format(model=GOOD, form=form)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "LIGHT []")
