"""Changes: what a step does to a field: assign it, put into it, take out of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import cast

from deliverycheck.errors import did_you_mean
from deliverycheck.lang.shapes import Bag, Queue, Sequel, Shape, Subset, Table, perhaps
from deliverycheck.lift.code.flow import Scope
from deliverycheck.lift.code.refusal import Refusal, shown
from deliverycheck.lift.steps.channels import put, take
from deliverycheck.lift.steps.expressions import expression
from deliverycheck.lift.steps.path import Path
from deliverycheck.lift.values.containers import (
    cells_of,
    default_terms,
    inside,
    list_cells,
    member,
    position,
    presence,
    present,
)
from deliverycheck.lift.values.equality import merged, same
from deliverycheck.lift.values.value import Known, Sym, Val, coerced, describe, known_terms
from deliverycheck.system import build
from deliverycheck.system.terms import Term


def field_shape(path: Path, name: str) -> Shape:
    """The shape of a field that is to change. Raises Refusal if it is none."""
    context = path.context
    if name in context.fields:
        return context.fields[name].shape
    known = list(context.fields)
    if name in context.settings:
        raise Refusal("DC118", f"`{name}` is a setting and cannot change", "Use another field.")
    remedy = f"Declare it in the class: `{name}: bool`. {did_you_mean(name, known)}"
    raise Refusal("DC107", f"this model has no field `{name}`", remedy)


def fitted(
    path: Path, value: Val, shape: Shape, scope: Scope, node: ast.expr | None
) -> tuple[Term, ...]:
    """The leaves of a value laid out as `shape`; where it may not fit, the path notes a mishap."""
    demands: list[tuple[Term, str]] = []
    terms = coerced(value, shape, demands)
    for term, text in demands:
        path.demand(term, text, scope, node or ast.Pass())
    return terms


def assign_item(path: Path, name: str, key: Val, value: Val, scope: Scope, node: ast.expr) -> None:
    """`self.name[key] = value`."""
    field = path.read_field(name)
    match field.shape:
        case Table(_, content):
            cell = perhaps(content)
            new = present(Sym(content, fitted(path, value, content, scope, node)), cell)
            written: list[Term] = []
            hits: list[Term] = []
            for option, old in cells_of(field):
                hits.append(same(key, Known(option)))
                written += replaced(hits[-1], new.terms, old.terms)
            if all(hit == build.FALSE for hit in hits):
                raise Refusal("DC108", f"`{describe(key)}` cannot be a key of `{name}`")
            path.demand(build.any_of(*hits), f"`{shown(node)}`: no such key", scope, node)
            path.write_field(name, tuple(written))
        case Sequel(content, length):
            at = position(key, field.terms[0])
            fine = build.all_of(build.at_most(build.integer(0), at), build.less(at, field.terms[0]))
            path.demand(fine, f"`{shown(node)}`: no such index", scope, node)
            new_terms = fitted(path, value, content, scope, node)
            written = [field.terms[0]]
            for i, old in enumerate(list_cells(field, content, length)):
                hit = build.equal(at, build.integer(i))
                written += replaced(hit, new_terms, old.terms)
            path.write_field(name, tuple(written))
        case _:
            raise Refusal("DC108", f"`{name}` has no items that could be assigned")


_CHANGES: dict[type, tuple[str, ...]] = {
    Subset: ("add", "discard", "remove", "clear"),
    Table: ("pop", "clear"),
    Sequel: ("append", "pop", "clear"),
    Bag: ("put", "take"),
    Queue: ("put", "take"),
}


def change(
    path: Path, name: str, verb: str, values: list[Val], call: ast.Call, scope: Scope
) -> bool:
    """`self.name.verb(...)`."""
    field_shape(path, name)
    field = path.read_field(name)
    if isinstance(field.shape, Bag | Queue) and verb in ("put", "take") and len(values) == 1:
        path.tell(verb, name, describe(values[0]))
        if verb == "put":
            return put(path, name, values[0], scope, call)
        return take(path, name, values[0])
    path.tell("write", name, f"{verb} {_told(field, verb, values)}".strip())
    match field.shape, verb, values:
        case Subset(elements), "add" | "discard" | "remove", [value]:
            if verb == "remove":
                path.demand(member(value, field), f"`{shown(call)}`: not in it", scope, call)
            hits = [same(value, Known(element)) for element in elements]
            if all(hit == build.FALSE for hit in hits):
                raise Refusal("DC108", f"`{describe(value)}` cannot be in `{name}`")
            new = build.truth(verb == "add")
            if verb == "add":
                path.demand(build.any_of(*hits), f"`{shown(call)}`: not of its type", scope, call)
            pairs = zip(hits, field.terms, strict=True)
            path.write_field(name, tuple(build.choose(hit, new, old) for hit, old in pairs))
        case Table(), "pop", [key, *rest] if len(rest) <= 1:
            _remove_key(path, name, key, call, scope, lenient=bool(rest))
        case Sequel(item, length), "append", [value]:
            room = build.less(field.terms[0], build.integer(length))
            path.demand(room, f"`{name}` holds at most {length}", scope, call)
            new_terms = fitted(path, value, item, scope, call)
            written: list[Term] = [build.plus(field.terms[0], build.integer(1))]
            for i, old in enumerate(list_cells(field, item, length)):
                hit = build.equal(field.terms[0], build.integer(i))
                written += replaced(hit, new_terms, old.terms)
            path.write_field(name, tuple(written))
        case Sequel(), "pop", _:
            _pop_item(path, name, values, call, scope)
        case Subset() | Table() | Sequel(), "clear", []:
            path.write_field(name, default_terms(field.shape))
        case shape, _, _:
            known = _CHANGES.get(type(shape), ())
            text = f"`{shown(call)}`: `{name}` cannot do that"
            raise Refusal("DC106", text, did_you_mean(verb, known))
    return True


def _remove_key(
    path: Path, name: str, key: Val, call: ast.Call, scope: Scope, *, lenient: bool
) -> None:
    field = path.read_field(name)
    if not lenient:
        path.demand(member(key, field), f"`{shown(call)}`: no such key", scope, call)
    written: list[Term] = []
    for option, cell in cells_of(field):
        hit = same(key, Known(option))
        gone = known_terms(cell.shape, None)
        written += replaced(hit, gone, cell.terms)
    path.write_field(name, tuple(written))


def _pop_item(path: Path, name: str, values: list[Val], call: ast.Call, scope: Scope) -> Val:
    """Take the first or last item out of a list, and give it."""
    field = path.read_field(name)
    shape = cast("Sequel", field.shape)
    path.demand(
        build.less(build.integer(0), field.terms[0]), f"`{shown(call)}`: it is empty", scope, call
    )
    cells = list_cells(field, shape.item, shape.length)
    blank = Sym(shape.item, default_terms(shape.item))
    length = build.minus(field.terms[0], build.integer(1))
    settings = path.context.settings
    if values == [Known(0)]:
        rest, result = [*cells[1:], blank], cast("Val", cells[0])
    elif values in ([], [Known(-1)]):
        result = cast("Val", cells[-1])
        for i, cell in reversed(list(enumerate(cells[:-1]))):
            result = merged(build.equal(length, build.integer(i)), cell, result, settings)
        rest = [
            cast("Sym", merged(build.equal(length, build.integer(i)), blank, cell, settings))
            for i, cell in enumerate(cells)
        ]
    else:
        text = f"`{shown(call)}`: a list gives its first or its last item"
        raise Refusal("DC105", text, "Write `.pop(0)` or `.pop()`.")
    path.write_field(name, (length, *(term for cell in rest for term in cell.terms)))
    return result


def replaced(hit: Term, new: tuple[Term, ...], old: tuple[Term, ...]) -> Iterator[Term]:
    """The new leaves where `hit` holds, the old ones elsewhere."""
    return (build.choose(hit, a, b) for a, b in zip(new, old, strict=True))


def _told(field: Sym, verb: str, values: list[Val]) -> str:
    """What a container gains or gives up, in the words of a story."""
    match field.shape, verb, values:
        case Sequel(), "pop", [Known(0)]:
            return "the first"
        case Sequel(), "pop", [] | [Known(-1)]:
            return "the last"
        case _, _, [value, *_]:
            return describe(value)
        case _:
            return ""


def popped(path: Path, node: ast.expr, scope: Scope) -> Val | None:
    """The value of `self.name.pop(...)` on the right of an assignment, taken out of its field."""
    match node:
        case ast.Call(
            func=ast.Attribute(
                value=ast.Attribute(value=ast.Name(id="self"), attr=name), attr="pop"
            ),
            args=arguments,
        ) if name in path.context.fields:
            values = [expression(path, argument, scope) for argument in arguments]
        case _:
            return None
    field = path.read_field(name)
    path.tell("write", name, f"pop {_told(field, 'pop', values)}".strip())
    match field.shape, values:
        case Sequel(), _:
            return _pop_item(path, name, values, node, scope)
        case Table(_, content), [key, *rest]:
            result: Val = rest[0] if rest else Sym(content, default_terms(content))
            for option, cell in cells_of(field):
                there = build.all_of(same(key, Known(option)), presence(cell))
                found = inside(cell, content)
                result = merged(there, found, result, path.context.settings)
            _remove_key(path, name, key, node, scope, lenient=bool(rest))
            return result
        case _:
            raise Refusal("DC106", f"`{shown(node)}`: `{name}` cannot do that")
