"""Minimal causes, against every budget of none, one, two or no end of each fault asked one by one.

On random systems by the tests' own oracle; on models by the explicit engine, each budget by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from math import inf
from pathlib import Path
from random import Random

import pytest
from fair_oracle import Fair
from support import EXPLICIT, MODELS, prop, question
from systems import fair_system_of
from test_why import Truth

from deliverycheck.check.checking import lifted_of
from deliverycheck.check.explicit import judge
from deliverycheck.check.instances import explore_instance
from deliverycheck.check.marked import Marked
from deliverycheck.explain.why.causes import Paid, least_budgets
from deliverycheck.explain.why.explaining import check_and_explain
from deliverycheck.explain.why.fates import Fates
from deliverycheck.explore.explored import ReachableFault
from deliverycheck.explore.search import explore
from deliverycheck.load.subjects import parse_faults
from deliverycheck.system import build
from deliverycheck.system.model import PropertyKind, System, Variable
from deliverycheck.system.sorts import IntSort
from deliverycheck.system.terms import App, Var

FAULTS = ("lose", "crash")
AMOUNTS = (0, 1, 2, inf)
ALTERNATING = f"{MODELS}/protocols/alternating_bit.py:AlternatingBit"


def under(system: System, budget: Mapping[str, float]) -> System:
    """The system with as many faults as a budget allows, each counted in a variable of its own."""
    actions = [one for one in system.actions if one.fault is None or budget[one.fault]]
    variables, start = list(system.variables), [list(state) for state in system.initial]
    for fault, amount in budget.items():
        if amount in (0, inf):
            continue
        counter = Variable(f"budget.{fault}", IntSort(0, int(amount)), "budget")
        left = Var(counter.name, counter.sort)
        variables.append(counter)
        for state in start:
            state.append(int(amount))
        for at, one in enumerate(actions):
            if one.fault == fault:
                some = App("lt", (build.integer(0), left))
                fewer = {counter.name: App("sub", (left, build.integer(1)))}
                guard = App("and", (one.guard, some))
                actions[at] = replace(one, guard=guard, updates={**one.updates, **fewer})
    return replace(
        system,
        variables=tuple(variables),
        initial=tuple(map(tuple, start)),
        actions=tuple(actions),
    )


def drawn(first: int, last: int) -> Iterator[tuple[int, System]]:
    """Random systems with many faults, and a property of some kind."""
    kinds: tuple[PropertyKind, ...] = ("leads-to", "leads-to", "always", "possible")
    for seed in range(first, last):
        rng = Random(seed)  # noqa: S311
        system = fair_system_of(seed)
        faults = [rng.choice((None, *FAULTS)) for _ in system.actions]
        if not {*FAULTS} <= {*faults}:
            continue
        pairs = zip(system.actions, faults, strict=True)
        stated = replace(system.properties[0], kind=kinds[seed % 4])
        yield (
            seed,
            replace(
                system,
                initial=system.initial[:1],
                actions=tuple(replace(one, fault=fault, bounds=()) for one, fault in pairs),
                properties=(stated,),
            ),
        )


def is_broken(whole: System, asked: System) -> bool:
    """Whether a run under a budget breaks the property of the whole system."""
    (stated,) = whole.properties
    fair = Fair(asked)
    if stated.kind == "leads-to":
        return any(fair.nearest(clause) is not None for clause in stated.clauses)
    bad = set().union(*Truth(whole, stated).bad)
    count = len(whole.variables)
    # A counter that the whole system has beside the others is part of what is bad.
    names = [one.name for one in whole.variables]
    at = [names.index(one.name) for one in asked.variables if one.name in names]
    assert len(at) == count or stated.kind != "possible"
    return any(tuple(state[:count]) in bad for state in fair.onward)


@pytest.mark.parametrize("first", range(0, 2400, 1200))
def test_least_budgets_are_what_asking_every_budget_gives(first: int) -> None:
    seen: Counter[str] = Counter()
    for seed, system in drawn(first, first + 1200):
        try:
            found = explore(system)
        except ReachableFault:
            continue
        if len(found.states) > 12:
            continue
        (stated,) = system.properties
        draws = [None if one.fault is None else FAULTS.index(one.fault) for one in system.actions]
        fates = Fates(Marked(found), stated)
        least = list(least_budgets(fates, Paid((), FAULTS, draws)))
        if (0, 0) in least and seed % 10:
            continue  # most need no fault
        for amounts in product(AMOUNTS, repeat=2):
            asked = under(system, dict(zip(FAULTS, amounts, strict=True)))
            enough = any(all(a <= b for a, b in zip(one, amounts, strict=True)) for one in least)
            assert is_broken(system, asked) == enough, (seed, amounts)
        for one in least:
            seen["none" if not any(one) else "endless" if inf in one else "counted"] += 1
            seen["both"] += all(one)
        seen["several"] += len(least) > 1
    assert min(seen[word] for word in ("none", "endless", "counted", "both")) > 0, seen


def test_counted_budgets_go_with_endless_ones() -> None:
    """Of a promise, which does not depend on what might still happen."""
    seen: Counter[str] = Counter()
    for seed, system in drawn(0, 500):
        (stated,) = system.properties
        whole = under(system, {"lose": 2, "crash": inf})
        try:
            found = explore(whole)
        except ReachableFault:
            continue
        if stated.kind != "leads-to" or len(found.states) > 24:
            continue
        draws = [0 if one.fault == "crash" else None for one in whole.actions]
        fates = Fates(Marked(found), stated)
        least = list(least_budgets(fates, Paid(("lose",), ("crash",), draws)))
        for amounts in product(AMOUNTS[:3], AMOUNTS):
            asked = under(system, dict(zip(FAULTS, amounts, strict=True)))
            enough = any(all(a <= b for a, b in zip(one, amounts, strict=True)) for one in least)
            assert is_broken(system, asked) == enough, (seed, amounts)
        seen["both"] += any(all(one) for one in least)
        seen["several"] += len(least) > 1
    assert min(seen.values()) > 0, seen


ENDLESS = """\
from deliverycheck.lang import Message, Steps, leads_to
from deliverycheck.lang.parts import RetryUntilAcknowledged, worker


class Endless(RetryUntilAcknowledged):
    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"
        self.effect(m)
        yield "applied"
        self.replies.put(m)

    @leads_to
    def told(self, m: Message) -> tuple[bool, bool]:
        return self.ledger.accepted(m), self.ledger.told(m) == "done"

    @leads_to
    def told_twice(self, m: Message) -> tuple[bool, bool]:
        return self.ledger.effects(m) >= 2, self.ledger.told(m) == "done"
"""


@pytest.mark.parametrize(
    ("model", "faults", "fairness", "names"),
    [
        (f"{MODELS}/pitfalls/ack_before_work.py", "crash lose", "strong", ["eventual-effect"]),
        (
            f"{MODELS}/protocols/alternating_bit.py:AlternatingBit",
            "lose",
            "weak",
            ["eventual-effect"],
        ),
        ("", "crash lose", "strong", ["told", "told-twice", "eventual-effect"]),
    ],
)
def test_causes_of_models_are_what_asking_every_budget_gives(
    tmp_path: Path, model: str, faults: str, fairness: str, names: list[str]
) -> None:
    file = tmp_path / "endless.py"
    file.write_text(ENDLESS, encoding="utf-8")
    kinds = faults.split()
    asked = question(model or str(file), " ".join(f"{one}=inf" for one in kinds), 1)
    asked = replace(asked, fairness="weak" if fairness == "weak" else "strong", expects={})
    result = check_and_explain(asked, EXPLICIT)
    told = {name: prop(result, name).explanation for name in names}
    for amounts in product(AMOUNTS, repeat=len(kinds)):
        budget = dict(zip(kinds, amounts, strict=True))
        lifted = lifted_of(replace(asked, faults=budget))
        verdicts = {
            one.prop.name: one.verdict
            for one in judge(lifted, Marked(explore_instance(lifted, EXPLICIT)))
        }
        for name, found in told.items():
            causes = found.causes if found is not None else ()
            enough = any(
                all(amount <= budget[fault] for fault, amount in one.faults.items())
                for one in causes
            )
            assert (verdicts[name] == "violated") == enough, (name, budget)


def test_one_crash_is_enough_where_it_may_crash_again_and_again() -> None:
    asked = question(f"{MODELS}/pitfalls/ack_before_work.py", "crash=inf", 1)
    found = prop(check_and_explain(asked, EXPLICIT), "eventual-effect").explanation
    assert found is not None
    (cause,) = found.causes
    # submit, send, take, reply, hear, crash: the worker is gone before it has applied it.
    assert (dict(cause.faults), len(cause.trace.steps)) == ({"crash": 1}, 6)
    assert [step.fault for step in cause.trace.steps if step.fault] == ["crash"]


TWO_CRASH = """\
from deliverycheck.lang import Message, Protocol, Role, Volatile, require

left, right = Role("left", crashes=True), Role("right", crashes=True)


class TwoCrash(Protocol):
    here: Volatile[set[Message]]
    there: Volatile[set[Message]]

    @left
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.here.add(m)

    @left
    def apply(self, m: Message) -> None:
        require(m in self.here)
        self.effect(m)

    @right
    def enter(self, m: Message) -> None:
        self.accept(m)
        self.there.add(m)

    @right
    def perform(self, m: Message) -> None:
        require(m in self.there)
        self.effect(m)
"""


@pytest.mark.parametrize(
    "faults",
    [
        "crash.left=1 crash.right=1",
        "crash.left=inf crash.right=inf",
        "crash.left=inf crash.right=1",
        "crash.left=1 crash=inf",
    ],
)
def test_causes_of_one_kind_are_told_apart_by_their_budgets(tmp_path: Path, faults: str) -> None:
    file = tmp_path / "two_crash.py"
    file.write_text(TWO_CRASH, encoding="utf-8")
    result = check_and_explain(question(str(file), faults, 1), EXPLICIT)
    found = prop(result, "no-loss").explanation
    assert found is not None
    left, right = parse_faults(faults)
    assert [dict(one.faults) for one in found.causes] == [{left: 1}, {right: 1}]
    assert [one.trace.steps[-1].actor for one in found.causes] == ["left", "right"]
    assert found.irrelevant_faults == ()


def test_causes_on_two_channels_are_told_apart() -> None:
    asked = question(
        f"{MODELS}/guarantees/at_least_once.py", "lose.requests=inf lose.replies=inf", 1
    )
    found = prop(check_and_explain(asked, EXPLICIT), "no-duplicate-effect").explanation
    assert found is not None
    assert [dict(one.faults) for one in found.causes] == [{"lose.replies": 1}]


def test_a_budget_that_nothing_draws_from_is_named(tmp_path: Path) -> None:
    """Where others of its kind are drawn from: the endless have no count to tell them by."""
    file = tmp_path / "two_crash.py"
    source = TWO_CRASH.replace('Role("right", crashes=True)', 'Role("right")')
    file.write_text(source, encoding="utf-8")
    asked = question(str(file), "crash.left=inf crash.right=inf", 1)
    assert lifted_of(asked).idle_faults == ("crash.right",)
