"""The frontier of faults, against every budget asked one by one."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from itertools import product
from math import inf
from pathlib import Path
from subprocess import PIPE, Popen

import jsonschema
import networkx as nx
import pytest
from fair_oracle import Fair
from support import EXPLICIT, MODELS, SEEDED, interrupt_searches, run
from systems import fair_system_of

from deliverycheck.check.checking import lifted_of
from deliverycheck.check.explicit import judge
from deliverycheck.check.instances import explore_instance
from deliverycheck.check.lattice import broken_from
from deliverycheck.check.marked import Marked
from deliverycheck.check.options import Options
from deliverycheck.check.question import Question
from deliverycheck.explain.frontier import CAP, Frontier, frontier_of
from deliverycheck.explore.graph import graph_of
from deliverycheck.explore.search import explore
from deliverycheck.load.subjects import questions
from deliverycheck.load.values import fault_names
from deliverycheck.semantics.interpreter import evaluate

G, P = MODELS / "guarantees", MODELS / "pitfalls"
NAMES = [one.name for one in questions(SEEDED)]

Set = frozenset[tuple[str, float]]


@cache
def asked(name: str) -> Question:
    """A shipped model with one message."""
    (found,) = (one for one in questions(SEEDED) if one.name == name)
    return replace(found, messages=1)


@cache
def computed(name: str) -> Frontier:
    question = asked(name)
    return frontier_of(question, dict.fromkeys(fault_names(question.cls), CAP), EXPLICIT)


def sets(budgets: object) -> set[Set]:
    return {frozenset(one.items()) for one in budgets}  # type: ignore[attr-defined]


def verdicts_under(question: Question, faults: Mapping[str, int]) -> dict[str, str]:
    """The verdict on every property under one budget."""
    lifted = lifted_of(replace(question, faults=dict(faults)))
    found = explore_instance(lifted, EXPLICIT)
    return {one.prop.name: one.verdict for one in judge(lifted, Marked(found))}


@pytest.mark.parametrize("name", NAMES)
def test_the_frontier_is_what_asking_every_budget_gives(name: str) -> None:
    """All budgets of at most two of each fault; and monotone is what nobody assumes."""
    frontier, question = computed(name), asked(name)
    kinds = list(frontier.caps)
    assert set(frontier.caps.values()) == {2}
    every: dict[tuple[int, ...], dict[str, str]] = {}
    for amounts in product(range(3), repeat=len(kinds)):
        every[amounts] = verdicts_under(question, dict(zip(kinds, amounts, strict=True)))
    for border in frontier.borders:
        bad = [one for one, found in every.items() if found[border.name] == "violated"]
        good = [one for one, found in every.items() if found[border.name] in ("holds", "vacuous")]
        assert len(bad) + len(good) == len(every)
        assert not border.open

        def shown(amounts: tuple[int, ...]) -> Set:
            return frozenset((k, n) for k, n in zip(kinds, amounts, strict=True) if n)

        def below(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
            return one != other and all(a <= b for a, b in zip(one, other, strict=True))

        least = {shown(one) for one in bad if not any(below(two, one) for two in bad)}
        most = {shown(one) for one in good if not any(below(one, two) for two in good)}
        assert sets(one.faults for one in border.minimal_breaking) == least
        assert sets(one.faults for one in border.maximal_tolerated) == most


@pytest.mark.parametrize("first", range(0, 300, 20))
def test_what_a_run_from_any_state_breaks_is_what_it_breaks_as_the_only_start(first: int) -> None:
    """Promises on random systems, each state taken for the start, by every way round."""
    seen: set[bool] = set()
    for seed in range(first, first + 20):
        system = fair_system_of(seed)
        (prop,) = system.properties
        marked = Marked(explore(system))
        broken = broken_from(marked, prop)
        for number, is_broken in enumerate(broken):
            fair = Fair(replace(system, initial=(marked.found.state(number),)))
            truth = any(fair.nearest(clause) is not None for clause in prop.clauses)
            assert bool(is_broken) == truth, (seed, number)
            seen.add(truth)
    assert seen == {True, False}


def causes(name: str, prop: str) -> dict[Set, int]:
    """The minimal causes of a violation, each with the length of its run."""
    (border,) = (one for one in computed(name).borders if one.name == prop)
    return {
        frozenset(one.faults.items()): len(one.result.trace.steps)
        for one in border.minimal_breaking
        if one.result.trace is not None
    }


def alone(fault: str) -> Set:
    return frozenset({(fault, 1)})


def test_the_causes_of_the_design() -> None:
    # lose: submit, send, take, effect, reply, lose that, send, take, effect. A second copy of the
    # request, a crash after the effect, or a timer that fires early, each spares one step.
    expected = {alone("lose"): 9, alone("crash"): 8, alone("delay"): 8, alone("duplicate"): 8}
    assert causes("AtLeastOnce", "no-duplicate-effect") == expected
    # submit, send, lose; or submit, send, take, crash
    assert causes("AtMostOnce", "no-loss") == {alone("lose"): 3, alone("crash"): 4}
    # Idempotent as long as the store remembers: every cause needs it to forget.
    for cause in causes("DedupWindow", "no-duplicate-effect"):
        assert ("forget", 1) in cause
        assert len(cause) == 2


def test_every_run_has_just_the_faults_of_its_cause() -> None:
    for name in NAMES:
        for border in computed(name).borders:
            for one in border.minimal_breaking:
                trace = one.result.trace
                assert trace is not None
                taken = [step.fault for step in trace.steps if step.fault]
                assert {fault: taken.count(fault) for fault in taken} == one.faults


@pytest.mark.parametrize("name", ["AtMostOnce", "AtLeastOnce", "AckBeforeWork"])
def test_harm_is_the_most_messages_of_any_state_under_each_budget(name: str) -> None:
    """By walking the graph of each budget with networkx, and evaluating clauses one by one."""
    caps = {"lose": 2, "crash": 1} if name == "AtMostOnce" else {"lose": 1, "crash": 1}
    question = replace(asked(name), messages=2, faults={})
    frontier = frontier_of(question, caps, EXPLICIT)
    worst: dict[tuple[str, int], dict[tuple[int, ...], int]] = {}
    for amounts in product(*(range(cap + 1) for cap in caps.values())):
        budget = dict(zip(caps, amounts, strict=True))
        lifted = lifted_of(replace(question, faults=budget))
        graph = graph_of(explore_instance(lifted, EXPLICIT))
        for prop in lifted.system.properties:
            if prop.kind not in ("always", "possible"):
                continue
            broken: Counter[int] = Counter()
            for clause in prop.clauses:
                values = graph.nodes(data="values")
                met = {state for state, now in values if evaluate(clause.then, now)}
                able = set(met)
                for goal in met if prop.kind == "possible" else ():
                    able |= nx.ancestors(graph, goal)
                asked_for = {state for state, now in values if evaluate(clause.when, now)}
                broken.update(asked_for - able)
            worst.setdefault((prop.name, len(prop.clauses)), {})[amounts] = max(
                broken.values(), default=0
            )
    for border in frontier.borders:
        harm = {one.messages: one for one in border.harm}
        most = worst.get((border.name, 2), {})
        assert set(harm) == set(range(1, max(most.values(), default=0) + 1))
        for messages, one in harm.items():
            sums = [sum(amounts) for amounts, count in most.items() if count >= messages]
            assert sum(one.faults.values()) == min(sums)
            taken = Counter(step.fault for step in one.trace.steps if step.fault)
            assert taken == one.faults
        sizes = range(sum(caps.values()) + 1)
        curve = [max(n for b, n in most.items() if sum(b) <= size) for size in sizes if most]
        assert list(border.curve) == curve


def test_any_number_where_z3_proves_it() -> None:
    question = replace(asked("AtMostOnce"), faults={})
    caps = {"lose": 1, "duplicate": 1, "crash": 1}
    borders = {one.name: one for one in frontier_of(question, caps, Options()).borders}
    survived = {name: [dict(o.faults) for o in b.maximal_tolerated] for name, b in borders.items()}
    # No copy is ever made twice by losing or crashing, and no copy is lost by copying.
    assert survived["no-duplicate-effect"] == [{"lose": inf, "crash": inf}]
    assert survived["no-loss"] == [{"duplicate": inf}]
    by_visiting = {one.name: one for one in frontier_of(question, caps, EXPLICIT).borders}
    for name, border in borders.items():
        assert border.minimal_breaking == by_visiting[name].minimal_breaking


def test_what_is_not_proved_for_any_number_keeps_its_cap() -> None:
    # Each crash may come before the worker has answered, again and again: nothing arrives.
    question = replace(asked("AtLeastOnce"), faults={})
    options = Options(properties=("eventual-effect",))
    (border,) = frontier_of(question, {"lose": 1, "crash": 1}, options).borders
    (survived,) = border.maximal_tolerated
    assert survived.faults["crash"] == 1
    assert survived.result.verdict == "holds"


SCHEMA = json.loads(
    files("deliverycheck.report").joinpath("schemas/frontier-1.json").read_text(encoding="utf-8")
)
ONE = ("--messages", "1", "--engine", "explicit")


def test_the_verb_says_it_in_json_and_in_words() -> None:
    model = "models/guarantees/at_most_once.py"
    done = run("frontier", model, *ONE, "--json")
    assert done.code == 0, done.err
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(done.data, SCHEMA)
    assert done.data["schema"] == "deliverycheck/frontier/1"
    assert done.data["caps"] == {"lose": 2, "duplicate": 2, "crash": 2}
    (loss,) = (one for one in done.data["properties"] if one["name"] == "no-loss")
    found = [(one["faults"], one["steps"]) for one in loss["minimal_breaking"]]
    assert found == [({"lose": 1}, 3), ({"crash": 1}, 4)]
    assert [one["faults"] for one in loss["maximal_tolerated"]] == [{"duplicate": 2}]
    assert all(one["curve"] == [] for one in done.data["properties"])  # of one message, no curve
    text = run("frontier", model, *ONE, "--property", "no-loss").out
    assert "lose=1" in text
    assert "3 steps" in text
    assert "survives" in text


def test_the_curve_of_what_more_and_more_faults_do() -> None:
    model = "models/guarantees/at_most_once.py"
    asked = ("--property", "no-loss", "--faults", "lose=2 crash=1", "--engine", "explicit")
    done = run("frontier", model, *asked, "--json")
    jsonschema.validate(done.data, SCHEMA)
    # Each loss and each crash takes one message of the two, and no third is there to be lost.
    (loss,) = done.data["properties"]
    pairs = [(one["faults"], one["messages"]) for one in loss["curve"]]
    assert pairs == [(0, 0), (1, 1), (2, 2), (3, 2)]
    text = " ".join(run("frontier", model, *asked).out.split())
    assert "most messages harmed at once: 0 with no fault, 1 with 1, 2 with 2 or more" in text


def test_what_breaks_without_any_fault_is_said_aloud() -> None:
    done = run(
        "frontier", "models/guarantees/at_most_once.py", "--property", "in-order", "--engine",
        "explicit", "--faults", "lose=1",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "no fault is needed" in done.out


def test_caps_are_numbers_of_faults_the_model_knows() -> None:
    model = "models/guarantees/at_most_once.py"
    assert "DC005" in run("frontier", model, "--faults", "loose=1").err
    done = run("frontier", model, "--faults", "lose=inf")
    assert (done.code, "DC007" in done.err) == (2, True)
    assert "DC006" in run("frontier", model, "--property", "no-los").err


PAIRS = """\
from deliverycheck.lang import Message, Protocol, Role, Sort, always

one = Role("one")


class Key(Sort, size=3):
    pass


class Pairs(Protocol):
    spoilt: set[Key]

    @one
    def submit(self, m: Message) -> None:
        self.accept(m)

    @one
    def spoil(self, k: Key) -> None:
        self.spoilt.add(k)

    @always
    def no_key_is_spoilt(self, m: Message, k: Key) -> bool:
        return k not in self.spoilt or not self.ledger.accepted(m)

    @always
    def no_key(self, k: Key) -> bool:
        return k not in self.spoilt

    @always
    def no_two(self, m: Message, n: Message) -> bool:
        return not self.ledger.accepted(m) or not self.ledger.accepted(n)

    @always
    def never_accepted(self, m: Message) -> bool:
        return not self.ledger.accepted(m)
"""


def test_harm_counts_messages_not_conditions(tmp_path: Path) -> None:
    file = tmp_path / "pairs.py"
    file.write_text(PAIRS, encoding="utf-8")
    (asked,) = questions([str(file)])
    borders = {one.name: one for one in frontier_of(asked, {}, EXPLICIT).borders}
    assert [one.messages for one in borders["never-accepted"].harm] == [1, 2]
    # Two messages are accepted, or else no condition about one is broken: three keys make no more.
    assert [one.messages for one in borders["no-key-is-spoilt"].harm] == [1, 2]
    assert not borders["no-key"].harm
    assert not borders["no-two"].harm


RECOVERS = """\
from deliverycheck.lang import Channel, Message, Protocol, Role, Steps, fault, require, sometimes

sender, worker = Role("sender"), Role("worker", crashes=True)


class Recovers(Protocol):
    gone: set[Message]
    requests: Channel[Message] = Channel(sender, worker)

    @sender
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.requests.put(m)

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        self.gone.add(m)
        yield "received"
        self.gone.discard(m)
        self.effect(m)

    @fault
    def recover(self, m: Message) -> None:
        require(m in self.gone)
        self.gone.discard(m)
        self.requests.put(m)

    @sometimes
    def ever_twice(self, m: Message) -> bool:
        return self.ledger.effects(m) == 2
"""


def test_more_faults_may_do_less_harm_and_then_it_says_so(tmp_path: Path) -> None:
    file = tmp_path / "recovers.py"
    file.write_text(RECOVERS, encoding="utf-8")
    text = run(
        "frontier", str(file), *ONE, "--property", "no-loss", "--faults", "crash=1 recover=1"
    ).out  # fmt: skip
    assert "breaks with crash=1, in 3 steps" in text
    assert "survives all of that, but not whatever is less: crash=1 breaks it" in " ".join(
        text.split()
    )


def test_what_is_to_happen_at_least_once_breaks_where_no_example_is_reached(
    tmp_path: Path,
) -> None:
    file = tmp_path / "recovers.py"
    file.write_text(RECOVERS, encoding="utf-8")
    text = run(
        "frontier", str(file), *ONE, "--property", "ever-twice", "--faults", "crash=1 recover=1"
    ).out  # fmt: skip
    assert "no example is reached without faults" in text
    assert "an example is reached with recover=1" in text
    assert "breaks" not in text
    assert "survives" not in text


def test_ctrl_c_ends_it() -> None:
    """At the terminal, so all processes are told; the search has begun by then."""
    model = str(G / "at_least_once.py")
    command = (sys.executable, "-m", "deliverycheck", "frontier", model, "--messages", "3")
    with Popen(command, stdout=PIPE, stderr=PIPE, text=True, start_new_session=True) as process:
        try:
            assert process.stderr is not None
            assert "states" in process.stderr.readline()
            os.killpg(process.pid, signal.SIGINT)
            out, _ = process.communicate(timeout=30)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 130
    assert "interrupted: nothing is known of no-loss" in out


def test_what_ctrl_c_left_is_named_and_the_rest_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    caps = {"lose": 1, "crash": 1}
    with monkeypatch.context() as patch:
        begun = interrupt_searches(patch, after=10**6)
        whole = frontier_of(asked("AtMostOnce"), caps, EXPLICIT)
    interrupt_searches(monkeypatch, after=begun[0] - 1)
    found = frontier_of(asked("AtMostOnce"), caps, EXPLICIT)
    names = [one.name for one in found.borders]
    assert 0 < len(names) < len(whole.borders)
    assert [*names, *found.unfinished] == [one.name for one in whole.borders]
    assert list(found.borders) == list(whole.borders[: len(names)])
