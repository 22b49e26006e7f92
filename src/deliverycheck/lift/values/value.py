"""Values while lifting: known now, or terms over the state laid out by a shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias, cast

from deliverycheck.errors import did_you_mean
from deliverycheck.lang.domains import Sort as Things
from deliverycheck.lang.hints import Refused, shape_of, things
from deliverycheck.lang.layout import flatten, leaves
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
    labels_of,
    parts_of,
)
from deliverycheck.lift.code.refusal import Refusal
from deliverycheck.system import build
from deliverycheck.system.sorts import EnumSort
from deliverycheck.system.terms import Const, Term


@dataclass(frozen=True, slots=True)
class Known:
    """A Python value known while lifting: a constant, a parameter, a setting."""

    value: object


@dataclass(frozen=True, slots=True)
class Sym:
    """A value that depends on the state: one term per leaf of its shape."""

    shape: Shape
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Several:
    """A tuple written in the source, to iterate over or to look into."""

    items: tuple[Val, ...]


Val: TypeAlias = Known | Sym | Several

NOTHING = Known(None)


def flag(term: Term) -> Val:
    """A truth value."""
    return Known(term.value) if isinstance(term, Const) else Sym(Flag(), (term,))


def fits(shape: Shape, value: object) -> bool:
    """Whether a Python value is one of the shape's."""
    match shape:
        case Flag():
            return isinstance(value, bool)
        case Choice(options):
            return any(type(o) is type(value) and o == value for o in options)
        case Integer(low, high):
            is_int = isinstance(value, int) and not isinstance(value, bool)
            return (
                is_int
                and low <= cast("int", value)
                and (high is None or cast("int", value) <= high)
            )
        case Perhaps(inner):
            return value is None or fits(inner, value)
        case Record(make, fields):
            if type(value) is not make:
                return False
            pairs = zip(fields, parts_of(value) or (), strict=True)
            return all(fits(inner, part) for (_, inner), part in pairs)
        case Subset(elements):
            return isinstance(value, set) and cast("set[object]", value) <= set(elements)
        case Table(keys, inner):
            if not isinstance(value, dict):
                return False
            table = cast("dict[object, object]", value)
            return all(key in keys and fits(inner, cell) for key, cell in table.items())
        case Sequel(item, length):
            if not isinstance(value, list):
                return False
            row = cast("list[object]", value)
            return len(row) <= length and all(fits(item, cell) for cell in row)
        case Bag() | Queue():
            return value == []


def shape_of_known(value: object, settings: Mapping[str, object]) -> Shape:
    """The natural shape of a value written in the source. Raises Refusal."""
    match value:
        case bool():
            return Flag()
        case int():
            return Integer(value, value)
        case str():
            return Choice((value,))
        case Things():
            return Choice(things(type(value), settings))
        case Enum():
            return Choice(tuple(type(value)))
        case _:
            if is_record(type(value)):
                return _declared_shape(type(value), settings)
            raise Refusal("DC108", f"`{value!r}` cannot be a value of a model here")


def _declared_shape(kind: type, settings: Mapping[str, object]) -> Shape:
    try:
        return shape_of(kind, settings)
    except Refused as refused:
        raise Refusal(refused.code, refused.message, refused.remedy) from None


def known_terms(shape: Shape, value: object) -> tuple[Term, ...]:
    """The leaves of a known value of this shape."""
    pairs = zip(flatten(shape, value), leaves(shape, ""), strict=True)
    return tuple(build.constant(leaf, at.sort) for leaf, at in pairs)


def symbolic(val: Val, settings: Mapping[str, object]) -> Sym:
    """The value with a shape, also where it is known."""
    match val:
        case Sym():
            return val
        case Known(value):
            shape = shape_of_known(value, settings)
            return Sym(shape, known_terms(shape, value))
        case Several():
            raise Refusal("DC108", "a tuple cannot be a value here", "Use a NamedTuple.")


def describe(val: Val) -> str:
    """A value in a story: its label, or `?` where it depends on the state."""
    return label_of(val.value) if isinstance(val, Known) else "?"


def coerced(val: Val, shape: Shape, demands: list[tuple[Term, str]]) -> tuple[Term, ...]:
    """The leaves of `val` laid out as `shape`; what must be true for it to fit joins `demands`.

    Raises Refusal where it can never fit.
    """
    if isinstance(val, Several):
        raise Refusal("DC108", "a tuple cannot be stored", "Use a NamedTuple.")
    if isinstance(val, Known):
        if isinstance(shape, Integer) and isinstance(val.value, int):
            if not isinstance(val.value, bool):
                return (build.integer(val.value),)
        elif fits(shape, val.value):
            return known_terms(shape, val.value)
        raise Refusal("DC108", *misfit(val.value, shape))
    if val.shape == shape:
        return val.terms
    match val.shape, shape:
        case Integer(), Integer():
            return val.terms
        case Flag(), Choice(options) if True in options and False in options:
            sort = EnumSort(labels_of(options))
            yes, no = build.label("True", sort), build.label("False", sort)
            return (build.choose(val.terms[0], yes, no),)
        case Choice(options), Flag() if True in options:
            (term,) = val.terms
            demands.append((build.negate(is_option(term, options, None)), "the value is None"))
            return (is_option(term, options, True),)
        case Choice(mine), Choice(wanted) if set(mine) & set(wanted):
            return (relabelled(val.terms[0], mine, wanted, demands),)
        case Perhaps(inner), Perhaps(other):
            owed: list[tuple[Term, str]] = []
            terms = coerced(Sym(inner, val.terms[1:]), other, owed)
            demands += ((build.implies(val.terms[0], term), text) for term, text in owed)
            return (val.terms[0], *terms)
        case Perhaps(inner), _:
            demands.append((val.terms[0], "the value is None"))
            return coerced(Sym(inner, val.terms[1:]), shape, demands)
        case _, Perhaps(inner):
            return (build.TRUE, *coerced(val, inner, demands))
        case Record(_, mine), Record(_, wanted) if len(mine) == len(wanted):
            parts = zip(split(val), (inner for _, inner in wanted), strict=True)
            return tuple(t for part, inner in parts for t in coerced(part, inner, demands))
        case _:
            raise Refusal("DC108", "this value is not of the type that is needed here")


def split(val: Sym) -> tuple[Sym, ...]:
    """The fields of a record."""
    fields = val.shape.fields if isinstance(val.shape, Record) else ()
    found: list[Sym] = []
    start = 0
    for _, shape in fields:
        width = len(leaves(shape, ""))
        found.append(Sym(shape, val.terms[start : start + width]))
        start += width
    return tuple(found)


def relabelled(
    term: Term,
    mine: tuple[object, ...],
    wanted: tuple[object, ...],
    demands: list[tuple[Term, str]],
) -> Term:
    """A choice among `mine` as a choice among `wanted`."""
    sort = EnumSort(labels_of(wanted))
    common = [option for option in mine if option in wanted]
    if len(common) < len(mine):
        inside = build.any_of(*(is_option(term, mine, option) for option in common))
        demands.append((inside, f"the value is none of {', '.join(labels_of(common))}"))
    result: Term = build.label(label_of(common[-1]), sort)
    for option in reversed(common[:-1]):
        result = build.choose(
            is_option(term, mine, option), build.label(label_of(option), sort), result
        )
    return result


def is_option(term: Term, options: tuple[object, ...], option: object) -> Term:
    """Whether a choice among `options` is this one."""
    if option not in options:
        return build.FALSE
    return build.equal(term, build.label(label_of(option), EnumSort(labels_of(options))))


def misfit(value: object, shape: Shape) -> tuple[str, str]:
    """What to say of a value that a shape cannot have: the message and the remedy."""
    match shape:
        case Choice(options):
            remedy = did_you_mean(str(label_of(value)), labels_of(options))
            return f"`{label_of(value)}` is not one of the values this can have", remedy
        case _:
            return f"`{label_of(value)}` is not a value this can have", ""
