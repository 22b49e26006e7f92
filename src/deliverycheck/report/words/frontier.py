"""Where a property begins to break, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import inf

from deliverycheck.explain.frontier import Border, Budgeted
from deliverycheck.report.words.headlines import budget_text
from deliverycheck.report.words.steps import counted


def border_lines(border: Border, caps: Mapping[str, int]) -> Iterator[str]:
    """What breaks a property, and what it survives; without full stops."""
    if border.kind == "sometimes":
        yield from _seen(border)
        return
    for one in border.minimal_breaking:
        yield f"breaks with {_cause(one)}"
    for harm in border.harm[1:]:
        by = f"{budget_text(harm.faults) or 'no fault'}, in {counted(len(harm.trace.steps))}"
        yield f"breaks for {harm.messages} messages at once with {by}"
    if any(border.curve):
        known = ", as far as is known" if border.open else ""
        yield f"most messages harmed at once{known}: {_curve(border.curve)}"
    for one in border.maximal_tolerated:
        yield f"survives {_survived(one, caps)}{_but(border, one)}"
    yield from _unknown(border)


def _curve(curve: Sequence[int]) -> str:
    """`0 with no fault, 1 with 1, 2 with 2 or more`."""
    parts: list[str] = []
    for faults, most in enumerate(curve):
        if faults and most == curve[faults - 1]:
            continue
        more = " or more" if most == curve[-1] and faults + 1 < len(curve) else ""
        parts.append(f"{most} with {faults or 'no fault'}{more}")
    return ", ".join(parts)


def _seen(border: Border) -> Iterator[str]:
    """With what something can happen that is to happen at least once, and with what it cannot."""
    for one in border.minimal_breaking:
        yield f"no example is reached {_with(one.faults)}"
    for faults in border.examples:
        yield f"an example is reached {_with(faults)}"
    yield from _unknown(border)


def _with(faults: Mapping[str, float]) -> str:
    return f"with {budget_text(faults)}" if faults else "without faults"


def _unknown(border: Border) -> Iterator[str]:
    if border.open:
        known = ", or ".join(budget_text(faults) or "no fault" for faults in border.open)
        yield f"not known from {known} on: a bound or a limit cut something off"


def _but(border: Border, survived: Budgeted) -> str:
    """What is broken below a budget that is survived: there a fault makes good again."""
    below = [
        budget_text(one.faults) or "no fault"
        for one in border.minimal_breaking
        if all(amount <= survived.faults.get(fault, 0) for fault, amount in one.faults.items())
    ]
    return f", but not whatever is less: {' and '.join(below)} breaks it" if below else ""


def _cause(one: Budgeted) -> str:
    trace = one.result.trace
    steps = f", in {counted(len(trace.steps))}" if trace else ""
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
