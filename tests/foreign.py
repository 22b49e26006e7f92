"""Runs SPIN and rumur on exported systems."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from deliverycheck.export.murphi import murphi_of
from deliverycheck.export.promela import fair_promela_of, promela_of
from deliverycheck.system.model import Property, System


@dataclass(frozen=True)
class Counted:
    """What another checker found."""

    states: int
    transitions: int
    violated: bool


def need(*tools: str) -> None:
    """Fail in CI where a tool is missing; elsewhere skip, and say so."""
    absent = [tool for tool in tools if shutil.which(tool) is None]
    if absent:
        missing(f"not installed: {', '.join(absent)}")


def missing(text: str) -> NoReturn:
    """Fail in CI, elsewhere skip: something that is needed is not to be had."""
    if os.environ.get("CI"):
        pytest.fail(text)
    pytest.skip(text)


def by_rumur(system: System, folder: Path, *, invariants: bool) -> Counted:
    """Explore with rumur: no symmetry, no deadlock detection, one thread."""
    return rumur_on(murphi_of(system, invariants=invariants), folder)


def rumur_on(text: str, folder: Path) -> Counted:
    """The same with a model in Murphi, wherever it comes from."""
    need("rumur", "cc")
    (folder / "m.m").write_text(text)
    # its own choice of integers has no room for what is negative only in between
    _run(folder, "rumur", "--deadlock-detection", "off", "--symmetry-reduction", "off",
         "--threads", "1", "--value-type", "int32_t", "--output", "m.c", "m.m")  # fmt: skip
    _run(folder, "cc", "-w", "-O0", "-std=c11", "-mcx16", "m.c", "-o", "m", "-lpthread")
    out = _run(folder, "./m", check=False)
    found = re.search(r"(\d+) states, (\d+) rules fired", out)
    assert found, out
    return Counted(int(found[1]), int(found[2]), "invariant" in out and "failed" in out)


def by_spin(system: System, folder: Path, *, assertions: bool) -> Counted:
    """Explore with SPIN: no reduction, exact states."""
    return spin_on(promela_of(system, assertions=assertions), folder)


def spin_on(text: str, folder: Path) -> Counted:
    """The same with a model in Promela, wherever it comes from."""
    need("spin", "cc")
    (folder / "m.pml").write_text(text)
    # no optimisation: SPIN would merge steps, and forget variables it thinks are dead
    _run(folder, "spin", "-a", "-o1", "-o2", "-o3", "m.pml")
    _run(folder, "cc", "-w", "-O0", "-DNOREDUCE", "-DSAFETY", "-o", "pan", "pan.c")
    out = _run(folder, "./pan", "-E", "-m500000", check=False)
    stored = re.search(r"(\d+) states, stored", out)
    moved = re.search(r"(\d+) transitions", out)
    assert stored, out
    assert moved, out
    # SPIN counts the way into the initial state as a transition
    return Counted(int(stored[1]), int(moved[1]) - 1, "assertion violated" in out)


def by_spin_fairly(system: System, prop: Property, folder: Path) -> list[bool]:
    """For each clause of a `leads-to` property whether SPIN finds a weakly fair run against it."""
    need("spin", "cc")
    text = fair_promela_of(system, prop)
    (folder / "m.pml").write_text(text)
    _run(folder, "spin", "-a", "-o1", "-o2", "-o3", "m.pml")
    # room for the processes and the claim, four to a unit, less two
    room = text.count("active proctype") // 4 + 2
    _run(folder, "cc", "-w", "-O0", "-DNOREDUCE", f"-DNFAIR={room}", "-o", "pan", "pan.c")
    broken: list[bool] = []
    for number in range(len(prop.clauses)):
        out = _run(folder, "./pan", "-a", "-f", "-m500000", "-N", f"clause{number}", check=False)
        assert re.search(rf"never claim\s+\+ \(clause{number}\)", out), out
        assert re.search(r"acceptance\s+cycles\s+\+ \(fairness enabled\)", out), out
        found = re.search(r"errors: (\d+)", out)
        assert found, out
        cycle = "acceptance cycle" in out.replace("acceptance   cycles", "")
        assert cycle == (found[1] != "0"), "an error of another kind: " + out
        assert cycle or "max search depth too small" not in out, out
        broken.append(cycle)
    return broken


def _run(folder: Path, *command: str, check: bool = True) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
