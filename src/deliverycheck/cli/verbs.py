"""check, matrix: load, ask, print."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import isnan
from pathlib import Path
from typing import Literal

import click

from deliverycheck.check.certifying import Certifying
from deliverycheck.check.checking import lifted_of
from deliverycheck.check.exits import exit_of
from deliverycheck.check.options import Engine, Options
from deliverycheck.check.question import Question
from deliverycheck.cli.progressing import Progressing, complain
from deliverycheck.cli.reporting import Reporting, wanted_in
from deliverycheck.cli.terminal import width
from deliverycheck.errors import Diagnostic, InputError, did_you_mean
from deliverycheck.explore.checkpoint import Checkpoint
from deliverycheck.explore.limits import Explorer, Limits
from deliverycheck.explore.search import can_compile
from deliverycheck.lang.protocol import Receiving
from deliverycheck.lift.lifting import Lifted
from deliverycheck.load.files import is_possible
from deliverycheck.load.subjects import Overrides, parse_faults, questions
from deliverycheck.load.values import property_names
from deliverycheck.report.jsonout import dumped, result_document
from deliverycheck.report.text import model_text
from deliverycheck.report.words.headlines import summary


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
    """Models at once, or threads of the compiled explorer; None: one model after the other, with as
    many threads as there are processors."""

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
    lifted = lifted_all(wanted)  # so that all refusals of all files come at once
    # Only where it is asked for: a model in another process tells no progress, and Ctrl-C keeps
    # nothing of it.
    jobs = min(asked.jobs or 1, len(wanted))
    if jobs > 1 and kept is None and not reporting.is_wanted:
        alone = replace(keeping, explorer=replace(keeping.explorer, jobs=1))
        answers = run.answer_apart(wanted, asked.overrides(), alone, jobs)
    else:
        answers = run.answer(lifted, keeping, partial(reporting.tell, how))
    for _, result in answers:
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
