"""What `compare.py --json` measured, as a picture: `plot.py [DATA [PICTURE]]`.

Without arguments `measured.json` of this folder becomes `reports/benchmark.svg`. The same data give
the same bytes. Nothing but the standard library is needed.
"""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

HERE = Path(__file__).parent
DATA = HERE / "measured.json"
PICTURE = HERE.parent.parent / "reports" / "benchmark.svg"

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 920, 76, 292, 92, 460
GAP = 20
"""Pixels from one label to the next."""

WRAP = 132
"""Characters in a line below the picture."""

STYLE = """
  svg { --paper: #ffffff; --ink: #1b2430; --muted: #5a6675; --line: #dde2e8;
        --ours: #2456c9; --spin: #a2480a; --rumur: #8a2f8f; --cpp: #1d6f42; }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #14181f; --ink: #e7ebf1; --muted: #a2adbb; --line: #2d3541;
          --ours: #8db2ff; --spin: #f2b06a; --rumur: #e0a0e6; --cpp: #7fd3a2; }
  }
  .paper { fill: var(--paper); }
  text { font: 13px system-ui, "DejaVu Sans", sans-serif; fill: var(--ink); }
  .title { font-size: 17px; font-weight: 600; }
  .muted { fill: var(--muted); }
  .small { font-size: 11.5px; }
  .grid { stroke: var(--line); }
  .place { stroke: var(--muted); }
  .ours { --colour: var(--ours); } .spin { --colour: var(--spin); }
  .rumur { --colour: var(--rumur); } .cpp { --colour: var(--cpp); }
  .run { fill: none; stroke: var(--colour); stroke-width: 1.8; stroke-linejoin: round; }
  .ours .run { stroke-width: 2.8; }
  .lead { stroke: var(--colour); stroke-width: 0.8; opacity: 0.6; }
  .dot { fill: var(--colour); }
  .label { fill: var(--colour); font-weight: 600; }
  .second .run { stroke-dasharray: 6 4; }
  .third .run { stroke-dasharray: 2 3; }
  .fourth .run { stroke-dasharray: 9 3 2 3; }
"""


def said(tool: str) -> tuple[str, str]:
    """How a tool is called in the picture, and how it is drawn."""
    base, _, variant = tool.partition("-")
    name, look = {
        "plain": ("plain Python", "ours third"),
        "auto": ("plain, then native", "ours fourth"),
        "native": ("native", "ours"),
        "spin": ("SPIN, depth first", "spin"),
        "rumur": ("rumur", "rumur"),
        "c++": ("C++ by hand", "cpp"),
    }[base]
    if variant.isdecimal():
        return f"{name}, {variant} threads", f"{look} second"
    extra = {
        "": (name, look),
        "bfs": ("SPIN, breadth first", "spin second"),
        "huge": ("C++, huge pages", "cpp second"),
        "presized": ("C++, table pre-sized", "cpp third"),
    }
    return extra[variant]


def short(number: float) -> str:
    """A count with three digits at most: 1.2 M, 45 k, 7."""
    for size, unit in ((1e6, " M"), (1e3, " k")):
        if number >= 0.9995 * size:
            part = number / size
            return f"{part:.1f}{unit}".replace(".0 ", " ") if part < 9.95 else f"{part:.0f}{unit}"
    return f"{number:.0f}"


def duration(power: int) -> str:
    """Ten to that power, in seconds."""
    unit, digits = (
        ("µs", power + 6) if power < -3 else ("ms", power + 3) if power < 0 else ("s", power)
    )
    return f"{10**digits:,} {unit}"


def spread(wanted: Sequence[float], low: float, high: float) -> list[float]:
    """Places as near as possible to those wanted, in their order, GAP apart, from low to high.

    Neighbours that are too near are moved together: the pool-adjacent-violators algorithm.
    """
    pools: list[tuple[float, int]] = []
    for number, place in enumerate(wanted):
        pools.append((place - number * GAP, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, many), (b, few) = pools[-2:]
            pools[-2:] = [((a * many + b * few) / (many + few), many + few)]
    free = [mean for mean, size in pools for _ in range(size)]
    last = len(free) - 1
    return [
        min(max(mean + at * GAP, low + at * GAP), high - (last - at) * GAP)
        for at, mean in enumerate(free)
    ]


def text(x: float, y: float, words: str, look: str = "", anchor: str = "start") -> str:
    """A line of text."""
    place = f'x="{x:.1f}" y="{y:.1f}" class="{look}" text-anchor="{anchor}"'
    return f"<text {place}>{escape(words)}</text>"


class Scale:
    """Logarithmic: places for numbers, with some room at both ends."""

    def __init__(self, numbers: Sequence[float], start: float, end: float) -> None:
        self.low, self.high = log10(min(numbers)) - 0.15, log10(max(numbers)) + 0.15
        if len(self.powers()) < 2:
            self.low, self.high = floor(self.low), ceil(self.high)
        self.start, self.end = start, end

    def __call__(self, number: float) -> float:
        """Where a number lies."""
        part = (log10(number) - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)

    def powers(self) -> range:
        """The powers of ten on the scale."""
        return range(ceil(self.low), floor(self.high) + 1)


def axes(across: Scale, up: Scale, instances: Mapping[str, int]) -> list[str]:
    """Grid, figures, and above the instances, in several rows where they lie close together."""
    parts: list[str] = []
    for power in across.powers():
        x = across(10**power)
        parts.append(f'<path class="grid" d="M{x:.1f} {TOP}V{BOTTOM}"/>')
        parts.append(text(x, BOTTOM + 18, short(10**power), "muted", "middle"))
    for power in up.powers():
        y = up(10.0**power)
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(text(LEFT - 8, y + 4.5, duration(power), "muted", "end"))
    ends: list[float] = []
    for instance, states in sorted(instances.items(), key=lambda pair: pair[1]):
        x = across(states)
        row = next((row for row, end in enumerate(ends) if x - 20 > end), len(ends))
        ends[row : row + 1] = [x + 20]
        parts.append(f'<path class="place" d="M{x:.1f} {TOP - 4 - 15 * row}V{TOP}"/>')
        parts.append(text(x, TOP - 8 - 15 * row, instance, "muted small", "middle"))
    parts.append(f'<path class="grid" d="M{LEFT} {BOTTOM}H{WIDTH - RIGHT}"/>')
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, BOTTOM + 38, "states", "muted", "middle"))
    return parts


def curves(across: Scale, up: Scale, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each tool, and its label with the rate on its largest instance."""
    by_tool: dict[str, list[Mapping[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: row["states"]):
        by_tool.setdefault(row["tool"], []).append(row)
    ordered = sorted(by_tool, key=lambda tool: (up(by_tool[tool][-1]["seconds"]), tool))
    wanted = [up(by_tool[tool][-1]["seconds"]) for tool in ordered]
    labels = WIDTH - RIGHT + 30
    parts = [text(WIDTH - 24, TOP - 8, "states a second", "muted small", "end")]
    for tool, y in zip(ordered, spread(wanted, TOP + 6, BOTTOM - 6), strict=True):
        name, look = said(tool)
        points = [(across(row["states"]), up(row["seconds"])) for row in by_tool[tool]]
        x_end, y_end = points[-1]
        line = "".join(f"{x:.1f} {y:.1f}L" for x, y in points).removesuffix("L")
        rate = f"{short(by_tool[tool][-1]['states_per_second'])}/s"
        parts += [
            f'<g class="{look}">',
            f'<path class="run" d="M{line}"/>',
            *(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="2.6"/>' for x, y in points),
            f'<path class="lead" d="M{x_end + 4:.1f} {y_end:.1f}L{labels - 5} {y:.1f}"/>',
            text(labels, y + 4.5, name, "label"),
            text(WIDTH - 24, y + 4.5, rate, "muted", "end"),
            "</g>",
        ]
    return parts


def caption(document: Mapping[str, Any]) -> list[str]:
    """What was measured, on what, with which versions."""
    on, names = document["machine"], {"python": "Python", "spin": "SPIN"}
    runs = document["runs"]
    how = "one run each" if runs == 1 else f"medians of {runs} runs, the tools in turns"
    versions = ", ".join(
        f"{names.get(name, name)} {of.split(') ')[-1].partition(' ')[0].removeprefix('v')}"
        for name, of in document["versions"].items()
    )
    what = (
        f"Every state of ALO(N, R, C), stored exactly, without reductions; {how}. One core unless "
        "threads are named. Loading and compiling are not counted. States a second: on the largest "
        "instance."
    )
    where = (
        f"{on['processor']}, {on['cores']} cores, {on['memory_gib']} GiB, {on['system']}, "
        f"huge pages: {on['huge_pages']}; {document['date']}, load {document['load']} before. "
        f"{versions}."
    )
    return [what, where]


def svg(document: Mapping[str, Any]) -> str:
    """The whole picture."""
    rows: Sequence[Mapping[str, Any]] = document["rows"]
    instances = {row["instance"]: row["states"] for row in rows}
    across = Scale([row["states"] for row in rows], LEFT, WIDTH - RIGHT)
    up = Scale([row["seconds"] for row in rows], BOTTOM, TOP)
    lines = [line for part in caption(document) for line in textwrap.wrap(part, WRAP)]
    height = BOTTOM + 62 + 17 * len(lines)
    title = "Seconds to see every state"
    told = "; ".join(f"{row['tool']} on {row['instance']}: {row['seconds']:.3g} s" for row in rows)
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="t d">',
        f'<title id="t">{title}</title>',
        f'<desc id="d">{escape(told)}.</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
        text(24, 32, title, "title"),
        *axes(across, up, instances),
        *curves(across, up, rows),
        *(text(24, BOTTOM + 66 + 17 * at, line, "muted small") for at, line in enumerate(lines)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def main(data: Path = DATA, picture: Path = PICTURE) -> None:
    """Draw."""
    document = json.loads(data.read_text("utf-8"))
    picture.write_text(svg(document), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
