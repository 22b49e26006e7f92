"""Our explorers beside SPIN, rumur and a hand-written search: `python tests/benchmarks/compare.py`.

All explore the protocol ALO(N, R, C) exactly and completely; every count is checked. The tools take
turns, so that ratios are of one time on one machine; figures are medians. With all instances
and tools it takes half an hour; `--instances 2,2,2 3,2,1` takes one minute.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

from tools import COUNTS, Failure, Ran, Tool, all_tools, floor_mb, run


@dataclass
class Samples:
    """The runs of one tool on one instance."""

    tool: Tool
    instance: str
    seconds: list[float] = field(default_factory=list)
    compile_seconds: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)

    def row(self) -> dict[str, object]:
        """The medians."""
        states, seconds = COUNTS[self.instance]["states"], median(self.seconds)
        return {
            "tool": self.tool.name,
            "instance": self.instance,
            "states": states,
            "transitions": COUNTS[self.instance]["transitions"],
            "seconds": round(seconds, 6),
            "states_per_second": round(states / seconds),
            "peak_mb": round(median(self.peaks), 1),
        }

    def details(self) -> dict[str, object]:
        """Run by run. A compiler is run but once for all of them."""
        return {
            "tool": self.tool.name,
            "instance": self.instance,
            "seconds": [round(one, 6) for one in self.seconds],
            "seconds_are": self.tool.seconds_are,
            "compile_seconds": [round(one, 3) for one in self.compile_seconds],
        }

    def take(self, ran: Ran) -> None:
        """Add a run. Raises Failure if the tool counted wrong."""
        outcome = self.tool.read(ran)
        right = COUNTS[self.instance]
        for what, count in (("states", outcome.states), ("transitions", outcome.transitions)):
            if count != right[what]:
                raise Failure(
                    f"WRONG COUNT: {self.tool.name} on {self.instance} finds {count:,} {what}, "
                    f"there are {right[what]:,}"
                )
        self.seconds.append(outcome.seconds)
        self.peaks.append(ran.peak_mb)
        if outcome.compile_seconds is not None:
            self.compile_seconds.append(outcome.compile_seconds)


def measured(tools: Sequence[Tool], instance: str, runs: int, folder: Path) -> list[Samples]:
    """So many runs of each tool, in turns."""
    all_samples: list[Samples] = []
    commands: list[tuple[list[str], Path]] = []
    for tool in tools:
        place = folder / f"{tool.name}-{instance}"
        place.mkdir()
        began = time.perf_counter()
        commands.append((tool.build(instance, place), place))
        spent = time.perf_counter() - began
        all_samples.append(Samples(tool, instance, compile_seconds=[] if tool.ours else [spent]))
    for turn in range(runs):
        for samples, (command, place) in zip(all_samples, commands, strict=True):
            samples.take(run(command, place))
        print(f"{instance}: run {turn + 1} of {runs}", file=sys.stderr)
    return all_samples


def ratios(samples: Sequence[Samples]) -> list[dict[str, object]]:
    """How many times as fast as each other tool each of our explorers is: medians of the turns."""
    return [
        {
            "tool": our.tool.name,
            "instance": our.instance,
            "than": other.tool.name,
            "times": round(
                median(b / a for a, b in zip(our.seconds, other.seconds, strict=True)), 3
            ),
        }
        for our in samples
        for other in samples
        if our.tool.ours and not other.tool.ours and our.instance == other.instance
    ]


def machine() -> dict[str, object]:
    """What it ran on, as far as speed depends on it."""
    processor = "unknown"
    for line in lines_of("/proc/cpuinfo"):
        if line.startswith("model name"):
            processor = line.partition(":")[2].strip()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    pages = "".join(lines_of("/sys/kernel/mm/transparent_hugepage/enabled"))
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "memory_gib": round(memory),
        "system": f"{platform.system()} {platform.machine()}",
        "huge_pages": pages.partition("[")[2].partition("]")[0] or "unknown",
    }


def lines_of(path: str) -> list[str]:
    """The lines of a file of the system's, none if it has no such file."""
    try:
        return Path(path).read_text("utf-8").splitlines()
    except OSError:
        return []


def versions(tools: Sequence[Tool]) -> dict[str, str]:
    """Of all programs and libraries that the tools are made of."""
    found = {"python": platform.python_version()}
    for name in dict.fromkeys(name for tool in tools for name in tool.needs_modules):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    for name in dict.fromkeys(name for tool in tools for name in tool.needs):
        asked = [name, "-V" if name == "spin" else "--version"]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        first = done.stdout.partition("\n")[0]
        found[name] = first.removeprefix("Spin Version ").removeprefix("Rumur version ").strip()
    return found


def table(document: Mapping[str, Any]) -> str:
    """The document for a terminal."""
    heads = ("tool", "instance", "states", "transitions", "seconds", "states/s", "peak MB")
    lines = ["{:14} {:9} {:>11} {:>12} {:>9} {:>10} {:>8}".format(*heads)]
    lines += [
        f"{row['tool']:14} {row['instance']:9} {row['states']:>11,} {row['transitions']:>12,} "
        f"{row['seconds']:>9.3f} {row['states_per_second']:>10,} {row['peak_mb']:>8,.0f}"
        for row in document["rows"]
    ]
    others = list(dict.fromkeys(one["than"] for one in document["ratios"]))
    times: dict[tuple[str, str], dict[str, float]] = {}
    for one in document["ratios"]:
        times.setdefault((one["tool"], one["instance"]), {})[one["than"]] = one["times"]
    if others:
        lines += ["", f"{'times as fast as':24} " + " ".join(f"{name:>12}" for name in others)]
    lines += [
        f"{tool:14} {instance:9} " + " ".join(f"{than[name]:>12.2f}" for name in others)
        for (tool, instance), than in times.items()
    ]
    return "\n".join(lines)


def chosen(names: Sequence[str] | None, jobs: int, parser: argparse.ArgumentParser) -> list[Tool]:
    """The tools named, or all that are installed; what is not is said. Exits if one is missing."""
    known = {tool.name: tool for tool in all_tools(jobs)}
    for name in names or ():
        if name not in known:
            parser.error(f"no tool is called {name}; there are {', '.join(known)}")
    tools: list[Tool] = []
    usual = [name for name, tool in known.items() if not tool.only_if_named]
    for name in dict.fromkeys(names or usual):
        if lacking := known[name].lacking():
            missing = f"{name}: not installed: {', '.join(lacking)}"
            if names:
                parser.error(missing)
            print(missing, file=sys.stderr)
        else:
            tools.append(known[name])
    return tools


def main(arguments: Sequence[str]) -> int:
    """Measure and print; 1 if something failed, or was counted wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    names = [tool.name for tool in all_tools(2)]
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.add_argument(
        "--instances", nargs="+", choices=COUNTS, default=list(COUNTS), metavar="N,R,C"
    )
    parser.add_argument("--tools", nargs="+", metavar="TOOL", help=f"of {', '.join(names)}")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2, help="threads where a tool can use several")
    options = parser.parse_args(arguments)
    if options.runs < 1 or options.jobs < 2:
        parser.error("at least one run, and two jobs")
    tools = chosen(options.tools, options.jobs, parser)
    samples: list[Samples] = []
    load = os.getloadavg()[0]
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            floor = floor_mb(folder)
            for instance in dict.fromkeys(options.instances):
                samples += measured(tools, instance, options.runs, folder)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    document = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "load": round(load, 2),
        "versions": versions(tools),
        "runs": options.runs,
        "peak_mb_floor": round(floor, 1),
        "rows": [one.row() for one in samples],
        "ratios": ratios(samples),
        "details": [one.details() for one in samples],
    }
    print(json.dumps(document, indent=1) if options.json else table(document))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
