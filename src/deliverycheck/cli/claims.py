"""claims: what is said about delivery guarantees, and what the models say to it."""

from __future__ import annotations

from pathlib import Path

import click

from deliverycheck.check.options import Engine, Options
from deliverycheck.cli.terminal import clear_progress, progress_for, width
from deliverycheck.errors import Diagnostic, Exit, InputError
from deliverycheck.explain.claims import CheckedClaim, check_claim
from deliverycheck.load.claims import claims_in
from deliverycheck.load.files import is_possible
from deliverycheck.report.claims import claim_text, claims_document, claims_summary
from deliverycheck.report.jsonout import dumped


def run_claims(file: str, engine: Engine, as_json: bool) -> int:
    """The verb `claims`. The exit code."""
    path = Path(file)
    if not is_possible(path) or not path.is_file():
        raise InputError(Diagnostic("DC002", f"`{file[:60]}` names no file of claims"))
    checked: list[CheckedClaim] = []
    claims = claims_in(path)
    try:
        for claim in claims:
            try:
                one = check_claim(claim, Options(engine=engine), progress_for(claim.section))
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


def _exit(checked: list[CheckedClaim]) -> Exit:
    outcomes = [one.comes_out for one in checked]
    if False in outcomes:
        return Exit.NOT_AS_EXPECTED
    return Exit.UNDETERMINED if None in outcomes else Exit.AS_EXPECTED
