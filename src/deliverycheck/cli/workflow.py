"""In a run of GitHub Actions: annotations, and the summary of the step.

Annotations are commands in the output of a step, which the runner finds in either stream; so they
go to stderr, where they are in nobody's way. (GitHub documentation, "Workflow commands".)
"""

from __future__ import annotations

import os
from pathlib import Path

import click

from deliverycheck.report.kinds import Reported


def in_workflow() -> bool:
    """Whether this runs as a step of a workflow."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def annotate(reported: Reported) -> None:
    """Print the annotations, and add to the summary, if there is a file for it."""
    from deliverycheck.report.formats.github import annotations, summary

    placed = [(one.result, one.places) for one in reported.dossiers]
    for line in annotations(placed):
        click.echo(line, err=True)
    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    file = Path(name)
    try:
        with file.open("a", encoding="utf-8", errors="replace") as out:
            out.write(summary([one.result for one in reported.dossiers], out.tell()))
    except OSError as error:
        click.echo(f"the step summary cannot be written: {error.strerror}", err=True)
