"""The catalogue, read off the models: each file with its models and the designs that use them."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Sequence
from enum import Enum

from deliverycheck.check.question import Question
from deliverycheck.explain.catalogue import Entry, Family, Setting
from deliverycheck.explain.dossier.places import docstring_of, shown_file
from deliverycheck.lang.design import declared_settings
from deliverycheck.load.values import options_of
from deliverycheck.system.guarantees import STANDARD


def catalogue_of(asked: Sequence[Question]) -> tuple[Family, ...]:
    """The families of some questions, in the order of their files."""
    by_file: dict[str, list[Question]] = {}
    for question in asked:
        file = sys.modules[question.cls.__module__].__file__ or question.source
        by_file.setdefault(file, []).append(question)
    return tuple(_family(file, by_file[file]) for file in by_file)


def _family(file: str, asked: Sequence[Question]) -> Family:
    said = inspect.getdoc(sys.modules[asked[0].cls.__module__]) or ""
    title, _, text = said.partition("\n\n")
    entries = tuple(map(_entry, sorted(asked, key=lambda one: one.source.endswith(".toml"))))
    shown = shown_file(file)
    return Family(shown, " ".join(title.split()) or shown, text, entries)


def _entry(question: Question) -> Entry:
    about, _, _ = docstring_of(question).partition("\n\n")
    return Entry(
        question.name,
        shown_file(question.source),
        " ".join(about.split()),
        question.claims,
        question.messages,
        {name: amount for name, amount in question.faults.items() if amount},
        tuple(_settings(question)),
        {prop: question.expected(prop) for prop in STANDARD},
    )


def _settings(question: Question) -> Iterator[Setting]:
    for name, (hint, default) in declared_settings(question.cls).items():
        value = _shown(question.settings.get(name, default))
        closed = options_of(hint, default) or {}
        options = dict.fromkeys(_shown(option) for option in closed.values())
        yield Setting(name, value, tuple(option for option in options if option != value))


def _shown(value: object) -> str:
    return value.name if isinstance(value, Enum) else str(value)
