"""A run in the Informal Trace Format, which Apalache and Quint write and read.

Igor Konnov, ADR-015: Informal Trace Format in JSON (apalache-mc.org/docs/adr/015adr-trace.html). Of
each state it has the values of all variables. A run without end has a `loop`: the states from that
index on repeat for ever, so the state in which a lasso comes back to its start is not written a
second time, and the step that leads back stands in `#meta`.

Beside the values, each state names the step that led to it as Quint does with `--mbt`:
`mbt::actionTaken` and `mbt::nondetPicks`. A pick that was not made is left out, where Quint writes
`None`. All that is needed to take the run again is in the `#meta` of the trace and its states.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import assert_never

from deliverycheck.explain.story import sentences
from deliverycheck.report.formats.plain import one_line
from deliverycheck.report.jsonout import tool
from deliverycheck.report.runs import budget_document
from deliverycheck.system.model import State, System
from deliverycheck.system.naming import parted
from deliverycheck.system.sorts import BoolSort, EnumSort, IntSort, Sort, Value
from deliverycheck.system.verdicts import Json, ModelResult, Step, Trace

SCHEMA = "deliverycheck/itf/1"
ADR = "https://apalache-mc.org/docs/adr/015adr-trace.html"
TAKEN = "mbt::actionTaken"
PICKS = "mbt::nondetPicks"
START = "init"
"""The action that is said to lead to the first state."""

RESERVED = ("#meta", TAKEN, PICKS)
"""What no variable of a model is called."""


def itf_of(result: ModelResult, name: str, trace: Trace, system: System) -> str:
    """The run as a file that others read, and `replay` as well.

    `name` is the property that the run breaks; of a run that breaks none, what it is called.
    """
    told = ["", *sentences(trace.steps)]
    states, loop, back = _unrolled(trace)
    document: dict[str, Json] = {
        "#meta": {
            "format": "ITF",
            "format-description": ADR,
            "source": result.source,
            "description": one_line(_description(result, name, trace)),
            "varTypes": {v.name: _type(v.sort) for v in system.variables},
            "deliverycheck": {
                "schema": SCHEMA,
                "tool": tool()["version"],
                "model": result.model,
                "source": result.source,
                "digest": result.digest,
                "messages": result.messages,
                "settings": dict(result.settings),
                "faults": budget_document(result.faults),
                "fairness": result.fairness,
                "property": name if _is_broken(result, name) else None,
                "back": None if back is None else _taken(back, told[back.index]),
            },
        },
        "params": [],
        "vars": [*(v.name for v in system.variables), TAKEN, PICKS],
        "states": [
            _state(at, system, state, trace.steps[at - 1] if at else None, told[at])
            for at, state in enumerate(states)
        ],
    }
    if loop is not None:
        document["loop"] = loop
    # ASCII alone: the values must come back as they are, and half a character has no UTF-8
    text = json.dumps(document, indent=2, ensure_ascii=True) + "\n"
    return NUMBER.sub(r"{\1}", text)


NUMBER = re.compile(r'\{\n *("#bigint": "-?[0-9]+")\n *\}')
"""A number spread over three lines; no text of JSON has a line break in it."""


def _description(result: ModelResult, name: str, trace: Trace) -> str:
    count = len(trace.steps)
    steps = f"{count} step{'' if count == 1 else 's'}"
    how = f"how {name} is broken" if _is_broken(result, name) else name
    return f"{result.model}: {how}, in {steps}" if how else f"{result.model}: {steps}"


def _is_broken(result: ModelResult, name: str) -> bool:
    return any(prop.name == name and prop.verdict == "violated" for prop in result.properties)


def _unrolled(trace: Trace) -> tuple[tuple[State, ...], int | None, Step | None]:
    """The states to write, where they start to repeat, and the step from the last one to there.

    Where nothing happens any more, the last state alone repeats, and no step leads back.
    """
    loop = trace.loop_start
    if loop is None or loop == len(trace.steps):
        return trace.states, loop, None
    return trace.states[:-1], loop, trace.steps[-1]


def _state(at: int, system: System, state: State, step: Step | None, text: str) -> Json:
    meta: dict[str, Json] = {"index": at}
    if step is not None:
        meta |= _taken(step, text)
    values = zip(system.variables, state, strict=True)
    return {
        "#meta": meta,
        **{v.name: _value(value) for v, value in values if v.name not in RESERVED},
        TAKEN: START if step is None else parted(step.action).short,
        PICKS: {} if step is None else {key: _some(value) for key, value in _picks(step)},
    }


def _taken(step: Step, text: str) -> dict[str, Json]:
    """What names a step without doubt, and what it does."""
    return {
        "actor": step.actor,
        "action": step.action,
        "fault": step.fault,
        "text": one_line(text),
    }


def _picks(step: Step) -> Iterator[tuple[str, str]]:
    """The choices of a step: who takes it, about which message, and what else was chosen."""
    yield "actor", step.actor
    choices = list(parted(step.action).choices)
    if step.message is not None:
        yield "message", step.message
        if step.message in choices:
            choices.remove(step.message)
    others = (choice for choice in choices if choice != step.actor)
    yield from ((f"choice{number}", choice) for number, choice in enumerate(others, 1))


def _some(value: str) -> Json:
    return {"tag": "Some", "value": value}


def _value(value: Value) -> Json:
    """A value: integers as text, for readers whose numbers are short of digits."""
    if isinstance(value, bool | str):
        return value
    return {"#bigint": str(value)}


def _type(sort: Sort) -> str:
    """The type as Apalache writes it (ADR-002)."""
    match sort:
        case BoolSort():
            return "Bool"
        case IntSort():
            return "Int"
        case EnumSort():
            return "Str"
    assert_never(sort)
