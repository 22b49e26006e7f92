"""What a system means: the operators, one step, and what is no system at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from brute import value_of
from hypothesis import given, settings
from systems import all_states, domain, systems

from deliverycheck.errors import InputError
from deliverycheck.explore.codegen import compiled
from deliverycheck.explore.expressions import INFIX
from deliverycheck.explore.packing import packing_of
from deliverycheck.explore.plan import clause_bits
from deliverycheck.semantics.interpreter import MEANING, ModelFault, at_rest, evaluate, successors
from deliverycheck.system import build
from deliverycheck.system.model import (
    Action,
    Bound,
    Check,
    Clause,
    Property,
    State,
    System,
    Variable,
)
from deliverycheck.system.sorts import BOOL, EnumSort, IntSort, Sort
from deliverycheck.system.terms import OPERATORS, App, Const, Op, Term, Var

SMALL, LABELS = IntSort(-2, 2), EnumSort(("a", "b", "c"))
WIDE = IntSort(-4, 4)
"""Holds every sum and difference of two small integers."""

TYPES: dict[Op, list[tuple[tuple[Sort, ...], Sort]]] = {
    "not": [((BOOL,), BOOL)],
    "and": [((BOOL,) * count, BOOL) for count in (1, 2, 3)],
    "or": [((BOOL,) * count, BOOL) for count in (1, 2, 3)],
    "eq": [((BOOL, BOOL), BOOL), ((SMALL, SMALL), BOOL), ((LABELS, LABELS), BOOL)],
    "lt": [((SMALL, SMALL), BOOL)],
    "le": [((SMALL, SMALL), BOOL)],
    "add": [((SMALL, SMALL), WIDE)],
    "sub": [((SMALL, SMALL), WIDE)],
    "min": [((SMALL, SMALL), WIDE)],
    "max": [((SMALL, SMALL), WIDE)],
    "ite": [
        ((BOOL, BOOL, BOOL), BOOL),
        ((BOOL, SMALL, SMALL), WIDE),
        ((BOOL, LABELS, LABELS), LABELS),
    ],
}


def act(name: str = "a", guard: Term = build.TRUE, **updates: Term) -> Action:
    return Action(name, "p", guard, updates)


def test_every_operator_has_a_meaning_and_no_other_word_has_one() -> None:
    assert set(MEANING) == set(OPERATORS) == set(TYPES)
    assert set(INFIX) | {"not", "ite", "min", "max"} == set(OPERATORS)


@pytest.mark.parametrize(
    ("op", "args", "value"),
    [
        ("sub", (1, 2), -1),
        ("add", (-2, 1), -1),
        ("min", (-2, 1), -2),
        ("max", (-2, 1), 1),
        ("lt", (1, 1), False),
        ("lt", (-1, 1), True),
        ("le", (1, 1), True),
        ("le", (2, 1), False),
        ("eq", ("a", "b"), False),
        ("and", (True, False), False),
        ("or", (True, False), True),
        ("not", (False,), True),
        ("ite", (False, "a", "b"), "b"),
        ("and", (), True),
        ("or", (), False),
    ],
)
def test_an_operator_means_what_arithmetic_and_logic_say(
    op: Op, args: tuple[bool | int | str, ...], value: bool | int | str
) -> None:
    result = MEANING[op](*args)
    assert (type(result), result) == (type(value), value)


@pytest.mark.parametrize("op", OPERATORS)
def test_the_generated_code_of_an_operator_means_what_the_interpreter_says(op: Op) -> None:
    """In an update, in a property and in a guard, of variables and of constants."""
    for sorts, out in TYPES[op]:
        variables = tuple(Variable(f"x{at}", sort) for at, sort in enumerate(sorts))
        names: tuple[Term, ...] = tuple(Var(v.name, v.sort) for v in variables)
        terms = [App(op, names)]
        for at, sort in enumerate(sorts):
            fixed = (Const(value, sort) for value in domain(sort))
            terms += [App(op, (*names[:at], const, *names[at + 1 :])) for const in fixed]
        for term in terms:
            agrees_everywhere(term, variables, out)


def agrees_everywhere(term: Term, variables: tuple[Variable, ...], out: Sort) -> None:
    result = Var("out", out)
    first = Const(domain(out)[0], out)
    everywhere = (Variable("out", out), *variables)
    asked = term if out == BOOL else App("eq", (term, result))
    system = System(
        "operator",
        everywhere,
        ((first.value, *(domain(v.sort)[0] for v in variables)),),
        (act("store", out=term), act("test", asked, out=first)),
        (Property("p", "always", (Clause("", asked, App("not", (asked,))),)),),
    )
    code = compiled(system)
    when, then = clause_bits(system)["p", 0]
    for state in all_states(everywhere):
        valuation = system.valuation(state)
        value, met = evaluate(term, valuation), evaluate(asked, valuation)
        assert type(value) is type(value_of(term, valuation))
        assert value == value_of(term, valuation)
        word = code.packing.pack(state)
        after = [(at, code.packing.unpack(target)) for at, target in code.edges(word)]
        tested = [(1, (first.value, *state[1:]))] if met else []
        assert sorted(after) == [(0, (value, *state[1:])), *tested]
        assert (bool(code.marks(word) & when), bool(code.marks(word) & then)) == (met, not met)


@pytest.mark.parametrize(("op", "value"), [("and", True), ("or", False)])
def test_an_operator_of_no_arguments_is_its_neutral_element(op: Op, value: bool) -> None:
    agrees_everywhere(App("eq", (App(op, ()), Var("x", BOOL))), (Variable("x", BOOL),), BOOL)
    system = System("none", (Variable("b", BOOL),), ((not value,),), (act(b=App(op, ())),))
    code = compiled(system)
    assert code.targets(code.packing.pack((not value,))) == [code.packing.pack((value,))]


N, M = Var("n", IntSort(0, 2)), Var("m", IntSort(0, 2))


def two(*actions: Action, start: State = (0, 1)) -> System:
    return System("two", (Variable("n", N.sort), Variable("m", M.sort)), (start,), actions)


def test_updates_happen_at_once_and_leave_the_rest_alone() -> None:
    swap, keep = act("swap", n=M, m=N), act("keep", m=build.integer(2))
    system = two(swap, keep)
    assert [o.state for o in successors(system, (0, 1))] == [(1, 0), (0, 2)]
    assert [o.action for o in successors(system, (0, 1))] == [swap, keep]


def test_only_what_the_guard_allows_happens() -> None:
    system = two(act(guard=App("lt", (N, M)), n=M))
    assert [o.state for o in successors(system, (0, 1))] == [(1, 1)]
    assert list(successors(system, (1, 1))) == []


def test_a_step_out_of_the_domain_is_the_models_fault_and_no_wrap() -> None:
    up, down = act("up", n=App("add", (N, M))), act("down", n=App("sub", (N, M)))
    for action, edge, inside in ((up, (2, 1), (1, 1)), (down, (0, 1), (1, 1))):
        assert len(list(successors(two(action), inside))) == 1
        with pytest.raises(ModelFault, match=rf"in step {action.name}: n becomes (3|-1), which"):
            list(successors(two(action), edge))


def test_a_check_speaks_where_the_step_is_taken_and_only_there() -> None:
    check = Check(App("lt", (N, M)), "n is behind", "model.py", 7)
    wrong = Action("a", "p", App("eq", (M, build.integer(1))), {}, checks=(check,))
    assert list(successors(two(wrong), (2, 2))) == []
    assert len(list(successors(two(wrong), (0, 1)))) == 1
    with pytest.raises(ModelFault, match="n is behind") as caught:
        list(successors(two(wrong), (1, 1)))
    assert (caught.value.diagnostics[0].file, caught.value.diagnostics[0].line) == ("model.py", 7)


def test_a_bound_cuts_before_a_check_or_a_domain_is_looked_at_and_is_on_record() -> None:
    more = App("add", (N, build.integer(1)))
    bounds = (Bound(App("le", (more, build.integer(2))), "n"), Bound(App("lt", (N, M)), "m"))
    action = Action("a", "p", build.TRUE, {"n": more}, bounds=bounds)
    hits = set[str]()
    assert list(successors(two(action), (2, 2), hits)) == []
    assert hits == {"n", "m"}
    # 1 + 1 = 2 is in the domain, but 1 < 1 is not so.
    hits.clear()
    assert list(successors(two(action), (1, 1), hits)) == []
    assert hits == {"m"}
    assert list(successors(two(action), (2, 2))) == []


def test_only_a_step_that_is_relied_upon_and_changes_something_disturbs_the_rest() -> None:
    """A fault, an unfair step, and a step that changes nothing do not; beyond a bound, it does."""
    one = build.integer(1)

    def at(n: int) -> Term:
        return App("eq", (N, build.integer(n)))

    fault = Action("crash", "p", build.TRUE, {"m": one}, fault="crash")
    unfair = Action("hand over", "p", build.TRUE, {"m": one}, fairness="none")
    idle, still = act("idle"), act("still", n=N)
    cut = Action("cut", "p", at(1), {"m": one}, bounds=(Bound(build.FALSE, "b"),))
    strong = Action("strong", "p", at(2), {"m": one}, fairness="strong")
    system = two(fault, unfair, idle, still, cut, strong)
    # What `cut` would give beyond its bound means nothing: it could happen, so there is no rest.
    for state, rests in (((0, 0), True), ((1, 0), False), ((2, 0), False), ((1, 1), False)):
        assert at_rest(system, state) == rests, state


def test_a_step_is_relied_upon_as_little_as_its_least_path() -> None:
    one, two_ = build.integer(1), build.integer(2)
    least = Action("step", "p", build.TRUE, {"m": one}, fairness="none")
    most = Action("step", "p", build.TRUE, {"m": two_}, fairness="strong")
    assert at_rest(two(least, most), (0, 0))
    assert not at_rest(two(replace(least, fairness="weak"), most), (0, 0))
    # Another actor's step of that name, and a fault of that name, are other steps.
    assert not at_rest(two(replace(least, actor="q"), most), (0, 0))
    assert not at_rest(two(replace(least, fault="crash"), most), (0, 0))


def test_everything_that_is_wrong_with_a_system_is_said_at_once() -> None:
    x, ghost = Var("x", IntSort(0, 3)), Var("ghost", BOOL)
    b, other = Var("b", BOOL), Var("x", IntSort(0, 9))
    bad = Action(
        "bad",
        "p",
        ghost,
        {"nobody": b, "x": b, "e": Const("u", EnumSort(("u",)))},
        checks=(Check(x, "check"),),
        bounds=(Bound(App("lt", (b, x)), "bound"),),
    )
    clause = Clause("", App("eq", (other, x)), App("not", (x,)))
    variables = (Variable("x", x.sort), Variable("b", BOOL), Variable("e", LABELS))
    with pytest.raises(InputError) as caught:
        System(
            "s",
            variables,
            ((0, False), (4, 0, "z"), (1, True, "a")),
            (bad,),
            (Property("q", "always", (clause,)),),
        )
    assert {diagnostic.code for diagnostic in caught.value.diagnostics} == {"DC701"}
    assert [diagnostic.message for diagnostic in caught.value.diagnostics] == [
        "s: an initial state has 2 values for 3 variables",
        "s: x starts as 4, which is not in 0..3",
        "s: b starts as 0, which is not in bool",
        "s: e starts as 'z', which is not in {a, b, c}",
        "s: action bad, guard: there is no variable ghost",
        "s: action bad, check: a int where a bool is needed",
        "s: action bad, bound: `lt` does not take (bool, int)",
        "s: action bad updates nobody, which is no variable",
        "s: action bad, update of x: a bool where a int is needed",
        "s: action bad, update of e: a {u} where a {a, b, c} is needed",
        "s: property q: x is a 0..3, used as a 0..9",
        "s: property q: `not` does not take (int)",
    ]


def test_a_system_without_a_start_or_with_a_name_used_twice_is_refused() -> None:
    with pytest.raises(InputError, match="there is no initial state"):
        System("s", (Variable("x", BOOL),), (), ())
    with pytest.raises(InputError, match="two variables have the same name"):
        System("s", (Variable("x", BOOL), Variable("x", SMALL)), ((True, 0),), ())


@settings(max_examples=60)
@given(systems)
def test_a_state_survives_packing_and_no_two_share_a_word(system: System) -> None:
    packing = packing_of(system)
    states = list(all_states(system.variables))
    words = [packing.pack(state) for state in states]
    assert [repr(packing.unpack(word)) for word in words] == list(map(repr, states))
    assert len(set(words)) == len(states)
    assert all(0 <= word < 1 << packing.bits for word in words)
