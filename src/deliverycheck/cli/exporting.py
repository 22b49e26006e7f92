"""export: a lifted model in the language of another checker, for a second opinion."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias, assert_never

import click

from deliverycheck.check.checking import lifted_of
from deliverycheck.check.instances import WORTH_WIDENING, explore_instance
from deliverycheck.check.options import Options
from deliverycheck.check.question import Question
from deliverycheck.cli.terminal import clear_progress, progress_for, width
from deliverycheck.cli.verbs import Asked
from deliverycheck.errors import Diagnostic, InputError, did_you_mean
from deliverycheck.exchange.writing import write_whole
from deliverycheck.explore.explored import ReachableFault
from deliverycheck.explore.limits import Limits
from deliverycheck.lang.protocol import Receiving
from deliverycheck.lift.lifting import Lifted
from deliverycheck.load.files import is_possible
from deliverycheck.report.jsonout import dumped
from deliverycheck.report.layout import wrapped
from deliverycheck.system.digest import digest_of
from deliverycheck.system.fairness import assumptions_of
from deliverycheck.system.model import Property, System
from deliverycheck.system.sorts import IntSort

Form: TypeAlias = Literal["json", "smtlib", "promela", "murphi"]


def run_export(
    model: str,
    form: Form,
    out: str | None,
    prop: str | None,
    messages: int | None,
    faults: str | None,
    fairness: Receiving | None,
    settings: Sequence[str],
    copies: int | None,
    as_json: bool,
) -> int:
    """The verb `export`. The exit code."""
    # how long to look is not asked here; the limits are never looked at
    asked = Asked((model,), messages, faults, fairness, settings, copies, 1, None, None)
    question = asked.question("export")
    lifted = lifted_of(question)
    system = lifted.system
    asks = None if prop is None else _leads_to(system, prop, form)
    if form in ("promela", "murphi"):
        system = _instance(question, lifted, copies)
    text = _text(system, form) if asks is None else _fair_text(system, asks)
    _note(lifted.system, system)
    if out is not None:
        _write(Path(out), text)
    if as_json:
        document = {
            "schema": "deliverycheck/export/1",
            "model": question.name,
            "as": form,
            "digest": digest_of(lifted.system),
            "bounds": [f"{name}: at most {high}" for name, high in _ends(lifted.system, system)],
            "text": text,
        }
        click.echo(dumped(document), nl=False)
    elif out is not None:
        click.echo(f"wrote {out}")
    else:
        click.echo(text, nl=False)
    return 0


def _instance(question: Question, lifted: Lifted, copies: int | None) -> System:
    """The instance the explicit engine settles for, so that both can count the same states."""
    if not any(_is_endless(variable.sort) for variable in lifted.system.variables):
        return lifted.system
    # beyond this many states it tries no larger instance, so there is no need to see them all
    options = Options(Limits(states=WORTH_WIDENING), copies)
    try:
        found = explore_instance(lifted, options, progress_for(question.name))
    except ReachableFault as fault:
        return fault.found.system  # the other checker shall find the fault too
    finally:
        clear_progress()
    if found.stopped == "interrupted":
        raise KeyboardInterrupt
    return found.system


def _is_endless(sort: object) -> bool:
    return isinstance(sort, IntSort) and sort.high is None


def _text(system: System, form: Form) -> str:
    match form:
        case "json":
            from deliverycheck.exchange.systems import system_document

            return dumped(system_document(system))
        case "smtlib":
            from deliverycheck.export.smtlib import smtlib_of

            return smtlib_of(system)
        case "promela":
            from deliverycheck.export.promela import promela_of

            return promela_of(system)
        case "murphi":
            from deliverycheck.export.murphi import murphi_of

            return murphi_of(system)
    assert_never(form)


def _leads_to(system: System, name: str, form: Form) -> Property:
    """The property to be exported by itself. Raises InputError."""
    if form != "promela":
        text = f"{form} has no form for a single property"
        raise InputError(Diagnostic("DC001", text, "Write `--as promela`, for SPIN."))
    known = {prop.name: prop for prop in system.properties if prop.kind == "leads-to"}
    if name not in known:
        text = f"there is no `leads-to` property `{name}`"
        raise InputError(Diagnostic("DC006", text, did_you_mean(name, list(known))))
    if any(one.fairness == "strong" for one in assumptions_of(system)):
        text = "SPIN knows weak fairness only, and this model relies on strong fairness"
        raise InputError(Diagnostic("DC001", text, "Ask with `--fairness weak`."))
    return known[name]


def _fair_text(system: System, prop: Property) -> str:
    from deliverycheck.export.promela import fair_promela_of

    instance = next(one for one in system.properties if one.name == prop.name)
    return fair_promela_of(system, instance)


def _ends(endless: System, system: System) -> list[tuple[str, int]]:
    """The variables without end of their own, with the end each one has in the instance."""
    return [
        (ended.name, ended.sort.high)
        for variable, ended in zip(endless.variables, system.variables, strict=True)
        if _is_endless(variable.sort)
        and isinstance(ended.sort, IntSort)
        and ended.sort.high is not None
    ]


def _note(endless: System, system: System) -> None:
    """Say what was bounded, by the size of the bound."""
    ends = _ends(endless, system)
    for limit in sorted({high for _, high in ends}):
        names = ", ".join(name for name, high in ends if high == limit)
        for line in wrapped(f"note: at most {limit}: {names}", width(), "", "  "):
            click.echo(line, err=True)


def _write(file: Path, text: str) -> None:
    if not file.name or not is_possible(file):
        raise InputError(Diagnostic("DC003", "no file can have that name"))
    write_whole(file, text)
