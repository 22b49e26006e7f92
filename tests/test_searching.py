"""Where there are more states than the limits allow: representatives, memory, other engines."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from support import MODELS, question, run

from deliverycheck.check.lifting import lifted_of
from deliverycheck.check.marked import WHY_STOPPED
from deliverycheck.check.options import Options
from deliverycheck.check.searching import Searched, searched_by
from deliverycheck.explore import memory
from deliverycheck.explore.limits import Explorer, Limits, states_ahead
from deliverycheck.explore.native import space

GUARANTEES = sorted(path.stem for path in (MODELS / "guarantees").glob("*.py"))


def searched(model: str, options: Options, messages: int = 3) -> Searched:
    return searched_by(
        lifted_of(replace(question(str(MODELS / "guarantees" / f"{model}.py")), messages=messages)),
        options,
    )


@pytest.mark.parametrize("engine", ["plain", "native"])
@pytest.mark.parametrize("model", GUARANTEES)
def test_representatives_decide_what_all_states_decide(model: str, engine: str) -> None:
    explorer = Explorer("plain" if engine == "plain" else "native")
    whole = searched(model, Options(explorer=explorer))
    assert whole.marked.found.complete
    assert not whole.elsewhere
    count = len(whole.marked.found.states)
    few = Options(Limits(states=count // 4), explorer=explorer)
    by_names = searched(model, few)
    assert by_names.marked.found.stopped == "states"
    assert by_names.elsewhere  # of three messages six orders are one
    for one, other in zip(whole.findings, by_names.findings, strict=True):
        if other.verdict == "undetermined":
            assert one.prop.kind == "leads-to"
            continue
        assert (one.prop, one.verdict, one.about) == (other.prop, other.verdict, other.about)
        assert one.trace == other.trace
        detail = other.evidence.detail
        if "representatives" in detail:
            assert detail["states"] == count
            assert detail["transitions"] == whole.marked.found.transitions
            assert isinstance(detail["representatives"], int)
            assert count / 6 < detail["representatives"] < count / 3
    switched_off = searched(model, replace(few, symmetry=False))
    assert not switched_off.elsewhere
    assert any(one.verdict == "undetermined" for one in switched_off.findings)


def test_the_command_line_says_by_how_many_representatives() -> None:
    model = MODELS / "guarantees" / "at_least_once.py"
    ask = ("check", model, "--messages", 3, "--engine", "explicit", "--limit-states", 12_000)
    done = run(*ask)
    assert "representatives" in done.out
    found = json.loads(run(*ask, "--json").out)["results"][0]["properties"]
    details = [one["evidence"] for one in found]
    assert [["m1", "m2", "m3"]] in [detail.get("alike") for detail in details]
    assert "representatives" not in run(*ask, "--symmetry", "off").out


def test_an_end_is_in_sight_once_levels_shrink() -> None:
    # Levels of 1, 100 and 50 states, and 20 of the next are known. The level of 50 was looked
    # behind halfway: 25 of it are left, and if each that follows is half of the one before, then
    # 25 + 12.5 + ... = 50 more.
    assert states_ahead([0, 1, 101, 151], 171, 126) == 25 + 50
    assert states_ahead([0, 1, 11, 111], 111, 11) is None  # they still grow
    assert states_ahead([0, 1], 5, 0) is None
    assert states_ahead([0, 1, 101, 151], 400, 126) == 400 - 126  # what is known is not less


WITHOUT_NUMBA = """
import sys
for name in ("numba", "numpy", "llvmlite"):
    sys.modules[name] = None
from deliverycheck.cli import main
sys.argv = ["deliverycheck", *sys.argv[1:]]
main()
"""


def without_numba(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT_NUMBA, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_without_the_extra_all_is_plain_python() -> None:
    model = MODELS / "guarantees" / "at_most_once.py"
    ask = ("check", model, "--engine", "explicit", "--json")
    done = without_numba(*ask)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["results"] == json.loads(run(*ask).out)["results"]
    refused = without_numba(*ask, "--explorer", "native")
    assert refused.returncode == 2
    assert "DC012" in refused.stdout + refused.stderr


def test_plain_python_loads_nothing_that_is_heavy() -> None:
    script = (
        "import sys\nfrom deliverycheck.cli.app import cli\n"
        "try:\n    cli(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print('numba' in sys.modules, 'numpy' in sys.modules)"
    )
    model = MODELS / "guarantees" / "at_least_once.py"
    ask = ("check", model, "--engine", "explicit", "--explorer", "plain", "--limit-states", 900)
    command = [sys.executable, "-c", script, *map(str, ask)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "False False", done.stderr


def test_memory_that_is_not_there_ends_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space, "is_room_for", lambda more, _: more < 3_000_000)
    options = Options(explorer=Explorer("native"), symmetry=False)
    found = searched("at_least_once_idempotent", options, 4).marked.found
    assert found.stopped == "memory"
    assert 100_000 < len(found.states) < 400_000
    assert found.expanded < len(found.states)
    assert all(found.index[word] == n for n, word in enumerate(found.states[:1000]))


def test_a_question_for_which_there_is_no_memory_stays_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options = Options(explorer=Explorer("native"), symmetry=False)
    whole = searched("at_least_once_idempotent", options)
    monkeypatch.setattr(space, "is_room_for", lambda more, _: more < 400_000)
    found = searched("at_least_once_idempotent", options)
    assert found.marked.found.complete
    for one, other in zip(whole.findings, found.findings, strict=True):
        if one.prop.kind in ("possible", "leads-to"):
            assert (other.verdict, other.reason) == ("undetermined", WHY_STOPPED["memory"])
        elif one.verdict == "holds":
            assert other.verdict == "holds"


def test_the_memory_of_a_control_group_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def is_room(more: int) -> bool:
        return memory.is_room_for(more, None)

    files = {"/proc/meminfo": "MemTotal: 9 kB\nMemAvailable: 1024 kB\n"}
    group = "/sys/fs/cgroup"
    read = Path.read_text

    def pretended(path: Path, encoding: str | None = None) -> str:
        if str(path).startswith((group, "/proc/meminfo")):
            if str(path) not in files:
                raise FileNotFoundError
            return files[str(path)]
        return read(path, encoding=encoding)

    monkeypatch.setattr(Path, "read_text", pretended)
    assert is_room(900 * 1024)
    assert not is_room(1000 * 1024)  # not quite all that is free
    files |= {f"{group}/memory.max": "700000\n", f"{group}/memory.current": "300000\n"}
    assert is_room(350_000)
    assert not is_room(380_000)
    files[f"{group}/memory.stat"] = "anon 5\ninactive_file 100000\n"
    assert is_room(380_000)
    files[f"{group}/memory.max"] = "max\n"
    assert is_room(900 * 1024)
    assert not memory.is_room_for(1, 0.5)  # a limit of half a megabyte is passed already
