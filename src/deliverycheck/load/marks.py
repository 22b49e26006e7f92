"""Marks: the question about a model class in a test module, and what its mark says about it.

@pytest.mark.deliverycheck(messages=3, faults="lose=1 crash=1", settings={"workers": 2})
class AtLeastOnce(Protocol): ...
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol as Structural
from typing import TypeGuard, cast

from deliverycheck.check.question import Question
from deliverycheck.errors import Diagnostic, InputError, did_you_mean
from deliverycheck.lang.protocol import Protocol, Receiving
from deliverycheck.lang.source import line_of_class
from deliverycheck.load.files import acts
from deliverycheck.load.subjects import Overrides, of_class, overridden, parse_faults
from deliverycheck.load.values import wrong_expectations, wrong_fairness
from deliverycheck.system.guarantees import Expectation

KEYS = ("messages", "faults", "fairness", "settings", "expects")


class Mark(Structural):
    """A mark as pytest keeps it."""

    @property
    def args(self) -> Sequence[object]:
        """What it was given without a name."""
        ...

    @property
    def kwargs(self) -> Mapping[str, object]:
        """What it was given by name."""
        ...


def marked(cls: type, marks: Sequence[Mark], file: str) -> Question:
    """The question about a class of a file, with what its mark, if any, says in place of the model.

    As on the command line, in another environment the model's own expectations do not apply; the
    mark can give others. Raises InputError with all that is wrong.
    """
    line = line_of_class(cls)
    if not (issubclass(cls, Protocol) and acts(cls)):
        text = f"`{cls.__name__}` is marked, but is no model"
        remedy = "A model extends Protocol and has methods under `@sender`, `@worker`, ..."
        raise InputError(Diagnostic("DC205", text, remedy, file, line))
    given: Mapping[str, object] = marks[0].kwargs if marks else {}
    wrong = list(_wrong(given, file, line))
    if len(marks) > 1 or (marks and marks[0].args):
        text = f"`{cls.__name__}` has several marks, or one with something that has no name"
        remedy = "Give one mark, and what it says by name: `faults=...`; or write designs."
        wrong.append(Diagnostic("DC205", text, remedy, file, line))
    if wrong:
        raise InputError(wrong)
    question = of_class(cls, file)
    try:
        question = overridden(question, _overrides(given))
    except InputError as error:
        placed = [d if d.file else replace(d, file=file, line=line) for d in error.diagnostics]
        raise InputError(placed) from None
    if "expects" not in given:
        return question
    expects = cast("Mapping[str, Expectation]", given["expects"])
    wrong += wrong_expectations(cls, expects, file, line)
    if wrong:
        raise InputError(wrong)
    return replace(question, expects=dict(expects), judged_by="the claim and what the mark expects")


def _overrides(given: Mapping[str, object]) -> Overrides:
    """What a mark of the right form says. Raises InputError."""
    faults, settings = given.get("faults"), cast("Mapping[str, object]", given.get("settings", {}))
    budget = cast("Mapping[str, float] | None", faults)
    return Overrides(
        cast("int | None", given.get("messages")),
        parse_faults(faults) if isinstance(faults, str) else budget,
        {name: str(value) for name, value in settings.items()},
        cast("Receiving | None", given.get("fairness")),
    )


def _wrong(given: Mapping[str, object], file: str, line: int | None) -> Iterator[Diagnostic]:
    """What is wrong with the form of a mark."""
    for key, value in given.items():
        text, remedy = "", ""
        if key not in KEYS:
            text, remedy = f"the mark has no `{key}`", did_you_mean(key, KEYS)
        elif key == "messages" and (isinstance(value, bool) or not isinstance(value, int)):
            text, remedy = "`messages` is a whole number", "Write `messages=3`."
        elif key == "faults" and not (isinstance(value, str) or _is_table(value)):
            text, remedy = "`faults` is a budget", 'Write `faults="lose=1 crash=1"`.'
        elif key in ("settings", "expects") and not _is_table(value):
            text, remedy = f"`{key}` is a table from names", f'Write `{key}={{"...": ...}}`.'
        if text:
            yield Diagnostic("DC205", text, remedy, file, line)
    if "fairness" in given:
        yield from wrong_fairness(given["fairness"], file, line)


def _is_table(value: object) -> TypeGuard[Mapping[str, object]]:
    if not isinstance(value, Mapping):
        return False
    return all(isinstance(key, str) for key in cast("Mapping[object, object]", value))
