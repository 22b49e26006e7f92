"""Which messages are alike: found where it is so, refused where anything differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Annotated, Literal, NamedTuple

import pytest
from brute import value_of
from support import CORE
from symmetric import Symmetric, symmetric_of
from systems import Maker, domain

from deliverycheck.check.lifting import lifted_of
from deliverycheck.check.question import Question
from deliverycheck.explore.explored import ReachableFault
from deliverycheck.explore.limits import Limits
from deliverycheck.explore.search import explore
from deliverycheck.lang import AtMost, Channel, Fifo, Message, Protocol, Role, always, require
from deliverycheck.lang.design import design_of
from deliverycheck.lift.lifting import Lifted, lift
from deliverycheck.lift.mentions import mentions_of
from deliverycheck.load.subjects import questions
from deliverycheck.semantics.interpreter import at_rest, successors
from deliverycheck.system import build
from deliverycheck.system.diagrams import Diagrams, TooLarge
from deliverycheck.system.mentions import NOTHING, Mention, Mentions, Unlike, renaming_of, swap
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
from deliverycheck.system.normal import Forms
from deliverycheck.system.sorts import BOOL, EnumSort, IntSort, Sort, Value
from deliverycheck.system.symmetry import Symmetry, symmetry_of
from deliverycheck.system.terms import App, Const, Term, Var

SEEDS = range(500)


def lifted(cls: type[Protocol], messages: int) -> Lifted:
    return lift(design_of(cls, messages), {"lose": 1, "crash": 1})


def found_in(cls: type[Protocol], messages: int) -> Symmetry:
    model = lifted(cls, messages)
    return symmetry_of(model.system, mentions_of(model))


# What is found


@pytest.mark.parametrize("messages", [2, 3])
@pytest.mark.parametrize("asked", questions(CORE), ids=lambda one: one.name)
def test_in_every_shipped_model_all_messages_are_alike(asked: Question, messages: int) -> None:
    model = lifted_of(replace(asked, messages=messages))
    symmetry = symmetry_of(model.system, mentions_of(model))
    assert symmetry.classes == (tuple(f"m{n}" for n in range(1, messages + 1)),)
    kinds = {prop.name: prop.kind for prop in model.system.properties}
    assert symmetry.properties == {name for name, kind in kinds.items() if kind != "leads-to"}


def test_in_random_symmetric_systems_all_messages_are_alike() -> None:
    for seed in SEEDS:
        made = symmetric_of(seed)
        symmetry = symmetry_of(made.system, made.mentions)
        assert symmetry.classes == (made.messages,), seed
        assert symmetry.properties == {prop.name for prop in made.system.properties}, seed


sender = Role("sender")
worker = Role("worker", crashes=True)


class Packet(NamedTuple):
    """Two messages and a word that looks like one."""

    m: Message
    word: Literal["m1", "m2"]


class Many(Protocol):
    """Messages everywhere: keys, pairs, items of both kinds of channel; and words that are none."""

    word: Literal["m1", "m2"]
    marks: dict[Message, Literal["m1", "m10"]]
    pairs: set[Packet]
    bag: Channel[Packet] = Channel(sender, worker, copies=1)
    line: Fifo[Message] = Fifo(sender, worker, capacity=2)
    last: Message | None

    @sender
    def send(self, m: Message) -> None:
        require(m not in self.marks)
        self.marks[m] = "m10"
        self.word = "m2"
        self.line.put(m)
        self.bag.put(Packet(m, "m1"))

    @worker
    def take(self, m: Message) -> None:
        self.line.take(m)
        self.last = m
        self.pairs.add(Packet(m, "m2"))


def test_words_that_look_like_messages_are_none_and_m1_is_not_m10() -> None:
    model = lifted(Many, 11)
    mentions = mentions_of(model)
    assert mentions.variables["marks[m10]"].messages == ("m10",)
    assert mentions.variables["pairs[Packet(m1, m2)]"].messages == ("m1",)
    assert mentions.variables["bag[Packet(m11, m1)]"].messages == ("m11",)
    assert "word" not in mentions.labels
    assert "marks[m1]" not in mentions.labels
    assert mentions.labels["line[0]"]["m10"].messages == ("m10",)
    renaming = renaming_of(model.system, mentions, swap("m1", "m10"))
    assert renaming.variables["pairs[Packet(m1, m2)]"] == "pairs[Packet(m10, m2)]"
    assert renaming.labels["last"] == {"m1": "m10", "m10": "m1"}
    assert found_in(Many, 3).classes == (("m1", "m2", "m3"),)


class Favours(Protocol):
    """A list that is not full holds the first message where nothing is: nobody asks for it."""

    row: Annotated[list[Message], AtMost(2)]

    @sender
    def add(self, m: Message) -> None:
        require(len(self.row) < 2)
        self.row.append(m)

    @sender
    def clear(self) -> None:
        self.row.clear()

    @always
    def short(self) -> bool:
        return len(self.row) < 3


def test_what_an_empty_cell_holds_is_a_message_like_no_other() -> None:
    """A limit: the cells beyond the end hold m1, so m1 is told apart; the others are alike."""
    assert found_in(Favours, 4).classes == (("m2", "m3", "m4"),)


def pair() -> tuple[System, Mentions]:
    """Two messages that are alike in all that can be said of an action."""
    names = ("m1", "m2")
    it = {m: Var(f"a[{m}]", IntSort(0, 2)) for m in names}
    actions = tuple(
        Action(
            f"step({m})",
            "p",
            App("lt", (it[m], build.integer(2))),
            {it[m].name: App("add", (it[m], build.integer(1)))},
            None,
            "weak",
            m,
            checks=(Check(App("le", (it[m], build.integer(0))), "small"),),
            bounds=(Bound(App("lt", (it[m], build.integer(1))), f"a[{m}]: at most 1"),),
        )
        for m in names
    )
    clauses = (Clause(m, build.TRUE, one.guard) for m, one in zip(names, actions, strict=True))
    prop = Property("small", "always", tuple(clauses))
    variables = tuple(Variable(it[m].name, IntSort(0, 2)) for m in names)
    system = System("pair", variables, ((0, 0),), actions, (prop,))
    return system, Mentions(names, {it[m].name: Mention("a[_]", (m,)) for m in names})


CHANGES: dict[str, dict[str, object]] = {
    "guard": {"guard": App("lt", (Var("a[m1]", IntSort(0, 2)), build.integer(1)))},
    "update": {"updates": {"a[m1]": build.integer(2)}},
    "updates": {"updates": {"a[m1]": build.integer(2), "a[m2]": build.integer(1)}},
    "nothing": {"updates": {}},
    "fault": {"fault": "lose", "fairness": "none"},
    "fairness": {"fairness": "strong"},
    "actor": {"actor": "q"},
    "message": {"message": None},
    "the other's": {"message": "m2"},
    "checks": {"checks": ()},
    "check": {"checks": (Check(App("lt", (Var("a[m1]", IntSort(0, 2)), build.integer(0))), ""),)},
    "bounds": {"bounds": ()},
    "bound": {"bounds": (Bound(App("lt", (Var("a[m1]", IntSort(0, 2)), build.integer(2))), "b"),)},
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_changed_of_one_action_is_seen(change: str) -> None:
    system, mentions = pair()
    assert symmetry_of(system, mentions).classes == (("m1", "m2"),)
    first, second = system.actions
    changed = replace(system, actions=(replace(first, **CHANGES[change]), second))  # type: ignore[arg-type] # each by its field
    symmetry = symmetry_of(changed, mentions)
    assert symmetry.classes == ()
    assert symmetry.properties == frozenset()
    assert symmetry.reasons == (
        "m1 is not like m2: nothing is to the one what step(m1) is to the other",
    )


def test_a_step_more_another_start_and_an_odd_clause_are_seen() -> None:
    system, mentions = pair()
    twice = replace(system, actions=(*system.actions, system.actions[0]))
    assert symmetry_of(twice, mentions).classes == ()
    other = replace(system, initial=((0, 1),))
    assert "start" in symmetry_of(other, mentions).reasons[0]
    both = replace(system, initial=((0, 1), (1, 0)))
    assert symmetry_of(both, mentions).classes == (("m1", "m2"),)
    (small,) = system.properties
    odd = replace(system, properties=(replace(small, clauses=small.clauses[:1]),))
    symmetry = symmetry_of(odd, mentions)
    assert symmetry.classes == (("m1", "m2"),)
    assert symmetry.properties == frozenset()
    assert symmetry.reasons == ("small: it says of m1 what it does not say of m2",)
    for_ever = replace(system, properties=(replace(small, kind="leads-to"),))
    assert symmetry_of(for_ever, mentions).properties == frozenset()


def test_what_an_exchange_makes_of_actions_clauses_and_bounds() -> None:
    system, mentions = pair()
    (exchange,) = symmetry_of(system, mentions).exchanges
    assert exchange.actions == (1, 0)
    assert exchange.clauses == {"small": (1, 0)}
    assert exchange.bounds == {
        "a[m1]: at most 1": {"a[m2]: at most 1"},
        "a[m2]: at most 1": {"a[m1]: at most 1"},
    }


def test_only_some_messages_may_be_alike() -> None:
    variables = [Variable(f"a[m{n}]", BOOL) for n in range(1, 6)]
    mentions = Mentions(
        tuple(f"m{n}" for n in range(1, 6)),
        {v.name: Mention("a[_]", (v.name[2:-1],)) for v in variables},
    )
    actions = tuple(
        Action(f"set{at}", "p", App("not", (Var(v.name, BOOL),)), {v.name: build.TRUE}, fault)
        for at, v in enumerate(variables)
        for fault in ("lose" if at in (1, 3) else None,)
    )
    system = System("some", tuple(variables), ((False,) * 5,), actions)
    assert symmetry_of(system, mentions).classes == (("m1", "m3", "m5"), ("m2", "m4"))


# What the terms mean


def test_normal_forms_and_diagrams_keep_the_meaning() -> None:
    """Two terms of one number have the same value everywhere; so have those of one diagram."""
    variables = (
        Variable("x", IntSort(-1, 1)),
        Variable("y", IntSort(0, 2)),
        Variable("e", EnumSort(("p", "q"))),
        Variable("f", EnumSort(("p", "q"))),
        Variable("t", BOOL),
    )
    domains = {v.name: domain(v.sort) for v in variables}
    forms = Forms()
    diagrams = Diagrams(forms, domains)
    rows: list[dict[str, Value]] = [{}]
    for name, values in domains.items():
        rows = [{**row, name: value} for row in rows for value in values]
    by_number: dict[int, tuple[Value, ...]] = {}
    by_diagram: dict[int, tuple[Value, ...]] = {}
    for seed in range(3000):
        rng = Random(seed)  # noqa: S311
        maker = Maker(rng, variables, raw=True)
        sort = rng.choice((BOOL, BOOL, IntSort(0, 2)))
        term = maker.of(sort, 3)
        found = tuple(value_of(term, row) for row in rows)
        number = forms.of(term)
        assert by_number.setdefault(number, found) == found, seed
        try:
            diagram = diagrams.of(number)
        except TooLarge:
            diagrams = Diagrams(forms, domains)
            by_diagram.clear()
            continue
        assert by_diagram.setdefault(diagram, found) == found, seed
    # however it is written, it is one diagram
    typed = {tuple((type(v), v) for v in found) for found in by_diagram.values()}
    assert len(typed) == len(by_diagram)
    assert len(by_diagram) < len(by_number)


def test_what_is_written_in_another_order_has_one_number() -> None:
    x, y, z = (Var(name, BOOL) for name in "xyz")
    n, m = Var("n", IntSort(0, 3)), Var("m", IntSort(0, 3))
    one = build.integer(1)
    forms = Forms()
    pairs: list[tuple[Term, Term]] = [
        (App("and", (x, App("and", (y, z)))), App("and", (App("and", (z, x)), y, x))),
        (App("or", (x, y)), App("or", (y, x, build.FALSE))),
        (App("eq", (n, m)), App("eq", (m, n))),
        (App("add", (App("add", (n, one)), m)), App("add", (m, App("add", (one, n))))),
        (App("min", (n, App("min", (m, one)))), App("min", (one, App("min", (m, n))))),
        (App("lt", (n, m)), App("le", (App("add", (n, one)), m))),
        (App("not", (App("not", (x,)),)), x),
        (App("ite", (App("not", (x,)), n, m)), App("ite", (x, m, n))),
        (App("eq", (App("sub", (n, m)), one)), App("eq", (n, App("add", (one, m))))),
    ]
    for left, right in pairs:
        assert forms.of(left) == forms.of(right), (left, right)
    assert forms.of(Const(True, BOOL)) != forms.of(build.integer(1))
    assert forms.of(App("ite", (x, n, m))) != forms.of(App("ite", (x, m, n)))
    assert forms.of(App("sub", (n, m))) != forms.of(App("sub", (m, n)))
    assert forms.of(App("lt", (n, m))) != forms.of(App("le", (n, m)))


def test_labels_are_renamed_by_what_the_variable_holds() -> None:
    """The same labels in two variables: in one they are messages, in the other words."""
    sort = EnumSort(("m1", "m2"))
    held, word = Variable("held", sort), Variable("word", sort)
    system = System("labels", (held, word), (("m1", "m1"),), ())
    both = {label: Mention("_", (label,)) for label in sort.labels}
    renaming = renaming_of(system, Mentions(("m1", "m2"), {}, {"held": both}), swap("m1", "m2"))
    forms = Forms()

    def is_(variable: Variable, label: str) -> Term:
        return App("eq", (Var(variable.name, sort), Const(label, sort)))

    assert forms.of(is_(held, "m1"), renaming) == forms.of(is_(held, "m2"))
    assert forms.of(is_(word, "m1"), renaming) == forms.of(is_(word, "m1"))
    assert forms.of(Const("m1", sort), renaming, "held") == forms.of(Const("m2", sort), NOTHING)
    with pytest.raises(Unlike):
        forms.of(App("eq", (Var("held", sort), Var("word", sort))), renaming)
    with pytest.raises(Unlike):
        forms.of(Var("word", sort), renaming, "held")


HELD = EnumSort(("-", "m1", "m2"))
SAID = {label: Mention("_", (label,)) for label in ("m1", "m2")}
HALF = {"m1": SAID["m1"]}


@pytest.mark.parametrize(
    ("sorts", "names", "labels", "why"),
    [
        ((BOOL, HELD), ("d", "d"), {}, "no d.m2. like d.m1."),
        ((BOOL, BOOL), ("d", "e"), {}, "no variable that says of m2"),
        ((HELD, HELD), ("d", "d"), {"d[m1]": SAID}, "does not hold what"),
        ((HELD, HELD), ("d", "d"), {"d[m1]": HALF, "d[m2]": HALF}, "that says of m2"),
    ],
)
def test_what_cannot_change_places(
    sorts: tuple[Sort, Sort],
    names: tuple[str, str],
    labels: dict[str, dict[str, Mention]],
    why: str,
) -> None:
    variables = tuple(Variable(f"d[m{n}]", sort) for n, sort in enumerate(sorts, 1))
    start: State = tuple(domain(sort)[0] for sort in sorts)
    system = System("odd", variables, (start,), ())
    said = {f"d[m{n}]": Mention(form, (f"m{n}",)) for n, form in enumerate(names, 1)}
    mentions = Mentions(("m1", "m2"), said, labels)
    with pytest.raises(Unlike, match=why):
        renaming_of(system, mentions, swap("m1", "m2"))
    assert symmetry_of(system, mentions).classes == ()
    twice = Mentions(("m1", "m2"), dict.fromkeys(said, Mention("d", ("m1",))))
    with pytest.raises(Unlike, match="says the same"):
        renaming_of(system, twice, swap("m1", "m2"))


# What is refused


def same_under(made: Symmetric, names: dict[str, str]) -> bool:
    """Whether two messages really change places: on all states that are reached, by brute force.

    Said of what is reached only, and of the properties nothing.
    """
    system = made.system
    if {made.renamed(state, names) for state in system.initial} != set(system.initial):
        return False
    seen = set(system.initial)
    work = list(seen)
    while work:
        state = work.pop()
        other = made.renamed(state, names)
        here, there = steps(system, state), steps(system, other)
        if Counter((f, made.renamed(t, names)) for f, t in here) != Counter(there):
            return False
        if at_rest(system, state) != at_rest(system, other):
            return False
        new = {target for _, target in here} - seen
        seen |= new
        work += new
    return True


def steps(system: System, state: State) -> list[tuple[str | None, State]]:
    return [(one.action.fault, one.state) for one in successors(system, state)]


def changed_terms(rng: Random, term: Term) -> Term:
    """The same term with one thing changed in it."""
    match term:
        case App(op, args):
            if rng.random() < 0.3:
                swapped: dict[str, str] = {"and": "or", "or": "and", "lt": "le", "le": "lt"}
                if op in swapped:
                    return App(swapped[op], args)  # type: ignore[arg-type] # one of these four
                return build.negate(term) if op in {"eq", "not"} else term
            at = rng.randrange(len(args))
            return App(op, (*args[:at], changed_terms(rng, args[at]), *args[at + 1 :]))
        case Const(value, sort):
            if isinstance(value, bool):
                return build.truth(not value)
            if isinstance(sort, EnumSort):
                return Const(rng.choice(sort.labels), sort)
            return build.integer(rng.randint(0, 2))
        case Var(_, sort):
            return build.negate(term) if sort == BOOL else term


def mutants(made: Symmetric, rng: Random) -> Iterator[Symmetric]:
    """Systems with one thing changed."""
    system = made.system

    def with_action(at: int, action: Action) -> Symmetric:
        actions = (*system.actions[:at], action, *system.actions[at + 1 :])
        return replace(made, system=replace(system, actions=actions))

    at = rng.randrange(len(system.actions))
    action = system.actions[at]
    yield with_action(at, replace(action, guard=changed_terms(rng, action.guard)))
    if action.updates:
        name = rng.choice(sorted(action.updates))
        term = action.updates[name]
        yield with_action(
            at, replace(action, updates={**action.updates, name: changed_terms(rng, term)})
        )
        less = {other: term for other, term in action.updates.items() if other != name}
        yield with_action(at, replace(action, updates=less))
    yield with_action(at, replace(action, fault="odd" if action.fault is None else None))
    yield with_action(at, replace(action, fairness="strong"))
    yield replace(
        made, system=replace(system, actions=system.actions[:at] + system.actions[at + 1 :])
    )
    first = list(system.initial[0])
    where = rng.randrange(len(first))
    first[where] = rng.choice(domain(system.variables[where].sort))
    yield replace(made, system=replace(system, initial=(tuple(first), *system.initial[1:])))


def test_no_mutant_passes_whose_messages_are_not_alike() -> None:
    refused = accepted = 0
    for seed in range(100):
        made = symmetric_of(seed)
        for mutant in mutants(made, Random(seed)):  # noqa: S311
            try:
                if len(explore(mutant.system, Limits(states=1000)).states) > 1000:
                    continue
            except ReachableFault:
                continue
            symmetry = symmetry_of(mutant.system, mutant.mentions)
            for alike in symmetry.classes:
                for one, other in pairwise(alike):
                    assert same_under(mutant, swap(one, other)), seed
            if symmetry.classes == (made.messages,):
                accepted += 1
            else:
                refused += 1
    assert refused > 300
    assert accepted > 10  # some changes change nothing


def test_a_mutant_of_a_property_is_left_out_alone() -> None:
    left_out = 0
    for seed in range(200):
        made = symmetric_of(seed)
        rng = Random(seed)  # noqa: S311
        at = rng.randrange(len(made.system.properties))
        prop = made.system.properties[at]
        if len(prop.clauses) < 2:
            continue
        clause = prop.clauses[0]
        odd = Clause(clause.about, clause.when, changed_terms(rng, clause.then))
        other = Property(prop.name, prop.kind, (odd, *prop.clauses[1:]))
        others = (*made.system.properties[:at], other, *made.system.properties[at + 1 :])
        symmetry = symmetry_of(replace(made.system, properties=others), made.mentions)
        assert symmetry.classes == (made.messages,), seed
        whole = {one.name for one in others}
        assert whole - {prop.name} <= symmetry.properties
        if prop.name in symmetry.properties:
            assert says_the_same(made, other), seed
        else:
            left_out += 1
    assert left_out > 60


def says_the_same(made: Symmetric, prop: Property) -> bool:
    """Whether a property says the same when its messages are called otherwise, in many states."""
    rng = Random(0)  # noqa: S311
    names = dict(zip(made.messages, (*made.messages[1:], made.messages[0]), strict=True))
    for _ in range(200):
        state = tuple(rng.choice(domain(v.sort)) for v in made.system.variables)
        here, there = (made.system.valuation(one) for one in (state, made.renamed(state, names)))
        said = [
            Counter((value_of(c.when, env), value_of(c.then, env)) for c in prop.clauses)
            for env in (here, there)
        ]
        if said[0] != said[1]:
            return False
    return True


def test_believing_a_word_to_be_a_message_is_refused() -> None:
    """Wrong knowledge of what names mean makes no wrong symmetry: it is verified."""
    refused = 0
    for seed in range(300):
        made = symmetric_of(seed)
        if "w" not in {variable.name for variable in made.system.variables}:
            continue
        lying = replace(made, holders=made.holders | {"w"})
        symmetry = symmetry_of(lying.system, lying.mentions)
        for alike in symmetry.classes:
            for one, other in pairwise(alike):
                assert same_under(lying, swap(one, other)), seed
        refused += symmetry.classes != (made.messages,)
    assert refused > 30
