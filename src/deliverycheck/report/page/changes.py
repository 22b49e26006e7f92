"""The table of changes: what each variable of a run is after each step."""

from __future__ import annotations

from dataclasses import dataclass

from deliverycheck.report.words.steps import shown
from deliverycheck.system.model import System
from deliverycheck.system.verdicts import Trace


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, and whether the step before it has changed it (at the start: always)."""

    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """A row for the start and for each step, a column for each variable that ever changes."""

    names: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def changes_of(system: System, trace: Trace) -> Changes:
    """The table of a run; what no step changes is left out."""
    moved = {change.variable for step in trace.steps for change in step.changes}
    columns = [at for at, variable in enumerate(system.variables) if variable.name in moved]
    rows = [tuple(Cell(shown(trace.states[0][at]), changed=True) for at in columns)]
    for before, after in zip(trace.states[:-1], trace.states[1:], strict=True):
        rows.append(tuple(Cell(shown(after[at]), before[at] != after[at]) for at in columns))
    return Changes(tuple(system.variables[at].name for at in columns), tuple(rows))
