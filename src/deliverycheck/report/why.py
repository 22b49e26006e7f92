"""Why a run goes wrong, as text and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deliverycheck.explain.invariants.told import told_condition
from deliverycheck.explain.story import joined, sentences
from deliverycheck.report.layout import wrapped
from deliverycheck.report.runs import budget_document, steps_text, trace_document
from deliverycheck.system.explanations import Cause, Contrast, Explanation, LookAlike
from deliverycheck.system.model import System
from deliverycheck.system.verdicts import Json, PropertyResult, Trace

FEW_STEPS = 4
"""Steps of another run that are told where not everything is asked for."""


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
            "faults": list(told.irrelevant_faults),
            "steps": [step for step in range(1, steps + 1) if step not in told.decisive],
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


def why_text(prop: PropertyResult, width: int, *, verbose: bool) -> Iterator[str]:
    """The lines about a counterexample: when it was decided, who could know, and what it takes."""
    told, trace = prop.explanation, prop.trace
    if prop.unexplained:
        yield from wrapped(f"(Not explained: {prop.unexplained}.)", width, "    ")
    if told is None or trace is None:
        return
    yield from wrapped(_decided(told, trace), width, "    ")
    if told.contrast is not None:
        yield from _contrast(told.contrast, width, verbose=verbose)
    for one in told.look_alikes:
        yield from wrapped(_unknown(one), width, "    ")
    yield from wrapped(_taken(told, trace), width, "    ")
    if verbose:
        yield from _more(told, trace, width)


def _decided(told: Explanation, trace: Trace) -> str:
    at, last = told.point_of_no_return, len(trace.steps)
    if at is None and not told.exact:
        return "No point of no return is known: beyond a bound it might still go well."
    if at is None:
        return "There is no point of no return: whenever it goes round, it could still go well."
    if not last:
        return "It is so from the start."
    if at == 0:
        return "It can only go wrong from the start, unless somebody stops for ever."
    text = f"The point of no return is step {at}"
    if at < last:
        text += ": after it, it can only go wrong, unless somebody stops for ever"
    elif told.exact:
        text += ", the last one: until then all could still have gone well"
    instead = told.contrast if told.exact else None
    if instead is not None and instead.shared + 1 < at and not _faults_in(instead):
        text += f"; but from step {instead.shared + 1} on only by another fault"
    return f"{text}."


def _faults_in(told: Contrast) -> bool:
    return any(step.fault for step in told.trace.steps[told.shared :])


def _contrast(told: Contrast, width: int, *, verbose: bool) -> Iterator[str]:
    """What could have happened instead."""
    steps = told.trace.steps[told.shared :]
    end = "nothing more has to happen" if told.at_rest else "it can go on well for ever"
    if not steps:
        yield from wrapped(f"It goes well if it stops there: {end}.", width, "    ")
        return
    yield from wrapped(f"It goes well if instead, from step {steps[0].index} on:", width, "    ")
    few = len(steps) if verbose or len(steps) <= FEW_STEPS + 1 else FEW_STEPS
    yield from steps_text(told.trace, width, after=told.shared, few=few, mark="'", indent="      ")
    rest = len(steps) - few
    more = f"and so on for {rest} more steps (-v shows them); then" if rest else "Then"
    yield from wrapped(f"{more} {end}.", width, "    ")


def _unknown(told: LookAlike) -> str:
    """What an actor cannot know, and why."""
    actor = told.actor if told.actor[-1].isdigit() else f"the {told.actor}"
    if told.step is None:
        return (
            f"{actor[0].upper()}{actor[1:]} never finds out: to it, all is as it is when "
            f"{told.message} is applied."
        )
    text = f"At step {told.step} {actor} cannot tell whether {told.message} was applied: to it, all"
    others = sentences(told.trace.steps)[told.shared :]
    if not others:
        return f"{text} is as it was after step {told.shared}."
    if len(others) > FEW_STEPS:
        return f"{text} is as in another run, of {len(told.trace.steps)} steps."
    after = f" after step {told.shared}" if told.shared else " at the start"
    return f"{text} is as if{after} {joined([_small(text) for text in others])}."


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _taken(told: Explanation, trace: Trace) -> str:
    """What it takes to break it."""
    first = told.causes[0]
    if not first.faults:
        steps = len(first.trace.steps)
        more = f" (without any, it takes {steps} steps)" if trace.faults else ""
        return f"Faults needed: none{more}."
    if not told.exact:
        return f"Faults that suffice: {_suffice(told, trace)}."
    text = f"Faults needed: {_suffice(told, trace)}"
    if told.irrelevant_faults:
        play = "plays" if len(told.irrelevant_faults) == 1 else "play"
        text += f"; {joined(told.irrelevant_faults)} {play} no part"
    return f"{text}."


def _suffice(told: Explanation, trace: Trace) -> str:
    here = [one for one in told.causes if one.trace.steps == trace.steps]
    others = [one for one in told.causes if one not in here]
    parts = [f"{_faults(one)}, as here" for one in here]
    parts += [f"{_faults(one)}, in {len(one.trace.steps)} steps" for one in others]
    return "; or ".join(parts)


def _faults(cause: Cause) -> str:
    counts = cause.faults.items()
    return joined([fault if n == 1 else f"{fault} {_times(n)}" for fault, n in counts])


def _times(count: float) -> str:
    return {2: "twice", float("inf"): "again and again"}.get(count, f"{count:.0f} times")


def _more(told: Explanation, trace: Trace, width: int) -> Iterator[str]:
    """The rest of it: where it mattered what happened, and the runs of the other causes."""
    for text, steps in (
        ("Something else would have changed the outlook at", told.decisive if told.exact else ()),
        ("Part of every run that breaks it like this:", told.necessary_steps),
    ):
        if steps:
            yield from wrapped(f"{text} {_numbers(steps)}.", width, "    ")
    for one in told.causes:
        if one.trace.steps != trace.steps:
            head = f"By {_faults(one)}:" if one.faults else "Without any fault:"
            yield from wrapped(head, width, "    ")
            yield from steps_text(one.trace, width, indent="      ")


def _numbers(steps: Sequence[int]) -> str:
    """`step 3`, or `steps 1 to 3 and 5`."""
    spans: list[list[int]] = []
    for step in steps:
        if spans and spans[-1][-1] == step - 1:
            spans[-1].append(step)
        else:
            spans.append([step])
    parts = [
        f"{span[0]} to {span[-1]}" if len(span) > 2 else joined([str(step) for step in span])
        for span in spans
    ]
    return ("step " if len(steps) == 1 else "steps ") + joined(parts)
