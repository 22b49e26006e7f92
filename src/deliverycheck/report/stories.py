"""Runs as text: each step a sentence, and what the run shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deliverycheck.report.layout import wrapped
from deliverycheck.report.runs import steps_lines
from deliverycheck.report.why import why_text
from deliverycheck.report.words.steps import examples, stories
from deliverycheck.system.verdicts import PropertyResult


def runs_text(told: Sequence[PropertyResult], width: int, *, verbose: bool) -> Iterator[str]:
    """The runs that break properties, and examples of what `sometimes` happens."""
    for story in stories(told):
        yield ""
        yield from wrapped(f"{story.heading}:", width, "  ")
        yield from steps_lines(story.steps, width)
        for sentence in story.closing:
            yield from wrapped(sentence, width, "    ")
        yield from why_text(story.prop, width, verbose=verbose, props=story.props)
    for example in examples(told):
        yield ""
        end = ":" if example.steps else "."
        yield from wrapped(f"{example.heading}{end}", width, "  ")
        yield from steps_lines(example.steps, width)
