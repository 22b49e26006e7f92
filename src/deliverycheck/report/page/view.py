"""The view: a dossier as the page shows it, every sentence ready."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from deliverycheck.explain.dossier.dossier import Dossier
from deliverycheck.explain.dossier.strips import Strip
from deliverycheck.explain.invariants.told import told_condition
from deliverycheck.explain.story import joined
from deliverycheck.report.drawing.chart import chart_svg
from deliverycheck.report.drawing.lanes import lanes_svg
from deliverycheck.report.drawing.machine import machine_svg
from deliverycheck.report.page.changes import Changes, changes_of
from deliverycheck.report.page.names import ids_of
from deliverycheck.report.words.frontier import border_lines
from deliverycheck.report.words.headlines import caution_text, notes
from deliverycheck.report.words.proofs import Proof, proofs
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
from deliverycheck.report.words.reproduce import command_for
from deliverycheck.report.words.steps import (
    Story,
    ToldStep,
    examples,
    stories,
    told_steps,
)
from deliverycheck.report.words.sweep import repairs
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


@dataclass(frozen=True, slots=True)
class Drawn:
    """Another run with its diagram: an example of what may happen, or a sample."""

    id: str
    heading: str
    note: str
    steps: tuple[ToldStep, ...]
    svg: str


@dataclass(frozen=True, slots=True)
class ToldProof:
    """Why some properties hold."""

    id: str
    told: Proof


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with what it shows."""

    svg: str
    caption: str


@dataclass(frozen=True, slots=True)
class View:
    """A page, ready to be written."""

    dossier: Dossier
    about: tuple[str, ...]
    warnings: tuple[str, ...]
    ids: Mapping[str, str]
    """By property: the id of its row."""
    links: Mapping[str, str]
    """By property: the id of its run, or of its proof, or else of its row."""
    contents: tuple[tuple[str, str], ...]
    """The sections: id and heading."""
    runs: tuple[ToldRun, ...]
    examples: tuple[Drawn, ...]
    proofs: tuple[ToldProof, ...]
    samples: tuple[Drawn, ...]
    borders: tuple[tuple[str, tuple[str, ...]], ...]
    fixes: tuple[str, ...]
    machines: tuple[Picture, ...]
    charts: tuple[Picture, ...]
    notes: tuple[str, ...]
    engines: str
    coverage: tuple[tuple[str, str], ...]
    command: str


def view_of(dossier: Dossier) -> View:
    """A dossier as its page shows it."""
    result = dossier.result
    rows = ids_of([one.name for one in result.properties], SECTIONS)
    runs = tuple(_runs(dossier, rows))
    found = tuple(_proofs(dossier, rows))
    shown = tuple(_examples(dossier, rows))
    frontier = dossier.frontier
    view = View(
        dossier,
        tuple(" ".join(text.split()) for text in dossier.about.split("\n\n") if text.strip()),
        tuple(f"{caution_text(one)} ({one.code})" for one in result.warnings),
        rows,
        links_of(dossier),
        (),
        runs,
        shown,
        found,
        tuple(_samples(dossier)),
        tuple(
            (border.name, tuple(border_lines(border, frontier.caps))) for border in frontier.borders
        )
        if frontier is not None
        else (),
        () if dossier.sweep is None else tuple(repairs(dossier.sweep)),
        tuple(
            Picture(
                machine_svg(machine, ident=f"machine-{number}", title=f"What {machine.actor} does"),
                f"{machine.actor}: {len(machine.modes)} modes",
            )
            for number, machine in enumerate(dossier.machines, 1)
        ),
        tuple(_charts(dossier)),
        tuple(notes(result, result.properties)),
        _engines(dossier),
        tuple(_coverage(dossier)),
        command_for(result),
    )
    return replace(view, contents=tuple(_contents(view)))


def links_of(dossier: Dossier) -> dict[str, str]:
    """By property: the id of its run, or of its proof, or else of its row."""
    properties = dossier.result.properties
    rows = ids_of([one.name for one in properties], SECTIONS)
    links = dict(rows)
    for proof in reversed(proofs(dossier.result, properties)):
        links |= dict.fromkeys(proof.names, f"why-{rows[proof.names[0]]}")
    for story in reversed(stories(properties)):
        links |= dict.fromkeys(story.names, f"run-{rows[story.prop.name]}")
    return links


SECTIONS = (
    "verdicts", "verdict-table", "warnings", "proofs", "samples", "frontier", "fixes", "machines",
    "graph", "assumptions", "reproduce",
)  # fmt: skip
"""The ids of the page's own."""


def _contents(view: View) -> Iterator[tuple[str, str]]:
    yield "verdicts", "Verdicts"
    for run in view.runs:
        yield run.id, run.told.heading
    for one in view.examples:
        yield one.id, one.heading
    for there, ident, heading in (
        (view.proofs, "proofs", "Why it holds"),
        (view.samples, "samples", "How it comes through"),
        (view.borders, "frontier", "How little it takes"),
        (view.fixes, "fixes", "What repairs it"),
        (view.machines, "machines", "State machines"),
        (view.charts, "graph", "State graph"),
    ):
        if there:
            yield ident, heading
    yield "assumptions", "What this rests on"
    yield "reproduce", "How to see it yourself"


def _runs(dossier: Dossier, rows: Mapping[str, str]) -> Iterator[ToldRun]:
    system = dossier.result.system
    for told in stories(dossier.result.properties):
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
            None if why is None else _why(why, told.trace),
            shared,
            shared + 1,
            told_steps(told.trace, shared),
        )


def _why(why: Explanation, trace: Trace) -> Why:
    return Why(
        decided(why, trace),
        tuple(weighed(why)),
        None if why.contrast is None else instead(why.contrast),
        tuple(map(unknown, why.look_alikes)),
        taken(why, trace),
        tuple(other_ways(why, trace)),
    )


def _examples(dossier: Dossier, rows: Mapping[str, str]) -> Iterator[Drawn]:
    for told in examples(dossier.result.properties):
        yield _drawn(f"example-{rows[told.prop.name]}", told.heading, "", told.trace)


def _samples(dossier: Dossier) -> Iterator[Drawn]:
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


def _proofs(dossier: Dossier, rows: Mapping[str, str]) -> Iterator[ToldProof]:
    for told in proofs(dossier.result, dossier.result.properties):
        yield ToldProof(f"why-{rows[told.names[0]]}", told)


def _charts(dossier: Dossier) -> Iterator[Picture]:
    for number, (name, chart) in enumerate(dossier.charts.items(), 1):
        what = "every state" if chart.whole else "the states around the run"
        caption = f"{name}: {what}, {len(chart.nodes)} of {chart.states:,}"
        yield Picture(chart_svg(chart, ident=f"graph-{number}", title=caption), caption)


def _engines(dossier: Dossier) -> str:
    """Who was asked."""
    names = {
        "explicit": "every reachable state visited",
        "symbolic": "Z3 on the unbounded model",
    }
    asked = dict.fromkeys(a.engine for one in dossier.result.properties for a in one.answers)
    return joined([names[engine] for engine in asked]) or "none"


def _coverage(dossier: Dossier) -> Iterator[tuple[str, str]]:
    coverage = dossier.result.coverage
    if coverage is None:
        return
    nothing = "never" if coverage.complete else "not seen"
    rows: dict[str, int] = {}
    for one in coverage.actions:
        name = f"{one.actor}.{one.step}"
        rows[name] = rows.get(name, 0) + one.times
    yield from ((name, f"{times:,}" if times else nothing) for name, times in rows.items())
