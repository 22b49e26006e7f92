"""Machines and charts in Mermaid: `stateDiagram-v2` and `flowchart`.

All that might mean something to Mermaid is written as one of its entity codes, such as `#35;` for
`#` (https://mermaid.js.org/syntax/flowchart.html, "Entity codes to escape characters"). Names in
the text are our own (`a0s1`), so none is a keyword such as `end`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from deliverycheck.explain.dossier.charts import Chart, Edge, Node
from deliverycheck.explain.dossier.machines import Machine, Move
from deliverycheck.report.drawing.machine import told_mode, told_move
from deliverycheck.report.drawing.shapes import clean, shortened

MOST_LETTERS = 120

MOST_TEXT, MOST_EDGES = 50_000, 500
"""Letters and edges beyond which Mermaid draws nothing, unless its page is set up otherwise
(`maxTextSize` and `maxEdges`, https://mermaid.js.org/config/schema-docs/config.html)."""

_PLAIN = re.compile(r"[^A-Za-z0-9 _,.]")

MOST_LINES = 10

MARKS = {"well": "✓ ", "broken": "✗ ", "wrong": "", "either": ""}


def machine_mermaid(machine: Machine) -> str:
    """The state machine of an actor as a `stateDiagram-v2`."""
    return "\n".join(("stateDiagram-v2", *_machine(machine, 0, "  "), ""))


def machines_mermaid(machines: Sequence[Machine]) -> str:
    """The state machines of several actors, each as a composite state."""
    if len(machines) == 1:
        return machine_mermaid(machines[0])
    lines = ["stateDiagram-v2"]
    for at, machine in enumerate(machines):
        lines.append(f'  state "{coded(machine.actor)}" as a{at} {{')
        lines += _machine(machine, at, "    ")
        lines.append("  }")
    return "\n".join((*lines, ""))


def chart_mermaid(chart: Chart) -> str:
    """The state graph of a property as a `flowchart`.

    If the text would be too long, less is told of each state. Mermaid draws no chart of more than
    500 edges.
    """
    text = ""
    for most in (MOST_LINES, 3, 1):
        nodes = _nodes(chart.nodes, most)
        lines = ("flowchart TD", *nodes, *_edges(chart.edges, most), *_looks(chart), "")
        text = "\n".join(lines)
        if len(text) <= MOST_TEXT:
            break
    return text


def coded(text: str) -> str:
    """A label in which nothing means anything to Mermaid, which knows no empty ones."""
    whole = shortened(clean(text), MOST_LETTERS)
    return _PLAIN.sub(lambda found: f"#{ord(found[0])};", whole or "\N{NO-BREAK SPACE}")


def _machine(machine: Machine, at: int, indent: str) -> Iterator[str]:
    for mode in machine.modes:
        yield f'{indent}state "{_lines(told_mode(mode))}" as a{at}s{mode.number}'
    yield from (f"{indent}[*] --> a{at}s{m.number}" for m in machine.modes if m.initial)
    for move in machine.moves:
        ends = f"a{at}s{move.source} --> a{at}s{move.target}"
        yield f"{indent}{ends} : {_move(move)}"


def _move(move: Move) -> str:
    fault = f"fault: {told_move(move)}" if move.fault is not None else told_move(move)
    return coded(fault + (f" / {', '.join(move.does)}" if move.does else ""))


def _lines(texts: Sequence[str]) -> str:
    """Lines of a label: a break is the only thing in it that is not text."""
    return "<br/>".join(map(coded, texts))


def _cut(texts: Sequence[str], most: int) -> Sequence[str]:
    """At most so many lines, and how many are left out."""
    more = len(texts) - most
    return texts if more <= 0 else (*texts[:most], f"and {more} more")


def _nodes(nodes: Sequence[Node], most: int) -> Iterator[str]:
    for node in nodes:
        at = "" if node.on_run is None else f"{node.on_run} · "
        first, *rest = node.lines or ("at the start",)
        label = _lines(_cut((f"{at}{MARKS[node.outlook]}{first}", *rest), most))
        opening, closing = ("[[", "]]") if node.initial else ("(", ")")
        if node.outlook == "broken":
            opening, closing = "[", "]"
        yield f'  n{node.number}{opening}"{label}"{closing}'


def _edges(edges: Sequence[Edge], most: int) -> Iterator[str]:
    for edge in edges:
        arrow = "-.->" if edge.fault is not None else "==>" if edge.on_run else "-->"
        yield f'  n{edge.source} {arrow}|"{_lines(_cut(edge.steps, most))}"| n{edge.target}'


def _looks(chart: Chart) -> Iterator[str]:
    looks = {
        "well": "stroke:#1b7f4b",
        "wrong": "stroke:#b3261e,stroke-dasharray:4 3",
        "broken": "stroke:#b3261e,stroke-width:2px",
    }
    for outlook, look in looks.items():
        names = [f"n{node.number}" for node in chart.nodes if node.outlook == outlook]
        if names:
            yield f"  classDef {outlook} {look}"
            yield f"  class {','.join(names)} {outlook}"
