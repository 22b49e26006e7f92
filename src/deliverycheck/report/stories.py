"""Runs as text: each step a sentence, and what the run shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deliverycheck.explain.story import ending, joined, outcome
from deliverycheck.report.layout import wrapped
from deliverycheck.report.runs import steps_text
from deliverycheck.report.why import why_text
from deliverycheck.system.verdicts import PropertyResult, Trace


def runs_text(told: Sequence[PropertyResult], width: int, *, verbose: bool) -> Iterator[str]:
    """The runs that break properties, and examples of what `sometimes` happens."""
    for names, prop in _stories(told):
        yield ""
        yield from _story(names, prop, width)
        yield from why_text(prop, width, verbose=verbose)
    for prop in told:
        if prop.example is not None:
            yield ""
            about = f" ({prop.about})" if prop.about else ""
            where = ":" if prop.example.steps else " is the state at the start."
            yield from wrapped(f"An example of {prop.name}{about}{where}", width, "  ")
            yield from steps_text(prop.example, width)


def _stories(
    properties: Sequence[PropertyResult],
) -> Iterator[tuple[list[str], PropertyResult]]:
    """Each run once, with all the properties it breaks."""
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
    for _, names, prop in told:
        yield names, prop


def _is_round(trace: Trace) -> bool:
    """Whether the run repeats some of its steps for ever."""
    return trace.loop_start is not None and trace.loop_start < len(trace.steps)


def _story(names: list[str], prop: PropertyResult, width: int) -> Iterator[str]:
    trace = prop.trace
    if trace is None:
        return
    head = f"How {joined(names)} {'is' if len(names) == 1 else 'are'} broken:"
    yield from wrapped(head, width, "  ")
    yield from steps_text(trace, width)
    if closing := ending(prop):
        yield from wrapped(f"{closing}.", width, "    ")
    yield from wrapped(f"So {outcome(prop)}.", width, "    ")
