"""Results as plain text: at most as wide as the terminal, colour as decoration only."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from deliverycheck.report.coverage import coverage_text
from deliverycheck.report.layout import styled, wrapped
from deliverycheck.report.proofs import proofs_text
from deliverycheck.report.stories import runs_text
from deliverycheck.report.words.headlines import headline, judged, looked_at, notes, verdict_notes
from deliverycheck.system.verdicts import ModelResult, PropertyResult, Verdict

NARROW = 20
"""Columns that notes beside a verdict need; with fewer they go below it."""

COLOURS: dict[Verdict, str] = {
    "holds": "green",
    "violated": "red",
    "undetermined": "yellow",
    "vacuous": "yellow",
    "error": "red",
}


def model_text(result: ModelResult, width: int, *, verbose: bool = False) -> Iterator[str]:
    """The lines about one model: heading, verdicts, stories, what they rest on.

    Stories are told of the properties the model says something about; `verbose`: of all.
    """
    yield styled(result.model, bold=True) + f"  {result.source}"
    for text in (headline(result), looked_at(result), judged(result)):
        yield from wrapped(text, width, "  ")
    yield ""
    longest = max((len(prop.name) for prop in result.properties), default=0)
    for prop in result.properties:
        yield from _verdict_line(prop, longest, width)
    told = [prop for prop in result.properties if verbose or prop.expected is not None]
    yield from runs_text(told or result.properties, width, verbose=verbose)
    yield from proofs_text(result, told, width, verbose=verbose)
    resting_on = notes(result, told)
    if resting_on:
        yield ""
    for note in resting_on:
        yield from wrapped(note, width, "  ", "    ")
    if verbose and result.coverage is not None:
        yield ""
        yield from coverage_text(result.coverage, width)
    yield ""


def _verdict_line(prop: PropertyResult, longest: int, width: int) -> Iterator[str]:
    word = styled(f"{prop.verdict:12}", COLOURS[prop.verdict])
    column = 2 + 12 + 1 + longest + 2
    note = "; ".join(verdict_notes(prop))
    if width - column < NARROW:
        yield f"  {word} {prop.name}"
        yield from wrapped(note, width, "      ")
        return
    first, *rest = wrap(note, width - column) or [""]
    yield f"  {word} {prop.name:{longest}}  {first}".rstrip()
    yield from (" " * column + line for line in rest)
