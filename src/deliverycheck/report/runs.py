"""Runs, as text and as data, and budgets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import inf
from types import MappingProxyType

from deliverycheck.explain.story import sentences
from deliverycheck.report.layout import wrapped
from deliverycheck.report.words.steps import ToldStep, told_steps
from deliverycheck.system.verdicts import Json, Step, Trace


def budget_document(faults: Mapping[str, float]) -> dict[str, Json]:
    """A budget: whole numbers, or the text `inf`."""
    return {key: "inf" if amount == inf else int(amount) for key, amount in faults.items()}


def trace_document(trace: Trace) -> dict[str, Json]:
    """A run, step by step; `loop_start` is how many steps come before those that repeat."""
    return {
        "steps": [
            _step(step, text)
            for step, text in zip(trace.steps, sentences(trace.steps), strict=True)
        ],
        "loop_start": trace.loop_start,
        "point_of_no_return": trace.point_of_no_return,
    }


def _step(step: Step, text: str) -> dict[str, Json]:
    return {
        "index": step.index,
        "actor": step.actor,
        "action": step.action,
        "message": step.message,
        "fault": step.fault,
        "changes": {c.variable: {"from": c.old, "to": c.new} for c in step.changes},
        "text": text,
    }


def steps_text(
    trace: Trace,
    width: int,
    *,
    indent: str = "    ",
    seen: Mapping[int, str] = MappingProxyType({}),
) -> Iterator[str]:
    """The steps of a run, each as a sentence.

    `seen`: by a step's number, what the world outside sees of it.
    """
    return steps_lines(told_steps(trace), width, indent=indent, seen=seen)


def steps_lines(
    told: Sequence[ToldStep],
    width: int,
    *,
    mark: str = ".",
    indent: str = "    ",
    seen: Mapping[int, str] = MappingProxyType({}),
) -> Iterator[str]:
    """Steps in lines, each behind its number."""
    for step in told:
        fault = f"  [fault: {step.fault}]" if step.fault else ""
        shown = f"  [seen: {seen[step.number]}]" if step.number in seen else ""
        text = f"{step.number:>2}{mark} {step.text}{fault}{shown}"
        yield from wrapped(text, width, indent, f"{indent}    ")
