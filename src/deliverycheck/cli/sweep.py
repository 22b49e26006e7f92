"""sweep: every combination of settings and budgets, and what to make of it."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

from deliverycheck.check.variation import places
from deliverycheck.cli.terminal import clear_progress, progress_for, width
from deliverycheck.cli.verbs import Asked, known_properties
from deliverycheck.errors import Exit
from deliverycheck.explain.sweep.found import Sweep
from deliverycheck.explain.sweep.sweeping import sweep_of
from deliverycheck.load.elsewhere import Subject, elsewhere
from deliverycheck.load.varying import varied_in
from deliverycheck.report.errors import error_text
from deliverycheck.report.jsonout import dumped
from deliverycheck.report.sweep import sweep_document
from deliverycheck.report.sweep_text import sweep_text


def run_sweep(
    model: str,
    vary: Sequence[str],
    properties: Sequence[str],
    jobs: int | None,
    as_json: bool,
    **options: object,
) -> int:
    """The verb `sweep`. The exit code."""
    asked = Asked(models=(model,), **options)  # type: ignore[arg-type]  # as for `check`
    question = asked.question("sweep")
    known_properties([question], properties)
    varied = varied_in(question, vary)
    jobs = min(jobs or os.cpu_count() or 1, len(places(varied)))
    look = None
    if jobs > 1:
        look = elsewhere(Subject(model, asked.overrides(), tuple(vary)), jobs)
    try:
        report = progress_for(question.name)
        sweep = sweep_of(question, varied, asked.options(properties), look, report)
    finally:
        clear_progress()
    code = exit_of(sweep)
    if as_json:
        click.echo(dumped(sweep_document(sweep, code)), nl=False)
    else:
        for line in sweep_text(sweep, width()):
            click.echo(line)
    wrong = dict.fromkeys(found for row in sweep.rows for found in row.outcome.wrong)
    for line in error_text(list(wrong), width()):
        click.echo(line, err=True)
    if sweep.interrupted:
        click.echo("interrupted: nothing is recommended that was not checked again", err=True)
    return code


def exit_of(sweep: Sweep) -> Exit:
    """The exit code: bad input and interruptions come before verdicts."""
    if sweep.interrupted:
        return Exit.INTERRUPTED
    if any(row.outcome.wrong for row in sweep.rows):
        return Exit.BAD_INPUT
    verdicts = {row.verdict(name) for row in sweep.rows for name in sweep.wanted}
    return Exit.UNDETERMINED if "undetermined" in verdicts else Exit.AS_EXPECTED
