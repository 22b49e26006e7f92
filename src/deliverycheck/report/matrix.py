"""The seed's table, computed: can lose? can duplicate? out of order? eventually? and the cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deliverycheck.report.jsonout import tool
from deliverycheck.report.runs import budget_document
from deliverycheck.report.words.headlines import budget_text
from deliverycheck.report.words.steps import counted
from deliverycheck.system.verdicts import Json, ModelResult, PropertyResult

if TYPE_CHECKING:
    from rich.table import Table

COLUMNS: Mapping[str, str] = {
    "can lose?": "no-loss",
    "can duplicate?": "no-duplicate-effect",
    "out of order?": "in-order",
    "eventually?": "eventual-effect",
}
"""The questions, each with the property that answers it."""

HOPED_FOR = ("eventual-effect",)
"""Where the answer yes is the good one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One model's line: its result, and messages sent and durable writes per delivery."""

    result: ModelResult
    cost: tuple[int, int] | None


def matrix_document(rows: Sequence[Row], exit_code: int) -> dict[str, Json]:
    """The table as data."""
    return {
        "schema": "deliverycheck/matrix/1",
        "tool": tool(),
        "rows": [_row_document(row) for row in rows],
        "exit": exit_code,
    }


def _row_document(row: Row) -> dict[str, Json]:
    found = {prop.name: prop for prop in row.result.properties}
    document: dict[str, Json] = {
        "model": row.result.model,
        "source": row.result.source,
        "claims": row.result.claims,
        "messages": row.result.messages,
        "faults": budget_document(row.result.faults),
    }
    for question, name in COLUMNS.items():
        key = question.rstrip("?").replace(" ", "_")
        document[key] = _cell_document(found[name]) if name in found else None
    document["cost"] = (
        None if row.cost is None else {"messages": row.cost[0], "durable_writes": row.cost[1]}
    )
    return document


def _cell_document(prop: PropertyResult) -> Json:
    return {
        "answer": answer(prop),
        "verdict": prop.verdict,
        "steps": len(prop.trace.steps) if prop.trace else None,
        "because": list(prop.because),
    }


def answer(prop: PropertyResult) -> str:
    """Yes, no, or the verdict that is neither."""
    return said(prop.name, prop.verdict) or prop.verdict


def said(prop: str, verdict: str | None) -> str | None:
    """The answer that a verdict on a property is: yes or no; None where it is neither."""
    good, bad = ("yes", "no") if prop in HOPED_FOR else ("no", "yes")
    return {"holds": good, "violated": bad}.get(verdict or "")


def tone(prop: str, answer: str | None) -> str:
    """How good an answer is: `good`, `bad`, or `open` where it is neither yes nor no."""
    if answer not in ("yes", "no"):
        return "open"
    return "good" if answer == said(prop, "holds") else "bad"


NARROW = 76
"""Columns a table needs; with fewer, each row becomes a list."""


def print_matrix(rows: Sequence[Row], width: int) -> None:
    """Print the table, or lists where the terminal is narrow."""
    from rich.console import Console  # not needed by the other verbs

    console = Console(width=width, highlight=False)
    if width >= NARROW:
        console.print(_table(rows))
        return
    for row in rows:
        name, *cells = _cells(row)
        console.print(name, markup=False)
        for heading, cell in zip((*COLUMNS, "cost"), cells, strict=True):
            console.print(f"  {heading} {cell.replace(chr(10), ', ')}", markup=False)
        console.print()


def _cells(row: Row) -> tuple[str, ...]:
    """The texts of a row: name, answers, cost."""
    found = {prop.name: prop for prop in row.result.properties}
    budget = budget_text(row.result.faults) or "no faults"
    name = f"{row.result.model}\n{row.result.claims or 'no claim'}\n{budget}"
    answers = [_cell(found[p]) if p in found else "-" for p in COLUMNS.values()]
    cost = "-" if row.cost is None else f"{row.cost[0]} sent\n{row.cost[1]} writes"
    return (name, *answers, cost)


def _table(rows: Sequence[Row]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("model, claim, faults", no_wrap=True)
    for heading in (*COLUMNS, "cost"):
        *front, last = heading.split()
        table.add_column("\n".join((" ".join(front), last)), overflow="fold")
    for number, row in enumerate(rows):
        table.add_row(*map(Text, _cells(row)), end_section=number + 1 < len(rows))
    return table


def _cell(prop: PropertyResult) -> str:
    if prop.verdict != "violated" or prop.trace is None:
        return answer(prop)
    because = "\n+ ".join(prop.because) or "no fault"
    if prop.trace.faults and not prop.because:
        because += "\nneeded"
    return f"{answer(prop)}\n{counted(len(prop.trace.steps))}\n{because}"
