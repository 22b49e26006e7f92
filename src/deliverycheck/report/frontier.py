"""The frontier as text and as data."""

from __future__ import annotations

from collections.abc import Iterator

from deliverycheck.explain.frontier import Border, Budgeted, Frontier
from deliverycheck.explain.story import joined
from deliverycheck.report.jsonout import tool
from deliverycheck.report.layout import wrapped
from deliverycheck.report.runs import budget_document, trace_document
from deliverycheck.report.words.frontier import border_lines
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
        "unfinished": list(frontier.unfinished),
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
        "examples": [{"faults": budget_document(faults)} for faults in border.examples],
        "harm": [
            {
                "messages": one.messages,
                "faults": dict(one.faults),
                "steps": len(one.trace.steps),
                "trace": trace_document(one.trace),
            }
            for one in border.harm
        ],
        "curve": [{"faults": faults, "messages": most} for faults, most in enumerate(border.curve)],
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
        for line in border_lines(border, frontier.caps):
            yield from wrapped(line, width, "    ", "      ")
    yield ""
    if frontier.unfinished:
        left = joined(frontier.unfinished)
        yield from wrapped(f"interrupted: nothing is known of {left}", width, "  ", "    ")
        yield ""
