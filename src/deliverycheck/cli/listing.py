"""list: what there is, without looking into it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from deliverycheck.cli.options import AS_JSON, MODELS


@click.command("list")
@MODELS
@click.option("-o", "out", metavar="FILE", help="Write a page (HTML) to this file instead.")
@AS_JSON
def listing(**options: object) -> None:
    """Every model: what it claims, its row of the matrix, its settings.

    The row is what the model expects of itself in its own environment, so nothing is explored
    here; `check` holds it to that.
    """
    sys.exit(_run(**options))  # type: ignore[arg-type]  # click names and types the options


def _run(models: tuple[str, ...], out: str | None, as_json: bool) -> int:
    from deliverycheck.cli.terminal import width
    from deliverycheck.errors import Diagnostic, InputError
    from deliverycheck.exchange.writing import write_whole
    from deliverycheck.load.catalogue import catalogue_of
    from deliverycheck.load.files import is_possible
    from deliverycheck.load.subjects import questions
    from deliverycheck.report.catalogue import catalogue_document, catalogue_text
    from deliverycheck.report.jsonout import dumped

    if out is not None and (not out.strip() or not is_possible(Path(out)) or Path(out).is_dir()):
        raise InputError(Diagnostic("DC003", f"`{out[:60]}` cannot be a file for the page"))
    families = catalogue_of(questions(models))
    if out is not None:
        from deliverycheck.report.page.rendering import catalogue_html

        write_whole(Path(out), catalogue_html(families))
    if as_json:
        click.echo(dumped(catalogue_document(families)), nl=False)
    elif out is None:
        for line in catalogue_text(families, width()):
            click.echo(line)
    return 0
