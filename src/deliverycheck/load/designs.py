"""TOML designs: a model with settings, faults and a claim, as data; never executed.

model = "at_least_once.py:AtLeastOnce"
claims = "at-least-once"
messages = 2
fairness = "strong"

[settings]
workers = 2

[faults]
lose = 1
crash = "inf"

[expects]
no-duplicate-effect = "violated"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from math import inf
from pathlib import Path
from typing import cast

from deliverycheck.check.question import Question
from deliverycheck.errors import Diagnostic, InputError, did_you_mean
from deliverycheck.lang.protocol import Protocol, Receiving
from deliverycheck.load.files import class_in, classes_in, read_text
from deliverycheck.load.values import (
    setting,
    wrong_claim,
    wrong_expectations,
    wrong_fairness,
    wrong_faults,
)
from deliverycheck.system.guarantees import Claim, Expectation

KEYS = ("model", "name", "about", "claims", "messages", "fairness", "settings", "faults", "expects")
TABLES = ("settings", "faults", "expects")
LARGEST = 1_000_000
"""Characters of a design; a longer file is no design."""

MOST_MESSAGES = 16


def design_in(file: Path) -> Question:
    """The question a TOML design asks. Raises InputError with everything that is wrong in it."""
    data = _data(file)
    wrong = list(_wrong_form(data, file))
    if wrong:
        raise InputError(wrong)
    cls = _model(str(data["model"]), file)
    settings: dict[str, object] = {}
    for name, value in _table(data, "settings").items():
        settings[name], problem = setting(cls, name, value, str(file))
        wrong += [problem] if problem else []
    faults = {key: inf if n == "inf" else n for key, n in _table(data, "faults").items()}
    expects = _table(data, "expects")
    wrong += wrong_faults(cls, faults, str(file))
    wrong += wrong_expectations(cls, expects, str(file))
    wrong += wrong_claim(data.get("claims"), str(file))
    fairness: object = data.get("fairness", cls.fairness)
    wrong += wrong_fairness(fairness, str(file))
    if wrong:
        raise InputError(wrong)
    return Question(
        cls,
        str(data.get("name", file.name.removesuffix(".delivery.toml"))),
        file.as_posix(),
        cast("int", data.get("messages", 2)),
        settings,
        cast("Mapping[str, float]", faults if "faults" in data else dict(cls.faults)),
        cast("Claim | None", data.get("claims", cls.claims)),
        cast("Mapping[str, Expectation]", expects),
        "what the design claims and expects",
        cast("Receiving", fairness),
    )


def _data(file: Path) -> dict[str, object]:
    text = read_text(file)
    if len(text) > LARGEST:
        raise InputError(Diagnostic("DC201", f"a design of {len(text)} characters", "", str(file)))
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(Diagnostic("DC201", f"this is not TOML: {error}", "", str(file))) from None


def _table(data: Mapping[str, object], key: str) -> dict[str, object]:
    return cast("dict[str, object]", data.get(key, {}))


def _wrong_form(data: Mapping[str, object], file: Path) -> Iterator[Diagnostic]:
    where = str(file)
    for key, value in data.items():
        if key not in KEYS:
            yield Diagnostic(
                "DC202", f"a design has no key `{key}`", did_you_mean(key, KEYS), where
            )
        elif key in TABLES and not isinstance(value, dict):
            yield Diagnostic("DC202", f"`{key}` is a table", f"Write `[{key}]`.", where)
        elif key in ("model", "name", "about", "claims") and not isinstance(value, str):
            yield Diagnostic("DC202", f"`{key}` is a text", f'Write `{key} = "..."`.', where)
    if "model" not in data:
        text = "a design names its model"
        yield Diagnostic("DC202", text, 'Write `model = "file.py:Class"`.', where)
    messages = data.get("messages", 2)
    if isinstance(messages, bool) or not isinstance(messages, int):
        yield Diagnostic("DC008", "`messages` is a whole number", "Write `messages = 2`.", where)
    elif not 1 <= messages <= MOST_MESSAGES:
        remedy = f"Write a number from 1 to {MOST_MESSAGES}; two find nearly everything."
        yield Diagnostic("DC008", f"`messages` is {messages}", remedy, where)


def _model(named: str, file: Path) -> type[Protocol]:
    """`file.py` or `file.py:Class`, looked for beside the design."""
    path, _, name = named.partition(":")
    target = file.parent / path
    if not target.is_file():
        text = f"the design's model {path} is not there"
        remedy = "The path is taken from the folder of the design."
        raise InputError(Diagnostic("DC203", text, remedy, str(file)))
    if name:
        return class_in(target, name)
    first, *others = classes_in(target)
    if others:
        names = ", ".join(cls.__name__ for cls in (first, *others))
        text = f"{path} defines several models: {names}"
        raise InputError(Diagnostic("DC203", text, f'Write `model = "{path}:Name"`.', str(file)))
    return first
