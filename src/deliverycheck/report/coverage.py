"""Coverage as text and JSON: how often each step was taken, and where no run has been."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from deliverycheck.system.verdicts import Coverage, Json

NARROWEST = 12
"""Columns for a name, however narrow the terminal."""


def coverage_document(coverage: Coverage) -> dict[str, Json]:
    """The coverage, action by action."""
    return {
        "complete": coverage.complete,
        "actions": [
            {
                "actor": one.actor,
                "action": one.name,
                "step": one.step,
                "fault": one.fault,
                "taken": one.times,
            }
            for one in coverage.actions
        ],
        "places": [
            {"process": one.process, "reached": list(one.reached), "never": list(one.never)}
            for one in coverage.places
        ],
    }


def coverage_text(coverage: Coverage, width: int) -> Iterator[str]:
    """A table of the steps, all messages together; what goes on from no place is among them.

    A number counts the steps of that kind between all states that were found.
    """
    nothing = "never" if coverage.complete else "not seen"
    rows: dict[str, int] = {}
    for one in coverage.actions:
        early = f" ({one.fault})" if one.fault and not _says(one.step, one.fault) else ""
        name = f"{one.actor}.{one.step}{early}"
        rows[name] = rows.get(name, 0) + one.times
    for place in coverage.places:
        for never in place.never:
            rows.setdefault(f'{place.process} at "{never}"', 0)  # no step goes on from there
    counts = {name: f"{times:,}" if times else nothing for name, times in rows.items()}
    column = max(map(len, counts.values()), default=0)
    yield from _lines("How often each step was taken, over all states:", width, "  ", "  ")
    for name, count in counts.items():
        yield from _lines(name, width, f"    {count:>{column}}  ", " " * (column + 6))


def _says(step: str, fault: str) -> bool:
    """Whether the name of a step is that of its fault already; only a timer's is not."""
    return step == fault or step.startswith(f"{fault}(")


def _lines(text: str, width: int, first: str, rest: str) -> list[str]:
    return wrap(
        text,
        max(width, len(first) + NARROWEST),
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
    )
