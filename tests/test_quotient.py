"""Searching by representatives says what searching everything says, and shows the same runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations
from random import Random

import pytest
from support import CORE, ROOT, SEED
from symmetric import Symmetric, symmetric_of

from deliverycheck.check.explicit import judge
from deliverycheck.check.finding import Finding
from deliverycheck.check.instances import COPIES_WHEN_ENDLESS
from deliverycheck.check.lifting import lifted_of
from deliverycheck.check.marked import Marked
from deliverycheck.check.question import Question
from deliverycheck.check.reduced import MarkedOrbits
from deliverycheck.explore.canonical import canonical
from deliverycheck.explore.explored import Explored, ReachableFault
from deliverycheck.explore.flags import numbers_in
from deliverycheck.explore.limits import Limits
from deliverycheck.explore.orbits import Quotient, action_orbits
from deliverycheck.explore.packing import packing_of
from deliverycheck.explore.permuting import TooMany, permutations_of
from deliverycheck.explore.places import places_of
from deliverycheck.explore.quotient import explore_quotient
from deliverycheck.explore.runs import Run, shortest_run
from deliverycheck.explore.search import explore
from deliverycheck.explore.unfolding import Unfolded, shortest_real_run, shortest_real_run_for
from deliverycheck.lang.design import design_of
from deliverycheck.lift.lifting import lift
from deliverycheck.lift.mentions import mentions_of
from deliverycheck.load.subjects import parse_faults, questions
from deliverycheck.system import build
from deliverycheck.system.bounding import bounded
from deliverycheck.system.mentions import Mention, Mentions
from deliverycheck.system.model import (
    Action,
    Bound,
    Clause,
    Property,
    State,
    System,
    Variable,
)
from deliverycheck.system.sorts import BOOL, EnumSort, IntSort
from deliverycheck.system.symmetry import symmetry_of
from deliverycheck.system.terms import App, Const, Var

sys.path.insert(0, str(ROOT / "tests" / "benchmarks"))

from alo import Alo

SEEDS = range(500)


def both(made: Symmetric, limits: Limits | None = None) -> tuple[Explored, Quotient]:
    """Everything, and the representatives: by sorting blocks where there are any."""
    symmetry = symmetry_of(made.system, made.mentions)
    return explore(made.system, limits), explore_quotient(
        made.system, symmetry, limits, trying=False
    )


def states_of(found: Explored) -> list[State]:
    return [found.state(number) for number in range(len(found.states))]


def shown(found: Explored, run: Run | None) -> tuple[list[State], tuple[int, ...]] | None:
    """The states of a run and its actions."""
    return None if run is None else ([found.state(n) for n in run.states], run.actions)


def unfolded(way: Unfolded | None) -> tuple[list[State], tuple[int, ...]] | None:
    return None if way is None else shown(way.found, way.run)


# Counts


def test_one_representative_for_each_orbit_and_every_state_is_counted() -> None:
    checked = sorting = 0
    for seed in SEEDS:
        made = symmetric_of(seed)
        full, found = both(made)
        assert found.counts() == (len(full.states), full.transitions), seed
        assert found.depth == full.depth, seed
        assert found.hits == full.hits, seed
        if len(full.states) > 2000:
            continue
        # by brute force, with the tests' own renaming
        orbits = {made.orbit(state) for state in states_of(full)}
        named = [made.orbit(state) for state in states_of(found)]
        assert len(set(named)) == len(named), seed
        assert set(named) == orbits, seed
        for number, state in enumerate(states_of(full)):
            other = found.number_of(state)
            assert other is not None, seed
            assert state in named[other], seed
            assert found.depth_of(other) == full.depth_of(number), seed
        checked += 1
        sorting += found.canonical.places is not None
    assert checked > 450
    assert 300 < sorting < checked - 50  # both ways of finding representatives


@pytest.mark.parametrize(
    ("size", "states", "transitions"),
    [((3, 2, 1), 114_345, 604_692), ((2, 2, 2), 67_024, 448_546)],
)
@pytest.mark.parametrize("trying", [False, True])
def test_the_measuring_protocol_has_as_many_orbits_as_a_full_search_finds(
    size: tuple[int, int, int], states: int, transitions: int, *, trying: bool
) -> None:
    messages, tries, copies = size
    settings = {"tries_limit": tries, "copies": copies}
    model = lift(design_of(Alo, messages, settings), Alo.faults)
    symmetry = symmetry_of(model.system, mentions_of(model))
    found = explore_quotient(model.system, symmetry, trying=trying)
    assert found.counts() == (states, transitions)
    full = explore(model.system)
    assert found.depth == full.depth
    # by brute force: what a state says of each message, as a bag, and who is in the worker's hands
    names = [variable.name for variable in model.system.variables]
    seen: set[object] = set()
    for state in states_of(full):
        rows = [
            (
                *(value for name, value in zip(names, state, strict=True) if f"[m{n}]" in name),
                state[names.index("worker.handle.m")] == f"m{n}",
            )
            for n in range(1, messages + 1)
        ]
        rest = (state[names.index("worker.handle")],)
        seen.add((tuple(sorted(rows, key=repr)), rest))
    assert len(seen) == len(found.states)


def test_at_three_messages_and_two_copies_less_than_a_fifth_is_left() -> None:
    """(3, 2, 2) shrinks to 1,860,565 of 11,041,732 states: too long for here; this is as deep."""
    model = lift(design_of(Alo, 3, {"tries_limit": 2, "copies": 1}), Alo.faults)
    found = explore_quotient(model.system, symmetry_of(model.system, mentions_of(model)))
    states, transitions = found.counts()
    assert states > 5 * len(found.states)
    assert transitions > 5 * found.transitions


# Representatives


def test_a_representative_is_one_of_the_orbit_and_the_same_for_all_of_it() -> None:
    for seed in range(150):
        made = symmetric_of(seed)
        packing = packing_of(made.system)
        symmetry = symmetry_of(made.system, made.mentions)
        rng = Random(seed)  # noqa: S311
        for trying in (False, True):
            names = canonical(packing, symmetry, trying=trying)
            assert len(names.permutations) == len(list(permutations(made.messages)))
            for state in some_states(made, rng):
                orbit = {packing.pack(one) for one in made.orbit(state)}
                (least,) = {names.least(word) for word in orbit}
                assert least in orbit
                assert names.size(least) == len(orbit)
                for word in orbit:
                    rep, turn = names.placed(word)
                    assert rep == least
                    assert names.permutations[turn].of(packing, word) == least
                if trying:
                    assert least == min(orbit)


def some_states(made: Symmetric, rng: Random) -> Iterator[State]:
    """Typed states, reachable or not."""
    for _ in range(6):
        yield tuple(
            rng.choice((False, True))
            if variable.sort == BOOL
            else rng.choice(variable.sort.labels)
            if isinstance(variable.sort, EnumSort)
            else rng.randint(0, 2)
            for variable in made.system.variables
        )


def two_classes(holds: str) -> tuple[System, Mentions]:
    """Messages of two kinds, alike among themselves.

    `holds`: a slot that all share and that holds one of any; or one that holds a pair; or a slot of
    each message of the first kind that holds one of the second.
    """
    ones, others = ("m1", "m2", "m3"), ("m4", "m5")
    every = (*ones, *others)
    pairs = tuple(f"({a}, {b})" for a in ones for b in others)
    either = EnumSort(("-", *every))
    pair = EnumSort(("-", *pairs))
    other = EnumSort(("-", *others))
    variables = [Variable(f"a[{m}]", BOOL) for m in every]
    names = {f"a[{m}]": Mention("a", (m,)) for m in every}
    labels: dict[str, dict[str, Mention]] = {}
    said = {m: Mention("_", (m,)) for m in every}
    if holds == "any":
        variables.append(Variable("h", either))
        labels["h"] = said
    elif holds == "pair":
        variables.append(Variable("h", pair))
        labels["h"] = {f"({a}, {b})": Mention("p", (a, b)) for a in ones for b in others}
    else:
        variables += [Variable(f"d[{m}]", other) for m in ones]
        names |= {f"d[{m}]": Mention("d", (m,)) for m in ones}
        labels |= {f"d[{m}]": {b: said[b] for b in others} for m in ones}
    actions = []
    for m in every:
        updates = {f"a[{m}]": build.TRUE}
        if holds == "any":
            updates["h"] = Const(m, either)
        fault = "lose" if m in others else None
        actions.append(Action(f"set({m})", "p", build.TRUE, updates, fault, "weak", m))
    for a in ones:
        for b in others:
            where = App("and", (Var(f"a[{a}]", BOOL), Var(f"a[{b}]", BOOL)))
            if holds == "pair":
                updates = {"h": Const(f"({a}, {b})", pair), f"a[{a}]": build.FALSE}
                actions.append(Action(f"join({a}, {b})", "p", where, updates))
            elif holds == "each":
                updates = {f"d[{a}]": Const(b, other), f"a[{b}]": build.FALSE}
                actions.append(Action(f"join({a}, {b})", "p", where, updates))
    start = tuple("-" if isinstance(v.sort, EnumSort) else False for v in variables)
    system = System("two", tuple(variables), (start,), tuple(actions))
    return system, Mentions(every, names, labels)


@pytest.mark.parametrize(("holds", "sorting"), [("any", True), ("pair", False), ("each", False)])
def test_two_classes_of_messages(holds: str, *, sorting: bool) -> None:
    """Blocks of one class that speak of messages of another cannot be sorted class by class."""
    system, mentions = two_classes(holds)
    symmetry = symmetry_of(system, mentions)
    assert symmetry.classes == (("m1", "m2", "m3"), ("m4", "m5"))
    packing = packing_of(system)
    assert (places_of(packing, symmetry) is not None) == sorting
    full, found = explore(system), explore_quotient(system, symmetry, trying=False)
    tried = explore_quotient(system, symmetry, trying=True)
    assert found.counts() == tried.counts() == (len(full.states), full.transitions)
    assert len(found.states) == len(tried.states) < len(full.states) / 3
    names = found.canonical
    for word in full.states:
        least, turn = names.placed(word)
        assert names.permutations[turn].of(packing, word) == least == names.least(word)
        assert least in found.index


def test_more_messages_than_can_be_listed_are_refused() -> None:
    model = lift(design_of(Alo, 7, {"tries_limit": 2, "copies": 1}), Alo.faults)
    symmetry = symmetry_of(model.system, mentions_of(model))
    with pytest.raises(TooMany, match="5,040 orders of 7 messages"):
        permutations_of(packing_of(model.system), symmetry)


# Verdicts and runs


def test_what_is_wrong_is_wrong_in_the_same_states_and_by_the_same_runs() -> None:
    shown_runs = doomed = unmet = 0
    for seed in SEEDS:
        made = symmetric_of(seed)
        full, found = both(made)
        if len(full.states) > 1500:
            continue
        whole, marked = Marked(full), MarkedOrbits(found)
        for prop in made.system.properties:
            clauses = range(len(prop.clauses))
            if prop.kind == "sometimes":
                for number in clauses:
                    assert whole.met(prop, number) == marked.met(prop, number), seed
                    plain = shortest_run(full, numbers_in(whole.examples(prop, number)))
                    way = shortest_real_run_for(
                        found, prop.name, number, marked.meeting(prop, number)
                    )
                    assert shown(full, plain) == unfolded(way), (seed, prop.name, number)
                    unmet += plain is None
                continue
            wrong = {state for number in clauses for state in numbers_in(whole.wrong(prop, number))}
            odd = {state for number in clauses for state in numbers_in(marked.wrong(prop, number))}
            assert {found.number_of(full.state(n)) for n in wrong} == odd, (seed, prop.name)
            for state in wrong:
                first = next(n for n in clauses if whole.wrong(prop, n)[state])
                assert marked.broken(prop, full.states[state]) == first, (seed, prop.name)
            run = shortest_run(full, wrong)
            assert shown(full, run) == unfolded(shortest_real_run(found, odd)), (seed, prop.name)
            assert any(whole.tested(prop, n) for n in clauses) == any(
                marked.tested(prop, n) for n in clauses
            )
            for number in clauses:
                assert whole.tested(prop, number) == marked.tested(prop, number), seed
            assert any(whole.unsure(prop, n) for n in clauses) == any(
                marked.unsure(prop, n) for n in clauses
            ), seed
            assert whole.nearest(prop) == marked.nearest(prop)
            shown_runs += run is not None
            doomed += prop.kind == "possible" and bool(wrong)
    assert shown_runs > 300
    assert doomed > 50
    assert unmet > 50


def test_runs_to_any_orbit_are_those_of_a_full_search() -> None:
    """Not only to what breaks a property: deep goals, several starts, many faults."""
    compared = several = 0
    for seed in range(200):
        made = symmetric_of(seed)
        full, found = both(made)
        if len(full.states) > 800:
            continue
        several += len(made.system.initial) > 1
        rng = Random(seed)  # noqa: S311
        for _ in range(5):
            goals = rng.sample(range(len(found.states)), min(3, len(found.states)))
            real = [
                number
                for number in range(len(full.states))
                if found.number_of(full.state(number)) in goals
            ]
            plain = shortest_run(full, real)
            assert shown(full, plain) == unfolded(shortest_real_run(found, goals)), seed
            compared += 1
    assert compared > 700
    assert several > 30


def test_a_search_that_was_cut_off_shows_the_same_runs() -> None:
    stopped = 0
    for seed in range(300):
        made = symmetric_of(seed)
        symmetry = symmetry_of(made.system, made.mentions)
        found = explore_quotient(made.system, symmetry, Limits(states=2))
        if found.complete:
            continue
        stopped += 1
        full = explore(made.system)
        for goal in range(len(found.states)):
            if found.depth_of(goal) > found.depth_of(found.expanded - 1):
                continue
            real = [full.index[found.states[goal]]]
            plain = shortest_run(full, real)
            assert plain is not None
            way = shortest_real_run(found, [goal])
            assert way is not None
            assert len(way.run.actions) == len(plain.actions)
    assert stopped > 100


def test_a_step_that_goes_wrong_is_found_in_the_same_state() -> None:
    wrong = 0
    for seed in SEEDS:
        made = symmetric_of(seed, wild=True)
        symmetry = symmetry_of(made.system, made.mentions)
        assert symmetry.classes == (made.messages,)
        fault = fault_of(made)
        if fault is None:
            explore_quotient(made.system, symmetry)
        else:
            with pytest.raises(ReachableFault) as caught:
                explore_quotient(made.system, symmetry)
            wrong += 1
            other = caught.value
            assert other.diagnostics == fault.diagnostics, seed
            assert other.action == fault.action, seed
            assert other.found.state(other.number) == fault.found.state(fault.number), seed
            run = shortest_run(fault.found, [fault.number])
            again = shortest_run(other.found, [other.number])
            assert shown(fault.found, run) == shown(other.found, again), seed
    assert wrong > 60


def fault_of(made: Symmetric) -> ReachableFault | None:
    try:
        explore(made.system)
    except ReachableFault as fault:
        return fault
    return None


def twins(start: Sequence[State], names: Sequence[str], actions: Sequence[Action]) -> Symmetric:
    """A system of two messages with an integer from 0 to 3 for each of some names."""
    variables = tuple(Variable(name, IntSort(0, 3)) for name in names)
    system = System("twins", variables, tuple(start), tuple(actions))
    return Symmetric(system, ("m1", "m2"), frozenset())


def is_(name: str, value: int) -> App:
    return App("eq", (Var(name, IntSort(0, 3)), build.integer(value)))


def test_a_bound_that_one_name_hits_is_hit_by_all() -> None:
    """Only the representative's own message meets the bound; the other one would meet its own."""
    pairs = (("m1", "m2"), ("m2", "m1"))
    actions = [
        Action(
            f"step({m})",
            "p",
            App("and", (is_(f"a[{o}]", 0), App("lt", (Var(f"a[{m}]", IntSort(0, 3)), one)))),
            {f"a[{m}]": App("add", (Var(f"a[{m}]", IntSort(0, 3)), build.integer(1)))},
            bounds=(Bound(is_(f"a[{m}]", 0), f"a[{m}]: at most 1"),),
        )
        for m, o in pairs
        for one in (build.integer(2),)
    ]
    full, found = both(twins([(0, 0)], ("a[m1]", "a[m2]"), actions))
    assert len(found.states) == 2
    assert found.hits == full.hits == ("a[m1]: at most 1", "a[m2]: at most 1")


def test_of_two_starts_that_lead_alike_the_goal_that_is_found_first_counts() -> None:
    """From the first start to 2, from the second to 3: by a fault 3 was found before."""
    n = Var("n", IntSort(0, 3))
    fault = Action("slip", "p", is_("n", 0), {"n": build.integer(3)}, "lose", "none")
    test = App("or", (is_("n", 0), is_("n", 1)))
    step = Action("step", "p", test, {"n": App("add", (n, build.integer(2)))})
    start = [(0, 0, 0), (0, 0, 1)]
    full, found = both(twins(start, ("a[m1]", "a[m2]", "n"), (fault, step)))
    ends = [number for number in range(len(full.states)) if full.state(number)[2] in (2, 3)]
    plain = shortest_run(full, ends)
    assert plain is not None
    assert full.state(plain.states[-1]) == (0, 0, 3)
    goals = {number for end in ends if (number := found.number_of(full.state(end))) is not None}
    assert shown(full, plain) == unfolded(shortest_real_run(found, goals))


def test_an_action_is_taken_if_one_of_its_orbit_is() -> None:
    for seed in range(200):
        made = symmetric_of(seed)
        full, found = both(made)
        orbits = action_orbits(found.symmetry)
        plain = {action for word in full.states for action, _ in full.code.edges(word)}
        taken = {action for word in found.states for action, _ in found.code.edges(word)}
        assert {a for a, orbit in enumerate(orbits) if not taken.isdisjoint(orbit)} == plain, seed
        for action, orbit in enumerate(orbits):
            assert action in orbit
            names = {made.system.actions[other].name.partition("(")[0] for other in orbit}
            assert len(names) == 1 or len(orbit) > len(made.messages) - 1, seed


# The models


CASES = [
    (2, SEED),
    (2, "duplicate=1 delay=1"),
    (3, "lose=1"),
    (3, "crash=1"),
]


def told(found: Finding) -> tuple[object, ...]:
    """What is said and shown, without how much was looked at."""
    detail = {k: v for k, v in found.evidence.detail.items() if k not in ("states", "transitions")}
    kinds = found.evidence.kind, found.evidence.within
    return found.verdict, found.about, found.trace, found.example, found.nearest, kinds, detail


@pytest.mark.parametrize(("messages", "faults"), CASES)
@pytest.mark.parametrize("asked", questions(CORE), ids=lambda one: one.name)
def test_verdicts_and_runs_of_all_models(asked: Question, messages: int, faults: str) -> None:
    model = lifted_of(replace(asked, messages=messages, faults=parse_faults(faults)))
    model = replace(model, system=bounded(model.system, COPIES_WHEN_ENDLESS, 3))
    symmetry = symmetry_of(model.system, mentions_of(model))
    found = explore_quotient(model.system, symmetry)
    full = explore(model.system)
    assert found.counts() == (len(full.states), full.transitions)
    assert found.hits == full.hits
    plain = [one for one in judge(model, Marked(full)) if one.prop.name in symmetry.properties]
    reduced = list(judge(model, MarkedOrbits(found)))
    assert [one.prop for one in reduced] == [one.prop for one in plain]
    assert len(reduced) == sum(prop.kind != "leads-to" for prop in model.system.properties)
    for one, other in zip(plain, reduced, strict=True):
        assert told(one) == told(other), one.prop.name


# A wrong reduction would be noticed


def race() -> tuple[System, Mentions]:
    """One of two messages is lost for good; the other can still arrive, and be read and kept.

    The order of the labels is such that the names change at each of these steps.
    """
    ways = EnumSort(("open", "kept", "lost", "here"))
    names = ("m1", "m2")
    variables = (*(Variable(f"s[{m}]", ways) for m in names), Variable("n", IntSort(0, 1)))

    def is_(m: str, label: str) -> App:
        return App("eq", (Var(f"s[{m}]", ways), Const(label, ways)))

    def arrived(m: str) -> App:
        return App("or", (is_(m, "here"), is_(m, "kept")))

    actions: list[Action] = []
    budget = Var("n", IntSort(0, 1))
    for m in names:
        for before, after in (("open", "here"), ("here", "kept"), ("kept", "here")):
            there = Const(after, ways)
            actions.append(Action(f"{after}({m})", "p", is_(m, before), {f"s[{m}]": there}))
        guard = App("and", (is_(m, "open"), App("eq", (budget, build.integer(0)))))
        updates = {f"s[{m}]": Const("lost", ways), "n": build.integer(1)}
        actions.append(Action(f"lose({m})", "p", guard, updates, "lose", "none"))
    loss = Property("no-loss", "possible", tuple(Clause(m, build.TRUE, arrived(m)) for m in names))
    system = System("race", variables, (("open", "open", 0),), tuple(actions), (loss,))
    mentions = Mentions(names, {f"s[{m}]": Mention("s", (m,)) for m in names})
    return system, mentions


def test_the_arrival_of_one_message_does_not_excuse_the_loss_of_another() -> None:
    """Read as a plain graph, representatives hide the loss: the names change on the way."""
    system, mentions = race()
    found = explore_quotient(system, symmetry_of(system, mentions))
    (loss,) = system.properties

    def lost(marked: Marked) -> set[State]:
        wrong = {state for number in (0, 1) for state in numbers_in(marked.wrong(loss, number))}
        return {marked.found.state(state) for state in wrong}

    full = lost(Marked(explore(system)))
    others = ("open", "here", "kept")
    assert full == {pair for one in others for pair in (("lost", one, 1), (one, "lost", 1))}
    real = lost(MarkedOrbits(found))
    assert {found.number_of(state) for state in full} == {found.number_of(s) for s in real}
    assert len(real) == 3
    assert not lost(Marked(found))  # what must not be done: it would say that nothing is lost


def test_a_wrong_symmetry_would_be_noticed() -> None:
    """Without the verification the counts would not add up."""
    noticed = tried = 0
    for seed in range(150):
        made = symmetric_of(seed)
        rng = Random(seed)  # noqa: S311
        symmetry = symmetry_of(made.system, made.mentions)
        actions = list(made.system.actions)
        gone = actions.pop(rng.randrange(len(actions)))
        odd = replace(made.system, actions=tuple(actions))
        if gone.message is None or symmetry_of(odd, made.mentions).classes == (made.messages,):
            continue
        with pytest.raises(ValueError, match="another system"):
            explore_quotient(odd, symmetry)
        full, found = explore(odd), explore_quotient(odd, replace(symmetry, system=odd))
        same = {made.orbit(state) for state in states_of(full)}
        tried += 1
        noticed += found.counts() != (len(full.states), full.transitions) or len(same) != len(
            found.states
        )
    assert tried > 50
    assert noticed > tried / 3  # in the others, what is gone was hardly ever possible
