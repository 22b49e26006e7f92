"""Models as tests: what pytest collects, when a model is run, and what a verdict becomes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from support import MODELS, ROOT, run

from deliverycheck.plugin import nodes, running  # loaded here, so that no inner run has to
from deliverycheck.plugin.telling import inert, judged
from deliverycheck.system.verdicts import (
    Caution,
    Evidence,
    Exploration,
    ModelResult,
    PropertyResult,
    Verdict,
)

assert nodes
assert running

STANDARD = (
    *("no-loss", "no-silent-loss", "honest-ack", "no-duplicate-effect", "no-phantom-effect"),
    *("in-order", "no-stale-effect", "eventual-effect", "no-deadlock"),
)

ALO = (MODELS / "guarantees" / "at_least_once.py").read_text(encoding="utf-8")

DESIGN = 'model = "alo.py"\n[faults]\nlose = 1\ncrash = 1\n'
"""At least once as it is; of the violations that its model knows of it says nothing."""

MARKED = f"import pytest\n{ALO}".replace("class At", "@pytest.mark.deliverycheck\nclass At")

TWICE = MARKED.replace("at-least", "exactly").replace('"no-duplicate-effect": "violated"', "")
"""Applies some message twice, and does not know."""

ENDS_BADLY = f"from typing import Annotated\n{ALO}".replace("Steps, req", "Range, Steps, req")
ENDS_BADLY = ENDS_BADLY.replace(
    "    outbox:", "    n: Annotated[int, Range(0, 1)] = 0\n    outbox:", 1
)
ENDS_BADLY = ENDS_BADLY.replace("self.outbox.add(m)", "self.n = self.n + 1", 1)
"""Counts to two, where there is room for one."""

SPY = """
import deliverycheck.plugin.running as running

def log(*words):
    with open(LOG, "a") as file:
        print(*words, file=file)

def examine(real):
    def spy(question, lifted, options):
        log("checked", question.name, *options.properties)
        return real(question, lifted, options)
    return spy

def explained(real):
    def spy(examined):
        log("explained", *(prop.name for prop in examined.result.properties))
        return real(examined)
    return spy

def pytest_configure(config):
    for name, spy in (("examine", examine), ("explained", explained)):
        real = getattr(running, name)
        setattr(running, name, spy(real))
        config.add_cleanup(lambda name=name, real=real: setattr(running, name, real))
"""

OURS = ("-p", "deliverycheck.plugin.hooks")
QUICK = (*OURS, "--delivery-engine=explicit")
XDIST = ("-p", "xdist.plugin", "-n", "2")


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder with a model and a design, and of the installed plugins none but ours."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("COLUMNS", "80")
    pytester.makeini("[pytest]\naddopts = --strict-markers\nfilterwarnings = error\n")
    pytester.path.joinpath("alo.py").write_text(ALO, encoding="utf-8")
    pytester.path.joinpath("alo.delivery.toml").write_text(DESIGN, encoding="utf-8")
    return pytester


def spied_on(project: pytest.Pytester) -> Path:
    """From now on what is run and explained is written down in this file."""
    log = project.path / "log.txt"
    log.touch()
    project.makeconftest(f"LOG = {str(log)!r}\n{SPY}")
    return log


def ids(project: pytest.Pytester, *arguments: str) -> list[str]:
    """What is collected, without an error."""
    done = project.runpytest_inprocess(*OURS, "--co", "-q", *arguments)
    assert done.ret == 0, done.stdout.str()
    return [line for line in done.outlines if "::" in line]


# What is collected


def test_a_design_is_collected_as_a_test_for_each_property(project: pytest.Pytester) -> None:
    assert ids(project) == [f"alo.delivery.toml::{name}" for name in STANDARD]


def test_a_marked_class_of_a_test_module_is_collected_beside_its_tests(
    project: pytest.Pytester,
) -> None:
    own = "    @always\n    def is_fine(self) -> bool:\n        return True\n\n    @sender"
    text = MARKED.replace("    @sender", own, 1).replace("Steps, require", "Steps, always, require")
    project.makepyfile(test_mine=f"{text}\n\ndef test_plain(): ...\n")
    found = ids(project, "test_mine.py")
    names = [*STANDARD, "is-fine"]
    assert found == [
        *(f"test_mine.py::AtLeastOnce::{name}" for name in names),
        "test_mine.py::test_plain",
    ]


def test_what_extends_a_marked_model_is_marked_but_a_private_base_is_not_run(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        test_mine=MARKED.replace("class AtLeastOnce", "class _Base")
        + "\n\nclass One(_Base): ...\n\n\nclass Two(_Base): ...\n\n\nAlias = Two\n"
    )
    project.makepyfile(test_other="from test_mine import One\n")
    found = ids(project, "test_mine.py", "test_other.py")
    assert {one.rpartition("::")[0] for one in found} == {"test_mine.py::One", "test_mine.py::Two"}


def test_a_mark_of_the_module_marks_all_its_models_and_nothing_else(
    project: pytest.Pytester,
) -> None:
    mark = 'pytestmark = pytest.mark.deliverycheck(faults="lose=2")\n'
    project.makepyfile(
        test_mine=f"import pytest\n{ALO}\n{mark}\n\nclass Plain: ...\n\n\ndef test_it(): ...\n"
    )
    found = ids(project, "test_mine.py")
    assert len(found) == len(STANDARD) + 1
    project.runpytest_inprocess(
        *QUICK, "test_mine.py::AtLeastOnce::no-loss", "--delivery-report=out"
    )
    (result,) = report_in(project)["results"]
    assert result["faults"] == {"lose": 2}
    assert [one["name"] for one in result["properties"]] == ["no-loss"]


def test_files_that_the_ini_option_names_are_collected_when_pytest_is_asked_for_all(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project.mkdir("models")
    for inner in ("one", "two"):  # the same name twice, as test modules could not have
        (folder / inner).mkdir()
        (folder / inner / "queue.py").write_text(ALO, encoding="utf-8")
    (folder / "_base.py").write_text("raise SystemExit\n")
    (folder / "conftest.py").write_text("")
    (folder / "test_mine.py").write_text(f"{ALO}\n\ndef test_plain(): ...\n", encoding="utf-8")
    project.mkdir("tests").joinpath("test_a.py").write_text("def test_a(): ...\n")
    project.makeini("[pytest]\ntestpaths = tests\ndeliverycheck_models = models alo*.toml\n")
    files = ["models/one/queue.py", "models/test_mine.py", "models/two/queue.py"]
    models = {f"{file}::AtLeastOnce" for file in files} | {"alo.delivery.toml"}
    found = [one.rpartition("::")[0] for one in ids(project)]
    assert set(found) == {*models, "tests/test_a.py", "models/test_mine.py"}
    assert len(found) == len(models) * len(STANDARD) + 2
    # what is named on the command line goes before the ini option, as with testpaths
    assert ids(project, "tests") == ["tests/test_a.py::test_a"]
    assert len(ids(project, "models/one")) == len(STANDARD)
    both = ("models/one/queue.py", "models/two/queue.py")
    assert len(ids(project, *both)) == 2 * len(STANDARD)
    assert ids(project, "models/one/queue.py::AtLeastOnce::no-loss") == [
        "models/one/queue.py::AtLeastOnce::no-loss"
    ]
    monkeypatch.chdir(project.path / "tests")
    assert ids(project) == ["tests/test_a.py::test_a"]


def test_a_pattern_names_files_and_a_covered_folder_is_not_collected_twice(
    project: pytest.Pytester,
) -> None:
    project.makeini("[pytest]\ndeliverycheck_models = **/a*.py\n")
    project.makeconftest(
        "def pytest_collection(session):\n    print('asked', *session.config.args)"
    )
    done = project.runpytest_inprocess(*OURS, "--co", "-s")
    assert f"asked {project.path}" in done.outlines
    found = ids(project)
    assert len(found) == len(set(found)) == 2 * len(STANDARD)


@pytest.mark.parametrize("name", ["modles", "nothing/*.py", "setup.cfg", "/no/where*", ".."])
def test_a_name_in_the_ini_option_that_nothing_answers_to_is_an_error(
    project: pytest.Pytester, name: str
) -> None:
    project.path.joinpath("setup.cfg").write_text("")
    if name == "..":
        name = "empty"
        project.mkdir("empty")
    project.makeini(f"[pytest]\ndeliverycheck_models = {name}\n")
    done = project.runpytest_inprocess(*OURS)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines([f"ERROR: deliverycheck_models: *{name.split('/')[0]}*"])


def test_suites_without_models_are_left_as_they_are(project: pytest.Pytester) -> None:
    project.path.joinpath("alo.delivery.toml").unlink()
    project.makepyfile(
        test_a="class Weird:\n    pytestmark = 3\n\nclass TestA:\n    pytestmark = []\n"
        "    def test_a(self): ...\n\ndef test_b(): assert 1 == 2\n"
    )

    def lines(*plugin: str) -> list[str]:
        done = project.runpytest_subprocess(*plugin, "-v", "-ra")
        return [line for line in done.outlines if "plugins:" not in line and " in 0." not in line]

    assert lines(*OURS) == lines()


# What is imported, and what is not


def modules_after(project: pytest.Pytester, *arguments: str) -> set[str]:
    """The modules that a run of pytest has imported, in a process of its own."""
    out = project.path / "modules.txt"
    text = "import sys\ndef pytest_unconfigure():\n    with open({!r}, 'w') as f:\n"
    project.makeconftest(text.format(str(out)) + "        print(*sys.modules, file=f)\n")
    project.runpytest_subprocess(*arguments)
    return set(out.read_text().split())


HEAVY = {"z3", "networkx", "jinja2", "rich", "cvc5", "numpy", "click"}
ENGINES = {f"deliverycheck.{name}" for name in ("explore", "prove", "certify", "semantics")}


def test_without_a_model_only_the_standard_library_and_pytest_are_imported(
    project: pytest.Pytester,
) -> None:
    project.path.joinpath("alo.delivery.toml").unlink()
    project.makepyfile("def test_a(): ...")
    found = modules_after(project, *OURS) - modules_after(project)
    foreign = {name for name in found if name.partition(".")[0] not in sys.stdlib_module_names}
    light = ("", ".load", ".load.finding", ".plugin", ".plugin.hooks", ".plugin.marks")
    assert foreign == {
        f"deliverycheck{name}" for name in (*light, ".plugin.named", ".plugin.state")
    }


def test_to_collect_a_model_takes_no_engine(project: pytest.Pytester) -> None:
    project.makepyfile(test_mine=MARKED)
    found = modules_after(project, *OURS, "--co")
    assert "deliverycheck.lift.lifting" in found
    assert not found & (HEAVY - {"click"} | ENGINES)
    assert modules_after(project, *QUICK, "-k", "no-deadlock") & ENGINES


@pytest.fixture
def installed(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project where deliverycheck is installed as a wheel would be (PEP 427, PEP 376)."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    points = table["entry-points"]["pytest11"].items()
    folder = project.path / "site"
    info = folder / "deliverycheck-0.1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: deliverycheck\nVersion: 0.1.0\n")
    lines = "".join(f"{name} = {value}\n" for name, value in points)
    (info / "entry_points.txt").write_text(f"[pytest11]\n{lines}")
    (info / "RECORD").write_text("deliverycheck/__init__.py,,\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), str(ROOT / "src")]))
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    return project


def test_the_plugin_is_there_as_soon_as_the_package_is(installed: pytest.Pytester) -> None:
    done = installed.runpytest_subprocess("--co", "-q")
    assert "alo.delivery.toml::no-loss" in done.outlines
    done = installed.runpytest_subprocess("--co", "-q", "-p", "no:deliverycheck")
    assert done.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_who_imports_the_package_before_pytest_is_not_warned(installed: pytest.Pytester) -> None:
    code = "import deliverycheck.api, pytest; raise SystemExit(pytest.main(['--co', '-q']))"
    done = installed.run(sys.executable, "-W", "error", "-c", code)
    assert done.ret == 0
    assert "alo.delivery.toml::no-loss" in done.outlines


# When a model is run


def test_a_model_is_run_once_for_all_of_its_properties(project: pytest.Pytester) -> None:
    log = spied_on(project)
    project.runpytest_inprocess(*QUICK).assert_outcomes(passed=6, skipped=3)
    assert log.read_text() == f"checked alo {' '.join(STANDARD)}\n"


def test_a_model_is_run_once_in_whatever_order_its_properties_come(
    project: pytest.Pytester,
) -> None:
    wrong = DESIGN.replace("alo.py", "wrong.py")
    project.path.joinpath("b.delivery.toml").write_text(wrong)
    project.path.joinpath("wrong.py").write_text(ENDS_BADLY, encoding="utf-8")
    log = spied_on(project)
    conftest = project.path / "conftest.py"
    conftest.write_text(
        f"{conftest.read_text()}\ndef pytest_collection_modifyitems(items):\n"
        "    items.sort(key=lambda item: item.name)\n"
    )
    done = project.runpytest_inprocess(*QUICK)
    done.assert_outcomes(passed=6, skipped=3, errors=9)
    assert log.read_text().count("checked") == 2


def test_only_selected_properties_are_asked_and_only_failures_explained(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(test_mine=TWICE)
    log = spied_on(project)
    done = project.runpytest_inprocess(*QUICK, "-k", "AtLeastOnce and (duplicate or order)")
    done.assert_outcomes(failed=1, skipped=1, deselected=16)
    asked = "no-duplicate-effect in-order"
    assert log.read_text() == f"checked AtLeastOnce {asked}\nexplained no-duplicate-effect\n"
    log.write_text("")
    project.runpytest_inprocess(*QUICK, "alo.delivery.toml::in-order", "alo.delivery.toml::no-loss")
    assert log.read_text() == "checked alo no-loss in-order\n"


def test_last_failed_runs_what_failed(project: pytest.Pytester) -> None:
    project.path.joinpath("alo.delivery.toml").write_text('claims = "exactly-once"\n' + DESIGN)
    project.runpytest_inprocess(*QUICK).assert_outcomes(passed=6, skipped=2, failed=1)
    log = spied_on(project)
    project.runpytest_inprocess(*QUICK, "--lf").assert_outcomes(failed=1)
    assert log.read_text().splitlines()[0] == "checked alo no-duplicate-effect"


def test_models_are_chosen_by_their_mark_and_obey_the_marks_of_others(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        test_mine=f"{MARKED}\n\n@pytest.mark.skip(reason='later')\nclass Late(AtLeastOnce): ...\n"
        "\n\n@pytest.mark.xfail(strict=True)\nclass Wrong(AtLeastOnce):\n"
        "    expects = {'no-loss': 'violated', 'in-order': 'holds'}\n\n\ndef test_a(): ...\n"
    )
    log = spied_on(project)
    assert len(ids(project, "-m", "deliverycheck")) == 4 * len(STANDARD)
    assert ids(project, "-m", "not deliverycheck") == ["test_mine.py::test_a"]
    chosen = "Late or (Wrong and (no-loss or in-order))"
    done = project.runpytest_inprocess(*QUICK, "-k", chosen)
    done.assert_outcomes(skipped=9, xfailed=2, deselected=26)
    assert [line for line in log.read_text().splitlines() if "Late" in line] == []


def test_a_mark_says_in_which_environment(project: pytest.Pytester) -> None:
    mark = (
        '.deliverycheck(messages=1, faults={"duplicate": 1}, fairness="strong", '
        'expects={"no-duplicate-effect": "violated", "in-order": "holds"})'
    )
    project.makepyfile(test_mine=MARKED.replace(".deliverycheck", mark))
    done = project.runpytest_inprocess(*QUICK, "test_mine.py", "--delivery-report", "out")
    assert "1 message · duplicate=1" not in done.outlines  # nothing failed, so nothing is told
    outcomes = done.parseoutcomes()
    assert outcomes.get("failed", 0) == 0
    (result,) = report_in(project)["results"]
    assert (result["messages"], result["faults"]) == (1, {"duplicate": 1})
    expected = {one["name"]: one["expected"] for one in result["properties"]}
    assert expected["no-duplicate-effect"] == "violated"
    assert expected["in-order"] == "holds"


# With several processes


def test_with_xdist_each_worker_runs_a_model_once_and_the_report_is_the_same(
    project: pytest.Pytester,
) -> None:
    pytest.importorskip("xdist")
    project.makepyfile(test_mine=TWICE)
    log = spied_on(project)
    # only the first process has the terminal, and knows how wide it is
    conftest = project.path / "conftest.py"
    conftest.write_text(
        f"{conftest.read_text()}\ndef pytest_sessionstart(session):\n"
        "    if not hasattr(session.config, 'workerinput'):\n"
        "        session.config.get_terminal_writer().fullwidth = 60\n"
    )
    alone = project.runpytest_inprocess(*QUICK, "--delivery-report", "one")
    assert log.read_text().count("checked") == 2
    log.write_text("")
    how = (*XDIST, "--dist=loadfile", "--delivery-report", "two")
    both = project.runpytest_subprocess(*QUICK, *how)
    assert log.read_text().count("checked") == 2
    assert both.parseoutcomes() == alone.parseoutcomes()
    one, two = ((project.path / name / "result.json").read_bytes() for name in ("one", "two"))
    assert one == two
    order = [result["model"] for result in report_in(project, "two")["results"]]
    assert order == ["alo", "AtLeastOnce"]  # as their ids, whoever was first
    both.stdout.fnmatch_lines(["The report of 2 models is in two/."])
    story = [line for line in alone.outlines if line.startswith("     ")]
    assert len(story) > 8
    assert [line for line in both.outlines if line.startswith("     ")] == story


def test_properties_of_a_model_are_a_group_to_xdist(project: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    project.makepyfile(test_mine=MARKED)
    project.makeconftest(
        "def pytest_collection_modifyitems(items):\n"
        "    for item in items:\n"
        "        print(item.nodeid, *(m.args[0] for m in item.iter_markers('xdist_group')))\n"
    )
    done = project.runpytest_inprocess(*OURS, "-p", "xdist.plugin", "--co", "-q", "-s")
    groups = dict(line.split() for line in done.outlines if line.count(" ") == 1 and "::" in line)
    assert groups["test_mine.py::AtLeastOnce::no-loss"] == "AtLeastOnce"
    assert groups["alo.delivery.toml::in-order"] == "alo"
    # where xdist keeps to the groups of functions (which depends on the version), also to ours
    project.makeconftest("")
    project.makepyfile(
        test_mine="import pytest\npytestmark = pytest.mark.xdist_group('one')\n"
        "@pytest.mark.parametrize('n', range(12))\ndef test_it(n): ...\n"
    )
    done = project.runpytest_subprocess(*QUICK, *XDIST, "--dist=loadgroup", "-v")
    ran = [line for line in done.outlines if line.startswith("[gw")]
    if any("test_it[3]@one" in line for line in ran):
        assert len({line[1:4] for line in ran if "alo." in line}) == 1


# When it is interrupted


def test_an_interruption_ends_the_run_and_keeps_what_is_known(project: pytest.Pytester) -> None:
    big = (
        'messages = 4\nmodel = "alo.py"\n[faults]\nlose = 3\nduplicate = 2\ncrash = 3\ndelay = 2\n'
    )
    project.path.joinpath("big.delivery.toml").write_text(big)
    log = spied_on(project)
    child = subprocess.Popen(
        [sys.executable, "-m", "pytest", *QUICK, "--delivery-report=out", "-p", "no:cacheprovider"],
        cwd=project.path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    until = time.monotonic() + 60
    while "checked big" not in log.read_text() and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.5)
    asked = time.monotonic()
    child.send_signal(signal.SIGINT)
    out, _ = child.communicate(timeout=60)
    assert time.monotonic() - asked < 10
    assert child.returncode == pytest.ExitCode.INTERRUPTED, out
    assert "KeyboardInterrupt" in out
    assert "Traceback" not in out
    assert "INTERNALERROR" not in out
    document = report_in(project)
    assert [result["model"] for result in document["results"]] == ["alo", "big"]
    assert document["exit"] == 130


def report_in(project: pytest.Pytester, folder: str = "out") -> Any:
    """The report in a folder."""
    return json.loads((project.path / folder / "result.json").read_text(encoding="utf-8"))


# What a verdict becomes


def test_every_shipped_model_passes_and_what_decides_nothing_is_skipped(
    project: pytest.Pytester,
) -> None:
    project.path.joinpath("alo.delivery.toml").unlink()
    models = ["at_least_once.py", "at_most_once.py", "decrement.py"]
    for file in models:
        (found,) = MODELS.rglob(file)
        project.path.joinpath(file).symlink_to(found)
    project.makeini(f"[pytest]\ndeliverycheck_models = {' '.join(models)}\n")
    done = project.runpytest_inprocess(*QUICK, "-v", "-rs")
    by_command = run("check", *models, "--engine=explicit", "--json", cwd=project.path)
    assert by_command.code == 0
    outcomes = {
        tuple(line.split()[0].split("::")[1:]): line.split()[1]
        for line in done.outlines
        if "::" in line and line.split()[1] in ("PASSED", "FAILED", "SKIPPED", "ERROR")
    }
    decided = {
        (result["model"], prop["name"]): "SKIPPED"
        if prop["expected"] is None and prop["verdict"] != "holds"
        else "PASSED"
        for result in by_command.data["results"]
        for prop in result["properties"]
    }
    assert outcomes == decided
    assert set(decided.values()) == {"PASSED", "SKIPPED"}
    reason = "nothing is expected of it; it is violated in 9 steps, with no fault at all"
    at_most_once = (MODELS / "guarantees" / "at_most_once.py").read_text(encoding="utf-8")
    line = at_most_once.splitlines().index("class AtMostOnce(Protocol):") + 1
    done.stdout.fnmatch_lines([f"SKIPPED [[]*[]] at_least_once.py:*: {reason}"])
    done.stdout.fnmatch_lines([f"SKIPPED [[]*[]] at_most_once.py:{line}: *"])


def said(
    verdict: Verdict,
    expected: Verdict | None,
    *,
    anything: bool = True,
    strict: bool = False,
    noted: bool = False,
) -> str:
    """What becomes of a test."""
    prop = PropertyResult("p", verdict, expected, Evidence("exhaustive", {}), reason="it is so")
    notes = (Caution("DC502", "a fault cannot happen"),) if noted else ()
    result = ModelResult(
        "M", "m.py", "", 2, {}, {}, None, Exploration(True, 1, 0, 0), (prop,), notes
    )
    how = judged(result, "p", expects_anything=anything, strict=strict, width=80)
    return how.outcome


@pytest.mark.parametrize(
    ("verdict", "if_holds", "if_violated", "if_nothing", "if_nothing_at_all"),
    [
        ("holds", "passed", "failed", "passed", "passed"),
        ("violated", "failed", "passed", "skipped", "skipped"),
        ("undetermined", "failed", "failed", "skipped", "failed"),
        ("vacuous", "passed", "failed", "skipped", "skipped"),
        ("error", "failed", "failed", "skipped", "failed"),
    ],
)
def test_a_verdict_is_judged_as_check_judges_it(
    verdict: Verdict, if_holds: str, if_violated: str, if_nothing: str, if_nothing_at_all: str
) -> None:
    assert said(verdict, "holds") == if_holds
    assert said(verdict, "violated") == if_violated
    assert said(verdict, None) == if_nothing
    assert said(verdict, None, anything=False) == if_nothing_at_all


def test_to_be_strict_is_to_ask_that_everything_was_put_to_the_test() -> None:
    assert said("vacuous", "holds", strict=True) == "failed"
    assert said("vacuous", None, strict=True) == "skipped"
    assert said("holds", "holds", noted=True) == "passed"
    assert said("holds", "holds", noted=True, strict=True) == "failed"
    assert said("violated", "violated", noted=True, strict=True) == "failed"
    assert said("violated", None, noted=True, strict=True) == "skipped"


def test_what_weakens_a_result_is_said_once_and_fails_only_where_strict(
    project: pytest.Pytester,
) -> None:
    project.path.joinpath("alo.delivery.toml").write_text(DESIGN + "reorder = 1\n")
    asked = ("-k", "no-loss or honest-ack or no-phantom-effect")
    done = project.runpytest_inprocess(*QUICK, *asked)
    done.assert_outcomes(passed=3, deselected=6)
    noted = [line for line in done.outlines if "DC502" in line]
    assert noted == ["  note (DC502): the fault reorder is allowed, but cannot happen here"]
    strict = project.runpytest_inprocess(*QUICK, *asked, "--delivery-strict")
    strict.assert_outcomes(passed=1, failed=2, deselected=6)  # of honest-ack nothing is expected
    strict.stdout.fnmatch_lines(["*no-loss is holds, but *weakened by a note (--delivery-strict)"])


# What a failure says


@pytest.mark.parametrize("columns", [50, 80])
def test_a_failure_tells_the_story_of_the_command_line_as_wide_as_the_terminal(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    project.makepyfile(test_mine=TWICE)
    done = project.runpytest_inprocess(*QUICK, "-k", "AtLeastOnce and duplicate", "--tb=long")
    done.assert_outcomes(failed=1, deselected=17)
    told = run(
        *("check", "test_mine.py", "--property", "no-duplicate-effect", "--engine", "explicit"),
        cwd=project.path,
        env={**os.environ, "COLUMNS": str(columns)},
    )
    story = told.out.rstrip().splitlines()
    end = next(at for at, line in enumerate(story) if "certificates" in line)
    assert "\n".join(story[: end + 1]) in "\n".join(done.outlines)
    first = next(at for at, line in enumerate(done.outlines) if line.startswith("____"))
    last = next(at for at, line in enumerate(done.outlines) if "short test summary" in line)
    assert max(map(len, done.outlines[first:last])) <= columns
    for word in ("Traceback", ".py:", "Error", "nodes", "Failed:"):
        assert word not in "\n".join(done.outlines[first + 2 : last]), word


def test_one_line_of_a_failure_says_where_the_model_stands_and_what_came_of_it(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    project.makepyfile(test_mine=TWICE)
    line = TWICE.splitlines().index("class AtLeastOnce(Protocol):") + 1
    done = project.runpytest_inprocess(*QUICK, "-k", "AtLeastOnce and duplicate", "--tb=line")
    said = "violated in 8 steps, because of crash; expected was holds"
    done.stdout.fnmatch_lines(
        [
            f"{project.path}/test_mine.py:{line}: {said}",
            f"FAILED test_mine.py::AtLeastOnce::no-duplicate-effect - {said}",
        ]
    )
    assert "The worker crashes" not in done.stdout.str()


def test_an_undetermined_verdict_fails_with_its_reason(project: pytest.Pytester) -> None:
    project.makeconftest(
        "from functools import partial\n"
        "import deliverycheck.plugin.running as running\n"
        "from deliverycheck.explore.limits import Limits\n"
        "def pytest_configure(config):\n"
        "    real = running.Options\n"
        "    running.Options = partial(real, limits=Limits(states=50))\n"
        "    config.add_cleanup(lambda: setattr(running, 'Options', real))\n"
    )
    text = 'claims = "exactly-once"\n' + DESIGN
    project.path.joinpath("alo.delivery.toml").write_text(text)
    done = project.runpytest_inprocess(*QUICK, "-k", "phantom or honest")
    done.assert_outcomes(failed=1, skipped=1, deselected=7)
    done.stdout.fnmatch_lines(
        ["no-phantom-effect is undetermined: the limit of states was reached; expected was"]
    )


# What is wrong with a model


def collected_wrong(project: pytest.Pytester, *arguments: str) -> str:
    """What is said of models that cannot be collected."""
    done = project.runpytest_inprocess(*OURS, *arguments)
    assert done.ret == pytest.ExitCode.INTERRUPTED
    assert done.parseoutcomes() == {"errors": 1}
    text = done.stdout.str()
    for word in ("Traceback", "nodes.py", "CollectError", "InputError"):
        assert word not in text, text
    return text


@pytest.mark.parametrize(
    ("design", "parts"),
    [
        ("model = 3\n", ["alo.delivery.toml: error DC202", "`model` is a text"]),
        ('modle = "alo.py"\n', ["error DC202", "Did you mean `model`?", "a design names its"]),
        ("model = \n", ["alo.delivery.toml: error DC201", "this is not TOML"]),
        ('model = "alo.py:Alo"\n', ["alo.py: error DC103", "Known: `AtLeastOnce`."]),
        ('model = "gone.py"\n', ["error DC203", "gone.py is not there"]),
    ],
)
def test_a_wrong_design_is_told_in_our_words(
    project: pytest.Pytester, design: str, parts: list[str]
) -> None:
    project.path.joinpath("alo.delivery.toml").write_text(design)
    text = collected_wrong(project)
    for part in [*parts, "Why it matters: deliverycheck explain DC"]:
        assert part in text


def test_what_is_not_part_of_the_language_is_told_at_its_line(project: pytest.Pytester) -> None:
    project.makepyfile(test_mine=MARKED.replace("self.outbox.add(m)", "print(m)"))
    line = MARKED.splitlines().index("        self.outbox.add(m)") + 1
    text = collected_wrong(project, "test_mine.py")
    assert f"test_mine.py:{line}: error DC10" in text


def test_a_model_file_that_cannot_be_read_is_told_at_its_line(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\ndeliverycheck_models = broken.py\n")
    project.path.joinpath("broken.py").write_text("\n\n1 / 0\n")
    assert "broken.py:3: error DC102" in collected_wrong(project, "broken.py")
    project.path.joinpath("broken.py").write_text("x = 1\n")
    assert "broken.py: error DC103" in collected_wrong(project, "broken.py")


@pytest.mark.parametrize(
    ("mark", "parts"),
    [
        ('(fault="lose=1")', ["no `fault`", "Did you mean `faults`?"]),
        ('("lose=1")', ["several marks, or one with something that has no name"]),
        ("(messages=True)", ["`messages` is a whole number"]),
        ("(messages=17)", ["DC008"]),
        ("(faults=3)", ["`faults` is a budget"]),
        ('(faults="looose=1")', ["DC005", "Did you mean `lose`?"]),
        ('(faults={"lose": "x"})', ["DC007"]),
        ("(fairness='so so')", ["DC120"]),
        ("(settings={'workers': 2})", ["DC004", "no setting `workers`"]),
        ("(settings=2, expects={1: 2})", ["`settings` is a table", "`expects` is a table"]),
        ("(expects={'no-los': 'holds'})", ["DC006", "Did you mean `no-loss`?"]),
        ("(messages=1)\n@pytest.mark.deliverycheck(messages=2)", ["several marks"]),
    ],
)
def test_a_wrong_mark_is_told_at_the_class(
    project: pytest.Pytester, mark: str, parts: list[str]
) -> None:
    source = MARKED.replace("deliverycheck\n", f"deliverycheck{mark}\n")
    project.makepyfile(test_mine=source)
    line = source.splitlines().index("class AtLeastOnce(Protocol):") + 1
    text = collected_wrong(project, "test_mine.py")
    assert f"test_mine.py:{line}: error DC" in text
    for part in parts:
        assert part in text


@pytest.mark.parametrize("base", ["", "(Protocol)"])
def test_a_marked_class_that_is_no_model_is_not_passed_over(
    project: pytest.Pytester, base: str
) -> None:
    project.makepyfile(
        test_mine="import pytest\nfrom deliverycheck.lang import Protocol\n\n"
        f"@pytest.mark.deliverycheck\nclass TestMine{base}:\n    def test_a(self): ...\n"
    )
    text = collected_wrong(project, "test_mine.py")
    assert "test_mine.py:5: error DC205" in text
    assert "`TestMine` is marked, but is no model" in text


def test_a_model_that_goes_wrong_while_it_runs_is_an_error_of_each_property(
    project: pytest.Pytester,
) -> None:
    wrong = MARKED.replace(
        "    outbox:", "    sent: Annotated[int, Range(0, 1)] = 0\n    outbox:", 1
    )
    wrong = wrong.replace("        self.outbox.add(m)", "        self.sent = self.sent + 1", 1)
    wrong = wrong.replace("import pytest", "import pytest\nfrom typing import Annotated", 1)
    project.makepyfile(test_mine=wrong.replace("Steps, require", "Range, Steps, require"))
    log = spied_on(project)
    done = project.runpytest_inprocess(*QUICK, "-k", "AtLeastOnce and (no-loss or in-order)")
    done.assert_outcomes(errors=2, deselected=16)
    where = f"test_mine.py:{wrong.splitlines().index('    def submit(self, m: Message) -> None:')}"
    assert done.outlines.count(f"{where}: error DC150") == 2
    assert "Traceback" not in done.stdout.str()
    assert log.read_text().count("checked") == 1


def test_a_disagreement_is_loud(project: pytest.Pytester) -> None:
    project.makeconftest(
        "import deliverycheck.plugin.running as running\n"
        "from deliverycheck.errors import Diagnostic, DisagreementError\n"
        "def disagree(*asked):\n"
        "    raise DisagreementError(Diagnostic('DC901', 'not the same'))\n"
        "def pytest_configure(config):\n"
        "    real, running.examine = running.examine, disagree\n"
        "    config.add_cleanup(lambda: setattr(running, 'examine', real))\n"
    )
    done = project.runpytest_inprocess(*QUICK)
    done.assert_outcomes(errors=9)
    done.stdout.fnmatch_lines(["No verdict of this model can be trusted: *", "error DC901"])
    assert done.ret != 0


# Hostile text

HOSTILE = (
    "\x1b[31mred\x07 \u202eevil ::error::x \n::error file=a::owned\n##[error]x ##vso[a]b {0} %s"
)


def test_text_from_a_design_does_nothing_to_a_terminal_or_a_ci_service(
    project: pytest.Pytester,
) -> None:
    for name in (HOSTILE, "::error::" + "x" * 10_000, "::warning file=a.py::x"):
        text = f'name = {json.dumps(name)}\nclaims = "exactly-once"\n{DESIGN}'
        project.path.joinpath("alo.delivery.toml").write_text(text)
        for more in ((), ("--tb=line",), ("--tb=short", "-v", "--color=yes")):
            done = project.runpytest_inprocess(*QUICK, "-k", "duplicate", *more)
            assert done.ret == pytest.ExitCode.TESTS_FAILED
            for line in done.outlines:
                own = re.sub(r"\x1b\[[0-9;]*m", "", line) if "--color=yes" in more else line
                assert own.isprintable(), own
                assert "\u202e" not in own
                assert not own.lstrip().startswith("::")
                assert "##[" not in own
                assert "##vso[" not in own


def test_lines_are_inert() -> None:
    assert inert("  ::error::x") == "  :\\:error::x"
    assert inert("a ::error::x") == "a ::error::x"  # a command only at the start of a line
    assert inert("a ##[error]x") == "a #\\#[error]x"
    assert inert("\x1b[31m") == "\\u001b[31m"
    assert inert("a \ud800 \u2067") == "a \\ud800 \\u2067"
    assert inert("{0} %s \N{CHECK MARK}") == "{0} %s \N{CHECK MARK}"


# The report


def test_the_report_is_of_what_was_run_and_all_of_it_explained(project: pytest.Pytester) -> None:
    done = project.runpytest_inprocess(*QUICK, "--delivery-report", "a/b")
    done.stdout.fnmatch_lines(["The report of 1 model is in b/."])
    (result,) = report_in(project, "a/b")["results"]
    broken = [one for one in result["properties"] if one["verdict"] == "violated"]
    assert len(broken) == 3
    assert all(one["explanation"] for one in broken)
    pages = {file.name for file in (project.path / "a" / "b").glob("*.html")}
    assert pages == {"index.html", f"{result['model']}.html"}
    again = project.runpytest_inprocess(*QUICK, "--delivery-report", "none", "-k", "nothing")
    again.stdout.fnmatch_lines(["No model was run, so no report was written."])
    assert not (project.path / "none").exists()
    assert project.runpytest_inprocess(*QUICK, "--co", "--delivery-report", "none").ret == 0
    assert not (project.path / "none").exists()


def test_a_report_that_cannot_be_written_is_told(project: pytest.Pytester) -> None:
    project.path.joinpath("file").write_text("")
    done = project.runpytest_inprocess(*QUICK, "--delivery-report", "file", "-k", "no-loss")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done = project.runpytest_inprocess(*QUICK, "--delivery-report", "file/a", "-k", "no-loss")
    assert done.ret == pytest.ExitCode.INTERNAL_ERROR
    done.stdout.fnmatch_lines(["The report could not be written: *"])
    assert "Traceback" not in done.stdout.str()
