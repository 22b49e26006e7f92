"""A verdict in a few words."""

from __future__ import annotations

from deliverycheck.system.verdicts import PropertyResult


def briefly(prop: PropertyResult) -> str:
    """`holds`, `violated in 8 steps, because of crash`, `undetermined: seconds`."""
    text: str = prop.verdict
    if prop.trace is not None:
        count = len(prop.trace.steps)
        because = " and ".join(prop.because)
        why = f"because of {because}" if because else "with no fault at all"
        loop = prop.trace.loop_start
        again = "" if loop is None or loop == count else f", for ever from step {loop + 1}"
        text += f" in {count} step{'s' if count != 1 else ''}{again}, {why}"
    return f"{text}: {prop.reason}" if prop.reason else text
