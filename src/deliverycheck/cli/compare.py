"""compare: what two designs show the world outside."""

from __future__ import annotations

import click

from deliverycheck.cli.terminal import clear_progress, progress_for, width
from deliverycheck.cli.verbs import Asked, the_only
from deliverycheck.errors import Exit
from deliverycheck.explain.compare import Comparison, compare
from deliverycheck.load.pairs import alike
from deliverycheck.load.subjects import questions
from deliverycheck.report.compare import compare_document, compare_text
from deliverycheck.report.jsonout import dumped


def run_compare(a: str, b: str, as_json: bool, **options: object) -> int:
    """The verb `compare`. The exit code."""
    asked = Asked(models=(a, b), **options)  # type: ignore[arg-type]  # as for `check`
    why = "a comparison is of two, one each"
    one, other = (the_only(name, questions([name]), why) for name in (a, b))
    first, second = alike(one, other, asked.overrides())
    try:
        found = compare(
            first, second, asked.options(), progress_for(f"{first.name}, {second.name}")
        )
    finally:
        clear_progress()
    code = _exit(found)
    if as_json:
        click.echo(dumped(compare_document(found, code)), nl=False)
    else:
        for line in compare_text(found, width()):
            click.echo(line)
    return code


def _exit(found: Comparison) -> Exit:
    if found.same is None:
        return Exit.UNDETERMINED
    return Exit.AS_EXPECTED if found.same else Exit.NOT_AS_EXPECTED
