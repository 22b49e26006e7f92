"""The index: the seed's table over several models, each answer a link to its run or its proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deliverycheck.explain.dossier.dossier import Dossier
from deliverycheck.report.matrix import COLUMNS, answer, tone
from deliverycheck.report.page.view import links_of
from deliverycheck.report.words.headlines import budget_text, claim
from deliverycheck.report.words.steps import counted
from deliverycheck.system.verdicts import PropertyResult


@dataclass(frozen=True, slots=True)
class Cell:
    """An answer, where it leads, and what is said beside it."""

    answer: str
    tone: str
    """`good`, `bad` or `open`."""
    href: str
    note: str


@dataclass(frozen=True, slots=True)
class Line:
    """A model's line of the table."""

    name: str
    href: str
    claim: str
    faults: str
    cells: tuple[Cell | None, ...]
    cost: str
    as_expected: bool


def line_of(href: str, dossier: Dossier) -> Line:
    """The line of a model whose page is at `href`."""
    result = dossier.result
    found = {prop.name: prop for prop in result.properties}
    links = links_of(dossier)
    cost = dossier.cost
    return Line(
        result.model,
        href,
        claim(result),
        budget_text(result.faults) or "no faults",
        tuple(
            _cell(found[one], f"{href}#{links[one]}") if one in found else None
            for one in COLUMNS.values()
        ),
        "-" if cost is None else f"{cost.messages} sent, {cost.durable_writes} writes",
        all(prop.as_expected is not False for prop in result.properties),
    )


def _cell(prop: PropertyResult, href: str) -> Cell:
    said = answer(prop)
    note = ""
    if prop.trace is not None:
        needed = "no fault needed" if prop.trace.faults else "no fault"
        note = f"{counted(len(prop.trace.steps))}, {' + '.join(prop.because) or needed}"
    return Cell(said, tone(prop.name, said), href, note)


def lead_of(lines: Sequence[Line]) -> str:
    """What came of all of it, in a sentence."""
    wrong = [line.name for line in lines if not line.as_expected]
    if not lines:
        return "Nothing was checked."
    count = f"{len(lines)} model{'' if len(lines) == 1 else 's'}"
    if not wrong:
        return f"{count}: everything as expected."
    return f"{count}: not as expected in {', '.join(wrong)}."
