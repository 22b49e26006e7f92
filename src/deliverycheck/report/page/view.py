"""The view: a dossier as the page shows it, every sentence ready."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from deliverycheck.explain.dossier.dossier import Dossier
from deliverycheck.explain.story import joined
from deliverycheck.explain.sweep.found import Sweep
from deliverycheck.report.drawing.machine import machine_svg
from deliverycheck.report.page.names import ids_of
from deliverycheck.report.page.runs import (
    Drawn,
    Picture,
    ToldRun,
    chart_of,
    told_examples,
    told_runs,
    told_samples,
)
from deliverycheck.report.sweep_table import label
from deliverycheck.report.words.frontier import border_lines
from deliverycheck.report.words.headlines import caution_text, notes
from deliverycheck.report.words.proofs import Proof, proofs
from deliverycheck.report.words.reproducing import command
from deliverycheck.report.words.steps import stories
from deliverycheck.report.words.sweep import repairs


@dataclass(frozen=True, slots=True)
class ToldProof:
    """Why some properties hold."""

    id: str
    told: Proof


@dataclass(frozen=True, slots=True)
class Combinations:
    """The table of a sweep: what was varied, and what came of each combination."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    base: int
    """The number of the row that is the model as it stands."""


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
    combinations: Combinations | None
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
    runs = tuple(told_runs(dossier, rows))
    found = tuple(_proofs(dossier, rows))
    shown = tuple(told_examples(dossier, rows))
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
        tuple(told_samples(dossier)),
        tuple(
            (border.name, tuple(border_lines(border, frontier.caps))) for border in frontier.borders
        )
        if frontier is not None
        else (),
        () if dossier.sweep is None else tuple(repairs(dossier.sweep)),
        None if dossier.sweep is None else _combinations(dossier.sweep),
        tuple(
            Picture(
                machine_svg(machine, ident=f"machine-{number}", title=f"What {machine.actor} does"),
                f"{machine.actor}: {len(machine.modes)} modes",
            )
            for number, machine in enumerate(dossier.machines, 1)
        ),
        tuple(_charts(dossier, rows)),
        tuple(notes(result, result.properties)),
        _engines(dossier),
        tuple(_coverage(dossier)),
        command(result),
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


def _proofs(dossier: Dossier, rows: Mapping[str, str]) -> Iterator[ToldProof]:
    for told in proofs(dossier.result, dossier.result.properties):
        yield ToldProof(f"why-{rows[told.names[0]]}", told)


def _charts(dossier: Dossier, rows: Mapping[str, str]) -> Iterator[Picture]:
    """The charts that belong to no run."""
    broken = {one.name for one in dossier.result.properties if one.trace is not None}
    for name in dossier.charts:
        chart = chart_of(dossier, name, f"graph-{rows[name]}")
        if name not in broken and chart is not None:
            yield chart


def _combinations(sweep: Sweep) -> Combinations:
    names = (*(one.name for one in sweep.varied), *sweep.wanted)
    rows: list[tuple[str, ...]] = []
    for row in sweep.rows:
        pairs = zip(sweep.varied, row.place, strict=True)
        values = [label(one.json[at]) for one, at in pairs]
        rows.append((*values, *map(row.verdict, sweep.wanted)))
    return Combinations(names, tuple(rows), sweep.base)


def _engines(dossier: Dossier) -> str:
    """Who was asked."""
    names = {
        "explicit": "every reachable state visited"
        if dossier.result.exploration.complete
        else "states visited one by one, not all of them",
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
