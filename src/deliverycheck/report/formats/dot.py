"""Machines and charts in DOT, the language of Graphviz.

In a quoted string only `"` and a backslash need care, and `&`, which begins an HTML entity
(https://graphviz.org/doc/info/lang.html). What a picture must not hold is taken out as for SVG,
which `dot` writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deliverycheck.explain.dossier.charts import Chart, Edge, Node
from deliverycheck.explain.dossier.machines import Machine, Move
from deliverycheck.report.drawing.chart import told_node
from deliverycheck.report.drawing.machine import notes_of, told_mode, told_move
from deliverycheck.report.drawing.shapes import clean, shortened

MOST_LETTERS = 200
"""Letters of a line; Graphviz has its own limits, which say less clearly what is wrong."""

LOOK = {
    "well": 'color="#1b7f4b"',
    "either": 'color="#5b6577"',
    "wrong": 'color="#b3261e", style="rounded,dashed"',
    "broken": 'color="#b3261e", style="solid"',
}
MARKS = {"well": "✓ ", "broken": "✗ "}


def machine_dot(machine: Machine) -> str:
    """The state machine of an actor as a digraph."""
    return machines_dot([machine])


def machines_dot(machines: Sequence[Machine]) -> str:
    """The state machines of several actors, each in a box of its own."""
    return "\n".join(("digraph machines {", *_defaults(), *_clusters(machines), "}", ""))


def chart_dot(chart: Chart) -> str:
    """The state graph of a property as a digraph."""
    nodes = (f"  n{node.number} [{_node(node)}];" for node in chart.nodes)
    edges = (f"  n{e.source} -> n{e.target} [{_edge(e)}];" for e in chart.edges)
    lines = ("digraph states {", f"  label={_quoted(chart.prop)};", *_defaults(), *nodes, *edges)
    return "\n".join((*lines, "}", ""))


def _defaults() -> Iterator[str]:
    yield '  node [shape=box, style=rounded, fontname="system-ui, sans-serif", fontsize=11];'
    yield '  edge [fontname="system-ui, sans-serif", fontsize=10];'


def _clusters(machines: Sequence[Machine]) -> Iterator[str]:
    for at, machine in enumerate(machines):
        yield f"  subgraph cluster_{at} {{"
        yield f"    label={_quoted(machine.actor, *notes_of(machine))};"
        yield f'    a{at}_start [shape=point, label=""];'
        for mode in machine.modes:
            yield f"    a{at}_{mode.number} [label={_quoted(*told_mode(mode))}];"
        yield from (f"    a{at}_start -> a{at}_{m.number};" for m in machine.modes if m.initial)
        for move in machine.moves:
            ends = f"a{at}_{move.source} -> a{at}_{move.target}"
            yield f"    {ends} [{_move(move)}];"
        yield "  }"


def _move(move: Move) -> str:
    label = _quoted(told_move(move), *((", ".join(move.does),) if move.does else ()))
    return f"label={label}" + (_FAULT if move.fault is not None else "")


_FAULT = ', style=dashed, color="#a8510b", fontcolor="#a8510b"'


def _node(node: Node) -> str:
    at = "" if node.on_run is None else f"{node.on_run} · "
    first, *rest = node.lines or ("at the start",)
    label = _quoted(f"{at}{MARKS.get(node.outlook, '')}{first}", *rest)
    told = f"label={label}, tooltip={_quoted(told_node(node))}, {LOOK[node.outlook]}"
    told += ", peripheries=2" if node.initial else ""
    return told + (", penwidth=2.5" if node.on_run is not None else "")


def _edge(edge: Edge) -> str:
    told = f"label={_quoted(*edge.steps)}" + (_FAULT if edge.fault is not None else "")
    return told + (", penwidth=2.5" if edge.on_run else "")


def _quoted(*lines: str) -> str:
    """Lines of text as one string."""
    return '"' + r"\n".join(map(_escaped, lines)) + '"'


def _escaped(line: str) -> str:
    text = shortened(clean(line), MOST_LETTERS)
    return text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
