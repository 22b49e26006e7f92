"""Results as Markdown, for a pull request: what was found, told so that it can be argued about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deliverycheck.explain.dossier.dossier import Dossier
from deliverycheck.report.formats.gfm import code, cut, fenced, folded, prose, table, text
from deliverycheck.report.formats.mermaid import sequence_diagram
from deliverycheck.report.formats.sections import Section, fitted
from deliverycheck.report.words.headlines import (
    caution_text,
    headline,
    judged,
    looked_at,
    notes,
    spoken_of,
    summary,
    verdict_notes,
)
from deliverycheck.report.words.proofs import Proof, proofs
from deliverycheck.report.words.reasons import (
    decided,
    instead,
    other_ways,
    taken,
    unexplained,
    unknown,
    weighed,
)
from deliverycheck.report.words.reproducing import command
from deliverycheck.report.words.steps import Example, Story, ToldStep, examples, shown, stories
from deliverycheck.system.model import System
from deliverycheck.system.verdicts import ModelResult, PropertyResult, Trace

ROOM = 60_000
"""Characters; GitHub takes 65,536 in a comment."""

MOST_SURPRISES = 30
"""Of the verdicts that were not expected, so many are named at the top."""

PRIME = "\N{PRIME}"

WIDEST = 12
"""Columns of a table of changes; more variables need more tables."""


def markdown_of(
    results: Sequence[ModelResult], dossiers: Sequence[Dossier] = (), *, room: int = ROOM
) -> str:
    """The report. `dossiers`: what more is known about the models, such as what they are about.

    Longer than `room` characters it does not get: whole sections are left out instead, tables of
    changes first, and the end says which.
    """
    return fitted(sections(results, dossiers), room, len, left_out)


def sections(results: Sequence[ModelResult], dossiers: Sequence[Dossier] = ()) -> list[Section]:
    """The report in sections."""
    found = [_top(results)]
    for result in results:
        same = [d for d in dossiers if (d.result.model, d.result.source) == _who(result)]
        found += _model(result, same[0].about if same else "")
    return found


def left_out(titles: Sequence[str], more: int) -> str:
    """What is said of the sections that there was no room for."""
    names = "; ".join(map(text, titles)) + (f"; and {more} more" if more > 0 else "")
    return f"**Left out, for want of room:** {names}. The command of each model prints it all."


def _who(result: ModelResult) -> tuple[str, str]:
    return result.model, result.source


def _top(results: Sequence[ModelResult]) -> Section:
    """The header: the outcome in a sentence, and whatever was not expected."""
    *surprises, last = list(summary(results)) or ["Nothing was checked."]
    parts = ["# Delivery guarantees", f"**{text(last)}**"]
    more = len(surprises) - MOST_SURPRISES
    lines = [f"- {text(cut(line, 300))}" for line in surprises[:MOST_SURPRISES]]
    parts += ["\n".join([*lines, f"- and {more} more"] if more > 0 else lines)] if lines else []
    return Section("the header", "\n\n".join(parts), 0)


def _model(result: ModelResult, about: str) -> Iterator[Section]:
    name = cut(result.model, 80)
    told = spoken_of(result) or result.properties
    yield Section(name, "\n\n".join(_head(result, about)), 1)
    for story in stories(told):
        yield from _story(name, story, result.system)
    for example in examples(told):
        yield _example(name, example)
    for proof in proofs(result, told):
        yield Section(f"{name}: {proof.title}", _proof(proof), 3)
    resting_on = [f"- {prose(note)}" for note in notes(result, told)]
    if resting_on:
        body = "\n".join(["### What this rests on", "", *resting_on])
        yield Section(f"{name}: what this rests on", body, 3)
    body = f"### To reproduce\n\n{fenced([command(result)], 'sh')}"
    yield Section(f"{name}: to reproduce", body, 2)


def _head(result: ModelResult, about: str) -> Iterator[str]:
    yield f"## {text(result.model)}"
    first = about.strip().partition("\n\n")[0]
    if first:
        yield text(first)
    lines = [f"{code(result.source)}: {text(headline(result))}  ", f"{text(looked_at(result))}"]
    yield "\n".join(lines)
    if judged(result):
        yield text(f"{judged(result)[0].upper()}{judged(result)[1:]}.")
    for caution in result.warnings:
        yield f"> **{text(caution.code)}** {prose(caution_text(caution))}"
    rows = [_verdict(prop) for prop in result.properties]
    yield table(("property", "verdict", ""), rows)


def _verdict(prop: PropertyResult) -> tuple[str, str, str]:
    wrong = prop.as_expected is False
    word = f"**{prop.verdict}**" if wrong else prop.verdict
    return code(prop.name), word, prose("; ".join(verdict_notes(prop)))


def _story(name: str, story: Story, system: System | None) -> Iterator[Section]:
    title = f"{name}: {story.heading}"
    heading = f"### {text(story.heading)}"
    closing = [prose(sentence) for sentence in story.closing]
    yield Section(title, "\n\n".join([heading, *_listed(story.steps), *closing]), 2)
    if story.steps:
        picture = f"```mermaid\n{sequence_diagram(story.trace)}```"
        yield Section(f"{title}, as a diagram", picture, 4)
    reasons = list(_reasons(story.prop))
    if reasons:
        yield Section(f"{title}, and why", "\n\n".join(reasons), 2)
    if story.steps:
        changes = "\n\n".join(_changes(story.trace, system))
        yield Section(f"{title}, the changes", folded("What changes, step by step", changes), 5)
    more = list(_more(story.prop))
    if more:
        body = folded("More about why", "\n\n".join(more))
        yield Section(f"{title}, more about why", body, 5)


def _listed(steps: Sequence[ToldStep], mark: str = "") -> Iterator[str]:
    """Steps as a list with their own numbers; with a mark, as lines."""
    lines: list[str] = []
    for step in steps:
        fault = f" *(fault: {text(step.fault)})*" if step.fault else ""
        number = f"- **{step.number}{mark}** " if mark else f"{step.number}. "
        lines.append(f"{number}{prose(step.text)}{fault}")
    yield from ["\n".join(lines)] if lines else []


def _reasons(prop: PropertyResult) -> Iterator[str]:
    """When it was decided, what could have been instead, who cannot know, and what it takes."""
    told, trace = prop.explanation, prop.trace
    if prop.unexplained:
        yield text(unexplained(prop))
    if told is None or trace is None:
        return
    yield text(decided(told, trace))
    if told.contrast is not None:
        other = instead(told.contrast)
        yield text(f"{other.heading}:" if other.steps else other.heading)
        yield from _listed(other.steps, PRIME)
        yield from [f"Then {text(other.end)}."] if other.steps else []
    for one in told.look_alikes:
        yield prose(unknown(one))
    yield text(taken(told, trace))


def _more(prop: PropertyResult) -> Iterator[str]:
    told, trace = prop.explanation, prop.trace
    if told is None or trace is None:
        return
    yield from map(text, weighed(told))
    for way in other_ways(told, trace):
        yield text(f"{way.heading}:")
        yield from _listed(way.steps)


def _changes(trace: Trace, system: System | None) -> Iterator[str]:
    """Tables of steps and variables, with only what changes; at the top, how it is at first."""
    first = {c.variable: c.old for step in reversed(trace.steps) for c in step.changes}
    names = [v.name for v in system.variables if v.name in first] if system else []
    names += [name for name in first if name not in names]
    for at in range(0, len(names), WIDEST):
        some = names[at : at + WIDEST]
        rows = [["start", *(code(shown(first[name])) for name in some)]]
        for step in trace.steps:
            new = {c.variable: code(shown(c.new)) for c in step.changes}
            if new.keys() & set(some):
                rows.append([str(step.index), *(new.get(name, "") for name in some)])
        yield table(["step", *map(code, some)], rows)


def _example(name: str, example: Example) -> Section:
    end = "" if example.steps else "."
    parts = [f"### {text(example.heading)}{end}", *_listed(example.steps)]
    return Section(f"{name}: {example.heading}", "\n\n".join(parts), 3)


def _proof(proof: Proof) -> str:
    opening = f"{proof.opening[:1].upper()}{proof.opening[1:]}"
    parts = [f"### {text(proof.title)}", opening, fenced(proof.invariant)]
    return "\n\n".join([*parts, text(f"{proof.conclusion}.")] if proof.conclusion else parts)
