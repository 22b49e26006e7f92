"""claims: what is said about delivery guarantees, and what the models say to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from deliverycheck.check.options import Engine, Options
from deliverycheck.cli.terminal import clear_progress, progress_for, width
from deliverycheck.errors import Diagnostic, Exit, InputError
from deliverycheck.explain.claims import CheckedClaim, Checker, Claim
from deliverycheck.load.claims import claim_files, claims_in
from deliverycheck.report.claims import claim_text, claims_document, claims_summary
from deliverycheck.report.jsonout import dumped


def run_claims(files: Sequence[str], engine: Engine, as_json: bool) -> int:
    """The verb `claims`. The exit code."""
    checked: list[CheckedClaim] = []
    claims = _all_of(claim_files(files))
    checker = Checker(claims, Options(engine=engine))
    try:
        for claim in claims:
            try:
                one = checker.check(claim, progress_for(claim.section))
            finally:
                clear_progress()
            checked.append(one)
            if not as_json:
                for line in claim_text(one, width()):
                    click.echo(line)
    except KeyboardInterrupt:
        click.echo(f"interrupted after {len(checked)} of {len(claims)} claims", err=True)
    unfinished = claims[len(checked) :]
    code = Exit.INTERRUPTED if unfinished else _exit(checked)
    if as_json:
        click.echo(dumped(claims_document(checked, unfinished, code)), nl=False)
    else:
        click.echo(claims_summary(checked, unfinished))
    return code


def _all_of(files: Sequence[Path]) -> list[Claim]:
    """The claims of all files. Raises InputError with all that is wrong in any of them."""
    found: list[Claim] = []
    wrong: list[Diagnostic] = []
    for file in files:
        try:
            found += claims_in(file)
        except InputError as error:
            wrong += error.diagnostics
    if wrong:
        raise InputError(wrong)
    return found


def _exit(checked: list[CheckedClaim]) -> Exit:
    outcomes = [one.comes_out for one in checked]
    if False in outcomes:
        return Exit.NOT_AS_EXPECTED
    return Exit.UNDETERMINED if None in outcomes else Exit.AS_EXPECTED
