"""Subjects: from the names on the command line to questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path

from deliverycheck.check.question import Question
from deliverycheck.errors import Diagnostic, InputError
from deliverycheck.lang.design import declared_settings
from deliverycheck.lang.protocol import Protocol, Receiving
from deliverycheck.load.designs import MOST_MESSAGES, design_in
from deliverycheck.load.files import class_in, classes_in, is_possible
from deliverycheck.load.finding import DESIGN, files_in
from deliverycheck.load.values import LONGEST_NUMBER, setting, wrong_declarations, wrong_faults


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line says in place of the models."""

    messages: int | None = None
    faults: Mapping[str, float] | None = None
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    fairness: Receiving | None = None


def questions(names: Iterable[str], overrides: Overrides | None = None) -> tuple[Question, ...]:
    """The questions for files, folders and designs; Raises InputError with all that is wrong."""
    overrides = overrides or Overrides()
    found: list[Question] = []
    wrong: list[Diagnostic] = []
    for name in names:
        try:
            found += [overridden(q, overrides) for q in _named(name)]
        except InputError as error:
            wrong += error.diagnostics
    if wrong:
        raise InputError(wrong)
    if not found:
        raise InputError(
            Diagnostic("DC002", "there is nothing to check", "Name a model or a folder.")
        )
    return tuple(found)


def parse_faults(text: str) -> dict[str, float]:
    """`lose=1 crash.worker=inf` as a budget. Raises InputError."""
    budget: dict[str, float] = {}
    for part in text.replace(",", " ").split():
        key, equals, amount = part.partition("=")
        is_number = amount.isascii() and amount.isdecimal() and len(amount) <= LONGEST_NUMBER
        if not equals or not (amount == "inf" or is_number):
            text = f"`{part}` is no fault budget"
            remedy = 'Write `--faults "lose=1 crash=inf"`: a name, `=`, a whole number or inf.'
            raise InputError(Diagnostic("DC007", text, remedy))
        if key in budget:
            text = f"the fault `{key}` is given twice"
            raise InputError(Diagnostic("DC007", text, "Give each budget once."))
        budget[key] = inf if amount == "inf" else int(amount)
    return budget


def _named(name: str) -> Iterator[Question]:
    path_text, colon, cls = name.rpartition(":")
    if colon and path_text.endswith(".py"):
        yield of_class(class_in(Path(path_text), cls), path_text)
        return
    path = Path(name)
    if not name or not is_possible(path):
        raise InputError(Diagnostic("DC002", f"`{name[:60]}` names no file or folder", ""))
    if path.is_dir():
        yield from _folder(path)
    elif name.endswith(DESIGN):
        yield design_in(path)
    elif path.suffix == ".py" or not path.exists():
        for model in classes_in(path):
            yield of_class(model, path.as_posix())
    else:
        text = f"{name} is neither a model (.py) nor a design (*{DESIGN}) nor a folder"
        raise InputError(Diagnostic("DC002", text, ""))


def _folder(folder: Path) -> Iterator[Question]:
    files = sorted(files_in(folder))
    if not files:
        remedy = f"A folder is searched for *.py and *{DESIGN}."
        raise InputError(Diagnostic("DC002", f"there is no model in {folder}", remedy))
    wrong: list[Diagnostic] = []
    for file in files:
        try:
            yield from _named(file.as_posix())
        except InputError as error:
            wrong += error.diagnostics
    if wrong:
        raise InputError(wrong)


def of_class(cls: type[Protocol], source: str, messages: int = 2) -> Question:
    """The question a model asks of itself. Raises InputError for a wrong declaration."""
    wrong = list(wrong_declarations(cls))
    if wrong:
        raise InputError(wrong)
    return Question(
        cls,
        cls.__name__,
        Path(source).as_posix(),
        messages,
        {},
        dict(cls.faults),
        cls.claims,
        dict(cls.expects),
        fairness=cls.fairness,
    )


def overridden(question: Question, overrides: Overrides) -> Question:
    """The question with what the command line says in place of the model.

    Expectations belong to the environment and the settings they were written for; elsewhere the
    claim alone decides.
    """
    wrong: list[Diagnostic] = []
    settings = dict(question.settings)
    for name, text in overrides.settings.items():
        settings[name], problem = setting(question.cls, name, text)
        wrong += [problem] if problem else []
    faults = question.faults
    if overrides.faults is not None:
        faults = overrides.faults
        wrong += wrong_faults(question.cls, faults, None)
    if overrides.messages is not None and not 1 <= overrides.messages <= MOST_MESSAGES:
        remedy = f"Write a number from 1 to {MOST_MESSAGES}; two find nearly everything."
        wrong.append(Diagnostic("DC008", f"--messages {overrides.messages}", remedy))
    if wrong:
        raise InputError(wrong)
    changed = replace(
        question,
        messages=overrides.messages or question.messages,
        settings=settings,
        faults=faults,
        fairness=overrides.fairness or question.fairness,
    )
    if _same_environment(question, changed):
        return changed
    return replace(
        changed, expects={}, judged_by="the claim alone: the environment is not the model's"
    )


def _same_environment(question: Question, other: Question) -> bool:
    """Whether faults, fairness and settings are the same, if they are said again or not."""
    defaults = {name: default for name, (_, default) in declared_settings(question.cls).items()}
    return (
        {kind: n for kind, n in question.faults.items() if n}
        == {kind: n for kind, n in other.faults.items() if n}
        and question.fairness == other.fairness
        and {**defaults, **question.settings} == {**defaults, **other.settings}
    )
