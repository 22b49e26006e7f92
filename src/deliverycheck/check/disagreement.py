"""Disagreements: when two engines differ, what is needed to find out which one is wrong is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from deliverycheck.check.crossing import EnginesDisagree
from deliverycheck.check.finding import Finding
from deliverycheck.check.question import Question
from deliverycheck.errors import DisagreementError, InputError
from deliverycheck.exchange.systems import system_document
from deliverycheck.exchange.writing import write_whole
from deliverycheck.lift.lifting import Lifted
from deliverycheck.system.verdicts import Json

FILE = "deliverycheck-disagreement.json"


def kept_for_report(
    error: DisagreementError, question: Question, lifted: Lifted, folder: Path | None
) -> DisagreementError:
    """The error with the file in which both sides and the system are stored, if it can be written.

    The file is written into the folder for certificates, or else into the current one.
    """
    file = (folder or Path()) / FILE
    sides = error.sides if isinstance(error, EnginesDisagree) else {}
    document: dict[str, Json] = {
        "schema": "deliverycheck/disagreement/1",
        "model": question.name,
        "source": question.source,
        "messages": question.messages,
        "faults": {name: str(amount) for name, amount in question.faults.items()},
        "settings": {name: str(value) for name, value in question.settings.items()},
        "sides": {name: _side(finding) for name, finding in sides.items()},
        "errors": [diagnostic.message for diagnostic in error.diagnostics],
        "system": system_document(lifted.system),
    }
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, json.dumps(document, indent=1) + "\n")
    except (OSError, InputError):
        return error  # what went wrong matters more than where it is kept
    return DisagreementError([replace(d, file=d.file or str(file)) for d in error.diagnostics])


def _side(finding: Finding) -> Json:
    """What one engine says, with its run."""
    run = finding.trace
    return {
        "property": finding.prop.name,
        "verdict": finding.verdict,
        "about": finding.about,
        "actions": [step.action for step in run.steps] if run else None,
        "states": [list(state) for state in run.states] if run else None,
    }
