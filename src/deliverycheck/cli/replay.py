"""replay: stored counterexamples and written runs, held against the models as they are now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from deliverycheck.check.breaking import Breach, breaches
from deliverycheck.check.checking import lifted_of
from deliverycheck.check.question import Question
from deliverycheck.check.replaying import Replayed, Stored, replay
from deliverycheck.check.written import Written, trace_in
from deliverycheck.cli.verbs import Asked, known_properties
from deliverycheck.errors import Diagnostic, Exit, InputError
from deliverycheck.lift.lifting import Lifted
from deliverycheck.load.itf import is_itf, stored_of_itf, written_in
from deliverycheck.load.nodes import document_in
from deliverycheck.load.stored import stored_of
from deliverycheck.report.jsonout import dumped
from deliverycheck.system.digest import digest_of
from deliverycheck.system.verdicts import Json, Trace


def run_replay(
    trace: str, model: str | None, properties: Sequence[str], as_json: bool, **options: object
) -> int:
    """The verb `replay`. The exit code."""
    file = Path(trace)
    top = document_in(file)
    written = written_in(file, top) if is_itf(top) else None
    stored = None if written is None else stored_of_itf(file, top, written)
    if model is None and (properties or any(options.values())):
        text = "--faults, --messages, --fairness, --set and --property go with --model"
        raise InputError(Diagnostic("DC001", text, "Add `--model MODEL`."))
    if model is None and written is not None and stored is None:
        text = "this run does not say which model it is of"
        remedy = "Name one: `deliverycheck replay FILE --model MODEL`."
        raise InputError(Diagnostic("DC301", text, remedy, trace))
    if model is not None and written is None:
        text = "only a run in ITF is held against a model of choice"
        remedy = "A result of ours names its own model: leave out `--model`."
        raise InputError(Diagnostic("DC301", text, remedy, trace))
    if model is not None and written is not None:
        done = _of_others(written, _question(model, options), properties)
    elif stored is not None and written is not None:
        done = [_ours(stored, written)]
    else:
        done = [replay(one) for one in stored_of(file, top)]
    code = _exit(done)
    if as_json:
        click.echo(dumped(_document(done, code)), nl=False)
    else:
        for one in done:
            what = " ".join(filter(None, (one.model, one.prop)))
            click.echo(f"{one.outcome:15} {what}: {one.text}")
    return code


def _question(model: str, options: dict[str, object]) -> Question:
    limits: dict[str, object] = {"copies": None, "limit_states": 0, "limit_seconds": None}
    asked = Asked(models=(model,), limit_memory=None, **limits, **options)  # type: ignore[arg-type]  # click names and types the options
    return asked.question("replay")


def _ours(stored: Stored, written: Written) -> Replayed:
    """A run that we wrote: of the model as it was, each state counts, not only what changes.

    Raises InputError where it was changed since.
    """
    lifted = lifted_of(stored.question)
    if digest_of(lifted.system) == stored.digest:
        trace_in(lifted, written)
    return replay(stored)


def _of_others(written: Written, question: Question, properties: Sequence[str]) -> list[Replayed]:
    """A run by anybody, held against a model. Raises InputError if it is no run of it."""
    known_properties([question], properties)
    lifted = lifted_of(question)
    trace = trace_in(lifted, written)
    found = list(breaches(lifted, trace, properties))
    if found:
        return [_broken(question, one) for one in found]
    return [Replayed(question.name, None, "legal", _kept(lifted, trace, properties))]


def _broken(question: Question, one: Breach) -> Replayed:
    about = f" for {one.about}" if one.about else ""
    if not one.certain:
        text = f"it cannot be confirmed that nothing leads to the effect{about} any more"
        return Replayed(question.name, one.prop, "open", text, one.step)
    when = "by what it does for ever" if one.step is None else f"after step {one.step}"
    text = f"every step is possible, and it is broken{about} {when}"
    return Replayed(question.name, one.prop, "violated", text, one.step)


def _kept(lifted: Lifted, trace: Trace, properties: Sequence[str]) -> str:
    count = len(trace.steps)
    steps = "it has no step" if not count else f"every step of its {count} is possible"
    which = ", ".join(properties) if properties else "any property"
    text = f"{steps}, and it does not break {which}"
    endless = any(
        prop.kind == "leads-to" and (not properties or prop.name in properties)
        for prop in lifted.system.properties
    )
    if trace.loop_start is None and endless:
        text += "; what must happen in the end, a run that ends cannot show"
    return text


def _exit(done: Sequence[Replayed]) -> Exit:
    """What is violated counts, then what stays open."""
    if all(one.outcome.startswith("still") for one in done):
        return Exit.AS_EXPECTED
    if any(one.outcome == "violated" for one in done):
        return Exit.AS_EXPECTED
    if any(one.outcome == "open" for one in done):
        return Exit.UNDETERMINED
    return Exit.NOT_AS_EXPECTED


def _document(done: Sequence[Replayed], code: Exit) -> dict[str, Json]:
    return {
        "schema": "deliverycheck/replay/1",
        "results": [
            {
                "model": one.model,
                "property": one.prop,
                "outcome": one.outcome,
                "step": one.step,
                "text": one.text,
            }
            for one in done
        ],
        "exit": int(code),
    }
