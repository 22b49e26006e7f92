"""Terms: what simplifies them, substitutes in them or ranges over them keeps their value."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import get_args

import pytest
from brute import value_of
from hypothesis import given, settings
from systems import Maker, all_states, domain, random_variables, randoms

from deliverycheck.system import build
from deliverycheck.system.model import Variable
from deliverycheck.system.ranges import narrowed, range_of
from deliverycheck.system.sorts import BOOL, EnumSort, IntSort, Sort, Value, contains, values
from deliverycheck.system.terms import (
    OPERATORS,
    App,
    Const,
    IllTyped,
    Kind,
    Op,
    Term,
    Var,
    kind_of,
    variables_of,
)

X, Y = Var("x", IntSort(-2, 2)), Var("y", IntSort(-1, 2))
P, Q, R = Var("p", BOOL), Var("q", BOOL), Var("r", BOOL)
E1, E2 = Var("e", EnumSort(("a", "b", "c"))), Var("f", EnumSort(("a", "b", "c")))
ATOMS = (X, Y, P, Q, R, E1, E2)

Valuation = dict[str, Value]


def valuations(term: Term, *others: Term) -> list[Valuation]:
    """Every valuation of the variables of some terms."""
    free = {v.name: v for one in (term, *others) for v in variables_of(one)}
    spaces = (domain(v.sort) for v in free.values())
    return [dict(zip(free, chosen, strict=True)) for chosen in product(*spaces)]


def constants(sort: Sort) -> tuple[Term, ...]:
    """The constants of a sort as lifting makes them."""
    if isinstance(sort, IntSort):
        return tuple(build.integer(int(value)) for value in domain(sort))
    return tuple(Const(value, sort) for value in domain(sort))


def small_terms(sort: Sort) -> list[Term]:
    """Variables, constants and terms of one operator: what simplifying constructors look at."""
    plain: list[Term] = [*(v for v in ATOMS if v.sort == sort), *constants(sort)]
    if sort == BOOL:
        one, two = build.integer(0), build.integer(1)
        plain += [App("not", (P,)), App("not", (Q,)), App("and", (P, Q)), App("or", (P, R))]
        plain += [App("eq", (X, one)), App("eq", (X, two)), App("not", (App("eq", (X, one)),))]
        plain += [App("eq", (E1, c)) for c in constants(E1.sort)[:2]]
        plain += [App("lt", (X, two)), App("le", (two, X))]
    if isinstance(sort, IntSort):
        one, two = build.integer(1), build.integer(-2)
        plain += [Y, *(App(op, (X, c)) for op in ("add", "sub") for c in (one, two))]
        plain += [App("ite", (P, one, two)), App("ite", (P, X, two)), App("min", (X, one))]
    if sort == E1.sort:
        a, b, _ = constants(sort)
        plain += [App("ite", (P, a, b)), App("ite", (Q, a, E1)), App("ite", (R, E1, E2))]
    return plain


ARGUMENTS: dict[Op, list[tuple[Sort, ...]]] = {
    "not": [(BOOL,)],
    "and": [(BOOL,), (BOOL, BOOL), (BOOL, BOOL, BOOL)],
    "or": [(BOOL,), (BOOL, BOOL), (BOOL, BOOL, BOOL)],
    "eq": [(BOOL, BOOL), (X.sort, X.sort), (E1.sort, E1.sort)],
    "lt": [(X.sort, X.sort)],
    "le": [(X.sort, X.sort)],
    "add": [(X.sort, X.sort)],
    "sub": [(X.sort, X.sort)],
    "min": [(X.sort, X.sort)],
    "max": [(X.sort, X.sort)],
    "ite": [(BOOL, BOOL, BOOL), (BOOL, X.sort, X.sort), (BOOL, E1.sort, E1.sort)],
}


def same_everywhere(simple: Term, plain: Term) -> None:
    assert kind_of(simple) == kind_of(plain)
    for valuation in valuations(plain, simple):
        assert value_of(simple, valuation) == value_of(plain, valuation), (plain, valuation)


@pytest.mark.parametrize("op", OPERATORS)
def test_a_simplifying_constructor_means_what_the_plain_operator_means(op: Op) -> None:
    for sorts in ARGUMENTS[op]:
        for args in product(*map(small_terms, sorts)):
            same_everywhere(build.apply(op, args), App(op, args))


@settings(max_examples=250)
@given(randoms)
def test_random_terms_keep_their_value_when_every_part_is_simplified(random: Random) -> None:
    term, variables = random_term(random)
    simple = build.substitute(term, {})
    assert kind_of(simple) == kind_of(term)
    for state in all_states(variables):
        valuation = valuation_of(variables, state)
        assert value_of(simple, valuation) == value_of(term, valuation)


@settings(max_examples=150)
@given(randoms)
def test_substituting_terms_is_evaluating_where_the_variables_have_their_values(
    random: Random,
) -> None:
    term, variables = random_term(random, most=3)
    maker = Maker(random, variables, raw=True)
    # All at once: the terms put in speak of the variables as they were before.
    put_in = {v.name: maker.of(v.sort, 2) for v in variables[:-1]}
    simple = build.substitute(term, put_in)
    for state in all_states(variables):
        old = valuation_of(variables, state)
        new = old | {name: value_of(by, old) for name, by in put_in.items()}
        assert value_of(simple, old) == value_of(term, new)


@settings(max_examples=250)
@given(randoms)
def test_a_value_lies_in_its_terms_range_wherever_the_guard_holds(random: Random) -> None:
    term, variables = random_term(random, integer=True)
    guard = Maker(random, variables, raw=True).of(BOOL, 2)
    some = Maker(random, variables, raw=False).of(BOOL, 2)
    for test in (guard, App("and", (guard, some)), App("not", (guard,)), build.negate(some)):
        known = narrowed(test)
        low, high = range_of(term, known)
        for state in all_states(variables):
            valuation = valuation_of(variables, state)
            if value_of(test, valuation):
                value = value_of(term, valuation)
                assert isinstance(value, int)
                assert low <= value <= high
                assert all(a <= int(valuation[name]) <= b for name, (a, b) in known.items())


def random_term(
    random: Random, most: int = 4, *, integer: bool = False
) -> tuple[Term, tuple[Variable, ...]]:
    variables = random_variables(random, most)
    maker = Maker(random, variables, raw=True)
    sort: Sort = IntSort(-2, 3) if integer else maker.rng.choice(variables).sort
    return maker.of(sort if integer or maker.rng.random() < 0.5 else BOOL, 4), variables


def valuation_of(variables: tuple[Variable, ...], state: tuple[Value, ...]) -> Valuation:
    return {v.name: value for v, value in zip(variables, state, strict=True)}


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (App("lt", (X, build.integer(1))), (-2, 0)),
        (App("not", (App("lt", (X, build.integer(1))),)), (1, 2)),
        (App("le", (X, build.integer(1))), (-2, 1)),
        (App("not", (App("le", (X, build.integer(1))),)), (2, 2)),
        (App("lt", (build.integer(1), X)), (2, 2)),
        (App("not", (App("lt", (build.integer(1), X)),)), (-2, 1)),
        (App("le", (build.integer(1), X)), (1, 2)),
        (App("not", (App("le", (build.integer(1), X)),)), (-2, 0)),
        (App("eq", (X, build.integer(0))), (0, 0)),
        (App("not", (App("eq", (X, build.integer(0))),)), (-2, 2)),
        (App("and", (App("le", (build.integer(0), X)), App("lt", (X, build.integer(2))))), (0, 1)),
    ],
)
def test_a_guard_narrows_a_variable_to_what_it_leaves(
    test: Term, expected: tuple[int, int]
) -> None:
    assert range_of(X, narrowed(test)) == expected


@pytest.mark.parametrize("negated", [False, True])
def test_the_sort_a_constant_was_meant_in_does_not_matter_to_a_conjunction(negated: bool) -> None:
    narrow = App("eq", (X, Const(1, IntSort(1, 1))))
    wide: Term = App("eq", (X, Const(1, X.sort)))
    wide = App("not", (wide,)) if negated else wide
    # x = 1 and x = 1 can be true; x = 1 and not x = 1 cannot.
    same_everywhere(build.all_of(narrow, wide), App("and", (narrow, wide)))


def fits(op: Op, kinds: tuple[Kind, ...]) -> bool:
    """Which kinds the documentation of the language gives an operator."""
    match op, kinds:
        case ("eq", (one, other)) | ("ite", ("bool", one, other)):
            return one == other
        case "not", _:
            return kinds == ("bool",)
        case "and" | "or", _:
            return set(kinds) <= {"bool"}
        case "lt" | "le" | "add" | "sub" | "min" | "max", _:
            return kinds == ("int", "int")
    return False


@pytest.mark.parametrize("op", OPERATORS)
def test_an_operator_takes_the_kinds_it_is_for_and_no_others(op: Op) -> None:
    samples: tuple[Term, ...] = (X, P, E1, Var("g", EnumSort(("z",))))
    for count in range(1, 5):
        for args in product(samples, repeat=count):
            kinds: tuple[Kind, ...] = tuple(kind_of(arg) for arg in args)
            if fits(op, kinds):
                whole = kinds[-1] if op == "ite" else kinds[0]
                predicate = op in {"not", "and", "or", "eq", "lt", "le"}
                assert kind_of(App(op, args)) == ("bool" if predicate else whole)
            else:
                with pytest.raises(IllTyped):
                    kind_of(App(op, args))


def test_a_sort_contains_exactly_its_values() -> None:
    candidates: tuple[Value, ...] = (False, True, -3, -2, 0, 1, 2, 3, "a", "c", "z", "")
    for sort in (BOOL, IntSort(-2, 2), E1.sort):
        inside = [value for value in candidates if contains(sort, value)]
        # Compared with their types, for `True` is no integer here and 1 no truth value.
        typed = {(type(value), value) for value in values(sort)}
        assert values(sort) == domain(sort)
        assert {(type(value), value) for value in inside} == typed & {
            (type(value), value) for value in candidates
        }
    assert contains(IntSort(1, None), 10**9)
    assert not contains(IntSort(1, None), 0)
    with pytest.raises(ValueError, match="no last value"):
        values(IntSort(0, None))


def test_the_table_of_arguments_above_speaks_of_every_operator() -> None:
    assert tuple(ARGUMENTS) == OPERATORS == get_args(Op)


def test_terms_that_share_their_parts_cost_no_more_than_their_parts() -> None:
    """There are 2 to the power of 200 places in this term, and 201 parts."""
    x, y = Var("x", BOOL), Var("y", BOOL)
    term: Term = x
    for _ in range(200):
        term = App("and", (term, term))
    assert kind_of(term) == "bool"
    assert set(variables_of(term)) == {x}
    other = App("not", (App("or", (x, y)),))
    shared = App("eq", (other, App("eq", (other, other))))
    assert set(variables_of(build.substitute(shared, {"x": y}))) == {y}
    assert build.substitute(term, {"x": y}) == y
