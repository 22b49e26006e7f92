"""Reports into files: `--report` beside `check`, the verb `report`, and in a workflow."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from support import ROOT, Ran, run

from deliverycheck.cli.options import KINDS
from deliverycheck.report.kinds import SUFFIXES, Kind

ALMOST = "models/guarantees/at_most_once.py"
CHECKED = "models/pitfalls/check_then_act.py"
QUICK = ("--engine", "explicit")


def check(*arguments: object) -> Ran:
    return run("check", *arguments, *QUICK)


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def test_the_help_names_every_kind() -> None:
    assert tuple(KINDS.split(", ")) == tuple(SUFFIXES) == get_args(Kind)


def test_a_report_changes_nothing_of_what_is_printed(tmp_path: Path) -> None:
    alone = check(ALMOST)
    wanted = f"html={tmp_path}/a.html,junit={tmp_path}/j.xml"
    told = check(ALMOST, "--report", wanted, "--report", f"md={tmp_path}/m.md")
    assert (told.code, told.out) == (alone.code, alone.out) == (0, alone.out)
    assert names(tmp_path) == {"a.html", "j.xml", "m.md"}
    assert "wrote 3 files" in told.err
    as_json = check(ALMOST, "--json", "--report", f"json={tmp_path}/r.json")
    assert as_json.out == (tmp_path / "r.json").read_text(encoding="utf-8")


def test_several_models_or_runs_are_several_files(tmp_path: Path) -> None:
    done = check(
        ALMOST, CHECKED,
        "--report", f"html={tmp_path}/x.html",
        "--report", f"itf={tmp_path}/runs",
        "--report", f"svg={tmp_path}/y.svg",
    )  # fmt: skip
    assert done.code == 0
    assert {"x.html", "x-AtMostOnce.html", "x-CheckThenAct.html"} <= names(tmp_path)
    assert 'href="x-CheckThenAct.html#' in (tmp_path / "x.html").read_text(encoding="utf-8")
    assert "CheckThenAct-no-duplicate-effect.itf.json" in names(tmp_path / "runs")
    assert "y-CheckThenAct-no-duplicate-effect.svg" in names(tmp_path)


def test_one_model_is_one_page(tmp_path: Path) -> None:
    assert check(ALMOST, "--report", f"html={tmp_path}/x.html").code == 0
    assert names(tmp_path) == {"x.html"}
    text = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert "All models" not in text


def test_a_folder_is_made(tmp_path: Path) -> None:
    assert check(ALMOST, "--report", f"html={tmp_path}/a/b/").code == 0
    assert names(tmp_path / "a" / "b") == {"index.html", "AtMostOnce.html"}


@pytest.mark.parametrize(
    ("report", "code", "text"),
    [
        ("htm=x.html", "DC010", "did you mean `html`"),
        ("html", "DC010", "--report html=PATH"),
        ("html=", "DC010", "--report html=PATH"),
        ("html=x.html,pdf=x.pdf", "DC010", "`pdf`"),
        ("html=x.html,markdown=x.html", "DC010", "cannot both be `x.html`"),
    ],
)
def test_a_wrong_report_is_refused_before_anything_is_checked(
    report: str, code: str, text: str
) -> None:
    done = check(ALMOST, "--report", report)
    assert done.code == 2
    assert code in done.err
    assert text.lower() in done.err.lower()
    assert done.out == ""


def test_what_cannot_be_written_is_told_after_the_verdicts(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = check(ALMOST, "--report", f"html={tmp_path}/file/x.html")
    assert done.code == 2
    assert "DC003" in done.err
    assert "everything as expected" in done.out


def test_one_that_cannot_be_written_does_not_keep_others_from_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = check(ALMOST, "--report", f"html={tmp_path}/file/x.html,md={tmp_path}/ok.md")
    assert done.code == 2
    assert (tmp_path / "ok.md").exists()
    assert "wrote" in done.err


def test_a_run_alone_has_the_name_that_was_given_and_none_is_told(tmp_path: Path) -> None:
    # lost with its only copy: one run for all that it breaks
    one = ("--messages", "1", "--faults", "lose=1")
    assert check(ALMOST, *one, "--report", f"svg={tmp_path}/x.svg").code == 0
    assert names(tmp_path) == {"x.svg"}
    done = check("models/protocols/alternating_bit.py:AlternatingBit",
                 "--report", f"itf={tmp_path}/y.itf.json")  # fmt: skip
    assert "nothing to write as itf" in done.err
    assert names(tmp_path) == {"x.svg"}


def test_pages_of_models_of_the_same_name_do_not_write_over_each_other(tmp_path: Path) -> None:
    model = f"{(ROOT / ALMOST).as_posix()}:AtMostOnce"
    for number, name in enumerate(("index", "A", "a", "A-2")):
        text = f"name = {json.dumps(name)}\nmodel = {json.dumps(model)}\n"
        (tmp_path / f"d{number}.delivery.toml").write_text(text)
    for wanted, index in ((f"{tmp_path}/out/", "index.html"), (f"{tmp_path}/to/x.htm", "x.htm")):
        assert check(tmp_path, "--report", f"html={wanted}").code == 0
        folder = tmp_path / Path(wanted).relative_to(tmp_path).parts[0]
        assert len(names(folder)) == 5
        text = (folder / index).read_text(encoding="utf-8")
        for href in re.findall(r'href="([^"#]+\.html?)', text):
            assert (folder / href).is_file(), href


def test_files_stay_in_their_folder_whatever_a_design_is_called(tmp_path: Path) -> None:
    model = (ROOT / ALMOST).as_posix()
    for number, name in enumerate(("../../evil", "/etc/evil", "a/b", "..", "CON", "x" * 300)):
        text = f"name = {json.dumps(name)}\nmodel = {json.dumps(model + ':AtMostOnce')}\n"
        design = tmp_path / f"d{number}.delivery.toml"
        design.write_text(text)
        folder = tmp_path / f"out{number}"
        done = check(design, "--report", f"html={folder}/", "--report", f"itf={folder}/")
        assert done.code == 0, done.err
        assert all(file.parent == folder for file in folder.rglob("*"))
        assert len(names(folder)) >= 3
    assert names(tmp_path) == {f"{kind}{n}{end}" for n in range(6)
                               for kind, end in (("d", ".delivery.toml"), ("out", ""))}  # fmt: skip


def in_workflow(summary: Path | None, *arguments: object) -> Ran:
    env = {**os.environ, "GITHUB_ACTIONS": "true"}
    env.pop("GITHUB_STEP_SUMMARY", None)
    if summary is not None:
        env["GITHUB_STEP_SUMMARY"] = str(summary)
    return run("check", *arguments, *QUICK, env=env)


def test_in_a_workflow_what_is_not_as_expected_is_annotated(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    done = in_workflow(summary, CHECKED, "--faults", "lose=0 crash=1")
    assert done.code == 1
    (line,) = (one for one in done.err.splitlines() if one.startswith("::"))
    assert line.startswith(f"::error file={CHECKED},line=")
    assert "::" not in done.out
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert "CheckThenAct" in text
    # without a file for it there is no summary, and nothing is wrong with that
    assert in_workflow(None, ALMOST).code == 0


def written(folder: Path, jobs: int, seed: str) -> dict[str, str]:
    command = [
        sys.executable, "-m", "deliverycheck", "report", ALMOST, CHECKED,
        "models/pitfalls/decrement.py:AbsoluteWrite", "-o", str(folder), "--jobs", str(jobs),
        *QUICK,
    ]  # fmt: skip
    env = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=False, timeout=900)
    assert done.returncode == 0, done.stderr.decode()
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}


def test_the_same_bytes_for_any_hash_seed_and_number_of_processes(tmp_path: Path) -> None:
    ways = [(1, "0"), (2, "1"), (2, "31337"), (1, "4294967295")]
    found = [written(tmp_path / seed, jobs, seed) for jobs, seed in ways]
    assert all(one == found[0] for one in found)
    files = found[0]
    assert {"index.html", "AtMostOnce.html", "AbsoluteWrite.html", "report.md", "result.json",
            "junit.xml", "report.sarif", "test_runs.py"} <= set(files)  # fmt: skip
    assert {Path(name).suffix for name in files} == {
        ".html", ".md", ".json", ".xml", ".sarif", ".mmd", ".dot", ".svg", ".py",
    }  # fmt: skip
    for file in (tmp_path / "0").iterdir():
        text = file.read_text(encoding="utf-8")
        assert str(ROOT) not in text
        assert str(tmp_path) not in text


def test_report_says_what_was_refused_and_what_is_no_folder(tmp_path: Path) -> None:
    done = run("report", "models/nowhere.py", "-o", tmp_path / "x")
    assert done.code == 2
    assert not (tmp_path / "x").exists()
    file = tmp_path / "file"
    file.write_text("")
    done = run("report", ALMOST, "-o", file)
    assert done.code == 2
    assert "cannot be a folder" in " ".join(done.err.split())
    done = run("report", ALMOST)
    assert done.code == 2
    assert "--out" in done.err


def test_only_the_kinds_that_are_wanted(tmp_path: Path) -> None:
    done = run("report", ALMOST, "-o", tmp_path, "--as", "markdown", "--json", *QUICK)
    assert done.code == 0
    assert names(tmp_path) == {"report.md"}
    assert done.data["results"][0]["model"] == "AtMostOnce"


def test_a_page_imports_no_engine_before_there_is_a_model_to_look_at() -> None:
    code = (
        "import sys; import deliverycheck.cli.app, deliverycheck.cli.reporting;"
        "print([name for name in ('z3', 'networkx', 'rich', 'jinja2') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
