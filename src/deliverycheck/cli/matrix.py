"""matrix: the seed's table, computed."""

from __future__ import annotations

import click

from deliverycheck.check.cost import cost_of
from deliverycheck.cli.progressing import Progressing, complain
from deliverycheck.cli.terminal import width
from deliverycheck.cli.verbs import Asked, lifted_all
from deliverycheck.errors import Exit, InputError
from deliverycheck.explain.why.explaining import explained
from deliverycheck.report.jsonout import dumped
from deliverycheck.report.matrix import COLUMNS, Row, matrix_document, print_matrix


def run_matrix(as_json: bool, **options: object) -> int:
    """The verb `matrix`. The exit code."""
    asked = Asked(**options)  # type: ignore[arg-type]  # click names and types the options
    wanted = asked.questions()
    lifted = lifted_all(wanted)
    run = Progressing()
    rows: list[Row] = []
    try:
        engines = asked.options(tuple(COLUMNS.values()))
        for question, result in run.answer(lifted, engines, lambda _, one: explained(one)):
            cost = cost_of(question, asked.options())
            pair = None if cost is None else (cost.messages, cost.durable_writes)
            rows.append(Row(result, pair))
    except InputError as error:
        run.wrong += error.diagnostics
    except KeyboardInterrupt:
        run.interrupted = True
    undetermined = any(p.verdict == "undetermined" for r in run.results for p in r.properties)
    code = run.exit(Exit.UNDETERMINED if undetermined else Exit.AS_EXPECTED)
    if as_json:
        click.echo(dumped(matrix_document(rows, code)), nl=False)
    else:
        print_matrix(rows, width())
    complain(run, len(wanted))
    return code
