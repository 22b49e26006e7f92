"""Why a run goes wrong, in sentences: when it was decided, who could know, what it takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deliverycheck.explain.story import joined, sentences
from deliverycheck.report.words.steps import ToldStep, counted, told_steps
from deliverycheck.system.explanations import Cause, Contrast, Explanation, LookAlike
from deliverycheck.system.verdicts import PropertyResult, Trace

FEW_STEPS = 4
"""Steps of another run that are told where not everything is asked for."""


@dataclass(frozen=True, slots=True)
class Instead:
    """How it could have gone well: nothing but the heading where the run has only to end there, or
    one of its steps must never come."""

    heading: str
    """A sentence; where steps follow, without its full stop."""
    steps: tuple[ToldStep, ...]
    untold: int
    """How many steps follow those."""
    end: str
    """What is so after them, as a sentence without its full stop and with a small letter."""


@dataclass(frozen=True, slots=True)
class OtherWay:
    """Another smallest cause, with its run."""

    heading: str
    """Without its full stop."""
    trace: Trace
    steps: tuple[ToldStep, ...]


def unexplained(prop: PropertyResult) -> str:
    """That a counterexample is not explained, and why; nothing where it is, or there is none."""
    return f"(Not explained: {prop.unexplained}.)" if prop.unexplained else ""


def decided(told: Explanation, trace: Trace) -> str:
    """When it was decided: the point of no return, and what else could have been done there."""
    at, last = told.point_of_no_return, len(trace.steps)
    if at is None and not told.exact:
        return "No point of no return is known: beyond a bound it might still go well."
    if at is None and trace.loop_start == last:
        return "There is no point of no return: another fault could still set it right."
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
    other = told.contrast if told.exact else None
    if other is not None and other.shared + 1 < at and not _faults_in(other):
        text += f"; but from step {other.shared + 1} on only by another fault"
    return f"{text}."


def _faults_in(told: Contrast) -> bool:
    return any(step.fault for step in told.trace.steps[told.shared :])


def instead(told: Contrast, most: int | None = None) -> Instead:
    """What could have happened instead; with `most`, of a longer way only a few steps are told."""
    steps = told.trace.steps[told.shared :]
    end = "nothing more has to happen" if told.at_rest else "it can go on well for ever"
    if not steps:
        again = " again" if told.not_taken <= told.shared else ""
        said = "it stops there" if told.at_rest else f"step {told.not_taken} never comes{again}"
        return Instead(f"It goes well if {said}: {end}.", (), 0, end)
    few = len(steps) if most is None or len(steps) <= most + 1 else most
    heading = f"It goes well if instead, from step {steps[0].index} on"
    return Instead(heading, told_steps(told.trace, told.shared, few), len(steps) - few, end)


def unknown(told: LookAlike) -> str:
    """What an actor cannot know, and why."""
    actor = told.actor if told.actor[-1:].isdigit() else f"the {told.actor}"
    if told.step is None:
        return (
            f"{actor[0].upper()}{actor[1:]} never finds out: to it, all is as it is when "
            f"{told.message} is applied."
        )
    text = f"At step {told.step} {actor} cannot tell {_matter(told)}: to it, all"
    others = sentences(told.trace.steps)[told.shared :]
    if not others:
        return f"{text} is as it was after step {told.shared}."
    if len(others) > FEW_STEPS:
        return f"{text} is as in another run, of {counted(len(told.trace.steps))}."
    after = f" after step {told.shared}" if told.shared else " at the start"
    return f"{text} is as if{after} {joined([_small(text) for text in others])}."


def other_run(told: LookAlike) -> tuple[ToldStep, ...]:
    """The run to where all is the same to an actor, if `unknown` does not tell it."""
    is_told = told.step is not None and len(told.trace.steps) - told.shared <= FEW_STEPS
    return () if is_told else told_steps(told.trace)


def _matter(told: LookAlike) -> str:
    """What an actor does not know about a message."""
    if not told.here or not told.there:
        return f"whether {told.message} was applied"
    return f"whether {told.message} was applied once, or more than once"


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def taken(told: Explanation, trace: Trace) -> str:
    """What it takes to break it: the faults of each smallest cause."""
    first = told.causes[0]
    if not first.faults:
        steps = counted(len(first.trace.steps))
        more = f" (without any, it takes {steps})" if trace.faults else ""
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
    parts += [f"{_faults(one)}, in {counted(len(one.trace.steps))}" for one in others]
    return "; or ".join(parts)


def _faults(cause: Cause) -> str:
    counts = cause.faults.items()
    return joined([fault if n == 1 else f"{fault} {_times(n)}" for fault, n in counts])


def _times(count: float) -> str:
    return {2: "twice", float("inf"): "again and again"}.get(count, f"{count:.0f} times")


def weighed(told: Explanation, props: Sequence[PropertyResult] = ()) -> Iterator[str]:
    """Where it mattered what happened, and which steps every such run has: sentences.

    `props`: all that the run breaks; of each its own, where they differ.
    """
    if told.exact and told.decisive:
        yield f"Something else would have changed the outlook at {numbers(told.decisive)}."
    by_steps: dict[tuple[int, ...], list[str]] = {}
    for prop in props:
        steps = () if prop.explanation is None else prop.explanation.necessary_steps
        by_steps.setdefault(steps, []).append(prop.name)
    for steps, names in by_steps.items() if len(by_steps) > 1 else [(told.necessary_steps, ["it"])]:
        if steps:
            yield f"Part of every run that breaks {joined(names)} like this: {numbers(steps)}."


def other_ways(told: Explanation, trace: Trace) -> Iterator[OtherWay]:
    """The runs of the other smallest causes."""
    for one in told.causes:
        if one.trace.steps != trace.steps:
            heading = f"By {_faults(one)}" if one.faults else "Without any fault"
            yield OtherWay(heading, one.trace, told_steps(one.trace))


def numbers(steps: Sequence[int]) -> str:
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
