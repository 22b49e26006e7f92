"""Runs in the Informal Trace Format (Apalache's ADR-015), of our own or by others; only data.

Ours say in `#meta` which model they are of, so they can be taken again by themselves. Of others the
values count, and `mbt::actionTaken` and `mbt::nondetPicks` where they are there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from deliverycheck.check.replaying import Stored, StoredStep
from deliverycheck.check.written import Named, Written
from deliverycheck.errors import Diagnostic, InputError, did_you_mean
from deliverycheck.lang.machine import Move
from deliverycheck.load.nodes import Node, as_list, as_object, as_text, wrong
from deliverycheck.load.stored import question_of
from deliverycheck.load.values import property_names
from deliverycheck.system.sorts import Value

SCHEMA = "deliverycheck/itf/1"
TAKEN = "mbt::actionTaken"
PICKS = "mbt::nondetPicks"
META = "#meta"

MOST_STATES = 10_000
BIGINT = re.compile(r"-?[0-9]{1,400}")
"""Longer numbers have no place in any model, and take long to read."""


def is_itf(top: Node) -> bool:
    """Whether a document is a run in this format."""
    return "vars" in top and "states" in top


def written_in(file: Path, top: Node) -> Written:
    """The run as states. Raises InputError."""
    params = _names(file, top.get("params", []), "params")
    names = _names(file, top.get("vars"), "vars")
    variables = tuple(dict.fromkeys(name for name in names if name not in (TAKEN, PICKS)))
    rows = as_list(file, top.get("states"), "states")
    if not 1 <= len(rows) <= MOST_STATES:
        raise wrong(file, f"a run of {len(rows)} states, where 1 to {MOST_STATES} are read")
    passed_over = frozenset((*params, TAKEN, PICKS, META))
    states: list[Mapping[str, Value]] = []
    steps: list[Named] = []
    for number, row in enumerate(rows):
        where = f"state {number}"
        node = as_object(file, row, where)
        _complete(file, where, variables, [name for name in node if name not in passed_over])
        states.append({name: _value(file, node[name], f"{where}: {name}") for name in variables})
        if number:
            steps.append(_named(file, node, where, ours=_about(top) is not None))
    loop = top.get("loop")
    if loop is not None and type(loop) is not int:
        raise wrong(file, "`loop` is no whole number")
    about = _about(top)
    back = None if about is None else about.get("back")
    return Written(
        str(file),
        variables,
        tuple(states),
        tuple(steps),
        loop,
        None if back is None else _exact(file, as_object(file, back, "back"), "back", Named()),
    )


def stored_of_itf(file: Path, top: Node, written: Written) -> Stored | None:
    """The run as a stored counterexample, if we wrote it ourselves. Raises InputError."""
    about = _about(top)
    if about is None:
        return None
    question = question_of(file, about, META)
    prop = about.get("property")
    known = property_names(question.cls)
    if prop is not None and as_text(file, prop, "property") not in known:
        text = f"`{question.cls.__name__}` has no property `{str(prop)[:80]}`"
        raise InputError(Diagnostic("DC006", text, did_you_mean(str(prop), known), str(file)))
    named, states = list(written.steps), list(written.states)
    if written.back is not None and written.loop is not None:
        if not 0 <= written.loop < len(states):
            raise wrong(file, f"`loop` is {written.loop}, and there are {len(states)} states")
        named.append(written.back)
        states.append(states[written.loop])
    rows = zip(named, states[:-1], states[1:], strict=True)
    steps = tuple(_step(one, before, after) for one, before, after in rows)
    digest = as_text(file, about.get("digest"), "digest")
    return Stored(question, digest, cast("str | None", prop), steps, written.loop, str(file))


def _about(top: Node) -> Node | None:
    """What we say of a run that we write; None if it is not ours."""
    meta = top.get(META)
    about = cast("Node", meta).get("deliverycheck") if isinstance(meta, dict) else None
    if not isinstance(about, dict) or cast("Node", about).get("schema") != SCHEMA:
        return None
    return cast("Node", about)


def _step(named: Named, before: Mapping[str, Value], after: Mapping[str, Value]) -> StoredStep:
    actor, action, fault = named.exact or ("", "", None)
    changes = {
        name: (before[name], after[name])
        for name in before
        if (type(before[name]), before[name]) != (type(after[name]), after[name])
    }
    return StoredStep(Move(actor, action, fault), changes)


def _names(file: Path, value: object, where: str) -> tuple[str, ...]:
    return tuple(as_text(file, one, f"a name in `{where}`") for one in as_list(file, value, where))


def _complete(file: Path, where: str, variables: tuple[str, ...], names: list[str]) -> None:
    """Each state has the variables, and no others. Raises InputError."""
    known = frozenset(variables)
    for name in names:
        if name not in known:
            near = did_you_mean(name, variables) if len(variables) <= 50 else ""
            text = f"{where}: `{name[:80]}` is not among the `vars`"
            raise InputError(Diagnostic("DC302", text, near, str(file)))
    missing = known.difference(names)
    if missing:
        text = f"{where}: there is no value for `{min(missing)[:80]}`"
        raise InputError(Diagnostic("DC302", text, "", str(file)))


def _value(file: Path, value: object, where: str) -> Value:
    """A truth value, an integer, a label; also a label as Quint writes it, as a variant of it."""
    match value:
        case bool() | str() | int():
            return value
        case {"#bigint": str() as digits} if len(cast("Node", value)) == 1:
            if BIGINT.fullmatch(digits):
                return int(digits)
        case {"tag": str() as label, "value": {"#tup": []} | {} | "U_OF_UNIT"}:
            return label
        case _:
            pass
    text = f"{where} is no truth value, integer or text that a model could hold"
    remedy = "Sets, maps and records are written out: one variable for each value in them."
    raise InputError(Diagnostic("DC302", text, remedy, str(file)))


def _named(file: Path, node: Node, where: str, *, ours: bool) -> Named:
    """What a state says about the step that led to it."""
    taken, picks = node.get(TAKEN), node.get(PICKS, {})
    found = Named(
        None if taken is None else as_text(file, taken, f"{where}: {TAKEN}"),
        _picks(as_object(file, picks, f"{where}: {PICKS}")),
    )
    if not ours:
        return found
    return _exact(file, as_object(file, node.get(META), f"{where}: {META}"), where, found)


def _picks(node: Node) -> dict[str, str]:
    """The choices that are texts; others mean nothing here."""
    found: dict[str, str] = {}
    for name, pick in node.items():
        match pick:
            case {"tag": "Some", "value": str() as value}:
                found[name] = value
            case str():
                found[name] = pick
            case _:
                pass
    return found


def _exact(file: Path, node: Node, where: str, found: Named) -> Named:
    """The same with the step as we name it."""
    fault = node.get("fault")
    exact = (
        as_text(file, node.get("actor"), f"{where}: actor"),
        as_text(file, node.get("action"), f"{where}: action"),
        None if fault is None else as_text(file, fault, f"{where}: fault"),
    )
    return Named(found.action, found.picks, exact)
