"""Kinds of reports: what each is made of. Nothing is written here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import PurePath
from typing import Literal, TypeAlias, assert_never

from deliverycheck.errors import Diagnostic, Exit
from deliverycheck.explain.dossier.dossier import Dossier
from deliverycheck.report.words.steps import Story, stories
from deliverycheck.system.model import System

Kind: TypeAlias = Literal[
    "html", "markdown", "json", "itf", "junit", "sarif", "mermaid", "dot", "svg", "pytest"
]

SUFFIXES: dict[Kind, str] = {
    "html": ".html",
    "markdown": ".md",
    "json": ".json",
    "itf": ".itf.json",
    "junit": ".xml",
    "sarif": ".sarif",
    "mermaid": ".mmd",
    "dot": ".dot",
    "svg": ".svg",
    "pytest": ".py",
}
"""The kinds, each with the suffix of its files."""


NAMES: dict[Kind, str] = {
    "html": "index",
    "markdown": "report",
    "json": "result",
    "itf": "runs",
    "junit": "junit",
    "sarif": "report",
    "mermaid": "runs",
    "dot": "machines",
    "svg": "runs",
    "pytest": "test_runs",
}
"""What the file of each kind is called that is about everything."""


@dataclass(frozen=True, slots=True)
class Reported:
    """Everything there is to report: dossiers, what was wrong with other models, the exit code."""

    dossiers: tuple[Dossier, ...]
    wrong: tuple[Diagnostic, ...]
    exit: int


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a kind: what it is about (empty: all of it), and its text."""

    name: str
    text: str


def files_of(kind: Kind, reported: Reported) -> Iterator[tuple[str, str]]:
    """The files of a kind as they lie in a folder: names and texts."""
    suffix = SUFFIXES[kind]

    def called(name: str) -> str:
        return (name or NAMES[kind]) + suffix

    for part in parts_of(kind, reported, called(""), called, always=True):
        yield called(part.name), part.text


def beside(kind: Kind, file: str, name: str) -> str:
    """What one of several files is called where one name was given for all of them."""
    suffix = SUFFIXES[kind]
    stem = file.removesuffix(suffix) if file.endswith(suffix) else PurePath(file).stem
    return f"{stem}-{name}{suffix}" if name else file


def parts_of(
    kind: Kind, reported: Reported, index: str, page: Callable[[str], str], *, always: bool
) -> Iterator[Part]:
    """The files of a kind: one for everything, one for each model, or one for each run.

    `index`: what the index of several pages is called; `page`: what the page of a name is called,
    seen from there; `always`: a single page has an index, too.
    """
    dossiers = reported.dossiers
    results = [one.result for one in dossiers]
    placed = [(one.result, one.places) for one in dossiers]
    match kind:
        case "html":
            yield from _pages(reported, index, page, always)
        case "markdown":
            from deliverycheck.report.formats.markdown import markdown_of

            yield Part("", markdown_of(results, dossiers))
        case "json":
            from deliverycheck.report.jsonout import dumped, result_document

            yield Part("", dumped(result_document(results, reported.exit, reported.wrong)))
        case "junit":
            from deliverycheck.report.formats.junit import junit_of

            yield Part("", junit_of(placed))
        case "sarif":
            from deliverycheck.report.formats.sarif import sarif_of

            yield Part("", sarif_of(placed, reported.wrong))
        case "pytest":
            from deliverycheck.report.formats.pytest_file import pytest_of

            yield Part("", pytest_of(results))
        case "dot":
            from deliverycheck.report.formats.dot import machine_dot

            for name, one in zip(names_of(dossiers), dossiers, strict=True):
                for machine in one.machines:
                    yield Part(f"{name}-{safe(machine.actor)}", machine_dot(machine))
        case "itf" | "mermaid" | "svg":
            for name, dossier, system, story in _runs(dossiers):
                yield Part(name, _run(kind, dossier, system, story))
        case _:
            assert_never(kind)


def _run(
    kind: Literal["itf", "mermaid", "svg"], dossier: Dossier, system: System, story: Story
) -> str:
    match kind:
        case "itf":
            from deliverycheck.report.formats.itf import itf_of

            return itf_of(dossier.result, story.prop.name, story.trace, system)
        case "mermaid":
            from deliverycheck.report.formats.mermaid import sequence_diagram

            return sequence_diagram(story.trace, title=f"{dossier.result.model}: {story.heading}")
        case "svg":
            from deliverycheck.report.drawing.lanes import lanes_svg

            why = story.prop.explanation
            return lanes_svg(
                story.trace,
                title=f"{dossier.result.model}: {story.heading}",
                description=" ".join(step.text for step in story.steps),
                standalone=True,
                point_of_no_return=None if why is None else why.point_of_no_return,
            )
        case _:
            assert_never(kind)


def _runs(dossiers: Sequence[Dossier]) -> Iterator[tuple[str, Dossier, System, Story]]:
    """Each counterexample with the name of its file."""
    for name, dossier in zip(names_of(dossiers), dossiers, strict=True):
        system = dossier.result.system
        if system is not None:
            for story in stories(dossier.result.properties):
                yield f"{name}-{safe(story.prop.name)}", dossier, system, story


def _pages(
    reported: Reported, index: str, page: Callable[[str], str], always: bool
) -> Iterator[Part]:
    """The page of each model, and the index."""
    from deliverycheck.report.page.index import line_of
    from deliverycheck.report.page.rendering import index_html, page_html

    dossiers = reported.dossiers
    names = names_of(dossiers)
    if len(dossiers) == 1 and not always:
        yield Part("", page_html(dossiers[0]))
        return
    lines = [line_of(page(name), one) for name, one in zip(names, dossiers, strict=True)]
    yield Part("", index_html(lines, _missing(reported)))
    for name, one in zip(names, dossiers, strict=True):
        yield Part(name, page_html(one, index))


def _missing(reported: Reported) -> str:
    """What is not told about because it was not looked at."""
    if reported.exit == Exit.INTERRUPTED:
        return "Interrupted: not every model was looked at."
    return "Not every model could be looked at." if reported.wrong else ""


def names_of(dossiers: Sequence[Dossier]) -> list[str]:
    """A name for the files of each model, all different, even where case does not count.

    None is called as the index of the pages is, which lies beside them.
    """
    taken = {NAMES["html"]}
    names: list[str] = []
    for one in dossiers:
        plain = safe(one.result.model)
        tries = chain((plain,), (f"{plain}-{number}" for number in count(2)))
        name = next(name for name in tries if name.lower() not in taken)
        taken.add(name.lower())
        names.append(name)
    return names


def safe(name: str) -> str:
    """A name as a file may bear it anywhere."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", name)[:80] or "_"
