"""What a test says of a verdict: the text of the command line instead of a traceback."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from deliverycheck.errors import Diagnostic
from deliverycheck.report.briefly import briefly
from deliverycheck.report.errors import error_text
from deliverycheck.report.formats.plain import one_line, plain
from deliverycheck.report.layout import undecorated, wrapped
from deliverycheck.report.text import model_text
from deliverycheck.system.verdicts import ModelResult, PropertyResult

COMMANDS = re.compile(r"^(\s*:)(?=:)|(#)(?=#\[|#vso\[)")
"""Where a line would be a command to the CI service that reads it (GitHub's `::error::` and
`##[error]`, Azure's `##vso[...]`)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of a test, and why."""

    outcome: Literal["passed", "failed", "skipped"]
    reason: str = ""
    """In one line."""
    text: str = ""
    """With the story, where it failed."""


def judged(
    result: ModelResult, name: str, *, expects_anything: bool, strict: bool, width: int
) -> Judged:
    """What becomes of the test of a property: as `check` judges it (see `check.exits`).

    A property of which nothing is expected decides nothing, where of others something is.
    """
    (prop,) = (one for one in result.properties if one.name == name)
    decides = prop.expected is not None or not expects_anything
    is_open = prop.verdict in ("undetermined", "error")
    if prop.as_expected is False or (decides and is_open):
        return _failed(result, prop, "", width)
    if decides and strict and (prop.verdict == "vacuous" or result.warnings):
        why = "" if prop.verdict == "vacuous" else ", but this result is weakened by a note"
        return _failed(result, prop, f"{why} (--delivery-strict)", width)
    if prop.expected is None and prop.verdict != "holds":
        return Judged(
            "skipped", inert(one_line(f"nothing is expected of it; it is {briefly(prop)}"))
        )
    return Judged("passed")


def _failed(result: ModelResult, prop: PropertyResult, more: str, width: int) -> Judged:
    """What came of a property, and the story behind it."""
    expected = f"; expected was {prop.expected}" if prop.expected and not prop.as_expected else ""
    reason = f"{briefly(prop)}{expected}{more}"
    lines = model_text(replace(result, properties=(prop,)), width)
    shown = [*wrapped(f"{prop.name} is {reason}", width, ""), "", *lines]
    return Judged("failed", inert(one_line(reason)), "\n".join(_shown(shown)).rstrip())


def notes_of(result: ModelResult) -> Iterator[str]:
    """What weakens a result."""
    for one in result.warnings:
        place = f"{one.file}:{one.line}: " if one.file else ""
        yield inert(one_line(f"note ({one.code}): {place}{one.text}"))


def complaint(wrong: Sequence[Diagnostic], width: int) -> list[str]:
    """What is wrong with a model, as the command line tells it."""
    return list(_shown(error_text(wrong, width)))


def inert(line: str) -> str:
    """A line that does nothing to a terminal, or to a CI service that reads along."""
    return COMMANDS.sub(r"\1\2\\", plain(line))


def _shown(lines: Iterable[str]) -> Iterator[str]:
    """Lines without decoration, of which pytest has its own, and with nothing that does harm."""
    for text in lines:
        yield from (inert(line) for line in undecorated(text).split("\n"))
