"""check, matrix: load, ask, print."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import isnan
from pathlib import Path
from typing import Literal, TypeAlias

import click

from deliverycheck.check.certifying import Certifying, file_name
from deliverycheck.check.checking import Examined, examine, lifted_of
from deliverycheck.check.exits import exit_of
from deliverycheck.check.options import Engine, Options
from deliverycheck.check.question import Question
from deliverycheck.cli.reporting import Reporting, wanted_in
from deliverycheck.cli.terminal import clear_progress, progress_for, width
from deliverycheck.errors import Diagnostic, Exit, InputError, did_you_mean
from deliverycheck.explore.checkpoint import Checkpoint
from deliverycheck.explore.limits import Explorer, Limits
from deliverycheck.explore.search import can_compile
from deliverycheck.lang.protocol import Receiving
from deliverycheck.lift.lifting import Lifted
from deliverycheck.load.files import is_possible
from deliverycheck.load.subjects import Overrides, parse_faults, questions
from deliverycheck.load.values import property_names
from deliverycheck.report.errors import error_text
from deliverycheck.report.jsonout import dumped, result_document
from deliverycheck.report.text import model_text
from deliverycheck.report.words.headlines import summary
from deliverycheck.system.verdicts import ModelResult


@dataclass(frozen=True, slots=True)
class Asked:
    """The options shared by the verbs that check, as the command line gave them."""

    models: Sequence[str]
    messages: int | None
    faults: str | None
    fairness: Receiving | None
    settings: Sequence[str]
    copies: int | None
    limit_states: int
    limit_seconds: float | None
    limit_memory: float | None
    engine: Engine = "explicit"
    explorer: Literal["auto", "plain", "native"] = "auto"
    symmetry: Literal["auto", "off"] = "auto"
    jobs: int | None = 1
    """Threads of the compiled explorer; None: as many as there are processors."""

    def overrides(self) -> Overrides:
        """What is said in place of the models. Raises InputError."""
        budget = None if self.faults is None else parse_faults(self.faults)
        return Overrides(self.messages, budget, _pairs(self.settings), self.fairness)

    def questions(self) -> tuple[Question, ...]:
        """What is asked. Raises InputError."""
        return questions(self.models, self.overrides())

    def question(self, verb: str) -> Question:
        """What is asked by a verb that is about one model. Raises InputError."""
        (model,) = self.models
        return the_only(model, self.questions(), f"`{verb}` is about one")

    def options(self, properties: Sequence[str] = (), folder: Path | None = None) -> Options:
        """How to check it."""
        for name, value in (("seconds", self.limit_seconds), ("memory", self.limit_memory)):
            if value is not None and isnan(value):
                text = f"--limit-{name} is no number"
                raise InputError(Diagnostic("DC007", text, "Write a number above 0."))
        limits = Limits(self.limit_states, self.limit_seconds, self.limit_memory)
        if self.explorer == "native" and not can_compile():
            text = "--explorer native needs packages that are not installed"
            remedy = "Install them with: pip install 'deliverycheck[fast]'"
            raise InputError(Diagnostic("DC012", text, remedy))
        explorer = Explorer(self.explorer, self.jobs or os.cpu_count() or 1)
        return Options(
            limits,
            self.copies,
            tuple(properties),
            self.engine,
            explorer,
            self.symmetry == "auto",
            Certifying(folder=folder),
        )


def _pairs(settings: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in settings:
        name, equals, value = text.partition("=")
        if not equals:
            raise InputError(
                Diagnostic("DC004", f"`{text}` is no setting", "Write `--set name=value`.")
            )
        found[name.strip()] = value.strip()
    return found


Tell: TypeAlias = Callable[[Question, Examined], ModelResult]
"""What is made of an answer."""


@dataclass(slots=True)
class Progressing:
    """What came of some questions so far: results, faults of models, whether it was cut short."""

    results: list[ModelResult] = field(default_factory=list[ModelResult])
    wrong: list[Diagnostic] = field(default_factory=list[Diagnostic])
    interrupted: bool = False

    def answer(
        self,
        wanted: Sequence[tuple[Question, Lifted]],
        options: Options,
        tell: Tell | None = None,
    ) -> Iterator[tuple[Question, ModelResult]]:
        """The results one by one, as they are told by `tell`.

        A model that goes wrong while it runs does not stop the others; an interruption does, and
        what is known stays.
        """
        for (question, lifted), name in zip(wanted, _distinct(wanted), strict=True):
            try:
                report = progress_for(question.name)
                examined = examine(question, lifted, _kept_under(options, name), report)
                result = self._told(question, examined, tell)
            except InputError as error:
                self.wrong += error.diagnostics
                continue
            except KeyboardInterrupt:
                self.interrupted = True
                return
            finally:
                clear_progress()
            self.results.append(result)
            yield question, result
            if result.interrupted:
                self.interrupted = True
            if self.interrupted:
                return

    def _told(self, question: Question, examined: Examined, tell: Tell | None) -> ModelResult:
        try:
            return examined.result if tell is None else tell(question, examined)
        except KeyboardInterrupt:
            self.interrupted = True
            return examined.result

    def exit(self, otherwise: Exit) -> Exit:
        """The exit code: bad input and interruptions come before verdicts."""
        return Exit.INTERRUPTED if self.interrupted else Exit.BAD_INPUT if self.wrong else otherwise


def _distinct(wanted: Sequence[tuple[Question, Lifted]]) -> Iterator[str]:
    """A name for each question: the model's, with a number where several have the same."""
    seen: dict[str, int] = {}
    for question, _ in wanted:
        seen[question.name] = seen.get(question.name, 0) + 1
        count = seen[question.name]
        yield question.name if count == 1 else f"{question.name}-{count}"


def _kept_under(options: Options, name: str) -> Options:
    """The options, with folders of its own for the certificates and the search of one model."""
    certifying, checkpoint = options.certifying, options.checkpoint
    if certifying.folder is not None:
        certifying = replace(certifying, folder=certifying.folder / file_name(name))
    if checkpoint is not None:
        checkpoint = replace(checkpoint, folder=checkpoint.folder / file_name(name))
    return replace(options, certifying=certifying, checkpoint=checkpoint)


def lifted_all(wanted: Sequence[Question]) -> list[tuple[Question, Lifted]]:
    """Lift every model first, so that all refusals of all files come at once. Raises InputError."""
    wrong: list[Diagnostic] = []
    found: list[tuple[Question, Lifted]] = []
    for question in wanted:
        try:
            found.append((question, lifted_of(question)))
        except InputError as error:
            wrong += error.diagnostics
    if wrong:
        raise InputError(wrong)
    return found


def run_check(
    properties: Sequence[str],
    strict: bool,
    verbose: bool,
    certificate: str | None,
    checkpoint: str | None,
    checkpoint_seconds: float,
    report: Sequence[str],
    as_json: bool,
    **options: object,
) -> int:
    """The verb `check`. The exit code."""
    asked = Asked(**options)  # type: ignore[arg-type]  # click names and types the options
    wanted = asked.questions()
    known_properties(wanted, properties)
    if isnan(checkpoint_seconds):
        text = "--checkpoint-seconds is no number"
        raise InputError(Diagnostic("DC007", text, "Write a number above 0."))
    folder = _folder(certificate, "certificates")
    kept = _folder(checkpoint, "checkpoints")
    reporting = Reporting(wanted_in(report))
    how = asked.options(properties, folder)
    keeping = how
    if kept is not None:
        keeping = replace(how, checkpoint=Checkpoint(kept, checkpoint_seconds))
    run = Progressing()
    for _, result in run.answer(lifted_all(wanted), keeping, partial(reporting.tell, how)):
        if not as_json:
            for line in model_text(result, width(), verbose=verbose):
                click.echo(line)
    code = run.exit(exit_of(run.results, strict=strict))
    if as_json:
        click.echo(dumped(result_document(run.results, code, run.wrong)), nl=False)
    else:
        for line in summary(run.results):
            click.echo(line)
    complain(run, len(wanted))
    reporting.write(run.wrong, code)
    return code


def _folder(name: str | None, what: str) -> Path | None:
    """The folder for certificates or whatever, which can be there. Raises InputError."""
    if name is None:
        return None
    folder = Path(name)
    if not name.strip() or not is_possible(folder) or (folder.exists() and not folder.is_dir()):
        raise InputError(Diagnostic("DC003", f"`{name}` cannot be a folder for {what}"))
    return folder


def complain(run: Progressing, asked: int) -> None:
    """Say on stderr what was wrong with models, and how far it got."""
    for line in error_text(run.wrong, width()):
        click.echo(line, err=True)
    if run.interrupted:
        click.echo(f"interrupted after {len(run.results)} of {asked} models", err=True)


def the_only(model: str, wanted: Sequence[Question], why: str) -> Question:
    """The one model that a name stands for. Raises InputError with `why` there must be one."""
    if len(wanted) != 1:
        found = (f"{q.source}:{q.name}" if q.source.endswith(".py") else q.source for q in wanted)
        names = ", ".join(found)
        text = f"`{model}` holds {len(wanted)} models, and {why}"
        raise InputError(Diagnostic("DC002", text, f"Name one of {names}."))
    return wanted[0]


def known_properties(wanted: Sequence[Question], properties: Sequence[str]) -> None:
    """Raises InputError for a property that no model has."""
    for name in properties:
        known = list(dict.fromkeys(n for q in wanted for n in property_names(q.cls)))
        if name not in known:
            text = f"there is no property `{name}`"
            raise InputError(Diagnostic("DC006", text, did_you_mean(name, known)))
