"""Layout: the scalar variables of a shape, and Python values laid out in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import NamedTuple, assert_never, cast

from deliverycheck.lang.shapes import (
    EMPTY,
    LARGEST_DOMAIN,
    Bag,
    Choice,
    DomainTooLarge,
    Flag,
    Integer,
    Perhaps,
    Queue,
    Record,
    Sequel,
    Shape,
    Subset,
    Table,
    label_of,
    labels_of,
    perhaps,
)
from deliverycheck.system.sorts import BOOL, EnumSort, IntSort, Sort, Value


class Leaf(NamedTuple):
    """One scalar variable of a shape."""

    name: str
    sort: Sort


def leaves(shape: Shape, name: str) -> tuple[Leaf, ...]:
    """The scalar variables of a field called `name`."""
    match shape:
        case Flag():
            return (Leaf(name, BOOL),)
        case Choice(options):
            return (Leaf(name, EnumSort(labels_of(options))),)
        case Integer(low, high):
            return (Leaf(name, IntSort(low, high)),)
        case Perhaps(inner):
            rest = f"{name}?" if isinstance(inner, Perhaps) else name
            return (Leaf(f"{name}?", BOOL), *leaves(inner, rest))
        case Record(_, fields):
            return tuple(leaf for part, inner in fields for leaf in leaves(inner, f"{name}.{part}"))
        case Subset(elements):
            return tuple(Leaf(f"{name}[{label_of(element)}]", BOOL) for element in elements)
        case Table(keys, value):
            cell = perhaps(value)
            return tuple(leaf for key in keys for leaf in leaves(cell, f"{name}[{label_of(key)}]"))
        case Sequel(item, length):
            cells = (leaf for i in range(length) for leaf in leaves(item, f"{name}[{i}]"))
            return (Leaf(f"len({name})", IntSort(0, length)), *cells)
        case Bag(items, room):
            return tuple(Leaf(f"{name}[{label_of(item)}]", IntSort(0, room)) for item in items)
        case Queue(items, cells, _):
            sort = EnumSort((EMPTY, *labels_of(items)))
            return tuple(Leaf(f"{name}[{i}]", sort) for i in range(cells))
    assert_never(shape)


def flatten(shape: Shape, value: object) -> tuple[Value, ...]:
    """The values of the leaves for a Python value of this shape (for a channel: its items)."""
    match shape:
        case Flag():
            return (bool(value),)
        case Choice():
            return (label_of(value),)
        case Integer():
            return (cast("int", value),)
        case Perhaps(inner):
            present = value is not None
            return (present, *flatten(inner, value if present else default(inner)))
        case Record(_, fields):
            parts = cast("tuple[object, ...]", value)
            pairs = zip(fields, parts, strict=True)
            return tuple(leaf for (_, inner), part in pairs for leaf in flatten(inner, part))
        case Subset(elements):
            members = cast("set[object]", value)
            return tuple(element in members for element in elements)
        case Table(keys, inner):
            table = cast("Mapping[object, object]", value)
            return tuple(leaf for key in keys for leaf in _flatten_cell(inner, table, key))
        case Sequel(item, length):
            row = cast("Sequence[object]", value)
            padded = [*row, *[default(item)] * (length - len(row))]
            return (len(row), *(leaf for cell in padded for leaf in flatten(item, cell)))
        case Bag(items, _):
            copies = cast("Sequence[object]", value)
            return tuple(copies.count(item) for item in items)
        case Queue(_, cells, _):
            line = labels_of(cast("Sequence[object]", value))
            return (*line, *[EMPTY] * (cells - len(line)))
    assert_never(shape)


def _flatten_cell(inner: Shape, table: Mapping[object, object], key: object) -> tuple[Value, ...]:
    """A dict's cell: there or not, which a None that is there must not hide."""
    cell = perhaps(inner)
    if cell == Perhaps(inner) and key in table:
        return (True, *flatten(inner, table[key]))
    return flatten(cell, table.get(key))


def default(shape: Shape) -> object:
    """The value a field starts with when the model does not say."""
    match shape:
        case Flag():
            return False
        case Choice(options):
            return options[0]
        case Integer(low, _):
            return low
        case Perhaps():
            return None
        case Record(make, fields):
            return make(*(default(inner) for _, inner in fields))
        case Subset():
            return set[object]()
        case Table():
            return dict[object, object]()
        case Sequel() | Bag() | Queue():
            return list[object]()
    assert_never(shape)


def every_value(shape: Shape) -> tuple[object, ...]:
    """All Python values of a small shape. Raises DomainTooLarge, also where there is no end."""
    match shape:
        case Flag():
            return (False, True)
        case Choice(options):
            return options
        case Integer(low, high):
            if high is None or high - low >= LARGEST_DOMAIN:
                raise DomainTooLarge
            return tuple(range(low, high + 1))
        case Perhaps(inner):
            return (None, *every_value(inner))
        case Record(make, fields):
            columns = [every_value(inner) for _, inner in fields]
            total = 1
            for column in columns:
                total *= len(column)
            if total > LARGEST_DOMAIN:
                raise DomainTooLarge
            return tuple(make(*row) for row in product(*columns))
        case Subset() | Table() | Sequel() | Bag() | Queue():
            raise DomainTooLarge
    assert_never(shape)
