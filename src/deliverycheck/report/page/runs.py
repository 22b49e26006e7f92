"""Runs as the page tells them: story, diagram, changes, and why it went as it did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from deliverycheck.explain.dossier.dossier import Dossier
from deliverycheck.explain.dossier.strips import Strip
from deliverycheck.explain.invariants.told import told_condition
from deliverycheck.explain.story import joined
from deliverycheck.report.drawing.chart import chart_svg
from deliverycheck.report.drawing.lanes import lanes_svg
from deliverycheck.report.page.changes import Changes, changes_of
from deliverycheck.report.words.reasons import (
    Instead,
    OtherWay,
    decided,
    instead,
    other_ways,
    taken,
    unexplained,
    unknown,
    weighed,
)
from deliverycheck.report.words.steps import Story, ToldStep, examples, stories, told_steps
from deliverycheck.system.explanations import Explanation
from deliverycheck.system.verdicts import Trace


@dataclass(frozen=True, slots=True)
class Why:
    """Why a run goes wrong, in sentences."""

    decided: str
    weighed: tuple[str, ...]
    instead: Instead | None
    unknown: tuple[str, ...]
    taken: str
    other_ways: tuple[OtherWay, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with what it shows."""

    svg: str
    caption: str


@dataclass(frozen=True, slots=True)
class ToldRun:
    """A counterexample with its diagram and all that is said of it."""

    id: str
    told: Story
    svg: str
    changes: Changes
    false: tuple[str, ...]
    unexplained: str
    strips: tuple[Strip, ...]
    why: Why | None
    shared: int
    """Steps that it has in common with the run that goes well."""
    differs: int
    """The number of the step where they part."""
    rest: tuple[ToldStep, ...]
    """Its steps from there on."""
    chart: Picture | None
    """The states around it, for the first run only: it is a large picture (`draw` has all)."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Another run with its diagram: an example of what may happen, or a sample."""

    id: str
    heading: str
    note: str
    steps: tuple[ToldStep, ...]
    svg: str


def told_runs(dossier: Dossier, rows: Mapping[str, str]) -> Iterator[ToldRun]:
    """Each counterexample, once."""
    system = dossier.result.system
    for number, told in enumerate(stories(dossier.result.properties)):
        if system is None:
            return
        ident = f"run-{rows[told.prop.name]}"
        why = told.prop.explanation
        shared = 0 if why is None or why.contrast is None else why.contrast.shared
        yield ToldRun(
            ident,
            told,
            lanes_svg(
                told.trace,
                title=told.heading,
                description=" ".join(step.text for step in told.steps),
                ident=ident,
                point_of_no_return=None if why is None else why.point_of_no_return,
            ),
            changes_of(system, told.trace),
            () if why is None else tuple(told_condition(system, term) for term in why.false),
            unexplained(told.prop),
            dossier.strips.get(told.prop.name, ()),
            None if why is None else _why(why, told),
            shared,
            shared + 1,
            told_steps(told.trace, shared),
            None if number else chart_of(dossier, told.prop.name, f"graph-{rows[told.prop.name]}"),
        )


def _why(why: Explanation, told: Story) -> Why:
    return Why(
        decided(why, told.trace),
        tuple(weighed(why, told.props)),
        None if why.contrast is None else instead(why.contrast),
        tuple(map(unknown, why.look_alikes)),
        taken(why, told.trace),
        tuple(other_ways(why, told.trace)),
    )


def told_examples(dossier: Dossier, rows: Mapping[str, str]) -> Iterator[Drawn]:
    """The runs to what shall happen at least once."""
    for told in examples(dossier.result.properties):
        yield _drawn(f"example-{rows[told.prop.name]}", told.heading, "", told.trace)


def told_samples(dossier: Dossier) -> Iterator[Drawn]:
    """How it comes through each fault."""
    for number, one in enumerate(dossier.samples, 1):
        parts = [f"{len(one.trace.steps)} steps"]
        parts += [] if one.applied else ["the message is never applied"]
        if one.puts_to_the_test:
            parts.append(f"puts {joined(one.puts_to_the_test)} to the test")
        yield _drawn(f"sample-{number}", one.title, "; ".join(parts), one.trace)


def _drawn(ident: str, heading: str, note: str, trace: Trace) -> Drawn:
    told = told_steps(trace)
    text = " ".join(step.text for step in told)
    svg = lanes_svg(trace, title=heading, description=text, ident=ident)
    return Drawn(ident, heading, note, told, svg)


def chart_of(dossier: Dossier, name: str, ident: str) -> Picture | None:
    """The chart of a property as a picture, if there is one."""
    chart = dossier.charts.get(name)
    if chart is None:
        return None
    what = "every state" if chart.whole else "the states around the run"
    caption = f"{name}: {what}, {len(chart.nodes)} of {chart.states:,}"
    return Picture(chart_svg(chart, ident=ident, title=caption), caption)
