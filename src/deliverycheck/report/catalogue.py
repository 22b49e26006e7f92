"""The catalogue as text and as data: every model, what it claims, its row, its settings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from deliverycheck.explain.catalogue import Entry, Family, Setting
from deliverycheck.report.jsonout import tool
from deliverycheck.report.layout import styled, wrapped
from deliverycheck.report.matrix import COLUMNS, said
from deliverycheck.report.runs import budget_document
from deliverycheck.report.words.headlines import budget_text
from deliverycheck.system.verdicts import Json


def answers(entry: Entry) -> dict[str, str | None]:
    """The row of a model, as it expects it: by question, yes or no; None where it is left open."""
    return {question: said(prop, entry.expected.get(prop)) for question, prop in COLUMNS.items()}


def catalogue_text(families: Sequence[Family], width: int) -> Iterator[str]:
    """Each file with its models."""
    for family in families:
        yield styled(family.file, bold=True)
        yield from wrapped(family.title, width, "  ")
        for entry in family.entries:
            yield from _entry(entry, family.file, width)
        yield ""
    count = sum(len(family.entries) for family in families)
    yield f"{counted(count, 'model')} in {counted(len(families), 'file')}."


def _entry(entry: Entry, file: str, width: int) -> Iterator[str]:
    yield ""
    claim = entry.claims or "claims nothing"
    if entry.source != file:
        yield from wrapped(entry.source, width, "  ")
    name, *rest = wrapped(f"{entry.model}: {claim}, {surroundings(entry)}", width, "  ", "      ")
    yield name.replace(entry.model, styled(entry.model, bold=True), 1)
    yield from rest
    yield from wrapped(entry.about, width, "      ")
    row = ", ".join(
        f"{question} {word or 'left open'}" for question, word in answers(entry).items()
    )
    yield from wrapped(row, width, "      ")
    if entry.settings:
        settings = ", ".join(map(setting_text, entry.settings))
        yield from wrapped(f"settings: {settings}", width, "      ", "        ")


def surroundings(entry: Entry) -> str:
    """The environment a model is meant for."""
    messages = "" if entry.messages == 2 else f", {counted(entry.messages, 'message')}"
    return (budget_text(entry.faults) or "no faults") + messages


def setting_text(setting: Setting) -> str:
    """A setting, its value, and what else it may be."""
    others = f" (or {', '.join(setting.others)})" if setting.others else ""
    return f"{setting.name}={setting.value}{others}"


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a docstring, each in one line; what is indented stays as it is set."""
    blocks = re.split(r"\n\s*\n", text)
    return [b if b.startswith(" ") else " ".join(b.split()) for b in blocks if b.strip()]


def counted(number: int, what: str) -> str:
    """So many of something."""
    return f"{number} {what}" + ("" if number == 1 else "s")


def catalogue_document(families: Sequence[Family]) -> Mapping[str, Json]:
    """The catalogue as data."""
    return {
        "schema": "deliverycheck/list/1",
        "tool": tool(),
        "files": [
            {
                "file": family.file,
                "title": family.title,
                "models": [_document(entry) for entry in family.entries],
            }
            for family in families
        ],
        "exit": 0,
    }


def _document(entry: Entry) -> dict[str, Json]:
    row: dict[str, Json] = {
        question.rstrip("?").replace(" ", "_"): word for question, word in answers(entry).items()
    }
    expected: dict[str, Json] = dict(entry.expected)
    return {
        "model": entry.model,
        "source": entry.source,
        "about": entry.about,
        "claims": entry.claims,
        "messages": entry.messages,
        "faults": budget_document(entry.faults),
        **row,
        "expected": expected,
        "settings": [
            {"name": one.name, "value": one.value, "others": list(one.others)}
            for one in entry.settings
        ],
    }
