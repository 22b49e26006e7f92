"""The table of a sweep: columns for what differs, a sentence for what does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from deliverycheck.explain.story import joined
from deliverycheck.explain.sweep.found import Row, Sweep
from deliverycheck.report.layout import wrapped
from deliverycheck.system.verdicts import Json

if TYPE_CHECKING:
    from rich.table import Table


WIDER_THAN_ANY = 10_000
"""Columns in which every table could be laid out."""


def table_text(sweep: Sweep, width: int) -> Iterator[str]:
    """The table, or a list where it does not fit; what is the same in all rows is said once."""
    shown = [name for name in sweep.wanted if not _is_constant(sweep, name)]
    costs = [cost_text(row) for row in sweep.rows]
    with_cost = len(set(costs)) > 1
    headings = [one.name for one in sweep.varied] + shown + ["cost"] * with_cost
    rows = [
        [label(sweep.value(row.number, one.name)) for one in sweep.varied]
        + [_cell(row, name) for name in shown]
        + [cost_text(row)] * with_cost
        for row in sweep.rows
    ]
    numbers = [f"{row.number}{' base' * (row.number == sweep.base)}" for row in sweep.rows]
    yield from _table_lines(headings, numbers, rows, width) or _list(headings, numbers, rows, width)
    yield ""
    for text in _constant(sweep, costs):
        yield from wrapped(text, width, "  ")
    if any(cell.startswith("violated (") for row in rows for cell in row):
        yield from wrapped("in brackets: the steps of the shortest run that breaks it", width, "  ")
    if any(cell.endswith("*") for row in rows for cell in row):
        yield from wrapped("*: within bounds; `check` names them", width, "  ")


def _constant(sweep: Sweep, costs: Sequence[str]) -> Iterator[str]:
    """What is the same in all rows."""
    by_cell: dict[str, list[str]] = {}
    for name in sweep.wanted:
        if _is_constant(sweep, name):
            by_cell.setdefault(_cell(sweep.rows[0], name), []).append(name)
    for cell, names in by_cell.items():
        yield f"the same in all rows: {joined(names)}: {cell}"
    if len(set(costs)) == 1 and sweep.rows[0].outcome.cost is not None:
        yield f"each row costs {costs[0]}"


def _is_constant(sweep: Sweep, name: str) -> bool:
    return len({_cell(row, name) for row in sweep.rows}) == 1


def _cell(row: Row, name: str) -> str:
    result = row.result(name)
    if result is not None and result.trace is not None and result.verdict == "violated":
        return f"violated ({len(result.trace.steps)})"
    within = result is not None and result.verdict == "holds" and result.evidence.within
    return row.verdict(name) + ("*" if within else "")


def cost_text(row: Row) -> str:
    """What a design costs when nothing goes wrong."""
    cost = row.outcome.cost
    if cost is None:
        return "no cost known"
    return f"{cost.messages} sent, {cost.durable_writes} writes"


def is_same(one: object, other: object) -> bool:
    """Whether two costs are known and equal."""
    return one is not None and one == other


def label(value: Json) -> str:
    """A value as one writes it on the command line."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _table_lines(
    headings: Sequence[str], numbers: Sequence[str], rows: Sequence[Sequence[str]], width: int
) -> list[str]:
    """The lines of the table, with headings in one line or else in several; none if it is too
    wide all the same."""
    from io import StringIO

    from rich.console import Console  # not needed by the other verbs
    from rich.measure import Measurement

    console = Console(file=StringIO(), width=width, highlight=False, color_system=None)
    wide = console.options.update(max_width=WIDER_THAN_ANY)
    for between in ("-", "-\n"):
        table = _table([one.replace("-", between) for one in headings], numbers, rows)
        if Measurement.get(console, wide, table).maximum <= width:
            with console.capture() as captured:
                console.print(table)
            return [line.rstrip() for line in captured.get().splitlines() if line.strip()]
    return []


def _table(headings: Sequence[str], numbers: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("row", *headings):
        table.add_column(Text(heading), no_wrap=True)
    for number, row in zip(numbers, rows, strict=True):
        table.add_row(number, *map(Text, row))
    return table


def _list(
    headings: Sequence[str], numbers: Sequence[str], rows: Sequence[Sequence[str]], width: int
) -> Iterator[str]:
    for number, row in zip(numbers, rows, strict=True):
        yield from wrapped(f"row {number}", width, "  ")
        for heading, cell in zip(headings, row, strict=True):
            yield from wrapped(f"{heading} {cell}", width, "    ", "      ")
