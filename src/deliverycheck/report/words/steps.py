"""The steps of a run, and what it comes to, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deliverycheck.explain.story import ending, joined, outcome, sentences
from deliverycheck.system.sorts import Value
from deliverycheck.system.verdicts import PropertyResult, Trace


@dataclass(frozen=True, slots=True)
class ToldStep:
    """A step as it is told: its number, a sentence with its full stop, and the fault it spends."""

    number: int
    text: str
    fault: str | None


@dataclass(frozen=True, slots=True)
class Story:
    """A counterexample, told once for all the properties it breaks in the same way.

    When it was decided, what would have been better and what it takes is the same for all of them;
    `prop` is the first.
    """

    names: tuple[str, ...]
    prop: PropertyResult
    props: tuple[PropertyResult, ...]
    trace: Trace
    heading: str
    """A sentence without its full stop."""
    steps: tuple[ToldStep, ...]
    closing: tuple[str, ...]
    """How it goes on if it has no end, and what it has shown: sentences."""


@dataclass(frozen=True, slots=True)
class Example:
    """A run to what a `sometimes` property asks for."""

    prop: PropertyResult
    trace: Trace
    heading: str
    """A sentence without its full stop."""
    steps: tuple[ToldStep, ...]


def told_steps(trace: Trace, after: int = 0, few: int | None = None) -> tuple[ToldStep, ...]:
    """The steps of a run after the first `after`; only a `few` of them if so asked."""
    told = sentences(trace.steps)
    return tuple(
        ToldStep(step.index, f"{told[step.index - 1]}.", step.fault)
        for step in trace.steps[after : None if few is None else after + few]
    )


def shown(value: Value) -> str:
    """A value of a variable, as people write it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def counted(steps: int) -> str:
    """`1 step`, `2 steps`."""
    return "1 step" if steps == 1 else f"{steps} steps"


def stories(properties: Sequence[PropertyResult]) -> tuple[Story, ...]:
    """Each run once, with all the properties it breaks, in the order of the first of them; but
    apart for those of which something else is to be said."""
    told: list[tuple[Trace, list[PropertyResult]]] = []
    for prop in properties:
        if prop.trace is None:
            continue
        for trace, group in told:
            is_same = trace.steps == prop.trace.steps and _is_round(trace) == _is_round(prop.trace)
            if is_same and _why(group[0]) == _why(prop):
                group.append(prop)
                break
        else:
            told.append((prop.trace, [prop]))
    return tuple(_story(group, trace) for trace, group in told)


def _why(prop: PropertyResult) -> tuple[object, ...]:
    """What is said of a run as to a property, and must be true of all that are named with it."""
    told = prop.explanation
    if told is None:
        return (prop.unexplained,)
    near = told.contrast
    after = None if near is None else (near.shared, near.at_rest, near.trace.steps)
    causes = tuple((dict(one.faults), one.trace.steps) for one in told.causes)
    return told.exact, told.point_of_no_return, told.decisive, after, causes


def _story(props: Sequence[PropertyResult], trace: Trace) -> Story:
    names = [prop.name for prop in props]
    heading = f"How {joined(names)} {'is' if len(names) == 1 else 'are'} broken"
    ends = [end for end in dict.fromkeys(ending(prop) for prop in props) if end]
    shown = dict.fromkeys(outcome(prop) for prop in props)
    closing = [*ends, *(f"{'And' if at else 'So'} {text}" for at, text in enumerate(shown))]
    return Story(
        tuple(names),
        props[0],
        tuple(props),
        trace,
        heading,
        told_steps(trace),
        tuple(f"{text}." for text in closing),
    )


def examples(properties: Sequence[PropertyResult]) -> tuple[Example, ...]:
    """The runs to what is asked for to happen at least once."""
    return tuple(
        Example(prop, prop.example, _example_heading(prop), told_steps(prop.example))
        for prop in properties
        if prop.example is not None
    )


def _example_heading(prop: PropertyResult) -> str:
    about = f" ({prop.about})" if prop.about else ""
    at_once = prop.example is not None and not prop.example.steps
    return f"An example of {prop.name}{about}" + (" is the state at the start" if at_once else "")


def _is_round(trace: Trace) -> bool:
    """Whether the run repeats some of its steps for ever."""
    return trace.loop_start is not None and trace.loop_start < len(trace.steps)
