"""What came of some questions so far, one after the other or several at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import click

from deliverycheck.check.certifying import file_name
from deliverycheck.check.checking import Examined, examine
from deliverycheck.check.options import Options
from deliverycheck.check.question import Question
from deliverycheck.cli.terminal import clear_progress, progress_for, width
from deliverycheck.errors import Diagnostic, Exit, InputError
from deliverycheck.explain.why.explaining import check_and_explain
from deliverycheck.lift.lifting import Lifted
from deliverycheck.load.apart import apart
from deliverycheck.load.subjects import Overrides
from deliverycheck.report.errors import error_text
from deliverycheck.system.verdicts import ModelResult

Tell: TypeAlias = Callable[[Question, Examined], ModelResult]
"""What is made of an answer."""


@dataclass(slots=True)
class Progressing:
    """What came of some questions so far: results, faults of models, whether it was cut short."""

    results: list[ModelResult] = field(default_factory=list[ModelResult])
    wrong: list[Diagnostic] = field(default_factory=list[Diagnostic])
    lost: list[str] = field(default_factory=list[str])
    """Models whose process was lost before it had an answer."""
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
        for (question, lifted), name in zip(
            wanted, _distinct([one for one, _ in wanted]), strict=True
        ):
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

    def answer_apart(
        self, wanted: Sequence[Question], overrides: Overrides, options: Options, jobs: int
    ) -> Iterator[tuple[Question, ModelResult]]:
        """The same in several processes at once, explained."""
        report = progress_for("check")
        given = [
            (one, _kept_under(options, name))
            for one, name in zip(wanted, _distinct(wanted), strict=True)
        ]
        try:
            found = apart(check_and_explain, given, overrides, jobs)
            for number, (question, one) in enumerate(zip(wanted, found, strict=True), 1):
                clear_progress()
                if isinstance(one, ModelResult):
                    self.results.append(one)
                    yield question, one
                elif one is None:
                    self.lost.append(question.name)
                else:
                    self.wrong += one
                report(f"{number} of {len(wanted)} models are done")
        except KeyboardInterrupt:
            self.interrupted = True
        finally:
            clear_progress()

    def _told(self, question: Question, examined: Examined, tell: Tell | None) -> ModelResult:
        try:
            return examined.result if tell is None else tell(question, examined)
        except KeyboardInterrupt:
            self.interrupted = True
            return examined.result

    def exit(self, otherwise: Exit) -> Exit:
        """The exit code: bad input and interruptions come before verdicts."""
        if self.lost and otherwise == Exit.AS_EXPECTED:
            otherwise = Exit.UNDETERMINED
        return Exit.INTERRUPTED if self.interrupted else Exit.BAD_INPUT if self.wrong else otherwise


def _distinct(wanted: Sequence[Question]) -> Iterator[str]:
    """A name for each question: the model's, with a number where several have the same."""
    seen: dict[str, int] = {}
    for question in wanted:
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


def complain(run: Progressing, asked: int) -> None:
    """Say on stderr what was wrong with models, and how far it got."""
    for line in error_text(run.wrong, width()):
        click.echo(line, err=True)
    if run.lost:
        text = f"{', '.join(run.lost)}: the process that looked at it was lost"
        click.echo(text, err=True)
    if run.interrupted:
        click.echo(f"interrupted after {len(run.results)} of {asked} models", err=True)
