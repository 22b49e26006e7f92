"""The tools that are compared: how each is built for an instance, run, and read.

All explore exactly, without any reduction, and with the options with which they were quickest here.
SPIN's hash-compact and bitstate modes, and its parallel search, store hashes: never used.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

COUNTS: dict[str, dict[str, int]] = json.loads((HERE / "counts.json").read_text("utf-8"))["counts"]
"""By instance: what every exact checker counts."""


class Failure(Exception):
    """A tool could not be built or run, or counted wrong."""


@dataclass(frozen=True)
class Ran:
    """What a child process printed, how long it lived, and the most memory it held (MiB)."""

    out: str
    seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Outcome:
    """What a tool found. `compile_seconds`: what it says it spent on that itself, if it does."""

    states: int
    transitions: int
    seconds: float
    compile_seconds: float | None = None


@dataclass(frozen=True)
class Tool:
    """A checker with its options.

    `build(instance, folder)` makes what is needed in the folder, and returns the command to run.
    """

    name: str
    needs: Sequence[str]
    build: Callable[[str, Path], list[str]]
    read: Callable[[Ran], Outcome]
    seconds_are: str
    ours: bool = False
    needs_modules: Sequence[str] = ()
    only_if_named: bool = False

    def lacking(self) -> list[str]:
        """What is not installed of what it needs."""
        return [
            *(name for name in self.needs if shutil.which(name) is None),
            *(name for name in self.needs_modules if find_spec(name) is None),
        ]


def run(command: Sequence[str], folder: Path, env: Mapping[str, str] | None = None) -> Ran:
    """Run a command in a process of its own. Raises Failure if it fails.

    The system counts the memory of the process that starts another to the one that is started, so
    that no peak is smaller than this process (see `floor_mb`).
    """
    with tempfile.TemporaryFile() as out:
        began = time.perf_counter()
        child = subprocess.Popen(command, cwd=folder, env=env, stdout=out, stderr=subprocess.STDOUT)
        try:
            _, status, used = os.wait4(child.pid, 0)
        except BaseException:
            child.kill()
            child.wait()
            raise
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode(errors="replace")
    if child.returncode != 0:
        raise Failure(f"{' '.join(command)}: exit {child.returncode}\n{text[-2000:]}")
    return Ran(text, seconds, used.ru_maxrss / 1024)


def floor_mb(folder: Path) -> float:
    """The smallest peak that can be told: that of a process which does nothing."""
    return run(["true"], folder).peak_mb


def values(instance: str) -> tuple[str, str, str]:
    """N, R and C of "N,R,C", as they are written."""
    messages, tries, copies = instance.split(",")
    return messages, tries, copies


def defines(instance: str) -> list[str]:
    """N, R and C for a C preprocessor."""
    return [f"-D{name}={value}" for name, value in zip("NRC", values(instance), strict=True)]


def ours(engine: str, jobs: int) -> Tool:
    """One of our explorers, in a Python process.

    `auto` is no third one: it shows what changing from plain to native on the way costs.
    """

    def build(instance: str, _: Path) -> list[str]:
        return [sys.executable, str(HERE / "one.py"), engine, str(jobs), instance]

    def read(ran: Ran) -> Outcome:
        said: dict[str, Any] = json.loads(ran.out)
        return Outcome(**said)

    name = engine if jobs == 1 else f"{engine}-{jobs}"
    modules = () if engine == "plain" else ("numba", "numpy", "llvmlite")
    said = "its own: the search, without loading and compiling"
    if engine == "auto":
        said = "its own: the search, and loading and compiling if it does so on the way"
    return Tool(name, (), build, read, said, True, modules, only_if_named=engine == "auto")


def spin(name: str, *flags: str) -> Tool:
    """SPIN: the table of states sized for the instance, as one would the second time."""

    def build(instance: str, folder: Path) -> list[str]:
        run(["spin", *defines(instance), "-a", str(HERE / "alo.pml")], folder)
        exact = ("-DNOREDUCE", "-DSAFETY", "-DNOFAIR", *flags)
        run(["gcc", "-w", "-O3", "-march=native", *exact, "-o", "pan", "pan.c"], folder)
        size = max(10, COUNTS[instance]["states"].bit_length())
        return [str(folder / "pan"), f"-w{size}", "-m100000"]

    def read(ran: Ran) -> Outcome:
        stored = found(r"(\d+) states, stored", ran.out)
        # Not the line with the sum: from a hundred millions on it is rounded. The way into the
        # initial state counts as a transition there.
        moved = stored + found(r"(\d+) states, matched", ran.out) - 1
        said = re.search(r"elapsed time ([\d.e+]+) seconds", ran.out)
        own = float(said[1]) if said else 0.0
        return Outcome(stored, moved, own if own >= 1 else ran.seconds)

    said = "its own from one second on (three digits), else those of the verifier's process"
    return Tool(name, ("spin", "gcc"), build, read, said)


def rumur(jobs: int) -> Tool:
    """rumur, without symmetry, deadlock detection and what is kept to show a run."""

    def build(instance: str, folder: Path) -> list[str]:
        text = (HERE / "alo.m").read_text("utf-8")
        for name, value in zip("NRC", values(instance), strict=True):
            text = re.sub(rf"^  {name}: \d+;$", f"  {name}: {value};", text, flags=re.MULTILINE)
        (folder / "alo.m").write_text(text, "utf-8")
        off = ("--deadlock-detection", "--symmetry-reduction", "--counterexample-trace")
        options = [word for option in off for word in (option, "off")]
        run(["rumur", *options, "--threads", str(jobs), "--output", "m.c", "alo.m"], folder)
        flags = ("-w", "-O3", "-march=native", "-std=c11", "-mcx16")
        run(["gcc", *flags, "m.c", "-o", "m", "-lpthread"], folder)
        return [str(folder / "m")]

    def read(ran: Ran) -> Outcome:
        states = found(r"(\d+) states, \d+ rules fired", ran.out)
        return Outcome(states, found(r"\d+ states, (\d+) rules fired", ran.out), ran.seconds)

    name = "rumur" if jobs == 1 else f"rumur-{jobs}"
    said = "those of the verifier's process: its own are whole seconds"
    return Tool(name, ("rumur", "gcc"), build, read, said)


def cpp(name: str, *flags: str, sized: bool = False) -> Tool:
    """The hand-written search of `alo.cpp`."""

    def build(instance: str, folder: Path) -> list[str]:
        flagged = ("-std=c++17", "-O3", "-march=native", "-w", *flags, *defines(instance))
        run(["g++", *flagged, str(HERE / "alo.cpp"), "-o", "alo"], folder)
        size = [str(COUNTS[instance]["states"])] if sized else []
        return [str(folder / "alo"), *size]

    def read(ran: Ran) -> Outcome:
        states, transitions, _, _, seconds = ran.out.split()
        return Outcome(int(states), int(transitions), float(seconds))

    return Tool(name, ("g++",), build, read, "its own: the search")


def found(pattern: str, text: str) -> int:
    """The number in a text. Raises Failure where there is none."""
    match = re.search(pattern, text)
    if match is None:
        raise Failure(f"nothing like {pattern} in what was printed:\n{text[-2000:]}")
    return int(match[1])


def all_tools(jobs: int) -> list[Tool]:
    """All of them, in the order in which they are run; some with so many threads as well."""
    return [
        ours("auto", 1),
        ours("plain", 1),
        ours("native", 1),
        ours("native", jobs),
        spin("spin"),
        spin("spin-bfs", "-DBFS"),
        rumur(1),
        rumur(jobs),
        cpp("c++"),
        cpp("c++-huge", "-DHUGE_PAGES"),
        cpp("c++-presized", sized=True),
    ]
