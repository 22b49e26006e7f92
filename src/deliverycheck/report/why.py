"""Why a run goes wrong, as text and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deliverycheck.explain.invariants.told import told_condition
from deliverycheck.report.layout import wrapped
from deliverycheck.report.runs import budget_document, steps_lines, trace_document
from deliverycheck.report.words.reasons import (
    FEW_STEPS,
    Instead,
    decided,
    instead,
    other_run,
    other_ways,
    taken,
    unexplained,
    unknown,
    weighed,
)
from deliverycheck.system.explanations import Contrast, LookAlike
from deliverycheck.system.model import System
from deliverycheck.system.verdicts import Json, PropertyResult


def explanation_document(prop: PropertyResult, system: System | None) -> Json:
    """The explanation of a counterexample as data; null where there is none."""
    told = prop.explanation
    if told is None or prop.trace is None or system is None:
        return None
    steps = len(prop.trace.steps)
    return {
        "exact": told.exact,
        "false": [told_condition(system, term) for term in told.false],
        "decisive_steps": list(told.decisive),
        "necessary": {"faults": list(told.necessary_faults), "steps": list(told.necessary_steps)},
        "irrelevant": {
            "faults": list(told.irrelevant_faults) if told.exact else [],
            "steps": [step for step in range(1, steps + 1) if step not in told.decisive]
            if told.exact
            else [],
        },
        "contrast": None if told.contrast is None else _contrast_document(told.contrast),
        "look_alikes": [_look_alike_document(one) for one in told.look_alikes],
        "causes": [
            {
                "faults": budget_document(one.faults),
                "steps": len(one.trace.steps),
                "trace": trace_document(one.trace),
            }
            for one in told.causes
        ],
    }


def _contrast_document(told: Contrast) -> Json:
    return {
        "shared": told.shared,
        "at_rest": told.at_rest,
        "trace": trace_document(told.trace),
    }


def _look_alike_document(told: LookAlike) -> Json:
    return {
        "actor": told.actor,
        "step": told.step,
        "message": told.message,
        "effects": {"here": told.here, "there": told.there},
        "shared": told.shared,
        "trace": trace_document(told.trace),
    }


def why_text(
    prop: PropertyResult, width: int, *, verbose: bool, props: Sequence[PropertyResult] = ()
) -> Iterator[str]:
    """The lines about a counterexample: when it was decided, who could know, and what it takes.

    `props`: all that are told with it.
    """
    told, trace = prop.explanation, prop.trace
    yield from wrapped(unexplained(prop), width, "    ")
    if told is None or trace is None:
        return
    yield from wrapped(decided(told, trace), width, "    ")
    if told.contrast is not None:
        yield from _instead(instead(told.contrast, None if verbose else FEW_STEPS), width)
    for one in told.look_alikes:
        yield from wrapped(unknown(one), width, "    ")
        if verbose and (other := other_run(one)):
            yield from wrapped("The other run:", width, "    ")
            yield from steps_lines(other, width, indent="      ")
    yield from wrapped(taken(told, trace), width, "    ")
    if verbose:
        for sentence in weighed(told, props):
            yield from wrapped(sentence, width, "    ")
        for way in other_ways(told, trace):
            yield from wrapped(f"{way.heading}:", width, "    ")
            yield from steps_lines(way.steps, width, indent="      ")


def _instead(told: Instead, width: int) -> Iterator[str]:
    """What could have happened instead."""
    if not told.steps:
        yield from wrapped(told.heading, width, "    ")
        return
    yield from wrapped(f"{told.heading}:", width, "    ")
    yield from steps_lines(told.steps, width, mark="'", indent="      ")
    more = f"and so on for {told.untold} more steps (-v shows them); then"
    yield from wrapped(f"{more if told.untold else 'Then'} {told.end}.", width, "    ")
