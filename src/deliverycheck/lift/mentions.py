"""Where a lifted system mentions messages: the design knows, and its names do not say.

A message may be a key of a table or a set, an item of a channel, the content of a cell, or part of
a record that is one of these. A word of the author's that looks like a message is none.

What is not in use holds the first value of its type: the cells beyond the end of a list, the fields
of a record that is not there, a local that is not needed. Where that is a message, it is m1, and m1
is then like no other message; the others may still be like each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from deliverycheck.lang.domains import Message
from deliverycheck.lang.hints import things
from deliverycheck.lang.layout import leaves
from deliverycheck.lang.naming import owned_variable
from deliverycheck.lang.shapes import (
    Bag,
    Choice,
    Flag,
    Integer,
    Perhaps,
    Queue,
    Record,
    Sequel,
    Shape,
    Subset,
    Table,
    is_record,
    label_of,
    parts_of,
    perhaps,
)
from deliverycheck.lift.lifting import Lifted
from deliverycheck.lift.steps.ledger import RECORDS
from deliverycheck.system.mentions import Mention, Mentions

Said = tuple[Mention, tuple[object, ...]]
"""What the name of a variable says, and the values that its labels stand for."""


def mentions_of(lifted: Lifted) -> Mentions:
    """Where the system of a model, or a bounded instance of it, mentions messages."""
    messages = things(Message, lifted.design.settings)
    variables: dict[str, Mention] = {}
    labels: dict[str, dict[str, Mention]] = {}
    for name, shape in _laid_out(lifted):
        for leaf, (mention, options) in zip(leaves(shape, name), _said(shape, name), strict=True):
            if mention.messages:
                variables[leaf.name] = mention
            of_labels = {label_of(option): _mention(option) for option in options}
            of_labels = {label: one for label, one in of_labels.items() if one.messages}
            if of_labels:
                labels[leaf.name] = of_labels
    ledger = {one.name for one in lifted.system.variables if one.store == "ledger"}
    for record in RECORDS:
        for message in map(label_of, messages):
            if f"{record}[{message}]" in ledger:
                variables[f"{record}[{message}]"] = Mention(f"{record!r}[_]", (message,))
    return Mentions(tuple(map(label_of, messages)), variables, labels)


def _laid_out(lifted: Lifted) -> Iterator[tuple[str, Shape]]:
    """The names and shapes of all fields and of what the processes keep."""
    design = lifted.design
    for piece in design.fields:
        if not piece.volatile:
            yield piece.name, piece.shape
    for role in design.roles():
        actors = design.actors(role)
        for actor in actors:
            for piece in design.fields:
                if lifted.owners.get(piece.name) == role.name:
                    yield owned_variable(piece.name, actor, actors), piece.shape
    for process in lifted.processes:
        for name, shape, _ in process.variables():
            yield name, shape


def _said(shape: Shape, name: str) -> Iterator[Said]:
    """For each scalar variable of a field, in the order of `leaves`."""
    yield from _inside(shape, repr(name), ())


def _inside(shape: Shape, form: str, about: tuple[str, ...]) -> Iterator[Said]:
    match shape:
        case Flag() | Integer():
            yield Mention(form, about), ()
        case Choice(options):
            yield Mention(form, about), options
        case Perhaps(inner):
            yield Mention(f"{form}?", about), ()
            yield from _inside(inner, f"{form}!", about)
        case Record(_, fields):
            for part, inner in fields:
                yield from _inside(inner, f"{form}.{part}", about)
        case Subset(elements):
            yield from ((_cell(form, about, element), ()) for element in elements)
        case Table(keys, value):
            cell = perhaps(value)
            for key in keys:
                mention = _cell(form, about, key)
                yield from _inside(cell, mention.form, mention.messages)
        case Sequel(item, length):
            yield Mention(f"len({form})", about), ()
            for at in range(length):
                yield from _inside(item, f"{form}[{at}]", about)
        case Bag(items, _):
            yield from ((_cell(form, about, item), ()) for item in items)
        case Queue(items, cells, _):
            for at in range(cells):
                yield Mention(f"{form}[{at}]", about), items
        case _:
            assert_never(shape)


def _cell(form: str, about: Sequence[str], key: object) -> Mention:
    inner = _mention(key)
    return Mention(f"{form}[{inner.form}]", (*about, *inner.messages))


def _mention(value: object) -> Mention:
    """What the label of a value says. Texts are quoted, so that none of them passes for a hole."""
    if type(value) is Message:
        return Mention("_", (label_of(value),))
    parts = parts_of(value)
    if parts is None:
        return Mention(repr(label_of(value)), ())
    inner = [_mention(part) for part in parts]
    name = type(value).__name__ if is_record(type(value)) else ""
    form = f"{name}({', '.join(one.form for one in inner)})"
    return Mention(form, tuple(message for one in inner for message in one.messages))
