"""The steps of a run, and what it comes to, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deliverycheck.explain.story import ending, joined, outcome, sentences
from deliverycheck.system.verdicts import PropertyResult, Trace


@dataclass(frozen=True, slots=True)
class ToldStep:
    """A step as it is told: its number, a sentence with its full stop, and the fault it spends."""

    number: int
    text: str
    fault: str | None


@dataclass(frozen=True, slots=True)
class Story:
    """A counterexample, told once for all the properties it breaks; `prop` is the first of them."""

    names: tuple[str, ...]
    prop: PropertyResult
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


def stories(properties: Sequence[PropertyResult]) -> tuple[Story, ...]:
    """Each run once, with all the properties it breaks, in the order of the first of them."""
    told: list[tuple[Trace, list[str], PropertyResult]] = []
    for prop in properties:
        if prop.trace is None:
            continue
        for trace, names, _ in told:
            if trace.steps == prop.trace.steps and _is_round(trace) == _is_round(prop.trace):
                names.append(prop.name)
                break
        else:
            told.append((prop.trace, [prop.name], prop))
    return tuple(_story(names, prop, trace) for trace, names, prop in told)


def _story(names: Sequence[str], prop: PropertyResult, trace: Trace) -> Story:
    heading = f"How {joined(names)} {'is' if len(names) == 1 else 'are'} broken"
    closing = [f"{text}." for text in (ending(prop), f"So {outcome(prop)}") if text]
    return Story(tuple(names), prop, trace, heading, told_steps(trace), tuple(closing))


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
