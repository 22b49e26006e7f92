"""The opening: a result in a sentence or two, for somebody who reads nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from deliverycheck.explain.story import joined, outcome
from deliverycheck.report.words.headlines import because_of, budget_text
from deliverycheck.system.guarantees import GUARANTEES
from deliverycheck.system.verdicts import ModelResult, PropertyResult


def opening(result: ModelResult) -> str:
    """What became of the claim, and what else was expected to break."""
    under = budget_text(result.faults)
    world = f"under {under}" if under else "in a world without faults"
    promised = _promised(result)
    broken = [one for one in promised if one.verdict == "violated"]
    if result.claims is None:
        text = f"{result.model} claims nothing, and was looked at {world}."
    elif broken:
        text = f"{result.model} claims {result.claims}, and does not keep it: {_told(broken)}."
    elif any(one.verdict == "undetermined" for one in promised) or not promised:
        left = joined([one.name for one in promised if one.verdict == "undetermined"])
        text = f"Whether {result.model} keeps what it claims, {result.claims}, is not settled"
        text += f": {left} is open." if left else "."
    else:
        text = f"{result.model} keeps what it claims, {result.claims}, {world}."
    known = [
        one
        for one in result.properties
        if one.verdict == "violated" and one.expected == "violated" and one not in broken
    ]
    return f"{text} Known and expected: {_told(known)}." if known else text


def standing(result: ModelResult) -> Literal["good", "bad", "open"]:
    """How the claim stands: kept, broken, or neither."""
    verdicts = {one.verdict for one in _promised(result)}
    if "violated" in verdicts:
        return "bad"
    return "good" if "holds" in verdicts and "undetermined" not in verdicts else "open"


def _promised(result: ModelResult) -> Sequence[PropertyResult]:
    names = GUARANTEES[result.claims] if result.claims is not None else ()
    return [one for one in result.properties if one.name in names]


def _told(broken: Sequence[PropertyResult]) -> str:
    """What breaks; what one run shows is told once."""
    told: dict[tuple[object, ...], PropertyResult] = {}
    for one in broken:
        told.setdefault((one.trace.steps, one.because) if one.trace else (one.name,), one)
    parts = [outcome(one) + _because(one) for one in told.values()]
    return "; and ".join(parts)


def _because(prop: PropertyResult) -> str:
    return f", {because_of(prop)}"
