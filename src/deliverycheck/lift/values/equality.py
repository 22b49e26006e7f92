"""Equality of values, the choice between two, and Python's truth value."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from deliverycheck.lang.domains import Sort as Things
from deliverycheck.lang.shapes import Choice, Flag, Integer, Perhaps, Record, Shape, perhaps
from deliverycheck.lift.code.refusal import Refusal
from deliverycheck.lift.values.value import (
    NOTHING,
    Known,
    Several,
    Sym,
    Val,
    coerced,
    fits,
    is_option,
    known_terms,
    misfit,
    symbolic,
)
from deliverycheck.system import build
from deliverycheck.system.terms import Term


def same(left: Val, right: Val) -> Term:
    """Whether two values are equal, as Python's `==` would say."""
    match left, right:
        case Known(a), Known(b):
            if type(a) is not type(b) and a == b:
                raise _confusing(a, b)
            return build.truth(a == b)
        case Known(), Sym():
            return same(right, left)
        case Sym(shape, terms), Known(value):
            if (
                isinstance(shape, Integer)
                and isinstance(value, int)
                and not isinstance(value, bool)
            ):
                return build.equal(terms[0], build.integer(value))
            if isinstance(shape, Choice) and isinstance(value, str) and not fits(shape, value):
                raise Refusal("DC108", *misfit(value, shape))
            if isinstance(shape, Perhaps) and value is not None:
                return build.all_of(terms[0], same(Sym(shape.inner, terms[1:]), right))
            if isinstance(shape, Perhaps):
                return build.negate(terms[0])
            if not fits(shape, value):
                if isinstance(shape, Flag | Integer) and isinstance(value, bool | int):
                    raise _confusing(value, True)
                options = shape.options if isinstance(shape, Choice) else ()
                for option in options:
                    if option == value:
                        raise _confusing(option, value)
                return build.FALSE
            constants = known_terms(shape, value)
            return build.all_of(*map(build.equal, terms, constants))
        case Sym(), Sym():
            return _same_terms(left, right)
        case Several(mine), Several(theirs):
            if len(mine) != len(theirs):
                return build.FALSE
            return build.all_of(*(same(a, b) for a, b in zip(mine, theirs, strict=True)))
        case _:
            raise Refusal("DC108", "these two cannot be compared")


def _same_terms(left: Sym, right: Sym) -> Term:
    match left.shape, right.shape:
        case Integer(), Integer():
            return build.equal(left.terms[0], right.terms[0])
        case Flag(), Choice():
            return _same_terms(as_choice(left), right)
        case Choice(), Flag():
            return _same_terms(left, as_choice(right))
        case Choice(mine), Choice(theirs) if mine != theirs:
            common = [option for option in mine if option in theirs]
            return build.any_of(
                *(
                    build.all_of(
                        is_option(left.terms[0], mine, option),
                        is_option(right.terms[0], theirs, option),
                    )
                    for option in common
                )
            )
        case Perhaps(inner), Perhaps(other):
            rest = _same_terms(Sym(inner, left.terms[1:]), Sym(other, right.terms[1:]))
            return build.choose(
                left.terms[0], build.all_of(right.terms[0], rest), build.negate(right.terms[0])
            )
        case Perhaps(inner), _:
            return build.all_of(left.terms[0], _same_terms(Sym(inner, left.terms[1:]), right))
        case _, Perhaps():
            return _same_terms(right, left)
        case mine, theirs if mine == theirs:
            return build.all_of(*map(build.equal, left.terms, right.terms))
        case _:
            raise Refusal("DC108", "values of two different types are never equal")


def as_choice(value: Sym) -> Sym:
    """A truth value as a choice between two options."""
    shape = Choice((False, True))
    return Sym(shape, coerced(value, shape, []))


def _confusing(a: object, b: object) -> Refusal:
    """Python finds True equal to 1; a model that rests on it is more likely mistaken."""
    text = f"`{a!r}` and `{b!r}` are of different types, though Python may call them equal"
    return Refusal("DC108", text, "Compare whole numbers with whole numbers, flags with flags.")


def joined(left: Shape, right: Shape) -> Shape:
    """The smallest shape that holds the values of both. Raises Refusal."""
    if left == right:
        return left
    match left, right:
        case Integer(a, b), Integer(c, d):
            return Integer(min(a, c), None if b is None or d is None else max(b, d))
        case Choice(mine), Choice(theirs):
            both = tuple(dict.fromkeys((*mine, *theirs)))
            return Choice((None, *(o for o in both if o is not None)) if None in both else both)
        case Flag(), Choice() | Perhaps():
            return joined(Choice((False, True)), right)
        case Choice() | Perhaps(), Flag():
            return joined(left, Choice((False, True)))
        case Perhaps(inner), Perhaps(other):
            return Perhaps(joined(inner, other))
        case Perhaps(inner), other:
            return Perhaps(joined(inner, other))
        case _, Perhaps():
            return joined(right, left)
        case Record(make, mine), Record(other, theirs) if make == other:
            pairs = zip(mine, theirs, strict=True)
            return Record(make, tuple((name, joined(a, b)) for (name, a), (_, b) in pairs))
        case _:
            raise Refusal("DC108", "the two values are of different types")


def merged(test: Term, then: Val, other: Val, settings: Mapping[str, object]) -> Val:
    """`then` where `test` holds, else `other`."""
    if test == build.TRUE or then == other:
        return then
    if test == build.FALSE:
        return other
    if then == NOTHING or other == NOTHING:
        some = symbolic(other if then == NOTHING else then, settings).shape
        shape = some if isinstance(some, Perhaps) else perhaps(some)
        if isinstance(some, Choice) and None in some.options:
            shape = some
    else:
        shape = joined(symbolic(then, settings).shape, symbolic(other, settings).shape)
    pairs = zip(coerced(then, shape, []), coerced(other, shape, []), strict=True)
    return Sym(shape, tuple(build.choose(test, a, b) for a, b in pairs))


def truth_of(val: Val) -> Term:
    """Python's truth value. Raises Refusal where it would hide a confusion (0, empty string)."""
    match val:
        case Known(value):
            return build.truth(bool(value))
        case Sym(Flag(), (term,)):
            return term
        case Sym(Choice(options), (term,)) if set(options) <= {None, False, True}:
            return is_option(term, options, True)
        case Sym(Choice(options), (term,)) if None in options and all(
            option is None or isinstance(option, Things | Enum) for option in options
        ):
            return build.negate(is_option(term, options, None))
        case _:
            raise Refusal(
                "DC108",
                "this is not a truth value",
                "Compare it: `x != 0`, `x is not None`, `x == ...`.",
            )
