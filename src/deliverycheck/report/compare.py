"""A comparison as text and as data."""

from __future__ import annotations

from collections.abc import Iterator

from deliverycheck.explain.compare import Comparison, Divergence, Inclusion, Side
from deliverycheck.explain.story import going_on
from deliverycheck.report.jsonout import exploration_document, tool
from deliverycheck.report.layout import styled, wrapped
from deliverycheck.report.runs import budget_document, steps_text, trace_document
from deliverycheck.report.words.headlines import budget_text, messages_text
from deliverycheck.system.verdicts import Json


def compare_document(found: Comparison, exit_code: int) -> dict[str, Json]:
    """The comparison as data."""
    return {
        "schema": "deliverycheck/compare/1",
        "tool": tool(),
        "a": _side_document(found.a),
        "b": _side_document(found.b),
        "messages": found.messages,
        "faults": budget_document(found.faults),
        "fairness": found.fairness,
        "a_in_b": _inclusion_document(found.a_in_b),
        "b_in_a": _inclusion_document(found.b_in_a),
        "same": found.same,
        "notes": list(found.notes),
        "exit": int(exit_code),
    }


def _side_document(side: Side) -> Json:
    return {
        "model": side.model,
        "source": side.source,
        "settings": dict(side.settings),
        "exploration": exploration_document(side.exploration),
    }


def _inclusion_document(found: Inclusion) -> Json:
    return {
        "verdict": found.verdict,
        "reason": found.reason or None,
        "within": list(found.within),
        "divergence": None if found.divergence is None else _divergence(found.divergence),
    }


def _divergence(found: Divergence) -> Json:
    return {
        "shown": list(found.seen.values()),
        "silent": found.silent,
        "trace": trace_document(found.trace),
        "instead": list(found.instead),
    }


def compare_text(found: Comparison, width: int) -> Iterator[str]:
    """What each design shows that the other does not, and that it does not."""
    for letter, side in (("A", found.a), ("B", found.b)):
        settings = "".join(f" · {name}={value}" for name, value in side.settings.items())
        head = f"{styled(letter, bold=True)}  {side.model}  {side.source}{settings}"
        yield from wrapped(head, width, "", "   ")
    faults = budget_text(found.faults) or "no faults"
    yield from wrapped(f"{messages_text(found.messages)} · {faults}", width, "  ")
    yield from wrapped(f"{_looked_at('A', found.a)}; {_looked_at('B', found.b)}", width, "  ")
    yield ""
    yield from _inclusion_text("A", "B", found.a_in_b, width)
    yield from _inclusion_text("B", "A", found.b_in_a, width)
    bounds = sorted({*found.a_in_b.within, *found.b_in_a.within})
    notes = [*found.notes, *(f"only looked at within a bound: {bound}" for bound in bounds)]
    for note in notes:
        yield from wrapped(f"note: {note}", width, "  ", "    ")
    if notes:
        yield ""
    yield from wrapped(_conclusion(found), width, "")


def _looked_at(letter: str, side: Side) -> str:
    count = f"{side.exploration.states:,} states of {letter}"
    stopped = side.exploration.stopped
    return f"{count}, not all: stopped by {stopped}" if stopped else count


def _inclusion_text(one: str, other: str, found: Inclusion, width: int) -> Iterator[str]:
    """Whether one design shows anything the other does not; if so, the run."""
    divergence = found.divergence
    if divergence is None:
        within = ", within bounds" if found.within else ""
        text = f"{one} shows nothing that {other} does not{within}"
        if found.verdict == "undetermined":
            text = f"Whether {one} shows anything that {other} does not is not known: "
            text += found.reason
        yield from wrapped(f"{text}.", width, "  ", "    ")
        yield ""
        return
    silent = f"{one} may fall silent for ever where {other} does not:"
    head = silent if divergence.silent else f"{one} shows what {other} does not:"
    yield from wrapped(head, width, "  ", "    ")
    yield from steps_text(divergence.trace, width, seen=divergence.seen)
    if closing := going_on(divergence.trace, divergence.waiting):
        yield from wrapped(f"{closing}.", width, "    ")
    able = " or ".join(divergence.instead) or "nothing"
    if divergence.silent:
        text = f"Having shown as much, {other} goes on in the end with {able}."
    else:
        text = f"Having shown all but the last, {other} can only go on with {able}."
    yield from wrapped(text, width, "    ")
    yield ""


def _conclusion(found: Comparison) -> str:
    match found.same:
        case True:
            bounded = found.a_in_b.within or found.b_in_a.within
            return "Nobody outside can tell A from B" + (", within bounds." if bounded else ".")
        case False:
            return "A and B differ, as seen from outside."
        case None:
            return "Whether A and B differ is not known."
