"""report: everything there is to say about some models, in files that people and machines read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from deliverycheck.check.exits import exit_of
from deliverycheck.check.options import Options
from deliverycheck.check.question import Question
from deliverycheck.cli.progressing import Progressing, complain
from deliverycheck.cli.reporting import Wanted, write_all
from deliverycheck.cli.terminal import clear_progress, progress_for
from deliverycheck.cli.verbs import Asked, lifted_all
from deliverycheck.errors import Diagnostic, InputError
from deliverycheck.explain.dossier.dossier import Dossier
from deliverycheck.load.dossiers import Compiled, compile_here, compiled_elsewhere
from deliverycheck.load.files import is_possible
from deliverycheck.report.jsonout import dumped, result_document
from deliverycheck.report.kinds import SUFFIXES, Kind, Reported
from deliverycheck.report.words.headlines import summary


def run_report(
    out: str, kinds: Sequence[Kind], jobs: int | None, as_json: bool, **options: object
) -> int:
    """The verb `report`. The exit code."""
    asked = Asked(**options)  # type: ignore[arg-type]  # click names and types the options
    folder = _folder(out)
    wanted = asked.questions()
    lifted_all(wanted)  # so that all refusals of all files come at once
    run = Progressing()
    dossiers: list[Dossier] = []
    jobs = min(jobs or os.cpu_count() or 1, len(wanted))
    try:
        for question, found in zip(wanted, _compiled(asked, wanted, jobs), strict=False):
            if found is None:
                run.lost.append(question.name)
            elif isinstance(found, Dossier):
                dossiers.append(found)
                run.results.append(found.result)
                run.interrupted |= found.result.interrupted
            else:
                run.wrong += found
            if run.interrupted:
                break
    except KeyboardInterrupt:
        run.interrupted = True
    finally:
        clear_progress()
    code = run.exit(exit_of(run.results, strict=False))
    reported = Reported(tuple(dossiers), tuple(run.wrong), code)
    if as_json:
        click.echo(dumped(result_document(run.results, code, run.wrong)), nl=False)
    else:
        for line in summary(run.results):
            click.echo(line)
    complain(run, len(wanted))
    if dossiers:  # else an earlier report, which is one, would be written over
        write_all([Wanted(kind, f"{folder}/") for kind in kinds or SUFFIXES], reported)
    return code


def _compiled(asked: Asked, wanted: Sequence[Question], jobs: int) -> Iterator[Compiled]:
    """What comes of each model, here or in several processes."""
    options: Options = asked.options()
    if jobs == 1:
        for question in wanted:
            try:
                yield compile_here(question, options, progress_for(question.name))
            except InputError as error:
                yield error.diagnostics
        return
    tell = progress_for("report")
    for number, found in enumerate(compiled_elsewhere(wanted, asked.overrides(), options, jobs), 1):
        tell(f"{number} of {len(wanted)} models are done")
        yield found


def _folder(name: str) -> Path:
    folder = Path(name)
    if not name.strip() or not is_possible(folder) or (folder.exists() and not folder.is_dir()):
        raise InputError(Diagnostic("DC003", f"`{name[:60]}` cannot be a folder for reports"))
    return folder
