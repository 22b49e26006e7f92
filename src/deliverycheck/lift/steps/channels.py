"""Channels in the lifted form: counters of copies, or a line of cells."""

from __future__ import annotations

import ast

from deliverycheck.lang.shapes import EMPTY, Bag, Queue, label_of
from deliverycheck.lift.code.flow import Scope
from deliverycheck.lift.code.refusal import Refusal
from deliverycheck.lift.steps.path import Path
from deliverycheck.lift.values.containers import queue_label
from deliverycheck.lift.values.equality import same
from deliverycheck.lift.values.value import Known, Val, describe
from deliverycheck.system import build
from deliverycheck.system.model import Bound
from deliverycheck.system.terms import Term

ONE = build.integer(1)


def put(path: Path, name: str, value: Val, scope: Scope, node: ast.AST) -> bool:
    """Send; False if there is never room here."""
    field = path.read_field(name)
    if isinstance(field.shape, Bag | Queue):
        travels = build.any_of(*_hits(name, value, field.shape.items))
        path.demand(travels, f"this cannot travel on `{name}`", scope, node)
    match field.shape:
        case Bag(items, room):
            hits = _hits(name, value, items)
            if room is not None:
                free = (build.less(term, build.integer(room)) for term in field.terms)
                pairs = zip(hits, free, strict=True)
                if not path.assume(build.any_of(*(build.all_of(h, f) for h, f in pairs))):
                    return False
            pairs = zip(hits, field.terms, strict=True)
            path.write_field(
                name, tuple(build.choose(hit, build.plus(t, ONE), t) for hit, t in pairs)
            )
        case Queue() as queue:
            label = _label(name, value, queue)
            empty = queue_label(queue, EMPTY)
            if not reserve(path, name, queue, field.terms):
                return False
            cells: list[Term] = []
            for at, cell in enumerate(field.terms):
                before_full = (
                    build.TRUE if at == 0 else build.negate(build.equal(field.terms[at - 1], empty))
                )
                first_free = build.all_of(before_full, build.equal(cell, empty))
                cells.append(build.choose(first_free, label, cell))
            path.write_field(name, tuple(cells))
        case _:
            raise Refusal("DC106", f"`{name}` is no channel")
    return True


def reserve(path: Path, name: str, queue: Queue, cells: tuple[Term, ...]) -> bool:
    """Go on only where the queue has a free cell; a bound of ours is noted, the model's blocks."""
    free = build.equal(cells[-1], queue_label(queue, EMPTY))
    if queue.bounded_by_model:
        return path.assume(free)
    if free != build.TRUE:
        path.bounds.append(Bound(free, f"{name}: at most {queue.cells} in flight"))
    return True


def take(path: Path, name: str, value: Val) -> bool:
    """Receive; False if it can never arrive here."""
    field = path.read_field(name)
    match field.shape:
        case Bag(items, _):
            hits = _hits(name, value, items)
            there = (build.less(build.integer(0), term) for term in field.terms)
            pairs = zip(hits, there, strict=True)
            if not path.assume(build.any_of(*(build.all_of(h, t) for h, t in pairs))):
                return False
            pairs = zip(hits, field.terms, strict=True)
            path.write_field(
                name, tuple(build.choose(hit, build.minus(t, ONE), t) for hit, t in pairs)
            )
        case Queue() as queue:
            travels = build.any_of(*_hits(name, value, queue.items))
            head = build.equal(field.terms[0], _label(name, value, queue))
            if not path.assume(build.all_of(travels, head)):
                return False
            path.write_field(name, (*field.terms[1:], queue_label(queue, EMPTY)))
        case _:
            raise Refusal("DC106", f"`{name}` is no channel")
    return True


def _hits(name: str, value: Val, items: tuple[object, ...]) -> list[Term]:
    hits = [same(value, Known(item)) for item in items]
    if all(hit == build.FALSE for hit in hits):
        raise Refusal("DC108", f"`{describe(value)}` cannot travel on `{name}`")
    return hits


def _label(name: str, value: Val, queue: Queue) -> Term:
    """The cell's label for a value, by cases where the value depends on the state."""
    options = zip(_hits(name, value, queue.items), queue.items, strict=True)
    possible = [(hit, item) for hit, item in options if hit != build.FALSE]
    result: Term = queue_label(queue, label_of(possible[-1][1]))
    for hit, item in reversed(possible[:-1]):
        result = build.choose(hit, queue_label(queue, label_of(item)), result)
    return result
