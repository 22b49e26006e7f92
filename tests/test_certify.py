"""The certificate checker: whatever is valid is accepted, by each of its ways; nothing else is."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib import import_module
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from brute import Truth, truth_of, value_of
from certifying import (
    Facts,
    certificates_of,
    corrupted,
    digest_by_hand,
    is_valid,
    with_other_system,
)
from systems import Maker, random_state, random_variables

from deliverycheck.certify import checking, second_solver
from deliverycheck.certify.__main__ import answer_to
from deliverycheck.certify.checking import CHECKERS, Checker, Outcome, certify
from deliverycheck.certify.states import states_digest
from deliverycheck.certify.wellformed import Refused
from deliverycheck.exchange.certificates import (
    certificate_document,
    certificate_from,
    kind_of_proof,
)
from deliverycheck.exchange.reading import document_of
from deliverycheck.export.smtlib import declarations, smtlib_of, stated
from deliverycheck.export.smtlib_terms import name_of, written
from deliverycheck.system import build
from deliverycheck.system.certificates import (
    Certificate,
    Inductive,
    KInduction,
    Progress,
    ReachableSet,
    RunOf,
    Runs,
    Trap,
)
from deliverycheck.system.model import (
    Action,
    Bound,
    Check,
    Clause,
    Property,
    PropertyKind,
    State,
    System,
    Variable,
)
from deliverycheck.system.sorts import BOOL, NATURAL, EnumSort, IntSort, Sort, Value
from deliverycheck.system.terms import App, Const, Op, Term, Var

BRUTE: tuple[Checker, ...] = ("brute force",)
CVC5: tuple[Checker, ...] = ("cvc5",)

SEEDS = range(48)


@cache
def facts_of(seed: int) -> Facts:
    return Facts(truth_of(seed))


@cache
def valid(seed: int) -> tuple[Certificate, ...]:
    return tuple(certificates_of(facts_of(seed), clauses=bool(seed % 2)))


def some(kind: str) -> Certificate:
    """The first certificate of a kind."""
    return next(c for seed in SEEDS for c in valid(seed) if kind_of_proof(c.proof) == kind)


def n(value: int) -> Const:
    return build.integer(value)


def true_of(*args: Term, op: Op = "and") -> Term:
    return App(op, args)


def no(term: Term) -> Term:
    return App("not", (term,))


# ------------------------------------------------------------------------------ random systems


@pytest.mark.parametrize("seed", SEEDS[:14])
def test_valid_certificates_are_accepted_by_each_checker(seed: int) -> None:
    for certificate in valid(seed):
        assert is_valid(facts_of(seed), certificate)
        for checker in CHECKERS:
            outcome = certify(certificate, checkers=(checker,))
            assert outcome.status == "accepted", (certificate.prop, certificate.proof, outcome)
            expected = {
                "TRACE": ("replay",),
                "REACH": ("recomputation",),
                "TRAP": ("replay", checker),
            }
            assert outcome.by == expected.get(kind_of_proof(certificate.proof), (checker,))


def test_all_kinds_of_proofs_and_verdicts_occur() -> None:
    found = {(kind_of_proof(c.proof), c.verdict) for seed in SEEDS[:14] for c in valid(seed)}
    assert found >= {(kind, v) for kind in ("INV", "KIND", "REACH") for v in ("holds", "vacuous")}
    assert found >= {(kind, "violated") for kind in ("INV", "KIND", "REACH", "TRACE", "TRAP")}
    assert found >= {("PROGRESS", "holds"), ("TRACE", "holds")}


def judged(facts: Facts, certificate: Certificate) -> str:
    """What the checkers, each alone, think: they must agree with the oracle."""
    expected = "accepted" if is_valid(facts, certificate) else "refused"
    for checker in CHECKERS:
        outcome = certify(certificate, checkers=(checker,))
        assert outcome.status == expected, (certificate, outcome)
        assert (outcome.status == "accepted") == (outcome.reason == "")
    return expected


def test_corrupted_certificates_are_refused() -> None:
    rng = Random(20)  # noqa: S311
    tally: Counter[tuple[str, str]] = Counter()
    for seed in SEEDS:
        for certificate in valid(seed):
            kind = kind_of_proof(certificate.proof)
            for _ in range(4 if kind in {"PROGRESS", "TRAP", "TRACE"} else 1):
                changed = corrupted(certificate, rng)
                if repr(changed) != repr(certificate):  # Python takes 1 for True
                    tally[kind, judged(facts_of(seed), changed)] += 1
    refused = sum(count for (_, status), count in tally.items() if status == "refused")
    print(f"corrupted: {refused} refused, {tally.total() - refused} valid after all: {tally}")
    assert refused >= 500
    assert all(tally[kind, "refused"] >= 25 for kind, _ in tally)


def test_certificates_about_other_systems_are_refused() -> None:
    rng = Random(21)  # noqa: S311
    tally: Counter[str] = Counter()
    for seed in SEEDS:
        for certificate in rng.sample(valid(seed), min(4, len(valid(seed)))):
            changed = certificate
            for _ in range(3):
                changed = with_other_system(changed, rng)
            facts = Facts(Truth(changed.system))
            tally[judged(facts, changed)] += 1
    print(f"other systems: {tally}")
    assert tally["refused"] >= 40
    assert tally["accepted"] >= 20


def test_certificates_survive_writing_and_reading() -> None:
    for seed in SEEDS[:6]:
        for certificate in valid(seed):
            text = json.dumps(certificate_document(certificate))
            assert certificate_from(document_of(text)) == certificate


# ------------------------------------------------------------------------------------- by hand


def test_the_wrong_invariant_that_spacer_gave() -> None:
    """A safe system, and `not (c >= 2)` as its invariant: it admits the bad state (0, 3, 1, 3)."""

    def system(sort: Sort) -> System:
        a, b, c, d = (Var(name, sort) for name in "abcd")
        first = Action(
            "first", "p", true_of(App("le", (a, n(0))), App("eq", (c, n(2))), App("le", (b, n(1)))),
            {"d": n(1)},
        )  # fmt: skip
        moved = App("ite", (App("eq", (a, n(2))), n(0), App("add", (a, n(1)))))
        second = Action("second", "p", App("eq", (c, n(2))), {"a": moved, "b": a, "c": n(1)})
        safe = true_of(
            App("eq", (d, n(2))), App("le", (b, n(2))), no(App("eq", (c, n(1)))), op="or"
        )
        variables = tuple(Variable(name, sort) for name in "abcd")
        prop = Property("safe", "always", (Clause("", build.TRUE, safe),))
        return System("solvers.md", variables, ((1, 0, 0, 2),), (first, second), (prop,))

    small, endless = system(IntSort(-8, 8)), system(IntSort(-(10**9), None))
    env: dict[str, Value] = dict(zip("abcd", (0, 3, 1, 3), strict=True))
    assert value_of(small.properties[0].clauses[0].then, env) is False
    for found in (small, endless):
        c = Var("c", found.variables[0].sort)
        wrong, right = no(App("le", (n(2), c))), App("le", (c, n(0)))
        for checkers in (BRUTE, CVC5) if found is small else (CVC5,):
            outcome = certify(
                Certificate(found, "safe", "holds", Inductive((wrong,))), checkers=checkers
            )
            assert outcome.status == "refused"
            assert "does not exclude a state that breaks" in outcome.reason
            fine = Certificate(found, "safe", "holds", Inductive((right,)))
            assert certify(fine, checkers=checkers).status == "accepted"


def counters(kind: PropertyKind, clause: Clause) -> System:
    """Two endless counters: `up` adds to both, `down` takes from both, `x` never differs from `y`.

    `leak` takes from `x` alone and is a fault, once `open`, which it never is.
    """
    x, y, is_open = Var("x", NATURAL), Var("y", NATURAL), Var("open", BOOL)
    some = App("lt", (n(0), x))
    both = {"x": App("sub", (x, n(1))), "y": App("sub", (y, n(1)))}
    return System(
        "counters",
        (Variable("x", NATURAL), Variable("y", NATURAL), Variable("open", BOOL)),
        ((0, 0, False), (2, 2, False)),
        (
            Action("up", "p", build.TRUE, {"x": App("add", (x, n(1))), "y": App("add", (y, n(1)))}),
            Action("down", "p", some, both),
            Action("leak", "p", true_of(is_open, some), {"x": App("sub", (x, n(1)))}, "leak"),
        ),
        (Property("asked", kind, (clause,)),),
    )


X, Y, OPEN = Var("x", NATURAL), Var("y", NATURAL), Var("open", BOOL)
SAME = App("eq", (X, Y))
EMPTY = App("eq", (X, n(0)))


def on_counters(
    kind: PropertyKind, when: Term, then: Term, proof: Any, verdict: Any = "holds"
) -> Outcome:
    system = counters(kind, Clause("c", when, then))
    return certify(Certificate(system, "asked", verdict, proof))


def test_endless_systems_are_for_cvc5() -> None:
    accepted = Outcome("accepted", ("cvc5",))
    invariant = (SAME, no(OPEN))
    assert on_counters("always", build.TRUE, SAME, Inductive(invariant)) == accepted
    assert on_counters("always", OPEN, SAME, Inductive(invariant), "vacuous") == accepted
    assert on_counters("always", build.TRUE, SAME, KInduction(3, invariant)) == accepted
    progress = Progress(invariant, ("x",), (((1,),),))
    assert on_counters("possible", build.TRUE, EMPTY, progress) == accepted
    run = RunOf(((0, 0, False), (1, 1, False)), (0,))
    # `open` is out of reach from everywhere.
    trapped = on_counters("possible", SAME, OPEN, Trap(run, 0, (no(OPEN),)), "violated")
    assert trapped.status == "refused"  # without `x == y`, `down` may leave the naturals
    trapped = on_counters("possible", SAME, OPEN, Trap(run, 0, invariant), "violated")
    assert trapped == Outcome("accepted", ("replay", "cvc5"))


@pytest.mark.parametrize(
    ("proof", "says"),
    [
        (Inductive((SAME,)), "step `leak` leaves the invariant"),
        (Inductive((no(OPEN),)), "does not exclude a state that breaks"),
        (Inductive((no(OPEN), App("le", (X, Y)))), "does not exclude a state that breaks"),
        (Inductive((SAME, no(OPEN), App("le", (X, n(1))))), "a start is outside"),
        (Inductive((SAME, no(OPEN), App("le", (X, n(2))))), "step `up` leaves the invariant"),
        (KInduction(1, ()), "do not exclude"),
        (KInduction(7, ()), "do not exclude"),
        (KInduction(3, (SAME,)), "step `leak` leaves the invariant"),
        (KInduction(0, (SAME, no(OPEN))), "k must be from 1 to 64"),
        (KInduction(10**9, (SAME, no(OPEN))), "k must be from 1 to 64"),
        (Progress((SAME, no(OPEN)), ("x",), (((1,),),)), "PROGRESS does not prove"),
        (Runs(()), "TRACE does not prove"),
        (Inductive((X,)), "term 0 is no truth value"),
        (Inductive((SAME, Var("z", BOOL))), "speaks of z"),
        (Inductive((SAME, Var("x", IntSort(0, 3)))), "speaks of x"),
        (Inductive((App("lt", (X, OPEN)),)), "does not take"),
        (Inductive((Const(3, BOOL),)), "is not in bool"),
    ],
)
def test_wrong_proofs_about_endless_systems(proof: Any, says: str) -> None:
    outcome = on_counters("always", build.TRUE, SAME, proof)
    assert outcome.status == "refused"
    assert says in outcome.reason


@pytest.mark.parametrize(
    ("proof", "says"),
    [
        (Progress((SAME, no(OPEN)), (), (((1,),),)), "no path leads on"),
        (Progress((SAME, no(OPEN)), ("x",), (((0,),),)), "no path leads on"),
        (Progress((SAME, no(OPEN)), ("x",), (((1, 1),),)), "no path leads on"),
        (Progress((SAME, no(OPEN)), ("x",), (((),),)), "no path leads on"),
        (Progress((SAME, no(OPEN)), ("x",), ((),)), "no path leads on"),
        (Progress((no(OPEN),), ("x",), (((1,),),)), "goes wrong"),
        (Progress((SAME, no(OPEN)), ("x",), ()), "paths for each clause"),
        (Progress((SAME, no(OPEN)), ("x",), (((3,),),)), "there is no action"),
        (Progress((SAME, no(OPEN)), ("x",), (((-1,),),)), "there is no action"),
        (Progress((SAME, no(OPEN)), ("open",), (((1,),),)), "no natural number"),
        (Progress((SAME, no(OPEN)), ("z",), (((1,),),)), "no natural number"),
    ],
)
def test_wrong_proofs_of_progress(proof: Any, says: str) -> None:
    outcome = on_counters("possible", build.TRUE, EMPTY, proof)
    assert outcome.status == "refused"
    assert says in outcome.reason


def test_a_measure_that_may_be_negative_is_refused() -> None:
    sort = IntSort(-(10**12), None)
    z = Var("z", sort)
    system = System(
        "sinking", (Variable("z", sort),), ((0,),),
        (Action("down", "p", App("lt", (n(-(10**12)), z)), {"z": App("sub", (z, n(1)))}),),
        (Property("up", "possible", (Clause("", build.TRUE, App("eq", (z, n(5)))),)),),
    )  # fmt: skip
    outcome = certify(Certificate(system, "up", "holds", Progress((), ("z",), (((0,),),))))
    assert outcome.status == "refused"
    assert "no natural number" in outcome.reason


def chain(start: int) -> System:
    """From 0 nothing happens; 1 to 4 go up, to 4, which is bad."""
    sort = IntSort(0, 4)
    z = Var("z", sort)
    up = Action(
        "up", "p", true_of(App("lt", (n(0), z)), App("lt", (z, n(4)))), {"z": App("add", (z, n(1)))}
    )
    stay = Action("stay", "p", App("eq", (z, n(0))), {})
    prop = Property("p", "always", (Clause("", build.TRUE, App("lt", (z, n(4)))),))
    return System("chain", (Variable("z", sort),), ((start,),), (up, stay), (prop,))


@pytest.mark.parametrize("checkers", [BRUTE, CVC5])
def test_k_is_neither_one_less_nor_one_more(checkers: tuple[Checker, ...]) -> None:
    def status(start: int, k: int) -> str:
        return certify(
            Certificate(chain(start), "p", "holds", KInduction(k, ())), checkers=checkers
        ).status

    # Three good states in a row, 1 to 3, go before the bad one; four do not exist.
    assert [status(0, k) for k in (1, 2, 3, 4, 5)] == ["refused"] * 3 + ["accepted"] * 2
    # From 1 it takes three steps, which the base sees from k = 4 on, and the induction before.
    assert [status(1, k) for k in (1, 2, 3, 4, 5)] == ["refused"] * 5


@pytest.mark.parametrize("checkers", [BRUTE, CVC5])
def test_a_smaller_measure_must_still_be_inside_the_premise(checkers: tuple[Checker, ...]) -> None:
    sort = IntSort(0, 3)
    z = Var("z", sort)
    down = Action("down", "p", App("lt", (n(0), z)), {"z": App("sub", (z, n(1)))})

    def status(when: Term, then: Term, *paths: tuple[int, ...]) -> str:
        prop = Property("p", "possible", (Clause("", when, then),))
        system = System("sinking", (Variable("z", sort),), ((3,),), (down,), (prop,))
        proof = Progress((), ("z",), (paths,))
        return certify(Certificate(system, "p", "holds", proof), checkers=checkers).status

    high, gone, never = App("le", (n(2), z)), App("eq", (z, n(0))), build.FALSE
    assert status(build.TRUE, gone, (0,)) == "accepted"
    assert status(high, gone, (0,)) == "refused"
    assert status(high, gone, (0,), (0, 0)) == "accepted"
    assert status(high, never, (0,), (0, 0)) == "refused"


def one_counter(
    *, checks: tuple[Check, ...] = (), bounds: tuple[Bound, ...] = (), fault: str | None = None
) -> System:
    """A counter to 3, with every kind of property about it."""
    sort = IntSort(0, 3)
    z = Var("z", sort)
    up = Action(
        "up", "p", App("lt", (z, n(3))), {"z": App("add", (z, n(1)))}, fault,
        checks=checks, bounds=bounds,
    )  # fmt: skip
    at = {number: App("eq", (z, n(number))) for number in range(4)}
    return System(
        "counter", (Variable("z", sort),), ((0,),), (up,),
        (
            Property("never 3", "always", (Clause("", at[3], build.FALSE),)),
            Property("rest at 3", "at-rest", (Clause("", build.TRUE, at[3]),)),
            Property("some 2", "sometimes", (Clause("", at[2], build.TRUE),)),
            Property("to 3", "possible", (Clause("", build.TRUE, at[3]),)),
        ),
    )  # fmt: skip


def reach(system: System, name: str, states: list[State], verdict: Any = "holds") -> Outcome:
    proof = ReachableSet(len(states), digest_by_hand(states))
    return certify(Certificate(system, name, verdict, proof, 0 if verdict == "violated" else None))


def test_bounds_are_named_and_do_not_give_rest() -> None:
    z = Var("z", IntSort(0, 3))
    few = one_counter(bounds=(Bound(App("lt", (z, n(2))), "at most 2"),))
    states: list[State] = [(0,), (1,), (2,)]
    assert reach(few, "never 3", states) == Outcome(
        "accepted", ("recomputation",), "", ("at most 2",)
    )
    # In 2 the guard still holds: cut off is not at rest.
    assert reach(few, "rest at 3", states).status == "accepted"
    assert reach(few, "to 3", states).status == "refused"
    invariant = (App("le", (z, n(2))),)
    outcome = certify(Certificate(few, "rest at 3", "holds", Inductive(invariant)))
    assert outcome == Outcome("accepted", CHECKERS, "", ("at most 2",))
    trap = Trap(RunOf(((0,),), ()), 0, invariant)
    outcome = certify(Certificate(few, "to 3", "violated", trap))
    assert outcome.status == "refused"
    assert "only the bound `at most 2` forbids" in outcome.reason
    # The run of a fault leads to rest: a fault is nothing that has to happen.
    faulty = one_counter(fault="slip")
    runs = Runs((RunOf(((0,),), ()),))
    assert certify(Certificate(faulty, "rest at 3", "violated", runs)).by == ("replay",)


def test_what_goes_wrong_is_refused_in_every_kind() -> None:
    z = Var("z", IntSort(0, 3))
    wrong = one_counter(checks=(Check(App("lt", (z, n(2))), "below 2"),))
    states: list[State] = [(0,), (1,), (2,)]
    two = App("le", (z, n(2)))
    for name in ("never 3", "rest at 3", "to 3"):
        outcome = reach(wrong, name, states)
        assert outcome.status == "refused"
        assert "goes wrong: its check `below 2` fails" in outcome.reason
    for checkers in (BRUTE, CVC5):
        for name, verdict, proof in (
            ("never 3", "holds", Inductive((two,))),
            ("never 3", "vacuous", Inductive((two,))),
            ("never 3", "holds", KInduction(4, (two,))),
            ("never 3", "holds", KInduction(1, (two,))),
            ("to 3", "holds", Progress((two,), (), (((0, 0, 0), (0, 0), (0,)),))),
            ("to 3", "violated", Trap(RunOf(((0,),), ()), 0, (two,))),
        ):
            claimed: Any = verdict
            certificate = Certificate(wrong, name, claimed, proof)
            assert certify(certificate, checkers=checkers).status == "refused"


@pytest.mark.parametrize(
    ("run", "says"),
    [
        (RunOf(((0,), (1,)), (0,)), "does not end in"),
        (RunOf(((0,), (1,), (2,), (3,)), (0, 0, -1)), "there is no action -1"),
        (RunOf(((0,), (1,), (2,), (3,)), (0, 0, 1)), "there is no action 1"),
        (RunOf(((0,), (1,), (2,), (3,), (4,)), (0, 0, 0, 0)), "state 4 of the run is no state"),
        (RunOf(((0,), (True,), (2,), (3,)), (0, 0, 0)), "state 1 of the run is no state"),
        (RunOf(((0,), (1, 1), (2,), (3,)), (0, 0, 0)), "state 1 of the run is no state"),
        (RunOf(((0,), (1,), (2,), (3,), (3,)), (0, 0, 0, 0)), "cannot be taken"),
        (RunOf(((0,), (2,), (3,)), (0, 0)), "leads to z=1"),
        (RunOf(((1,), (2,), (3,)), (0, 0)), "does not start in an initial state"),
        (RunOf(((0,), (1,), (2,), (3,)), (0, 0)), "one state more"),
        (RunOf((), ()), "one state more"),
    ],
)
def test_wrong_runs(run: RunOf, says: str) -> None:
    def outcome(run: RunOf) -> Outcome:
        return certify(Certificate(one_counter(), "never 3", "violated", Runs((run,))))

    assert outcome(RunOf(((0,), (1,), (2,), (3,)), (0, 0, 0))).status == "accepted"
    assert outcome(run).status == "refused"
    assert says in outcome(run).reason


def test_a_trap_is_entered_where_the_premise_holds() -> None:
    z = Var("z", IntSort(0, 3))
    clause = Clause("", App("eq", (z, n(1))), App("eq", (z, n(0))))
    system = replace(one_counter(), properties=(Property("back", "possible", (clause,)),))

    def status(*states: State) -> str:
        run = RunOf(states, (0,) * (len(states) - 1))
        trap = Trap(run, 0, (App("le", (n(1), z)),))
        return certify(Certificate(system, "back", "violated", trap)).status

    assert status((0,), (1,)) == "accepted"
    assert status((0,), (1,), (2,)) == "refused"
    assert status((0,)) == "refused"
    assert status() == "refused"


def test_a_large_system_is_unchecked_not_accepted() -> None:
    sort = IntSort(0, 10**7)
    z = Var("z", sort)
    system = System(
        "long", (Variable("z", sort),), ((0,),),
        (Action("up", "p", App("lt", (z, n(10**7))), {"z": App("add", (z, n(1)))}),),
        (Property("p", "always", (Clause("", build.TRUE, build.TRUE),)),),
    )  # fmt: skip
    outcome = certify(Certificate(system, "p", "holds", ReachableSet(10**7 + 1, "0" * 64)))
    assert outcome == Outcome("unchecked", (), "too large: there are too many reachable states")
    alone = certify(Certificate(system, "p", "holds", Inductive(())), checkers=BRUTE)
    assert alone.status == "unchecked"
    assert certify(Certificate(system, "p", "holds", Inductive(()))).by == ("cvc5",)


def test_numbers_that_double_end_the_search() -> None:
    double = Action("double", "p", build.TRUE, {"x": App("add", (X, X))})
    system = System(
        "doubling", (Variable("x", NATURAL),), ((1,),), (double,),
        (Property("p", "always", (Clause("", build.TRUE, build.TRUE),)),),
    )  # fmt: skip
    outcome = certify(Certificate(system, "p", "holds", ReachableSet(5, "0" * 64)))
    assert outcome == Outcome("unchecked", (), "too large: a number grows too large")


def test_without_cvc5(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(second_solver, "import_module", missing)
    outcome = on_counters("always", build.TRUE, SAME, Inductive((SAME, no(OPEN))))
    assert outcome.status == "unchecked"
    assert "cvc5 is not installed" in outcome.reason
    assert certify(some("INV")).by == BRUTE


def test_checkers_that_disagree_are_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object) -> None:
        raise Refused("for no reason")

    certificate = some("INV")
    for name, other in (("by_cvc5", "brute force"), ("by_brute_force", "cvc5")):
        with monkeypatch.context() as patch:
            patch.setattr(checking, name, refuses)
            outcome = certify(certificate)
        assert outcome.status == "refused"
        assert outcome.reason.startswith(f"THE CHECKERS DISAGREE: {other} accepts")


def test_no_answer_is_no_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    system = counters("always", Clause("", build.TRUE, SAME))
    certificate = Certificate(system, "asked", "holds", Inductive((SAME, no(OPEN))))
    outcome = certify(certificate, seconds=0)
    assert outcome.status == "unchecked"
    assert "out of time" in outcome.reason
    for answer in ("unknown (TIMEOUT)", "", '(error "...")'):
        monkeypatch.setattr(second_solver.Session, "ask", lambda *_, said=answer: said)
        outcome = certify(certificate)
        assert outcome.status == "unchecked"
        assert f"it answers `{answer}`" in outcome.reason


def test_the_digest_is_what_the_docstring_says() -> None:
    states: list[State] = [(True, 1, "b"), (False, -2, "\u00e9")]
    text = '[false,-2,"\\u00e9"]\n[true,1,"b"]'
    done = subprocess.run(["sha256sum"], input=text, capture_output=True, text=True, check=True)  # noqa: S607
    assert states_digest(states) == done.stdout.split()[0]


# ------------------------------------------------------------------------------------- SMT-LIB


def by_cvc5(text: str) -> list[str]:
    """What cvc5 answers to each `check-sat`."""
    cvc5: Any = import_module("cvc5")
    terms = cvc5.TermManager()
    solver = cvc5.Solver(terms)
    symbols = cvc5.SymbolManager(terms)
    solver.setOption("incremental", "true")
    parser = cvc5.InputParser(solver, symbols)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "test")
    answers: list[str] = []
    while not (command := parser.nextCommand()).isNull():
        answers.append(command.invoke(solver, symbols).strip())
    return [answer for answer in answers if answer]


def by_z3(text: str) -> list[str]:
    """The same of z3's own program."""
    command = [str(Path(sys.executable).with_name("z3")), "-smt2", "-in"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    return done.stdout.split()


def asked(*assertions: str) -> str:
    asserted = "".join(f"(assert {text})" for text in assertions)
    return f"(push 1){asserted}(check-sat)(pop 1)\n"


@pytest.mark.parametrize("solver", [by_cvc5, by_z3])
def test_terms_mean_the_same_to_solvers(solver: Callable[[str], list[str]]) -> None:
    rng = Random(22)  # noqa: S311
    for _ in range(12):
        variables = random_variables(rng)
        maker = Maker(rng, variables, raw=True)
        state = random_state(rng, variables)
        system = System("one", variables, (state,), ())
        lines, expected = ["(set-logic QF_LIA)", *declarations(system, 0)], list[str]()
        lines.append(f"(assert {stated(system, state, 0)})")
        for _ in range(25):
            sort = rng.choice((BOOL, rng.choice(variables).sort))
            term = maker.of(sort, 4)
            value = value_of(term, system.valuation(state))
            literal = n(value) if type(value) is int else Const(value, sort)
            same = f"(= {written(system, term, 0)} {written(system, literal, 0)})"
            lines += [asked(same), asked(f"(not {same})")]
            expected += ["sat", "unsat"]
        assert solver("\n".join(lines)) == expected


@pytest.mark.parametrize("solver", [by_cvc5, by_z3])
def test_a_whole_system_means_the_same_to_solvers(solver: Callable[[str], list[str]]) -> None:
    rng = Random(23)  # noqa: S311
    for seed in range(12):
        facts = facts_of(seed)
        system, truth = facts.system, facts.truth
        text = smtlib_of(system) + "(assert (and domain.0 domain.1))\n"
        expected: list[str] = []

        def ask(met: bool, *assertions: str) -> None:
            nonlocal text
            text += asked(*assertions)
            expected.append("sat" if met else "unsat")  # noqa: B023  asked in this round only

        broken = truth.broken
        for state in rng.sample(facts.everything, min(12, len(facts.everything))):
            here = stated(system, state, 0)
            ask(state in system.initial, here, "init")
            ask(state in broken, here, "wrong")
            for at in range(len(system.actions)):
                after = facts.edges.get((state, at))
                ask(after is not None, here, f"action-{at}")
                if after is not None:
                    ask(False, here, f"action-{at}", f"(not {stated(system, after, 1)})")
            for number, prop in enumerate(system.properties):
                for at, clause in enumerate(prop.clauses):
                    when, then = facts.meets(state, clause.when), facts.meets(state, clause.then)
                    if prop.kind in {"always", "at-rest"}:
                        resting = prop.kind == "always" or state not in truth.busy
                        ask(when and not then and resting, here, f"bad-{number}-{at}")
                    else:
                        ask(when, here, f"when-{number}-{at}")
                        ask(then, here, f"then-{number}-{at}")
        assert solver(text) == expected


@pytest.mark.parametrize("solver", [by_cvc5, by_z3])
def test_shared_terms_stay_small(solver: Callable[[str], list[str]]) -> None:
    system = System("one", (Variable("x", NATURAL),), ((1,),), ())
    doubled: Term = X
    for _ in range(60):
        doubled = App("add", (doubled, doubled))
    lowest: Term = X
    for _ in range(60):
        lowest = App("min", (App("sub", (lowest, n(-1))), App("max", (lowest, n(7)))))
    kept: Term = X  # each in one place, but `min` and `max` are written with two
    for _ in range(10):
        kept = App("max", (App("min", (App("add", (kept, n(1))), n(9))), n(0)))
    lines = ["(set-logic QF_LIA)", *declarations(system, 0), f"(assert {stated(system, (1,), 0)})"]
    lines.append(asked(f"(not {written(system, App('eq', (kept, n(9))), 0)})"))
    right = App("eq", (doubled, n(2**60)))
    lines.append(asked(f"(not {written(system, right, 0)})"))
    # The smaller of one more and (7 or itself): 2, 3, ... 7, and then it stays.
    lines.append(asked(f"(not {written(system, App('eq', (lowest, n(7))), 0)})"))
    assert max(map(len, lines)) < 20_000
    assert solver("\n".join(lines)) == ["unsat"] * 3
    ring = counters("always", Clause("", build.TRUE, SAME))
    outcome = certify(Certificate(ring, "asked", "holds", Inductive((right,))))
    assert outcome == Outcome("unchecked", (), "too large: its terms are too large")


@pytest.mark.parametrize("solver", [by_cvc5, by_z3])
def test_names_are_harmless(solver: Callable[[str], list[str]]) -> None:
    evil = '|x\n(assert false) "\u2028\\'
    sort = EnumSort((evil, "(", "sat"))
    same = App("eq", (Var(evil, sort), Const("sat", sort)))
    system = System(
        evil, (Variable(evil, sort), Variable("b;", BOOL)), ((evil, True),),
        (Action(evil, evil, build.TRUE, {evil: Const("sat", sort)}),),
        (Property(evil, "always", (Clause(evil, build.TRUE, no(same)),)),),
    )  # fmt: skip
    text = smtlib_of(system)
    assert text.isascii()
    asked_now = asked("init", "step", f"(= {name_of(0, 1)} 2)") + asked("init", "bad-0-0")
    assert solver(text + asked_now) == ["sat", "unsat"]
    outcome = certify(Certificate(system, evil, "vacuous", Inductive(())))
    assert outcome.status == "refused"


def test_nothing_at_all_can_be_said() -> None:
    system = System("empty", (), ((),), (), (Property("p", "always", ()),))
    for proof in (Inductive(()), KInduction(2, ()), ReachableSet(1, states_digest([()]))):
        assert certify(Certificate(system, "p", "holds", proof)).status == "accepted"
    assert by_cvc5(smtlib_of(system) + asked("init")) == ["sat"]


# ------------------------------------------------------------------- documents and the process


def document() -> dict[str, Any]:
    return certificate_document(some("INV"))


def trace() -> dict[str, Any]:
    return certificate_document(some("TRACE"))


def changed(base: Callable[[], dict[str, Any]], **parts: Any) -> bytes:
    return json.dumps({**base(), **parts}).encode()


def deep(depth: int) -> Any:
    term: Any = True
    for _ in range(depth):
        term = ["not", term]
    return term


HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "no UTF-8": lambda: b"\xff\xfe",
    "no object": lambda: b"[]",
    "number": lambda: b"1" * 5000,
    "brackets": lambda: b"[" * 100_000,
    "deep": lambda: changed(document, invariant=[deep(500)]),
    "nearly too deep": lambda: changed(document, invariant=[deep(399)]),
    "huge number": lambda: changed(document, invariant=[["le", 10**4000, -(10**4000)]]),
    "kind": lambda: changed(document, kind="TRUST ME"),
    "kind of run": lambda: changed(trace, kind="TRAP"),
    "list for a kind": lambda: changed(document, kind=[]),
    "verdict": lambda: changed(document, verdict="undetermined"),
    "property": lambda: changed(document, property="no such"),
    "digest": lambda: changed(document, digest="0" * 64),
    "surrogate": lambda: changed(document, property="\ud800"),
    "clause": lambda: changed(document, clause=10**30),
    "k": lambda: changed(document, kind="KIND", k=10**9, lemmas=[]),
    "k no number": lambda: changed(document, kind="KIND", k=True, lemmas=[]),
    "float": lambda: changed(document, invariant=[1.5]),
    "infinity": lambda: changed(document, invariant=[float("inf")]),
    "label": lambda: changed(document, invariant=[{"label": "a", "of": 0}]),
    "arity": lambda: changed(document, invariant=[["eq", 1]]),
    "untyped": lambda: changed(document, invariant=[["not", 3]]),
    "integer": lambda: changed(document, invariant=[3]),
    "no runs": lambda: changed(trace, runs=[]),
    "empty run": lambda: changed(trace, runs=[{"states": [], "actions": []}]),
    "short states": lambda: changed(trace, runs=[{"states": [[]], "actions": []}]),
    "action": lambda: changed(trace, runs=[{"states": [[], []], "actions": [10**6]}]),
    "two runs": lambda: changed(trace, runs=trace()["runs"] * 2),
    "system": lambda: changed(document, system={}),
    "reach": lambda: changed(document, kind="REACH", states=10**40, states_digest="\u0000"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_are_not_accepted(name: str) -> None:
    outcome = answer_to(HOSTILE[name]())
    assert outcome.status == "refused", outcome
    assert outcome.reason


def test_millions_of_paths_are_not_followed() -> None:
    system = counters("possible", Clause("", build.TRUE, EMPTY))
    proof = Progress((SAME, no(OPEN)), ("x",), (((1,),) * 1_000_000,))
    outcome = certify(Certificate(system, "asked", "holds", proof))
    assert outcome.status == "unchecked"
    assert "too many paths" in outcome.reason


def certifier(*files: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deliverycheck.certify", *map(str, files)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)


def test_files_and_lines_are_answered_one_by_one(tmp_path: Path) -> None:
    good, bad = json.dumps(document()), json.dumps({**document(), "invariant": [False]})
    lines = certifier(stdin=f"{good}\n{bad}\n\n{good}\n")
    answers = [json.loads(line) for line in lines.stdout.splitlines()]
    assert [a["status"] for a in answers] == ["accepted", "refused", "refused", "accepted"]
    assert answers[0] == {
        "file": None,
        "status": "accepted",
        "by": list(CHECKERS),
        "reason": "",
        "within": answers[0]["within"],
    }
    assert (lines.returncode, lines.stderr) == (1, "")
    file = tmp_path / "certificate.json"
    file.write_text(good, encoding="utf-8")
    alone = certifier(file)
    assert (alone.returncode, json.loads(alone.stdout)["file"]) == (0, str(file))
    assert certifier(file, tmp_path / "missing").returncode == 1
    assert certifier().returncode == 1


def test_the_checker_knows_no_engine() -> None:
    code = """
import sys, json
from deliverycheck.certify.__main__ import answer_to
before = set(sys.modules)
outcome = answer_to(sys.stdin.buffer.read())
print(json.dumps([outcome.status, "cvc5" in before, sorted(sys.modules)]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(document()), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    status, early, modules = json.loads(done.stdout)
    assert (status, early, "cvc5" in modules) == ("accepted", False, True)
    assert not {"z3", "networkx"} & set(modules)
    own = {name.split(".")[1] for name in modules if name.startswith("deliverycheck.")}
    assert own == {"errors", "system", "exchange", "supervise", "export", "certify"}
    assert not {"deliverycheck.system.build", "deliverycheck.system.fairness"} & set(modules)


def test_a_typical_invariant_takes_well_under_a_second() -> None:
    """A token ring: 12 stations with endless counters, every pair exclusive."""
    count = 12
    has = [Var(f"has{at}", BOOL) for at in range(count)]
    passed = [Var(f"passed{at}", NATURAL) for at in range(count)]
    actions = tuple(
        Action(
            f"pass{at}", "p", has[at],
            {
                has[at].name: build.FALSE,
                has[(at + 1) % count].name: build.TRUE,
                passed[at].name: App("add", (passed[at], n(1))),
            },
        )
        for at in range(count)
    )  # fmt: skip
    exclusive = tuple(no(true_of(a, b)) for a, b in combinations(has, 2))
    system = System(
        "ring",
        tuple(Variable(v.name, v.sort) for v in (*has, *passed)),
        ((True, *(False,) * (count - 1), *(0,) * count),),
        actions,
        (Property("exclusive", "always", (Clause("", has[0], no(has[1])),)),),
    )
    certificate = Certificate(system, "exclusive", "holds", Inductive(exclusive))
    assert certify(certificate, seconds=20) == Outcome("accepted", ("cvc5",))
    less = replace(certificate, proof=Inductive(exclusive[1:]))
    assert certify(less, seconds=20).status == "refused"
