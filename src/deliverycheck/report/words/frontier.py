"""Where a property begins to break, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf

from deliverycheck.explain.frontier import Border, Budgeted
from deliverycheck.report.words.headlines import budget_text


def border_lines(border: Border, caps: Mapping[str, int]) -> Iterator[str]:
    """What breaks a property, and what it survives; without full stops."""
    for one in border.minimal_breaking:
        yield f"breaks with {_cause(one)}"
    for harm in border.harm[1:]:
        by = f"{budget_text(harm.faults) or 'no fault'}, in {len(harm.trace.steps)} steps"
        yield f"breaks for {harm.messages} messages at once with {by}"
    for one in border.maximal_tolerated:
        yield f"survives {_survived(one, caps)}"
    if border.open:
        known = ", or ".join(budget_text(faults) or "no fault" for faults in border.open)
        yield f"not known from {known} on: a bound or a limit cut something off"


def _cause(one: Budgeted) -> str:
    trace = one.result.trace
    steps = f", in {len(trace.steps)} steps" if trace else ""
    return f"{budget_text(one.faults) or 'NOTHING: no fault is needed'}{steps}"


def _survived(one: Budgeted, caps: Mapping[str, int]) -> str:
    if caps and all(one.faults.get(fault) == inf for fault in caps):
        text = "all of that in any number"
    elif one.faults == caps:
        text = "all of that" if caps else "whatever happens here"
    else:
        text = budget_text(one.faults) or "nothing but a world without faults"
    if inf in one.faults.values():
        text += " (proved)"
    return text + (" (but nothing puts it to the test)" if one.result.verdict == "vacuous" else "")
