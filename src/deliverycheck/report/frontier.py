"""The frontier as text and as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf

from deliverycheck.explain.frontier import Border, Budgeted, Frontier
from deliverycheck.report.jsonout import tool
from deliverycheck.report.layout import wrapped
from deliverycheck.report.runs import budget_document, trace_document
from deliverycheck.report.words.headlines import PROOFS, budget_text, messages_text
from deliverycheck.system.verdicts import Json


def frontier_document(frontier: Frontier, exit_code: int) -> dict[str, Json]:
    """The frontier as data."""
    return {
        "schema": "deliverycheck/frontier/1",
        "tool": tool(),
        "model": frontier.model,
        "source": frontier.source,
        "messages": frontier.messages,
        "caps": dict(frontier.caps),
        "properties": [_border_document(border) for border in frontier.borders],
        "exit": exit_code,
    }


def _border_document(border: Border) -> Json:
    return {
        "name": border.name,
        "minimal_breaking": [_breaking(one) for one in border.minimal_breaking],
        "maximal_tolerated": [
            {
                "faults": budget_document(one.faults),
                "verdict": one.result.verdict,
                "proved": one.result.evidence.kind in PROOFS,
            }
            for one in border.maximal_tolerated
        ],
        "open": [{"faults": dict(faults)} for faults in border.open],
        "harm": [
            {
                "messages": one.messages,
                "faults": dict(one.faults),
                "steps": len(one.trace.steps),
                "trace": trace_document(one.trace),
            }
            for one in border.harm
        ],
    }


def _breaking(one: Budgeted) -> Json:
    trace = one.result.trace
    return {
        "faults": budget_document(one.faults),
        "steps": len(trace.steps) if trace else None,
        "trace": trace_document(trace) if trace else None,
    }


def frontier_text(frontier: Frontier, width: int) -> Iterator[str]:
    """What breaks each property, and what it survives."""
    caps = budget_text(frontier.caps) or "no fault can happen here"
    yield from wrapped(f"{frontier.model}  {frontier.source}", width, "")
    yield from wrapped(f"{messages_text(frontier.messages)} · up to {caps}", width, "  ")
    for border in frontier.borders:
        yield ""
        yield from wrapped(border.name, width, "  ")
        for one in border.minimal_breaking:
            yield from wrapped(f"breaks with {_cause(one)}", width, "    ", "      ")
        for harm in border.harm[1:]:
            by = f"{budget_text(harm.faults) or 'no fault'}, in {len(harm.trace.steps)} steps"
            text = f"breaks for {harm.messages} messages at once with {by}"
            yield from wrapped(text, width, "    ", "      ")
        for one in border.maximal_tolerated:
            yield from wrapped(f"survives {_survived(one, frontier.caps)}", width, "    ", "      ")
        if border.open:
            known = ", or ".join(budget_text(faults) or "no fault" for faults in border.open)
            text = f"not known from {known} on: a bound or a limit cut something off"
            yield from wrapped(text, width, "    ", "      ")
    yield ""


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
