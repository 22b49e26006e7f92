"""The sweep as text: the base, the table, and the findings."""

from __future__ import annotations

from collections.abc import Iterator

from deliverycheck.explain.sweep.found import Sweep
from deliverycheck.report.layout import styled, wrapped
from deliverycheck.report.stories import runs_text
from deliverycheck.report.sweep_table import label, table_text
from deliverycheck.report.words.sweep import combined, findings, stands, values_text


def sweep_text(sweep: Sweep, width: int) -> Iterator[str]:
    """The lines of a sweep."""
    yield styled(sweep.model, bold=True) + f"  {sweep.source}"
    yield from wrapped(stands(sweep), width, "  ")
    yield from wrapped(combined(sweep), width, "  ")
    for one in sweep.varied:
        if one.added:
            own = f"{one.name}={label(one.json[one.base])}"
            yield from wrapped(f"{own} was added: so the model stands", width, "  ")
    yield ""
    yield from table_text(sweep, width)
    for title, lines in findings(sweep):
        yield ""
        yield f"  {title}"
        for line in lines:
            yield from wrapped(line, width, "    ", "      ")
    yield from _stories(sweep, width)
    yield ""


def _stories(sweep: Sweep, width: int) -> Iterator[str]:
    """The runs on the other side of the thresholds."""
    rows: dict[int, dict[str, None]] = {}
    for one in sweep.thresholds:
        rows.setdefault(one.violated, {})[one.prop] = None
    for number, names in rows.items():
        found = (sweep.row(number).result(name) for name in names)
        own = {one.name: sweep.value(number, one.name) for one in sweep.varied}
        yield ""
        yield from wrapped(f"Row {number}, with {values_text(own, ' and ')}", width, "  ")
        yield from runs_text([one for one in found if one is not None], width, verbose=False)
