"""Sets, dicts, lists and channels: what is in them, how much, and what one goes through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import cast

from deliverycheck.lang.domains import Sort as Things
from deliverycheck.lang.layout import default, every_value, leaves
from deliverycheck.lang.shapes import (
    EMPTY,
    Bag,
    DomainTooLarge,
    Integer,
    Perhaps,
    Queue,
    Sequel,
    Shape,
    Subset,
    Table,
    label_of,
    labels_of,
    mentions,
    perhaps,
)
from deliverycheck.lift.code.refusal import Refusal
from deliverycheck.lift.values.equality import same, truth_of
from deliverycheck.lift.values.value import NOTHING, Known, Several, Sym, Val, coerced, known_terms
from deliverycheck.system import build
from deliverycheck.system.sorts import EnumSort
from deliverycheck.system.terms import Term


def truth(val: Val) -> Term:
    """Python's truth value; of a container: whether anything is in it."""
    if isinstance(val, Sym) and isinstance(val.shape, Subset | Table | Sequel | Bag | Queue):
        return build.less(build.integer(0), size_of(val))
    return truth_of(val)


def size_of(val: Val) -> Term:
    """`len` of a container."""
    match val:
        case Known(value) if isinstance(value, tuple | set | frozenset | dict | list | range):
            return build.integer(len(cast("tuple[object, ...]", value)))
        case Several(items):
            return build.integer(len(items))
        case Sym(Subset(), terms):
            return total(build.choose(t, build.integer(1), build.integer(0)) for t in terms)
        case Sym(Table() as table, _):
            present = (presence(cell) for _, cell in cells_of(Sym(table, val.terms)))
            return total(build.choose(t, build.integer(1), build.integer(0)) for t in present)
        case Sym(Sequel(), terms):
            return terms[0]
        case Sym(Bag(), terms):
            return total(terms)
        case Sym(Queue() as queue, terms):
            empty = queue_label(queue, EMPTY)
            return total(
                build.choose(build.equal(t, empty), build.integer(0), build.integer(1))
                for t in terms
            )
        case _:
            raise Refusal("DC108", "`len` is for sets, dicts, lists and channels")


def cells_of(val: Sym) -> tuple[tuple[object, Sym], ...]:
    """A dict's possible keys, each with what stands there or None."""
    if not isinstance(val.shape, Table):
        return ()
    cell = perhaps(val.shape.value)
    width = len(leaves(cell, ""))
    return tuple(
        (key, Sym(cell, val.terms[i * width : (i + 1) * width]))
        for i, key in enumerate(val.shape.keys)
    )


def queue_label(queue: Queue, label: str) -> Term:
    """The label of a queue's cell."""
    return build.label(label, EnumSort((EMPTY, *labels_of(queue.items))))


def presence(cell: Sym) -> Term:
    """Whether a value that may be None is there."""
    return build.negate(same(cell, NOTHING))


def inside(cell: Sym, shape: Shape) -> Sym:
    """The value of a cell that is known to be there."""
    if cell.shape == Perhaps(shape):
        return Sym(shape, cell.terms[1:])
    return Sym(shape, coerced(cell, shape, []))


def present(value: Sym, cell: Shape) -> Sym:
    """A value as the content of a cell."""
    if cell == Perhaps(value.shape):
        return Sym(cell, (build.TRUE, *value.terms))
    return Sym(cell, coerced(value, cell, []))


def is_container(value: Val) -> bool:
    """Whether a value is a container, which must not get a second name."""
    match value:
        case Known(known):
            return isinstance(known, set | dict | list)
        case Sym(shape, _):
            return isinstance(shape, Subset | Table | Sequel | Bag | Queue)
        case Several(parts):
            return any(map(is_container, parts))


def total(terms: Iterable[Term]) -> Term:
    """The sum."""
    result: Term = build.integer(0)
    for term in terms:
        result = build.plus(result, term)
    return result


def default_terms(shape: Shape) -> tuple[Term, ...]:
    """The leaves of a shape's starting value."""
    return known_terms(shape, default(shape))


def position(key: Val, length: Term) -> Term:
    """An index into a list of this length, counted from the front."""
    match key:
        case Known(int() as at) if not isinstance(at, bool):
            return build.plus(length, build.integer(at)) if at < 0 else build.integer(at)
        case Sym(Integer(low, _), (term,)):
            behind = build.less(term, build.integer(0)) if low < 0 else build.FALSE
            return build.choose(behind, build.plus(length, term), term)
        case _:
            raise Refusal("DC108", "an index is a whole number")


def list_cells(value: Sym, item: Shape, length: int) -> list[Sym]:
    """The cells of a list, those beyond its end included."""
    width = len(leaves(item, ""))
    return [Sym(item, value.terms[1 + i * width : 1 + (i + 1) * width]) for i in range(length)]


def member(item: Val, container: Val) -> Term:
    """Whether `item in container`."""
    match container:
        case Sym(Subset(elements), terms):
            pairs = zip(elements, terms, strict=True)
            return build.any_of(*(build.all_of(same(item, Known(e)), t) for e, t in pairs))
        case Sym(Table(), _):
            return build.any_of(
                *(build.all_of(same(item, Known(k)), presence(c)) for k, c in cells_of(container))
            )
        case Sym(Sequel(shape, length), terms):
            return build.any_of(
                *(
                    build.all_of(build.less(build.integer(i), terms[0]), same(cell, item))
                    for i, cell in enumerate(list_cells(container, shape, length))
                )
            )
        case Sym(Bag(items, _), terms):
            pairs = zip(items, terms, strict=True)
            return build.any_of(
                *(
                    build.all_of(same(item, Known(i)), build.less(build.integer(0), t))
                    for i, t in pairs
                )
            )
        case Sym(Queue() as queue, terms):
            return build.any_of(
                *(
                    build.all_of(
                        same(item, Known(i)), build.equal(t, queue_label(queue, label_of(i)))
                    )
                    for i in queue.items
                    for t in terms
                )
            )
        case Several(parts):
            return build.any_of(*(same(item, part) for part in parts))
        case Known(known) if isinstance(known, tuple | set | frozenset | range):
            known_parts = cast("tuple[object, ...]", known)
            return build.any_of(*(same(item, Known(part)) for part in known_parts))
        case _:
            raise Refusal("DC108", "`in` looks into sets, dicts, lists, channels and tuples")


def elements(value: Val) -> list[tuple[Term, Val]]:
    """What a loop over `value` goes through, each thing with when it is there."""
    match value:
        case Known(known) if isinstance(known, tuple | range | set | frozenset | list):
            return [(build.TRUE, Known(part)) for part in cast("tuple[object, ...]", known)]
        case Known(known) if isinstance(known, type) and issubclass(known, Enum):
            return [(build.TRUE, Known(part)) for part in known]
        case Several(parts):
            return [(build.TRUE, part) for part in parts]
        case Sym(Subset(items), terms):
            return [(t, Known(item)) for item, t in zip(items, terms, strict=True)]
        case Sym(Table(), _):
            return [(presence(cell), Known(key)) for key, cell in cells_of(value)]
        case Sym(Sequel(item, length), terms):
            cells = list_cells(value, item, length)
            return [(build.less(build.integer(i), terms[0]), c) for i, c in enumerate(cells)]
        case _:
            raise Refusal(
                "DC105",
                "one cannot go through this",
                "A channel gives one message at a time: `.take(m)`, with `m` a parameter.",
            )


def mentioning(value: Sym, subject: Things) -> Iterator[Term]:
    """When a value has `subject` in it, at any depth."""
    match value.shape:
        case Subset(items):
            pairs = zip(items, value.terms, strict=True)
            yield from (term for item, term in pairs if mentions(item, subject))
        case Table():
            for key, cell in cells_of(value):
                if mentions(key, subject):
                    yield presence(cell)
                else:
                    yield from mentioning(cell, subject)
        case Sequel(item, length):
            for at, cell in enumerate(list_cells(value, item, length)):
                there = build.less(build.integer(at), value.terms[0])
                yield from (build.all_of(there, term) for term in mentioning(cell, subject))
        case Bag() | Queue():
            return  # a channel is nobody's memory
        case shape:
            try:
                options = every_value(shape)
            except DomainTooLarge:
                return  # whole numbers mention nothing
            for option in options:
                if mentions(option, subject):
                    yield same(value, Known(option))
