"""certify: have stored certificates checked again, by a process that imports no engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from deliverycheck.check.certifying import Certifying, checked_by
from deliverycheck.cli.terminal import width
from deliverycheck.errors import Diagnostic, Exit, InputError
from deliverycheck.exchange.certificates import certificate_from
from deliverycheck.exchange.reading import document_of
from deliverycheck.load.files import read_text
from deliverycheck.report.jsonout import dumped
from deliverycheck.report.layout import styled, wrapped
from deliverycheck.system.certificates import Certificate
from deliverycheck.system.digest import digest_of
from deliverycheck.system.verdicts import Checked

COLOURS = {"accepted": "green", "refused": "red", "unchecked": "yellow"}


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one file; without a certificate, it was none."""

    file: Path
    certificate: Certificate | None
    checked: Checked


def run_certify(paths: Sequence[str], as_json: bool) -> int:
    """The verb `certify`. The exit code."""
    rows: list[Row] = []
    for file in list(_files(paths)):
        rows.append(_row(file))
        for line in () if as_json else _lines(rows[-1]):
            click.echo(line)
    statuses = {row.checked.status for row in rows}
    code = Exit.UNDETERMINED if "unchecked" in statuses else Exit.AS_EXPECTED
    if "refused" in statuses:
        code = Exit.NOT_AS_EXPECTED
    if as_json:
        document = {
            "schema": "deliverycheck/certify/1",
            "certificates": [
                {
                    "file": row.file.as_posix(),
                    "model": row.certificate.system.name if row.certificate else None,
                    "digest": digest_of(row.certificate.system) if row.certificate else None,
                    "property": row.certificate.prop if row.certificate else None,
                    "verdict": row.certificate.verdict if row.certificate else None,
                    "kind": row.checked.kind or None,
                    "status": row.checked.status,
                    "by": list(row.checked.by),
                    "reason": row.checked.reason or None,
                }
                for row in rows
            ],
            "exit": int(code),
        }
        click.echo(dumped(document), nl=False)
    return code


def _files(paths: Sequence[str]) -> Iterator[Path]:
    """The files named, and those in the folders named; at least one in each."""
    for path in map(Path, paths):
        found = sorted(path.rglob("*.json")) if path.is_dir() else [path]
        if not found:
            text = f"there is no certificate in {path}"
            remedy = "`deliverycheck check MODEL --certificate DIR` writes some."
            raise InputError(Diagnostic("DC003", text, remedy))
        yield from found


def _row(file: Path) -> Row:
    text = read_text(file)
    try:
        certificate = certificate_from(document_of(text, str(file)))
    except InputError as error:
        return Row(file, None, Checked("", "refused", (), error.diagnostics[0].message))
    return Row(file, certificate, checked_by(certificate, Certifying()))


def _lines(row: Row) -> Iterator[str]:
    what = "no certificate"
    if row.certificate is not None:
        name = row.certificate.system.name
        what = f"{row.certificate.prop} of {name}: {row.certificate.verdict}"
    status = row.checked.status
    yield f"{styled(f'{status:9}', COLOURS[status])}  {what}"
    by = f"by {' and '.join(row.checked.by)}" if row.checked.by else row.checked.reason
    yield from wrapped(f"{by}; {row.file}", width(), "    ")
