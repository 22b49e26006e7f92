"""What all processes of a pytest run have found out, brought together, and written as a report."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, cast

import pytest

from deliverycheck.errors import Exit, InputError
from deliverycheck.plugin.state import State

if TYPE_CHECKING:
    from deliverycheck.system.verdicts import ModelResult

RESULTS, NOTES = "deliverycheck_results", "deliverycheck_notes"


def finish(session: pytest.Session, state: State) -> None:
    """At the end of a process: hand over what was found out, or write the report."""
    config = session.config
    folder = config.getoption("--delivery-report")
    if hasattr(config, "workerinput"):
        output: dict[str, object] = getattr(config, "workeroutput")  # noqa: B009 - xdist's own
        output[NOTES] = {model: list(notes) for model, notes in state.notes.items()}
        if folder:
            # Not read from a file: this process and the one that reads it are one pytest run.
            output[RESULTS] = pickle.dumps(state.found)
    elif folder and not config.option.collectonly:
        try:
            state.written = _written(config.invocation_params.dir / folder, state)
        except (InputError, OSError, ValueError) as error:  # ValueError: what is no UTF-8
            state.written = f"The report could not be written: {error}"
            session.exitstatus = pytest.ExitCode.INTERNAL_ERROR


def take_over(state: State, output: Mapping[str, object] | None) -> None:
    """Take over what a worker hands over; None: it was lost."""
    if output is None:
        state.lost += 1
        return
    notes = cast("Mapping[str, Sequence[str]]", output.get(NOTES, {}))
    state.notes |= {model: tuple(texts) for model, texts in notes.items()}
    handed = output.get(RESULTS)
    if isinstance(handed, bytes):
        found: dict[str, ModelResult] = pickle.loads(handed)  # noqa: S301 - see above
        for model, result in found.items():
            state.found.setdefault(model, result)


def _written(folder: Path, state: State) -> str:
    """Write the report, and say so. Raises InputError, OSError."""
    lost = f" {state.lost} of the workers were lost, and what they found with them."
    end = lost if state.lost else ""
    if not state.found:
        return f"No model was run, so no report was written.{end}"
    write_report(folder, [state.found[model] for model in sorted(state.found)])
    count = len(state.found)
    models = "1 model" if count == 1 else f"{count} models"
    return f"The report of {models} is in {folder.name}/.{end}"


def write_report(folder: Path, results: Sequence[ModelResult]) -> None:
    """Write the report of some models into a folder. Raises InputError, OSError."""
    from deliverycheck.check.exits import exit_of
    from deliverycheck.exchange.writing import write_whole
    from deliverycheck.report.jsonout import dumped, result_document

    folder.mkdir(parents=True, exist_ok=True)
    code: Exit = exit_of(results)
    write_whole(folder / "result.json", dumped(result_document(results, code)))


def summary(state: State, width: int) -> Iterator[str]:
    """The last lines: what weakens the results, model by model, and where the report is."""
    for model in sorted(state.notes):
        yield model
        for note in state.notes[model]:
            yield from wrap(note, width, initial_indent="  ", subsequent_indent="    ")
    if state.written:
        yield from wrap(state.written, width)
