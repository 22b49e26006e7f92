"""frontier: how little breaks a property, and how much it survives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf

import click

from deliverycheck.cli.terminal import clear_progress, progress_for, width
from deliverycheck.cli.verbs import Asked, known_properties
from deliverycheck.errors import Diagnostic, Exit, InputError
from deliverycheck.explain.frontier import CAP, Frontier, frontier_of
from deliverycheck.load.values import fault_names
from deliverycheck.report.frontier import frontier_document, frontier_text
from deliverycheck.report.jsonout import dumped


def run_frontier(model: str, properties: Sequence[str], as_json: bool, **options: object) -> int:
    """The verb `frontier`. The exit code."""
    asked = Asked(models=(model,), **options)  # type: ignore[arg-type]  # as for `check`
    question = asked.question("frontier")
    known_properties([question], properties)
    caps = dict.fromkeys(fault_names(question.cls), float(CAP))
    if asked.faults is not None:
        caps = dict(question.faults)
    endless = [name for name, cap in caps.items() if cap == inf]
    if endless:
        text = f"the frontier looks for the least and the most: {endless[0]} needs a cap"
        raise InputError(Diagnostic("DC007", text, f"Write a number, such as {endless[0]}=3."))
    try:
        frontier = frontier_of(
            replace(question, faults={}),
            {name: int(cap) for name, cap in caps.items()},
            asked.options(properties),
            progress_for(question.name),
        )
    finally:
        clear_progress()
    code = _exit(frontier)
    if as_json:
        click.echo(dumped(frontier_document(frontier, code)), nl=False)
    else:
        for line in frontier_text(frontier, width()):
            click.echo(line)
    return code


def _exit(frontier: Frontier) -> Exit:
    if frontier.unfinished:
        return Exit.INTERRUPTED
    unknown = any(border.open for border in frontier.borders)
    return Exit.UNDETERMINED if unknown else Exit.AS_EXPECTED
