"""The symbolic engine on `leads-to`: shortest lassos, and chains that show there are none.

Random systems against brute force (`fair_oracle`); every chain is given to both checkers of
certificates; shipped models, and hand-made systems for what random ones seldom are.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from random import Random

import pytest
from fair_oracle import Fair
from support import EXPLICIT, MODELS, SEED, prop, question
from systems import FAIRNESS, Maker, fair_system_of, system_of

from deliverycheck.certify.checking import certify
from deliverycheck.check.checking import check, lifted_of
from deliverycheck.check.question import Question
from deliverycheck.errors import InputError
from deliverycheck.exchange.certificates import proof_document
from deliverycheck.exchange.reading import Reader
from deliverycheck.exchange.systems import system_document
from deliverycheck.load.subjects import questions
from deliverycheck.prove.admission import admitted
from deliverycheck.prove.engine import Budget, Symbolic
from deliverycheck.prove.liveness.arrival import Arrival
from deliverycheck.prove.liveness.cubes import View
from deliverycheck.prove.liveness.lasso import Lassos
from deliverycheck.prove.names import STAGES
from deliverycheck.prove.prover import Prover
from deliverycheck.prove.search import Search
from deliverycheck.prove.worker import Desk
from deliverycheck.semantics.interpreter import evaluate
from deliverycheck.system import build
from deliverycheck.system.certificates import Certificate, Chain, Lasso, RunOf
from deliverycheck.system.model import (
    Action,
    Bound,
    Clause,
    Fairness,
    Property,
    State,
    System,
    Variable,
)
from deliverycheck.system.sorts import BOOL, NATURAL, EnumSort, IntSort, Sort, Value
from deliverycheck.system.terms import Term, Var

SMALL = 70
"""Random systems so small that every lasso of the shortest length can be listed."""

LARGE = 40
"""Random systems of up to 400 states and ten actions."""

CHUNK = 10

PATIENCE = 9
"""Steps up to which lassos are looked for where there are none."""

LISTED = 4
"""Steps of the shortest lassos up to which all of them are listed."""


def large(seed: int) -> System:
    """One of the larger random systems, with fairness and promises."""
    system = system_of(seed)
    rng = Random(seed)  # noqa: S311 - not for secrets
    maker = Maker(rng, system.variables, raw=rng.random() < 0.5)
    actions = tuple(replace(one, fairness=rng.choice(FAIRNESS)) for one in system.actions)
    clauses = tuple(
        Clause(
            f"m{number}",
            build.TRUE if rng.random() < 0.4 else maker.of(BOOL, 1),
            maker.of(BOOL, rng.choice((1, 1, 2))),
        )
        for number in range(rng.choice((1, 2)))
    )
    return replace(system, actions=actions, properties=(Property("is", "leads-to", clauses),))


@cache
def fair_of(kind: str, seed: int) -> Fair:
    """What brute force knows of a random system."""
    return Fair(fair_system_of(seed) if kind == "small" else large(seed))


def shortest(fair: Fair) -> int | None:
    """The steps of the shortest lasso that breaks any clause."""
    promise = promise_of(fair.system)
    near = map(fair.nearest, promise.clauses)
    return min((one.total for one in near if one is not None), default=None)


def promise_of(system: System) -> Property:
    """The only promise of a system."""
    (promise,) = (one for one in system.properties if one.kind == "leads-to")
    return promise


@cache
def chain_of(kind: str, seed: int) -> Chain | str:
    """What the prover says of a random system."""
    return arrived(fair_of(kind, seed).system)


def searched(system: System, longest: int) -> Lasso | str | None:
    """What the search says, from runs of no steps on."""
    search, promise = Search(system), promise_of(system)
    lassos = Lassos(search)
    for _ in range(longest):
        found = lassos.at(promise)
        if found is not None:
            return found
        search.deepen()
    return lassos.at(promise)


def arrived(system: System) -> Chain | str:
    """What the prover says, by the first of its stages that finds a chain."""
    promise = promise_of(system)
    arrival, found = Arrival(Prover(system)), ""
    for stage in (2, 4, STAGES):
        chain = arrival.chain(promise, stage)
        if isinstance(chain, Chain):
            return chain
        found = chain
    return found


def accepted(system: System, chain: Chain) -> None:
    """Checkers that share no code with the engine accept the chain, cvc5 among them."""
    outcome = certify(Certificate(system, promise_of(system).name, "holds", chain))
    assert outcome.status == "accepted", outcome
    assert "cvc5" in outcome.by


def first_lasso(fair: Fair, steps: int) -> Lasso:
    """Of all lassos of so many steps that break a clause, the first, by listing all of them."""
    system, promise = fair.system, promise_of(fair.system)

    def runs(states: tuple[State, ...], actions: tuple[int, ...]) -> Iterator[Lasso]:
        if len(actions) < steps:
            for at, target in fair.onward[states[-1]]:
                yield from runs((*states, target), (*actions, at))
            return
        for loop, state in enumerate(states):
            for number, clause in enumerate(promise.clauses):
                if state == states[-1] and not fair.objection(clause, states, actions, loop):
                    yield Lasso(RunOf(states, actions), loop, number)

    def order(one: Lasso) -> tuple[int, tuple[int, ...], int, int, int]:
        faults = sum(system.actions[at].fault is not None for at in one.run.actions)
        start = system.initial.index(one.run.states[0])
        return faults, one.run.actions, start, one.loop, one.clause

    starts = dict.fromkeys(system.initial)
    return min((one for start in starts for one in runs((start,), ())), key=order)


CASES = [
    *(("small", first) for first in range(0, SMALL, CHUNK)),
    *(("large", first) for first in range(0, LARGE, CHUNK)),
]


@pytest.mark.parametrize(("kind", "first"), CASES)
def test_answers_agree_with_brute_force(kind: str, first: int) -> None:
    for seed in range(first, first + CHUNK):
        fair = fair_of(kind, seed)
        if fair.faulty:
            continue  # there are no verdicts where a step goes wrong
        steps = shortest(fair)
        lasso = searched(fair.system, PATIENCE if steps is None else steps)
        chain = chain_of(kind, seed)
        if steps is None:
            assert lasso is None, seed
            if isinstance(chain, Chain):
                accepted(fair.system, chain)
            continue
        assert isinstance(chain, str), seed
        assert isinstance(lasso, Lasso), seed
        assert len(lasso.run.actions) == steps, seed
        clause = promise_of(fair.system).clauses[lasso.clause]
        assert not fair.objection(clause, lasso.run.states, lasso.run.actions, lasso.loop), seed
        if kind == "small" and steps <= LISTED:
            assert lasso == first_lasso(fair, steps), seed


def test_nearly_all_that_hold_are_proved() -> None:
    """Sound is not enough; and both sides, and loops of every kind, are tested."""
    proved: Counter[bool] = Counter()
    violated = 0
    for kind, first in CASES:
        for seed in range(first, first + CHUNK):
            fair = fair_of(kind, seed)
            if not fair.faulty and shortest(fair) is None:
                proved[isinstance(chain_of(kind, seed), Chain)] += 1
            violated += not fair.faulty and shortest(fair) is not None
    print(dict(proved), violated)
    assert proved[True] >= 0.9 * proved.total()
    assert min(proved.total(), violated) >= 0.35 * (proved.total() + violated)


# ------------------------------------------------------------------------------- shipped models


def shipped() -> Iterator[tuple[str, str, int, Fairness | None]]:
    """Models with their environments, messages, and how fair receiving is (None: as they say)."""
    for folder in ("guarantees", "pitfalls"):
        for file in sorted((MODELS / folder).glob("*.py")):
            for one in questions([str(file)]):
                name = f"{folder}/{file.name}:{one.cls.__name__}"
                yield from ((name, faults, 1, None) for faults in (SEED, "lose=inf"))
    name = "guarantees/at_least_once.py"
    yield from ((name, faults, 2, None) for faults in (SEED, "lose=inf", "crash=inf"))
    for messages in (1, 2):
        yield name, "lose=inf", messages, "weak"


def promised(name: str, faults: str, messages: int, fairness: Fairness | None) -> Question:
    """The question whether the effect comes in the end, and nothing else."""
    found = question(str(MODELS / name), faults, messages)
    if fairness == "weak":
        found = replace(found, fairness="weak")
    return found


@pytest.mark.parametrize(("name", "faults", "messages", "fairness"), [*shipped()])
def test_shipped_models_are_decided_as_by_the_explicit_engine(
    name: str, faults: str, messages: int, fairness: Fairness | None
) -> None:
    asked = promised(name, faults, messages, fairness)
    system = lifted_of(asked).system
    (promise,) = (one for one in system.properties if one.name == "eventual-effect")
    system = replace(system, properties=(promise,))
    truth = prop(check(asked, EXPLICIT), "eventual-effect").verdict
    chain = arrived(system)
    if isinstance(chain, Chain):
        assert truth == "holds"
        accepted(system, chain)
        assert searched(system, 5) is None
        return
    lasso = searched(system, 12)
    assert isinstance(lasso, Lasso)
    assert truth == "violated"
    assert certify(Certificate(system, promise.name, "violated", lasso)).status == "accepted"


def told(lasso: Lasso | str | None, system: System) -> tuple[list[str], list[str]]:
    """The steps before the loop, and those of the loop."""
    assert isinstance(lasso, Lasso)
    names = [system.actions[at].name for at in lasso.run.actions]
    return names[: lasso.loop], names[lasso.loop :]


def test_the_lassos_of_the_design() -> None:
    once, least = (f"guarantees/at_{x}_once.py" for x in ("most", "least"))
    lost = ["submit(m1)", "send(m1)", "lose(requests, m1)"]
    system = lifted_of(promised(once, SEED, 1, None)).system
    assert told(searched(system, 3), system) == (lost, [])
    system = lifted_of(promised(least, "lose=inf", 1, "weak")).system
    assert told(searched(system, 3), system) == (lost[:1], lost[1:])
    system = lifted_of(promised(least, "crash=inf", 1, None)).system
    crashing = ["send(m1)", "handle(m1)", "crash(worker)"]
    assert told(searched(system, 4), system) == (["submit(m1)"], crashing)


# ------------------------------------------------------------------------------ made by hand

X = Var("x", NATURAL)
ON = Var("on", BOOL)
PLACES = EnumSort(("a", "b", "c", "d"))
AT = Var("at", PLACES)


def at(place: str) -> Term:
    return build.equal(AT, build.label(place, PLACES))


def to(name: str, source: str, target: str, fairness: Fairness = "weak") -> Action:
    """A step from one place to another."""
    return Action(name, "p", at(source), {"at": build.label(target, PLACES)}, fairness=fairness)


def walking(*actions: Action, when: Term = build.TRUE, then: Term | None = None) -> System:
    """A system that walks between places, from `a` on; it has promised to get to `d`."""
    clause = Clause("", when, at("d") if then is None else then)
    return System(
        "walk",
        (Variable("at", PLACES),),
        (("a",),),
        actions,
        (Property("gets there", "leads-to", (clause,)),),
    )


def counting(*actions: Action, then: Term, kinds: tuple[Variable, ...] = ()) -> System:
    """A number without end, from 0 on."""
    start = (0, *(False for _ in kinds))
    promise = Property("arrives", "leads-to", (Clause("", build.TRUE, then),))
    return System("count", (Variable("x", NATURAL), *kinds), (start,), actions, (promise,))


def more(name: str, guard: Term = build.TRUE, fairness: Fairness = "weak") -> Action:
    return Action(name, "p", guard, {"x": build.plus(X, build.integer(1))}, fairness=fairness)


def less(name: str, fairness: Fairness = "weak") -> Action:
    some = build.at_most(build.integer(1), X)
    return Action(name, "p", some, {"x": build.minus(X, build.integer(1))}, fairness=fairness)


BROKEN = {
    "nothing happens at all": (walking(), [], []),
    "nothing has to happen": (walking(to("go", "a", "d", "none")), [], []),
    "it is weakly fair, and not always possible": (
        walking(to("out", "a", "b"), to("in", "b", "a"), to("go", "b", "d")),
        [],
        ["out", "in"],
    ),
    "it ends elsewhere": (walking(to("wrong", "a", "c"), to("go", "a", "d")), ["wrong"], []),
    "both fair steps are taken on one way round": (
        walking(to("left", "a", "b"), to("back", "b", "a"), to("go", "c", "d", "strong")),
        [],
        ["left", "back"],
    ),
    "it was there before it was asked for": (
        walking(to("on", "a", "b"), when=at("b"), then=at("a")),
        ["on"],
        [],
    ),
    "the loop passes a place twice, once for each of two steps": (
        walking(to("l", "a", "b"), to("r", "b", "a"), to("s", "a", "c"), to("t", "c", "a")),
        [],
        ["l", "r"],
    ),
    "what is fair changes nothing": (
        walking(Action("stay", "p", at("a"), {"at": AT}), to("go", "b", "d")),
        [],
        [],
    ),
    "a number returns to what it was": (
        counting(more("more"), less("less"), then=build.FALSE),
        [],
        ["more", "less"],
    ),
}
"""By what is special about them: systems that break their promise, with the stem and the loop."""


@pytest.mark.parametrize("why", BROKEN)
def test_runs_without_end_are_found(why: str) -> None:
    system, stem, loop = BROKEN[why]
    assert told(searched(system, PATIENCE), system) == (stem, loop)
    assert isinstance(arrived(system), str)


KEPT = {
    "a weak step": walking(to("go", "a", "d")),
    "a strong step, possible again and again": walking(
        to("out", "a", "b"), to("in", "b", "a"), to("go", "b", "d", "strong")
    ),
    "two strong steps, one inside of the other": walking(
        to("out", "a", "b"),
        to("in", "b", "a", "none"),
        to("on", "b", "c", "strong"),
        to("off", "c", "a", "none"),
        to("go", "c", "d", "strong"),
    ),
    "what nothing leads to": walking(to("go", "b", "c", "none"), when=at("b")),
    "a number that may grow for ever": counting(
        more("more", fairness="none"),
        Action("go", "p", build.TRUE, {"on": build.TRUE}),
        then=ON,
        kinds=(Variable("on", BOOL),),
    ),
    "a number that counts down": System(
        "countdown",
        (Variable("x", IntSort(0, 6)),),
        ((6,),),
        (
            Action(
                "less",
                "p",
                build.less(build.integer(0), Var("x", IntSort(0, 6))),
                {"x": build.minus(Var("x", IntSort(0, 6)), build.integer(1))},
            ),
        ),
        (
            Property(
                "ends",
                "leads-to",
                (Clause("", build.TRUE, build.at_most(Var("x", IntSort(0, 6)), build.integer(0))),),
            ),
        ),
    ),
}
"""By what is special about them: systems that keep their promise."""


@pytest.mark.parametrize("why", KEPT)
def test_chains_are_found(why: str) -> None:
    system = KEPT[why]
    chain = arrived(system)
    assert isinstance(chain, Chain), chain
    accepted(system, chain)
    assert searched(system, PATIENCE) is None


def test_what_only_a_bound_keeps_from_being_fair_shows_nothing() -> None:
    """To stand still is not fair, since the step is possible beyond; but nothing ever comes."""
    system = walking(replace(to("go", "a", "d"), bounds=(Bound(build.FALSE, "never"),)))
    assert searched(system, PATIENCE) is None
    assert isinstance(arrived(system), str)


def test_a_number_that_grows_for_ever_closes_no_loop() -> None:
    """It never comes, but no state is ever met again: neither engine may say anything."""
    system = counting(more("more"), then=build.FALSE)
    assert searched(system, 15) is None
    assert isinstance(arrived(system), str)


def test_what_has_to_be_counted_down_from_any_number_stays_open() -> None:
    """True, but no number of stages will do: a chain has no measure. It says so in words."""
    full = build.negate(ON)
    system = counting(
        more("more", full, "none"),
        Action("stop", "p", full, {"on": build.TRUE}),
        replace(less("less"), guard=build.all_of(ON, build.at_most(build.integer(1), X))),
        then=build.all_of(ON, build.at_most(X, build.integer(0))),
        kinds=(Variable("on", BOOL),),
    )
    assert searched(system, PATIENCE) is None
    assert "for ever" in str(arrived(system))


# ------------------------------------------------------------------- parts, and the whole engine


def test_cubes_tell_places_apart() -> None:
    rng = Random(0)  # noqa: S311 - not for secrets
    for _ in range(60):
        system = system_of(rng.randrange(1000))
        last = [(at, rng.randint(1, 4)) for at in range(len(system.variables))]
        view = View(system, tuple(last))
        rows = [tuple(rng.randint(0, 4) for _ in last) for _ in range(rng.randint(1, 12))]
        columns = list(zip(*rows, strict=True))
        places = sorted(set(view.places(columns, len(rows))))
        these = [place for place in places if rng.random() < 0.5]
        those = [place for place in places if place not in these]
        cubes = view.tell_apart(these, those)
        assert len(cubes) <= len(these)
        for place in places:
            inside = any(
                all(c >> p & 1 for c, p in zip(cube, place, strict=True)) for cube in cubes
            )
            assert inside == (place in these)


def test_the_terms_of_cubes_mean_them() -> None:
    sorts: tuple[Sort, ...] = (BOOL, PLACES, IntSort(-1, 4), NATURAL)
    system = System(
        "s",
        tuple(Variable(f"v{number}", sort) for number, sort in enumerate(sorts)),
        ((False, "a", 0, 0),),
        (),
    )
    values: tuple[Sequence[Value], ...] = (
        (False, True),
        PLACES.labels,
        range(-1, 5),
        range(7),
    )
    for number, (sort, known) in enumerate(zip(sorts, values, strict=True)):
        for last in range(1, min(len(known), 6)):
            if sort == BOOL and last > 1:
                continue
            view = View(system, ((number, last),))
            for classes in range(1, 2 << last):
                term = view.term([(classes,)])
                for code, value in enumerate(known):
                    met = evaluate(term, {f"v{number}": value})
                    assert met == bool(classes >> min(code, last) & 1), (sort, last, classes)


def settled(system: System) -> Symbolic:
    """What the engine settles, each side in its own process."""
    symbolic = Symbolic(system, Budget(60.0))
    symbolic.start()
    symbolic.wait()
    return symbolic


def test_the_engine_settles_promises_under_their_own_names() -> None:
    system, _, _ = BROKEN["it is weakly fair, and not always possible"]
    symbolic = settled(system)
    assert isinstance(symbolic.settled["gets there"].proof, Lasso)
    run = symbolic.settled["gets there"].run
    assert run is not None
    assert len(run.actions) == 2
    symbolic = settled(KEPT["a strong step, possible again and again"])
    assert isinstance(symbolic.settled["gets there"].proof, Chain)
    assert symbolic.settled["gets there"].run is None
    assert symbolic.settled["tests gets there"].run is not None
    assert not symbolic.open


def test_what_the_engine_leaves_open_has_a_reason() -> None:
    """The prover's reason is kept where the searcher has none."""
    symbolic = Symbolic(counting(more("more"), then=build.FALSE), Budget(6.0))
    symbolic.start()
    symbolic.wait()
    assert "arrives" not in symbolic.settled
    assert symbolic.why_open("arrives")


def test_a_promise_that_is_never_asked_for_is_vacuous() -> None:
    symbolic = settled(walking(to("go", "a", "b"), when=at("c")))
    assert symbolic.settled["tests gets there"].run is None


def test_a_lasso_that_returns_nowhere_is_no_answer() -> None:
    system, _, _ = BROKEN["it ends elsewhere"]
    lasso = searched(system, 3)
    assert isinstance(lasso, Lasso)
    good = proof_document(lasso)
    assert admitted(Reader(None, "", good), system, "LASSO") == lasso
    for wrong in ({"loop": 2}, {"endless": 1}):
        with pytest.raises(InputError):
            admitted(Reader(None, "", {**good, **wrong}), system, "LASSO")


def test_a_chain_about_other_clauses_is_no_answer() -> None:
    system = KEPT["a weak step"]
    chain = arrived(system)
    assert isinstance(chain, Chain)
    good = proof_document(chain)
    assert admitted(Reader(None, "", good), system, "CHAIN") == chain
    with pytest.raises(InputError):
        admitted(Reader(None, "", {**good, "stages": []}), system, "CHAIN")


PROGRAM = """
import json, sys
from deliverycheck.prove.worker import Desk
desk = Desk()
desk.answer({"do": "open", "system": json.load(sys.stdin)})
print(json.dumps(desk.answer({"do": "progress", "property": "eventual-effect", "stage": 2})))
"""


def test_the_same_chain_for_any_hash_seed() -> None:
    asked = promised("guarantees/at_least_once.py", SEED, 2, None)
    document = json.dumps(system_document(lifted_of(asked).system))
    answers = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            input=document,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert len(answers) == 1
    assert '"CHAIN"' in answers.pop()


def test_the_desk_searches_for_lassos() -> None:
    system, stem, loop = BROKEN["a number returns to what it was"]
    desk = Desk()
    desk.answer({"do": "open", "system": system_document(system)})
    request = {"do": "search", "goals": [], "dooms": [], "lassos": ["arrives"]}
    found = [desk.answer(request)["found"] for _ in range(len(stem + loop) + 1)]
    assert [bool(one) for one in found] == [False, False, True]
