"""Claims as text and as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from deliverycheck.explain.claims import (
    Checked,
    CheckedClaim,
    Claim,
    CostShown,
    Judgement,
    Paid,
    PropertyShown,
    SameShown,
)
from deliverycheck.explain.compare import Comparison
from deliverycheck.report.jsonout import tool
from deliverycheck.report.layout import styled, wrapped
from deliverycheck.report.runs import trace_document
from deliverycheck.report.words.headlines import PROOFS, budget_text
from deliverycheck.report.words.steps import counted
from deliverycheck.system.verdicts import Json, PropertyResult

WORDS: Mapping[Judgement, str] = {"true": "TRUE", "imprecise": "IMPRECISE", "false": "FALSE"}
COLOURS: Mapping[Judgement, str] = {"true": "green", "imprecise": "yellow", "false": "red"}


def claim_text(checked: CheckedClaim, width: int) -> Iterator[str]:
    """A claim, what is to be thought of it, and what shows that."""
    claim = checked.claim
    where = f"{claim.section}; {claim.source}" if claim.source else claim.section
    yield from wrapped(f"{claim.text} ({where})", width, "", "  ")
    word = WORDS[claim.judgement]
    first, *rest = wrapped(f"{word}. {claim.note}", width, "  ")
    yield first.replace(word, styled(word, COLOURS[claim.judgement], bold=True), 1)
    yield from rest
    for one in checked.shown:
        yield from wrapped(f"+ {_doubt(one)}{_said(one)}", width, "    ", "      ")
    for one in checked.but:
        yield from wrapped(f"- {_doubt(one)}but {_said(one)}", width, "    ", "      ")
    yield ""


def claims_summary(checked: Sequence[CheckedClaim], unfinished: Sequence[Claim] = ()) -> str:
    """The last line: whether all evidence came out as it is written down."""
    wrong = [one for one in checked if one.comes_out is False]
    unknown = [one for one in checked if one.comes_out is None]
    count = f"{len(checked)} claim" + ("s" if len(checked) != 1 else "")
    if unfinished:
        count += f" (of {len(checked) + len(unfinished)}; the others were not come to)"
    if not checked:
        return f"{count}."
    if wrong:
        return f"{count}: of {len(wrong)} the evidence does not come out as it is written down."
    if unknown:
        return f"{count}: of {len(unknown)} the evidence is not known."
    return f"{count}: all of the evidence comes out."


def _doubt(one: Checked) -> str:
    return {True: "", False: "NOT AS WRITTEN: ", None: "NOT KNOWN: "}[one.comes_out]


def _said(one: Checked) -> str:
    """The evidence in words, with what was found."""
    match one.evidence:
        case PropertyShown(_, name, _, unknown_to) as evidence:
            found = one.found
            if not isinstance(found, PropertyResult):
                raise TypeError("a property was checked")
            text = f"{_named(evidence)}: {name} {_verdict(found)}"
            return text + (f"; the {unknown_to} cannot know" if unknown_to else "")
        case SameShown(a, b, _):
            found = one.found
            if not isinstance(found, Comparison):
                raise TypeError("two designs were compared")
            what = {True: "look the same from outside", False: "differ", None: "may differ"}
            return (
                f"{a.name} and {b.name}{_environment(a.faults)} {what[found.same]}{_first(found)}"
            )
        case CostShown(dearer, cheaper):
            return f"{dearer.name} costs more than {cheaper.name}: {_costs(one)} per delivery"
    assert_never(one.evidence)


def _named(evidence: PropertyShown) -> str:
    asked = evidence.question
    settings = "".join(f" {name}={value}" for name, value in asked.settings.items())
    weak = ", on a link that may drop for ever" if asked.fairness == "weak" else ""
    return f"{asked.name}{settings}{_environment(asked.faults)}{weak}"


def _environment(faults: Mapping[str, float]) -> str:
    return f" with {budget_text(faults) or 'no faults'}"


def _verdict(found: PropertyResult) -> str:
    if found.trace is not None:
        return f"is violated, in {counted(len(found.trace.steps))}"
    if found.verdict == "holds" and found.evidence.kind in PROOFS:
        return "holds, proved"
    if found.verdict == "holds":
        return "holds, as every state was visited"
    return f"is {found.verdict}" + (f": {found.reason}" if found.reason else "")


def _first(found: Comparison) -> str:
    for letter, side in (("first", found.a_in_b), ("second", found.b_in_a)):
        if side.divergence is not None:
            steps = counted(len(side.divergence.trace.steps))
            return f", by what the {letter} shows in {steps}"
    return ""


def _costs(one: Checked) -> str:
    if not isinstance(one.found, tuple):
        raise TypeError("costs were computed")
    return " against ".join(_cost(cost) for cost in one.found)


def _cost(cost: Paid | None) -> str:
    return "unknown" if cost is None else f"{cost[0]} sent and {cost[1]} writes"


def claims_document(
    checked: Sequence[CheckedClaim], unfinished: Sequence[Claim], exit_code: int
) -> dict[str, Json]:
    """Claims as data; `unfinished`: those that were not come to."""
    return {
        "schema": "deliverycheck/claims/1",
        "tool": tool(),
        "claims": [
            {
                "section": one.claim.section,
                "text": one.claim.text,
                "judgement": one.claim.judgement,
                "note": one.claim.note or None,
                "comes_out": one.comes_out,
                "shown": [_document(evidence) for evidence in one.shown],
                "but": [_document(evidence) for evidence in one.but],
                "source": one.claim.source or None,
            }
            for one in checked
        ],
        "unfinished": [claim.text for claim in unfinished],
        "exit": int(exit_code),
    }


def _document(one: Checked) -> Json:
    trace = one.found.trace if isinstance(one.found, PropertyResult) else None
    return {
        "text": _said(one),
        "comes_out": one.comes_out,
        "trace": None if trace is None else trace_document(trace),
    }
