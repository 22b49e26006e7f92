"""A verdict in a few words."""

from __future__ import annotations

from deliverycheck.report.words.headlines import because_of
from deliverycheck.report.words.steps import counted
from deliverycheck.system.verdicts import PropertyResult


def briefly(prop: PropertyResult) -> str:
    """`holds`, `violated in 8 steps, because of crash`, `undetermined: seconds`."""
    text: str = prop.verdict
    if prop.trace is not None:
        count = len(prop.trace.steps)
        loop = prop.trace.loop_start
        again = "" if loop is None or loop == count else f", for ever from step {loop + 1}"
        text += f" in {counted(count)}{again}, {because_of(prop)}"
    return f"{text}: {prop.reason}" if prop.reason else text
