"""What to vary, from text: `mark,workers=1..2,crash=0|1|inf`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from math import inf, prod
from typing import Literal

from deliverycheck.check.question import Question
from deliverycheck.check.variation import Varied
from deliverycheck.errors import Diagnostic, InputError, did_you_mean
from deliverycheck.lang.design import declared_settings
from deliverycheck.load.values import (
    LONGEST_NUMBER,
    fault_names,
    options_of,
    setting,
    wrong_faults,
)

MOST_COMBINATIONS = 1_000
"""Each is a check of its own."""

NUMBERS = re.compile(
    rf"(-?\d{{1,{LONGEST_NUMBER}}})(?:\.\.(-?\d{{1,{LONGEST_NUMBER}}}))?", re.ASCII
)
"""A whole number, or a range of them."""


def varied_in(question: Question, texts: Iterable[str] = ()) -> tuple[Varied, ...]:
    """What to vary of a model, from comma lists of `name`, `name=a|b` and `name=1..3`.

    Without any text: every setting that has a closed list of values (`Literal`, `bool`, `Enum`).
    The question's own value is always among the values. Raises InputError with all that is wrong.
    """
    parts = [part.strip() for text in texts for part in text.split(",")]
    if not parts:
        parts = _closed(question)
        if not parts:
            text = f"no setting of `{question.cls.__name__}` has a closed list of values"
            raise InputError(Diagnostic("DC004", text, f"Name what to vary. {_known(question)}"))
    found: dict[str, Varied] = {}
    wrong: list[Diagnostic] = []
    for part in parts:
        name, equals, values = (piece.strip() for piece in part.partition("="))
        if name in found:
            text = f"`{name}` is varied twice"
            wrong.append(Diagnostic("DC004", text, f"Give all its values at once: `{name}=a|b`."))
            continue
        try:
            found[name] = _varied(question, name, values if equals else None)
        except InputError as error:
            wrong += error.diagnostics
    if wrong:
        raise InputError(wrong)
    count = prod(len(one.values) for one in found.values())
    if count > MOST_COMBINATIONS:
        sizes = ", ".join(f"{len(one.values)} of {one.name}" for one in found.values())
        raise _too_many(f"these are {count:,} combinations ({sizes})")
    return tuple(found.values())


def closed_settings(question: Question) -> tuple[Varied, ...]:
    """What `varied_in` varies if nothing is named; nothing where there is no such setting.

    Raises InputError where there are too many combinations.
    """
    return varied_in(question) if _closed(question) else ()


def _varied(question: Question, name: str, values: str | None) -> Varied:
    settings = declared_settings(question.cls)
    fault = name.partition(".")[0]
    is_fault = fault in fault_names(question.cls)
    if not name:
        raise _refused("`--vary` names nothing here", _known(question))
    if name in settings and is_fault:
        text = f"`{name}` is both a setting of `{question.cls.__name__}` and a fault"
        raise _refused(text, "Give the setting another name, so that it is clear which one varies.")
    if name in settings:
        return _setting(question, name, values)
    if not is_fault:
        known = [*settings, *fault_names(question.cls)]
        text = f"`{question.cls.__name__}` has no setting and knows no fault `{name}`"
        raise _refused(text, did_you_mean(name, known))
    return _budget(question, name, values)


def _setting(question: Question, name: str, values: str | None) -> Varied:
    hint, default = declared_settings(question.cls)[name]
    own = question.settings.get(name, default)
    options = options_of(hint, default)
    if options is None:
        return _of_numbers(name, "setting", list(_numbers(name, values)), own)
    closed = list(dict.fromkeys(options.values()))
    if len(closed) == 1:
        remedy = f'Declare what it can be: `{name}: Literal["{default}", ...] = "{default}"`.'
        raise _refused(f"the setting `{name}` can only be {default!r}", remedy)
    given = closed
    if values is not None:
        read = [setting(question.cls, name, text.strip()) for text in values.split("|")]
        wrong = [problem for _, problem in read if problem is not None]
        if wrong:
            raise InputError(wrong)
        given = [value for value, _ in read]
    kept = tuple(one for one in closed if one in given or one == own)
    return Varied(name, "setting", kept, kept.index(own), own not in given)


def _budget(question: Question, name: str, values: str | None) -> Varied:
    fault, dot, _ = name.partition(".")
    common = question.faults.get(fault, 0)
    wrong = list(wrong_faults(question.cls, {name: 0}, None))
    if wrong:
        raise InputError(wrong)
    if dot and common and name not in question.faults:
        text = (
            f"the budget `{fault}={common:g}` is for all, so `{name}` has none of its own to vary"
        )
        raise _refused(text, f'Give it one: `--faults "{name}=1 ..."`.')
    amounts = list(_numbers(name, values, endless=True))
    wrong = [one for n in amounts for one in wrong_faults(question.cls, {name: n}, None)]
    if wrong:
        raise InputError(wrong)
    own = question.faults.get(name, 0)
    return _of_numbers(name, "fault", amounts, own if own == inf else int(own))


def _of_numbers(
    name: str, kind: Literal["setting", "fault"], given: Sequence[float], own: object
) -> Varied:
    numbers: list[object] = [*sorted(set(given))]
    if own not in numbers:
        numbers = [*sorted({*given, own})] if isinstance(own, int | float) else [own, *numbers]
    return Varied(name, kind, tuple(numbers), numbers.index(own), own not in given)


def _numbers(name: str, values: str | None, *, endless: bool = False) -> Iterator[float]:
    """The numbers of `1..3`, `1|2|4` or `0..2|inf`. Raises InputError."""
    example = f"Write `{name}=1..3` or `{name}=1|2|4`" + (
        f", or `{name}=0|inf`." if endless else "."
    )
    if values is None:
        what = "a fault budget" if endless else "a whole number"
        raise _refused(f"`{name}` is {what}: say which values to look at", example)
    found: list[Iterable[float]] = []
    size = 0
    for part in values.split("|"):
        if endless and part.strip() == "inf":
            found.append([inf])
            continue
        read = NUMBERS.fullmatch(part.strip())
        if read is None:
            raise _refused(f"`{name}={values}` is no list of whole numbers", example)
        first, last = read.groups()
        span = range(int(first), int(last or first) + 1)
        if not span:
            raise _refused(f"the range `{part.strip()}` of `{name}` is empty", example)
        size += len(span)
        if size > MOST_COMBINATIONS:
            raise _too_many(f"`{name}={values}` are {size:,} values")
        found.append(span)
    yield from chain.from_iterable(found)


def _closed(question: Question) -> list[str]:
    """The settings of which all values are known; what is a fault's name as well is left out."""
    faults = fault_names(question.cls)
    return [
        name
        for name, (hint, default) in declared_settings(question.cls).items()
        if len(set((options_of(hint, default) or {}).values())) > 1 and name not in faults
    ]


def _known(question: Question) -> str:
    """What could be varied, and how."""
    settings = ", ".join(f"`{name}`" for name in declared_settings(question.cls))
    faults = ", ".join(f"`{name}`" for name in fault_names(question.cls))
    known = f"Settings: {settings}; faults: {faults}." if settings else f"Faults: {faults}."
    return f"{known} A number needs its values: `--vary lose=0..1`."


def _refused(text: str, remedy: str) -> InputError:
    return InputError(Diagnostic("DC004", text, remedy))


def _too_many(text: str) -> InputError:
    remedy = f"A sweep is of at most {MOST_COMBINATIONS:,}: vary less at a time, or fewer values."
    return InputError(Diagnostic("DC009", text, remedy))
