"""A system read back from JSON: data only, never executed, and refused if it is ill-formed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import cast, get_args

from deliverycheck.errors import InputError
from deliverycheck.exchange.reading import Reader
from deliverycheck.exchange.systems import SCHEMA
from deliverycheck.system.model import (
    Action,
    Bound,
    Check,
    Clause,
    Event,
    Fairness,
    Property,
    PropertyKind,
    State,
    Store,
    System,
    Variable,
)
from deliverycheck.system.sorts import BOOL, EnumSort, IntSort, Sort, Value
from deliverycheck.system.terms import OPERATORS, App, Const, Op, Term, Var

DEEPEST = 400
"""Levels of a term that is read; a model's own are some tens deep."""

MOST_LABELS = 4096
"""Labels of a sort that is read, as many as a model's may have: each use is compared with all."""


@dataclass(frozen=True, slots=True)
class Names:
    """What terms refer to: the sorts by number, the variables' sorts by name."""

    sorts: tuple[Sort, ...]
    variables: Mapping[str, Sort]


def system_from(reader: Reader) -> System:
    """The system a document describes. Raises InputError."""
    reader.schema(SCHEMA)
    reader.only("schema", "name", "sorts", "variables", "initial", "actions", "properties")
    sorts = tuple(_sort_from(item) for item in reader.get("sorts").items())
    variables: list[Variable] = []
    for item in reader.get("variables").items():
        number = item.only("name", "sort", "store").get("sort").number(0, len(sorts) - 1)
        store = cast("Store", item.get("store").choice(*get_args(Store)))
        variables.append(Variable(item.get("name").text(), sorts[number], store))
    names = Names(sorts, {v.name: v.sort for v in variables})
    try:
        return System(
            reader.get("name").text(),
            tuple(variables),
            tuple(state_from(item) for item in reader.get("initial").items()),
            tuple(_action_from(item, names) for item in reader.get("actions").items()),
            tuple(_property_from(item, names) for item in reader.get("properties").items()),
        )
    except InputError as error:
        if error.diagnostics[0].code != "DC701":
            raise
        raise reader.wrong(error.diagnostics[0].message) from None
    except RecursionError:  # whoever asks may stand deep in a stack already
        raise reader.wrong("the terms are too deep") from None


def names_of(reader: Reader, system: System) -> Names:
    """What terms beside a system refer to; `reader` stands where their `sorts` are."""
    sorts = tuple(_sort_from(item) for item in reader.get("sorts").items())
    return Names(sorts, {v.name: v.sort for v in system.variables})


def state_from(reader: Reader) -> State:
    """The values of a state, not yet compared with the sorts of any variables."""
    return tuple(_value_from(item) for item in reader.items())


def term_from(reader: Reader, names: Names, depth: int = 0) -> Term:
    """A term. Raises InputError."""
    if depth > DEEPEST:
        raise reader.wrong("the term is too deep")
    match reader.value:
        case bool() as truth:
            return Const(truth, BOOL)
        case int() as number:
            return Const(number, IntSort(number, number))
        case dict():
            return _atom_from(reader, names)
        case list():
            items = reader.items()
            if not items:
                raise reader.wrong("an operator is needed here")
            op, *args = items
            operator = cast("Op", op.choice(*OPERATORS))
            return App(operator, tuple(term_from(arg, names, depth + 1) for arg in args))
        case _:
            raise reader.wrong("this is no term")


def _atom_from(reader: Reader, names: Names) -> Term:
    if "var" in reader.object():
        name = reader.only("var").get("var").text()
        if name not in names.variables:
            raise reader.wrong(f"there is no variable {name}")
        return Var(name, names.variables[name])
    sort = names.sorts[reader.get("of").number(0, len(names.sorts) - 1)]
    if "label" in reader.object():
        return Const(reader.only("label", "of").get("label").text(), sort)
    return Const(reader.only("value", "of").get("value").number(), sort)


def _value_from(reader: Reader) -> Value:
    if isinstance(reader.value, bool | int):
        return reader.value
    if not isinstance(reader.value, str):
        raise reader.wrong("this is no value")
    return reader.text()


def _sort_from(reader: Reader) -> Sort:
    if reader.value == "bool":
        return BOOL
    if "labels" in reader.object():
        labels = tuple(item.text() for item in reader.only("labels").get("labels").items())
        if len(labels) > MOST_LABELS:
            raise reader.wrong("there are too many labels")
        if len(set(labels)) < len(labels):
            raise reader.wrong("the labels are not all different")
        return EnumSort(labels)
    low = reader.only("low", "high").get("low").number()
    high = reader.get("high")
    return IntSort(low, None if high.value is None else high.number(low))


def _action_from(reader: Reader, names: Names) -> Action:
    reader.only(*(key.name for key in fields(Action)))
    events: list[Event] = []
    for item in reader.get("events").items():
        parts = [part.text() for part in item.items()]
        if len(parts) != 4:
            raise item.wrong("an event has four texts")
        events.append(Event(*parts))
    return Action(
        reader.get("name").text(),
        reader.get("actor").text(),
        term_from(reader.get("guard"), names),
        {name: term_from(item, names) for name, item in reader.get("updates").entries()},
        reader.get("fault").optional_text(),
        cast("Fairness", reader.get("fairness").choice(*get_args(Fairness))),
        reader.get("message").optional_text(),
        tuple(item.text() for item in reader.get("parameters").items()),
        tuple(events),
        tuple(
            Check(
                term_from(item.only("term", "message").get("term"), names),
                item.get("message").text(),
            )
            for item in reader.get("checks").items()
        ),
        tuple(
            Bound(term_from(item.only("term", "name").get("term"), names), item.get("name").text())
            for item in reader.get("bounds").items()
        ),
    )


def _property_from(reader: Reader, names: Names) -> Property:
    clauses = tuple(
        Clause(
            item.only("about", "when", "then").get("about").text(),
            term_from(item.get("when"), names),
            term_from(item.get("then"), names),
        )
        for item in reader.only("name", "kind", "clauses").get("clauses").items()
    )
    kind = cast("PropertyKind", reader.get("kind").choice(*get_args(PropertyKind)))
    return Property(reader.get("name").text(), kind, clauses)
