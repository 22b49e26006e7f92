"""What has a value without being an operator: items, built-in functions, records, attributes."""

from __future__ import annotations

import ast
from collections.abc import Callable
from enum import EnumType
from types import ModuleType
from typing import cast

from deliverycheck.errors import did_you_mean
from deliverycheck.lang.hints import Refused, shape_of
from deliverycheck.lang.shapes import (
    EMPTY,
    Bag,
    Integer,
    Perhaps,
    Queue,
    Record,
    Sequel,
    Table,
    is_record,
    parts_of,
)
from deliverycheck.lift.code.flow import Scope
from deliverycheck.lift.code.refusal import Refusal, shown
from deliverycheck.lift.steps.path import Path
from deliverycheck.lift.values.containers import (
    cells_of,
    inside,
    list_cells,
    position,
    presence,
    queue_label,
    size_of,
    truth,
)
from deliverycheck.lift.values.equality import merged, same
from deliverycheck.lift.values.numbers import extreme
from deliverycheck.lift.values.value import NOTHING, Known, Several, Sym, Val, coerced, flag, split
from deliverycheck.system import build
from deliverycheck.system.terms import Const, Term


def attribute(path: Path, value: Val, name: str, node: ast.expr, scope: Scope) -> Val:
    """`value.name`: a field of a record, a member of an enumeration."""
    match value:
        case Known(known) if isinstance(known, EnumType | ModuleType) or is_record(type(known)):
            if hasattr(known, name):
                return Known(cast("object", getattr(known, name)))
            names = [option for option in dir(known) if not option.startswith("_")]
            raise Refusal("DC107", f"there is no `{shown(node)}`", did_you_mean(name, names))
        case Sym(Record(_, fields), _):
            for (field, _), part in zip(fields, split(value), strict=True):
                if field == name:
                    return part
            names = [field for field, _ in fields]
            raise Refusal("DC107", f"this record has no `{name}`", did_you_mean(name, names))
        case Sym(Perhaps(Record() as inner), terms):
            path.demand(terms[0], f"None has no `{name}`", scope, node)
            return attribute(path, Sym(inner, terms[1:]), name, node, scope)
        case _:
            remedy = "Records have fields, enumerations have members; nothing else has attributes."
            raise Refusal("DC107", f"there is no `.{name}` here", remedy)


def item(path: Path, value: Val, key: Val, node: ast.Subscript, scope: Scope) -> Val:
    """`value[key]`."""
    match value:
        case Sym(Table(), _):
            return _entry(path, value, key, node, scope)
        case Sym(Sequel(shape, length), terms):
            at = position(key, terms[0])
            inside_list = build.all_of(
                build.at_most(build.integer(0), at), build.less(at, terms[0])
            )
            path.demand(inside_list, f"`{shown(node)}`: no such index", scope, node)
            *front, last = list_cells(value, shape, length)
            result: Val = last
            for i, cell in reversed(list(enumerate(front))):
                here = build.equal(at, build.integer(i))
                result = merged(here, cell, result, path.context.settings)
            return result
        case Several(items) if isinstance(key, Known) and isinstance(key.value, int):
            if -len(items) <= key.value < len(items):
                return items[key.value]
            raise Refusal("DC108", f"`{shown(node)}`: no such index")
        case Known(row) if (parts := parts_of(row)) is not None:
            if isinstance(key, Known) and isinstance(key.value, int):
                if -len(parts) <= key.value < len(parts):
                    return Known(parts[key.value])
                raise Refusal("DC108", f"`{shown(node)}`: no such index")
        case _:
            pass
    raise Refusal("DC108", "only dicts, lists and tuples have items")


def _entry(path: Path, value: Sym, key: Val, node: ast.Subscript, scope: Scope) -> Val:
    content = value.shape.value if isinstance(value.shape, Table) else value.shape
    found: Val | None = None
    there: list[Term] = []
    for name, cell in cells_of(value):
        hit = same(key, Known(name))
        if hit == build.FALSE:
            continue
        there.append(build.all_of(hit, presence(cell)))
        here = inside(cell, content)
        found = here if found is None else merged(hit, here, found, path.context.settings)
    if found is None:
        raise Refusal("DC108", f"`{shown(node.slice)}` cannot be a key of this dict")
    path.demand(build.any_of(*there), f"`{shown(node)}`: no such key", scope, node)
    return found


def method(path: Path, target: Val, name: str, values: list[Val], node: ast.Call) -> Val:
    """A question to a container: `.get`, `.has_room`."""
    match target, name, values:
        case Sym(Table() as table, _), "get", [key, *rest] if len(rest) <= 1:
            result: Val = rest[0] if rest else NOTHING
            for option, cell in cells_of(target):
                there = build.all_of(same(key, Known(option)), presence(cell))
                content = inside(cell, table.value)
                result = merged(there, content, result, path.context.settings)
            return result
        case Sym(Table(), _), "keys", []:
            return target
        case Sym(Bag(items, room), terms), "has_room", [sent]:
            free = (
                build.TRUE if room is None else build.less(term, build.integer(room))
                for term in terms
            )
            pairs = zip(items, free, strict=True)
            return flag(build.any_of(*(build.all_of(same(sent, Known(i)), t) for i, t in pairs)))
        case Sym(Queue() as queue, terms), "has_room", [_]:
            if not queue.bounded_by_model:
                return Known(True)
            return flag(build.equal(terms[-1], queue_label(queue, EMPTY)))
        case _:
            text = f"`{shown(node)}` has no value that can be used here"
            raise Refusal("DC105", text, "What changes a field stands on a line of its own.", node)


def function(path: Path, called: object, values: list[Val], node: ast.Call, scope: Scope) -> Val:
    """A call of a function that is no method."""
    if called is len and len(values) == 1:
        size = size_of(values[0])
        return Known(size.value) if isinstance(size, Const) else Sym(Integer(0, None), (size,))
    if (called is min or called is max) and len(values) > 1:
        return extreme(called is min, values)
    if called is range:
        bounds = [v.value for v in values if isinstance(v, Known) and isinstance(v.value, int)]
        if len(bounds) != len(values) or not 1 <= len(bounds) <= 3 or bounds[2:] == [0]:
            text = f"`{shown(node)}` is no range known while lifting"
            raise Refusal("DC105", text, "Use whole numbers and settings.", node)
        return Known(range(*bounds))
    if called is bool and len(values) == 1:
        return flag(truth(values[0]))
    if called is set and not values:
        return Known(set[object]())
    if called is dict and not values:
        return Known(dict[object, object]())
    if called is list and not values:
        return Known(list[object]())
    if is_record(called):
        return _record(path, called, values, node, scope)
    raise Refusal(
        "DC105",
        f"`{shown(node.func)}` is not a function a step can call",
        "There are len, min, max, any, all, sum, range, records and own methods.",
        node,
    )


def _record(
    path: Path, made: type[tuple[object, ...]], values: list[Val], node: ast.Call, scope: Scope
) -> Val:
    try:
        shape = shape_of(made, path.context.settings)
    except Refused as refused:
        raise Refusal(refused.code, refused.message, refused.remedy, node) from None
    fields = shape.fields if isinstance(shape, Record) else ()
    if len(fields) != len(values):
        raise Refusal("DC108", f"`{made.__name__}` takes {len(fields)} values", "", node)
    if all(isinstance(value, Known) for value in values):
        known = [value.value for value in values if isinstance(value, Known)]
        return Known(cast("Callable[..., object]", made)(*known))
    demands: list[tuple[Term, str]] = []
    pairs = zip(fields, values, strict=True)
    terms = tuple(t for (_, inner), value in pairs for t in coerced(value, inner, demands))
    for term, text in demands:
        path.demand(term, text, scope, node)
    return Sym(shape, terms)
