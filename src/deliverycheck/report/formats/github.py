"""What GitHub shows of a step: annotations at lines, and a summary in Markdown.

The commands and their escapes are those of actions/toolkit, packages/core/src/command.ts. A step
shows ten annotations of each kind; a summary larger than 1 MiB is dropped as a whole.
"""

# No `from __future__ import annotations` here: that name is taken.

from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

from deliverycheck.explain.dossier.places import Places, Spot
from deliverycheck.report.formats import verdicts
from deliverycheck.report.formats.gfm import cut
from deliverycheck.report.formats.markdown import left_out, sections
from deliverycheck.report.formats.plain import plain
from deliverycheck.report.formats.sections import fitted
from deliverycheck.system.verdicts import Caution, ModelResult, PropertyResult

MOST = 10
"""Annotations of a kind that a step shows."""

MOST_BYTES = 1_048_576
"""Of the summary of a step."""

Level: TypeAlias = Literal["error", "warning"]


def annotations(results: Sequence[tuple[ModelResult, Places]]) -> list[str]:
    """Commands for the output of a step, a line each.

    `error`: what is not as expected; `warning`: what stays open or was not put to the test, and
    what weakens a result. Of more than ten of a kind the last says how many there are beside.
    """
    found = [one for result, places in results for one in _of_model(result, places)]
    lines: list[str] = []
    levels: tuple[Level, ...] = ("error", "warning")
    for level in levels:
        some = [text for kind, text in found if kind == level]
        lines += some if len(some) <= MOST else some[: MOST - 1]
        if len(some) > MOST:
            more = f"and {len(some) - MOST + 1} more, which the summary of this step tells"
            lines.append(_command(level, None, "deliverycheck", more))
    return lines


def _of_model(result: ModelResult, places: Places) -> Iterator[tuple[Level, str]]:
    for prop in result.properties:
        level = _level(result, prop)
        if level is not None:
            text = " ".join(filter(None, (verdicts.headline(result, prop), verdicts.summary(prop))))
            spot = verdicts.place_of(prop, places)
            yield level, _command(level, spot, f"{result.model}: {prop.name}", text)
    for caution in result.warnings:
        spot = _spot(caution) or places.model
        title = f"{result.model}: {caution.code}"
        yield "warning", _command("warning", spot, title, f"{result.model}: {caution.text}")


def _level(result: ModelResult, prop: PropertyResult) -> Level | None:
    """How bad a verdict is; None: not at all."""
    if prop.verdict == "error":
        return "error"
    if prop.verdict in ("undetermined", "vacuous"):
        return "warning" if verdicts.decides(result, prop) else None
    return "error" if prop.as_expected is False else None


def _spot(caution: Caution) -> Spot | None:
    return Spot(caution.file, caution.line or 1) if caution.file else None


def _command(level: Level, spot: Spot | None, title: str, text: str) -> str:
    place = {} if spot is None else {"file": spot.file, "line": str(spot.line)}
    pairs = {**place, "title": cut(title, 200)}
    properties = ",".join(f"{key}={_property(value)}" for key, value in pairs.items())
    return f"::{level} {properties}::{_data(cut(text))}"


def _data(text: str) -> str:
    inert = plain(text).replace("%", "%25")
    return inert.replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def summary(results: Sequence[ModelResult], held: int = 0, room: int = MOST_BYTES) -> str:
    """What to add to the summary of a step, where the file holds so many bytes already.

    Whole sections are left out so that no more than `room` bytes come together; where there is room
    for nothing, it is empty.
    """
    gap = "\n\n" if held else ""
    left = room - held - _bytes(gap)
    text = fitted(sections(results), left, _bytes, left_out)
    return gap + text if _bytes(text) <= left else ""


def _bytes(text: str) -> int:
    return len(text.encode("utf-8"))
