"""check, matrix, replay: load, ask, print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from deliverycheck.check.checking import Options, check
from deliverycheck.check.exits import Exit, exit_of
from deliverycheck.check.question import Question
from deliverycheck.cli.terminal import clear_progress, progress_for, width
from deliverycheck.errors import Diagnostic, InputError, did_you_mean
from deliverycheck.explore.search import Limits
from deliverycheck.load.subjects import Overrides, parse_faults, questions
from deliverycheck.load.values import property_names
from deliverycheck.report.jsonout import dumped, result_document
from deliverycheck.report.text import model_text, summary
from deliverycheck.system.verdicts import ModelResult


@dataclass(frozen=True, slots=True)
class Asked:
    """The options shared by the verbs that check, as the command line gave them."""

    models: Sequence[str]
    messages: int | None
    faults: str | None
    settings: Sequence[str]
    copies: int | None
    engine: str
    explorer: str
    limit_states: int
    limit_seconds: float | None
    limit_memory: float | None

    def questions(self) -> tuple[Question, ...]:
        """What is asked. Raises InputError."""
        budget = None if self.faults is None else parse_faults(self.faults)
        return questions(self.models, Overrides(self.messages, budget, _pairs(self.settings)))

    def options(self, properties: Sequence[str] = ()) -> Options:
        """How to check it."""
        limits = Limits(self.limit_states, self.limit_seconds, self.limit_memory)
        return Options(limits, self.copies, tuple(properties))


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


def run_check(
    properties: Sequence[str], strict: bool, verbose: bool, as_json: bool, **options: object
) -> int:
    """The verb `check`. The exit code."""
    asked = Asked(**options)  # type: ignore[arg-type]
    wanted = asked.questions()
    _known_properties(wanted, properties)
    results: list[ModelResult] = []
    for result in _checked(wanted, asked.options(properties)):
        results.append(result)
        if not as_json:
            for line in model_text(result, width(), verbose=verbose):
                click.echo(line)
    code = exit_of(results, strict=strict)
    if len(results) < len(wanted):
        code = Exit.INTERRUPTED
    if as_json:
        click.echo(dumped(result_document(results, code)), nl=False)
    else:
        for line in summary(results):
            click.echo(line)
        if code == Exit.INTERRUPTED:
            click.echo(f"interrupted after {len(results)} of {len(wanted)} models", err=True)
    return code


def _checked(wanted: Sequence[Question], options: Options) -> Iterator[ModelResult]:
    """The results one by one; an interruption ends them, what is known stays."""
    for question in wanted:
        try:
            result = check(question, options, progress_for(question.name))
        except KeyboardInterrupt:
            return
        finally:
            clear_progress()
        yield result
        if result.exploration.stopped == "interrupted":
            return


def _known_properties(wanted: Sequence[Question], properties: Sequence[str]) -> None:
    for name in properties:
        known = list(dict.fromkeys(n for q in wanted for n in property_names(q.cls)))
        if name not in known:
            text = f"there is no property `{name}`"
            raise InputError(Diagnostic("DC006", text, did_you_mean(name, known)))


def run_matrix(as_json: bool, **options: object) -> int:
    """The verb `matrix`. The exit code."""
    from deliverycheck.check.cost import cost_of
    from deliverycheck.report.matrix import COLUMNS, Row, matrix_document, matrix_table

    asked = Asked(**options)  # type: ignore[arg-type]
    wanted = asked.questions()
    rows: list[Row] = []
    results = list(_checked(wanted, asked.options(tuple(COLUMNS.values()))))
    for question, result in zip(wanted, results, strict=False):
        cost = cost_of(question)
        rows.append(Row(result, None if cost is None else (cost.messages, cost.durable_writes)))
    undetermined = any(p.verdict == "undetermined" for r in results for p in r.properties)
    code = Exit.UNDETERMINED if undetermined else Exit.AS_EXPECTED
    if len(results) < len(wanted):
        code = Exit.INTERRUPTED
    if as_json:
        click.echo(dumped(matrix_document(rows, code)), nl=False)
    else:
        from rich.console import Console

        Console(width=width(), highlight=False).print(matrix_table(rows))
    return code


def run_replay(trace: str, as_json: bool) -> int:
    """The verb `replay`. The exit code."""
    from deliverycheck.check.replaying import replay
    from deliverycheck.load.stored import stored_in

    done = [replay(stored) for stored in stored_in(Path(trace))]
    still = all(one.outcome == "still violated" for one in done)
    code = Exit.AS_EXPECTED if still else Exit.NOT_AS_EXPECTED
    if as_json:
        document = {
            "schema": "deliverycheck/replay/1",
            "results": [
                {
                    "model": one.model,
                    "property": one.prop,
                    "outcome": one.outcome,
                    "step": one.step,
                    "text": one.text,
                }
                for one in done
            ],
            "exit": int(code),
        }
        click.echo(dumped(document), nl=False)
    else:
        for one in done:
            click.echo(f"{one.outcome:15} {one.model} {one.prop}: {one.text}")
    return code
