"""certify: check stored certificates again, with no engine in this process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from deliverycheck.certify.__main__ import answer_to
from deliverycheck.certify.checking import Outcome
from deliverycheck.cli.terminal import width
from deliverycheck.errors import Diagnostic, Exit, InputError
from deliverycheck.report.jsonout import dumped
from deliverycheck.report.text import styled, wrapped

COLOURS = {"accepted": "green", "refused": "red", "unchecked": "yellow"}


def run_certify(paths: Sequence[str], as_json: bool) -> int:
    """The verb `certify`. The exit code."""
    done: list[tuple[Path, Outcome]] = []
    for file in _files(paths):
        try:
            text = file.read_bytes()
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise InputError(Diagnostic("DC003", f"{file} cannot be read: {why}")) from None
        done.append((file, answer_to(text, str(file))))
        if not as_json:
            for line in _lines(*done[-1]):
                click.echo(line)
    statuses = {outcome.status for _, outcome in done}
    code = Exit.AS_EXPECTED
    if "unchecked" in statuses:
        code = Exit.UNDETERMINED
    if "refused" in statuses:
        code = Exit.NOT_AS_EXPECTED
    if as_json:
        rows = [{"file": file.as_posix(), **asdict(outcome)} for file, outcome in done]
        document = {"schema": "deliverycheck/certify/1", "certificates": rows, "exit": int(code)}
        click.echo(dumped(document), nl=False)
    return code


def _files(paths: Sequence[str]) -> Iterator[Path]:
    """The files named, and those in the folders named; at least one."""
    for path in map(Path, paths):
        found = sorted(path.rglob("*.json")) if path.is_dir() else [path]
        if not found:
            text = f"there is no certificate in {path}"
            remedy = "`deliverycheck check MODEL --certificate DIR` writes some."
            raise InputError(Diagnostic("DC003", text, remedy))
        yield from found


def _lines(file: Path, outcome: Outcome) -> Iterator[str]:
    by = f"by {', '.join(outcome.by)}" if outcome.by else outcome.reason
    within = f"; within {', '.join(outcome.within)}" if outcome.within else ""
    yield f"{styled(f'{outcome.status:9}', COLOURS[outcome.status])}  {file}"
    yield from wrapped(f"{by}{within}", width(), "    ")
