"""Stored counterexamples: the violated properties of a JSON result, as data; never executed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import cast

from deliverycheck.check.question import Question
from deliverycheck.check.replaying import Stored, StoredStep
from deliverycheck.errors import Diagnostic, InputError, did_you_mean
from deliverycheck.lang.machine import Move
from deliverycheck.lang.protocol import Receiving
from deliverycheck.load.designs import MOST_MESSAGES
from deliverycheck.load.files import is_possible
from deliverycheck.load.finding import DESIGN
from deliverycheck.load.nodes import Node, as_list, as_object, as_text, document_in, wrong
from deliverycheck.load.subjects import questions
from deliverycheck.load.values import property_names, setting, wrong_fairness, wrong_faults
from deliverycheck.system.sorts import Value

SCHEMA = "deliverycheck/result/1"
RUN = "deliverycheck/run/1"


def stored_in(file: Path) -> tuple[Stored, ...]:
    """Every counterexample in a result file, or the run in a saved one. Raises InputError."""
    return stored_of(file, document_in(file))


def stored_of(file: Path, top: Node) -> tuple[Stored, ...]:
    """The same of a document that was read from the file."""
    if top.get("schema") == RUN:
        return (_run(file, top),)
    if top.get("schema") != SCHEMA:
        raise wrong(file, f"the schema is {top.get('schema')!r}, not {SCHEMA!r}")
    found = tuple(_stored(file, top))
    if not found:
        raise wrong(file, "there is no counterexample in it")
    return found


def run_in(file: Path) -> Stored:
    """The run that `explore` has saved in a file. Raises InputError."""
    top = document_in(file)
    if top.get("schema") != RUN:
        remedy = "Give a file that `explore` has written, with `save FILE`."
        text = f"the schema is {top.get('schema')!r}, not {RUN!r}"
        raise InputError(Diagnostic("DC301", text, remedy, str(file)))
    return _run(file, top)


def _run(file: Path, top: Node) -> Stored:
    trace = as_object(file, top.get("trace"), "trace")
    steps = tuple(_steps(file, trace, "the run")) if trace.get("steps") else ()
    digest = as_text(file, top.get("digest"), "digest")
    return Stored(question_of(file, top, "the run"), digest, None, steps, None, str(file))


def _stored(file: Path, top: Node) -> Iterator[Stored]:
    for number, entry in enumerate(as_list(file, top.get("results"), "results")):
        where = f"results[{number}]"
        result = as_object(file, entry, where)
        question: Question | None = None
        for at, item in enumerate(as_list(file, result.get("properties"), f"{where}.properties")):
            prop = as_object(file, item, f"{where}.properties[{at}]")
            if prop.get("trace") is None:
                continue
            question = question or question_of(file, result, where)
            name = as_text(file, prop.get("name"), f"{where}.properties[{at}].name")
            if name not in property_names(question.cls):
                remedy = did_you_mean(name, property_names(question.cls))
                text = f"`{question.cls.__name__}` has no property `{name}`"
                raise InputError(Diagnostic("DC006", text, remedy, str(file)))
            trace = as_object(file, prop.get("trace"), f"{where}: trace")
            loop = trace.get("loop_start")
            if loop is not None and (isinstance(loop, bool) or not isinstance(loop, int)):
                raise wrong(file, f"{where}: loop_start is no whole number")
            steps = tuple(_steps(file, trace, f"{where}, {name}"))
            digest = as_text(file, result.get("digest"), f"{where}.digest")
            yield Stored(question, digest, name, steps, loop, str(file))


def question_of(file: Path, result: Node, where: str) -> Question:
    """The question a result answered, on the model as it is now. Raises InputError."""
    source = as_text(file, result.get("source"), f"{where}.source")
    name = as_text(file, result.get("model"), f"{where}.model")
    candidates = questions([_model_file(file, source)])
    matching = [q for q in candidates if q.name == name]
    if not matching:
        remedy = did_you_mean(name, [q.name for q in candidates])
        raise InputError(Diagnostic("DC103", f"{source} has no model `{name}`", remedy, str(file)))
    question = matching[0]
    messages = result.get("messages")
    if isinstance(messages, bool) or not isinstance(messages, int):
        raise wrong(file, f"{where}.messages is no whole number")
    if not 1 <= messages <= MOST_MESSAGES:
        raise wrong(file, f"{where}.messages is {messages}")
    budget = as_object(file, result.get("faults"), f"{where}.faults")
    faults = {key: inf if amount == "inf" else amount for key, amount in budget.items()}
    fairness = result.get("fairness", question.fairness)
    problems = list(wrong_faults(question.cls, faults, str(file)))
    problems += wrong_fairness(fairness, str(file))
    settings: dict[str, object] = {}
    for key, value in as_object(file, result.get("settings"), f"{where}.settings").items():
        settings[key], problem = setting(question.cls, key, value, str(file))
        problems += [problem] if problem else []
    if problems:
        raise InputError(problems)
    return replace(
        question,
        messages=messages,
        faults=cast("Mapping[str, float]", faults),
        settings=settings,
        fairness=cast("Receiving", fairness),
    )


def _model_file(file: Path, source: str) -> str:
    """The one file the result names, seen from here or from the result's folder."""
    for path in (Path(source), file.parent / source):
        if source.endswith((".py", DESIGN)) and is_possible(path) and path.is_file():
            return path.as_posix()
    raise wrong(file, f"its model `{source[:80]}` is no model file or design that is there")


def _steps(file: Path, trace: Node, where: str) -> Iterator[StoredStep]:
    """The steps; their numbers must run from 1 without a gap."""
    steps = as_list(file, trace.get("steps"), f"{where}: steps")
    if not steps:
        raise InputError(Diagnostic("DC302", f"{where}: the run has no step", "", str(file)))
    for number, entry in enumerate(steps, 1):
        step = as_object(file, entry, f"{where}: step {number}")
        if type(step.get("index")) is not int or step.get("index") != number:
            text = f"{where}: step {number} bears the number {step.get('index')!r}"
            remedy = "A step is missing, or steps were swapped."
            raise InputError(Diagnostic("DC302", text, remedy, str(file)))
        fault = step.get("fault")
        move = Move(
            as_text(file, step.get("actor"), f"{where}: step {number}, actor"),
            as_text(file, step.get("action"), f"{where}: step {number}, action"),
            None if fault is None else as_text(file, fault, f"{where}: step {number}, fault"),
        )
        changes: dict[str, tuple[Value, Value]] = {}
        for name, change in as_object(file, step.get("changes"), f"{where}: step {number}").items():
            pair = as_object(file, change, f"{where}: step {number}, {name}")
            old, new = pair.get("from"), pair.get("to")
            if not isinstance(old, bool | int | str) or not isinstance(new, bool | int | str):
                raise wrong(file, f"{where}: step {number}, {name} is no change")
            changes[name] = (old, new)
        yield StoredStep(move, changes)
