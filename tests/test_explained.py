"""Explanations of the shipped models' counterexamples: causes, knowledge, contrast, text, JSON."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from math import inf
from pathlib import Path

import jsonschema
import pytest
from support import CORE, EXPLICIT, MODELS, SEED, SEEDED, prop, question, run

from deliverycheck.check.checking import lifted_of
from deliverycheck.explain.frontier import frontier_of
from deliverycheck.explain.why.explaining import check_and_explain
from deliverycheck.load.subjects import questions
from deliverycheck.report.stories import runs_text
from deliverycheck.report.words.steps import stories
from deliverycheck.semantics.interpreter import at_rest, successors
from deliverycheck.system.explanations import Explanation
from deliverycheck.system.model import State, System
from deliverycheck.system.sorts import Value
from deliverycheck.system.verdicts import ModelResult, Step, Trace

G, P = MODELS / "guarantees", MODELS / "pitfalls"
NAMES = [one.name for one in questions(SEEDED)]
ALO = f"{G}/at_least_once.py"
AMO = f"{G}/at_most_once.py"


@cache
def explained(name: str, faults: str = SEED, messages: int = 1) -> ModelResult:
    (found,) = (q for q in questions(CORE) if q.name == name)
    asked = question(f"{found.source}:{name}", faults, messages)
    return check_and_explain(asked, EXPLICIT)


def explanation(result: ModelResult, name: str) -> Explanation:
    found = prop(result, name).explanation
    assert found is not None
    return found


@pytest.mark.parametrize("name", NAMES)
def test_causes_are_the_least_budgets_of_the_frontier(name: str) -> None:
    """A second way to them: the lattice of all budgets up to the environment's."""
    (asked,) = (q for q in questions(SEEDED) if q.name == name)
    caps = {"lose": 1, "duplicate": 1, "crash": 1, "delay": 1, "forget": 1}
    caps = {fault: 1 for fault in caps if fault != "forget" or name == "DedupWindow"}
    frontier = frontier_of(replace(asked, messages=1, faults={}), caps, EXPLICIT)
    result = explained(name, " ".join(f"{fault}={cap}" for fault, cap in caps.items()))
    system = lifted_of(asked).system
    borders = {border.name: border for border in frontier.borders}
    count = 0
    for one in result.properties:
        least = {
            frozenset(dict[str, float](broken.faults).items()): len(broken.result.trace.steps)
            for broken in borders[one.name].minimal_breaking
            if broken.result.trace is not None
        }
        if one.explanation is None:
            assert not least
            continue
        causes = one.explanation.causes
        lengths = {frozenset(c.faults.items()): len(c.trace.steps) for c in causes}
        assert lengths.keys() == least.keys()
        for budget, steps in lengths.items():
            # Where more could still happen, a message may be lost for good only later.
            kind = next(p.kind for p in system.properties if p.name == one.name)
            assert steps == least[budget] or (kind == "possible" and steps > least[budget])
        count += len(least)
        amounts = [sum(cause.faults.values()) for cause in causes]
        assert amounts == sorted(amounts)
        needed = frozenset.intersection(*(frozenset(cause.faults) for cause in causes))
        assert set(one.explanation.necessary_faults) == needed & set(one.because)
        every = {fault for cause in causes for fault in cause.faults}
        assert not every & set(one.explanation.irrelevant_faults)
        assert every | set(one.explanation.irrelevant_faults) == set(frontier.caps)
    assert count or name in ("AbsoluteWrite", "AtLeastOnceIdempotent")


def test_causes_without_end_are_found_without_a_count() -> None:
    # As with budgets (see test_frontier): one of each suffices, and nothing is needed beside it.
    result = explained("AtLeastOnce", "lose=inf crash=inf delay=inf duplicate=inf")
    found = explanation(result, "no-duplicate-effect").causes
    assert {frozenset(cause.faults.items()) for cause in found} == {
        frozenset({(fault, 1)}) for fault in ("lose", "crash", "delay", "duplicate")
    }
    mixed = explained("AtMostOnce", "lose=inf crash=1")
    assert [dict(c.faults) for c in explanation(mixed, "no-loss").causes] == [
        {"lose": 1},
        {"crash": 1},
    ]


def test_a_fault_in_the_loop_is_needed_again_and_again() -> None:
    (asked,) = questions([f"{MODELS}/protocols/alternating_bit.py:AlternatingBit"])
    weak = replace(asked, fairness="weak", messages=1, expects={})
    found = explanation(check_and_explain(weak, EXPLICIT), "eventual-effect")
    assert found.point_of_no_return is None
    assert [dict(cause.faults) for cause in found.causes] == [{"lose": inf}]
    assert found.contrast is not None


# What each actor can remember, read off the models by hand: the sender its outbox, the worker where
# it is in `handle`, and with what, and which messages it has marked.
ALO_MEMORY = {"sender": ("outbox[m1]",), "worker": ("worker.handle", "worker.handle.m")}
MARK_MEMORY = {**ALO_MEMORY, "worker": (*ALO_MEMORY["worker"], "processed[m1]")}
MARK = f"{P}/mark_before_effect.py"


def diaries(name: str, faults: str) -> Iterator[tuple[int, State, dict[str, tuple[str, ...]]]]:
    """All states with what each actor has done since it last crashed, and how far they are."""
    system = lifted_of(question(name, faults, 1)).system
    empty = tuple[str, ...]()
    layer = {(state, empty, empty) for state in system.initial}
    seen, steps = set(layer), 0
    while layer and steps < 14:
        following = set()
        for state, sender, worker in layer:
            yield steps, state, {"sender": sender, "worker": worker}
            for outcome in successors(system, state):
                done = {"sender": sender, "worker": worker}
                action = outcome.action
                if action.actor in done:
                    crashed = action.fault == "crash"
                    done[action.actor] = () if crashed else (*done[action.actor], action.name)
                following.add((outcome.state, done["sender"], done["worker"]))
        layer = following - seen
        seen |= layer
        steps += 1


def test_what_the_actors_of_at_least_once_cannot_know() -> None:
    found = explanation(explained("AtLeastOnce"), "no-duplicate-effect")
    sender, worker = found.look_alikes
    # The run: submit, send, take, effect, crash; then the sender sends again, as it would have to
    # if the message had been lost, and the worker, who remembers nothing, takes it as it did first.
    assert (sender.actor, sender.step, sender.here, sender.there) == ("sender", 6, 1, 0)
    assert [step.action for step in sender.trace.steps] == [
        "submit(m1)", "send(m1)", "lose(requests, m1)",
    ]  # fmt: skip
    assert (worker.actor, worker.step, worker.here, worker.there) == ("worker", 7, 1, 0)
    assert [step.action for step in worker.trace.steps] == ["submit(m1)", "send(m1)"]


@pytest.mark.parametrize(
    ("model", "faults", "name", "memory", "actors"),
    [
        (ALO, "lose=1", "no-duplicate-effect", ALO_MEMORY, ["sender"]),
        (ALO, SEED, "no-duplicate-effect", ALO_MEMORY, ["sender", "worker"]),
        (ALO, "crash=1", "no-duplicate-effect", ALO_MEMORY, ["sender", "worker"]),
        (MARK, SEED, "honest-ack", MARK_MEMORY, ["sender", "worker"]),
        # Only a crash could still save it when the sender sends again.
        (f"{P}/ack_before_work.py", SEED, "no-duplicate-effect", ALO_MEMORY, ["sender"]),
    ],
)
def test_look_alikes_are_the_same_to_the_actor_and_the_nearest(
    model: str, faults: str, name: str, memory: dict[str, tuple[str, ...]], actors: list[str]
) -> None:
    """Where the worker has not crashed since, it could know better, and is not named."""
    asked = question(model, faults, 1)
    system = lifted_of(asked).system
    result = check_and_explain(asked, EXPLICIT)
    trace = prop(result, name).trace
    assert trace is not None
    found = explanation(result, name).look_alikes
    assert [one.actor for one in found] == actors
    for one in found:
        assert one.step is not None
        here = system.valuation(trace.states[one.step - 1])
        diary = written(trace, one.actor, one.step - 1)
        there = system.valuation(one.trace.states[-1])
        known = memory[one.actor]
        assert written(one.trace, one.actor, len(one.trace.steps)) == diary
        assert [there[name] for name in known] == [here[name] for name in known]
        # It is right to send and take it while there was no effect; to tell that it is done, after.
        right = 1 if name == "honest-ack" else 0
        assert (here["effects[m1]"], there["effects[m1]"]) == (one.here, one.there)
        assert (one.here, one.there) == (1 - right, right)
        taken = trace.steps[one.step - 1]
        lengths = [
            steps
            for steps, state, done in diaries(model, faults)
            if done[one.actor] == diary
            and is_right(
                system, state, taken, {**{n: here[n] for n in known}, "effects[m1]": right}
            )
        ]
        assert len(one.trace.steps) == min(lengths)


def is_right(system: System, state: State, step: Step, wanted: Mapping[str, Value]) -> bool:
    """Whether a state has the wanted values, and the step is possible in it."""
    now = system.valuation(state)
    able = {(o.action.actor, o.action.name) for o in successors(system, state)}
    return wanted.items() <= now.items() and (step.actor, step.action) in able


def written(trace: Trace, actor: str, steps: int) -> tuple[str, ...]:
    """What an actor has done since it last crashed."""
    done: list[str] = []
    for step in trace.steps[:steps]:
        if step.actor == actor:
            done = [] if step.fault == "crash" else [*done, step.action]
    return tuple(done)


@pytest.mark.parametrize("faults", ["delay=1", "duplicate=1"])
def test_who_keeps_a_diary_knows_a_second_copy(faults: str) -> None:
    """Here the worker has done it before and not crashed since: it could have known."""
    result = check_and_explain(question(ALO, faults, 1), EXPLICIT)
    assert not explanation(result, "no-duplicate-effect").look_alikes


def test_nobody_ever_finds_out_that_at_most_once_has_lost_it() -> None:
    (sender,) = explanation(explained("AtMostOnce"), "no-loss").look_alikes
    assert (sender.actor, sender.step, sender.here, sender.there) == ("sender", None, 0, 1)
    # With an answer that never comes, the sender knows that something is wrong.
    assert not explanation(explained("MarkBeforeEffect"), "no-loss").look_alikes


@pytest.mark.parametrize("name", NAMES)
def test_contrasts_go_well(name: str) -> None:
    """Each is a run of the model that ends at rest, and its last state breaks nothing."""
    result = explained(name, SEED if name != "DedupWindow" else f"{SEED} forget=1", 2)
    (asked,) = (q for q in questions(SEEDED) if q.name == name)
    system = lifted_of(replace(asked, messages=2)).system
    told = [one for one in result.properties if one.explanation is not None]
    for one in told:
        assert one.explanation is not None
        assert one.trace is not None
        contrast = one.explanation.contrast
        assert contrast is not None
        shared = contrast.shared
        assert contrast.trace.steps[:shared] == one.trace.steps[:shared]
        assert contrast.trace.steps[shared : shared + 1] != one.trace.steps[shared : shared + 1]
        assert not any(step.fault for step in contrast.trace.steps[shared:])
        state = contrast.trace.states[0]
        for step, after in zip(contrast.trace.steps, contrast.trace.states[1:], strict=True):
            assert any(
                outcome.state == after and outcome.action.name == step.action
                for outcome in successors(system, state)
            )
            state = after
        assert contrast.at_rest == at_rest(system, state)
        now = system.valuation(state)
        accepted = [m for m in ("m1", "m2") if now[f"accepted[{m}]"]]
        assert accepted
        assert all(now[f"effects[{m}]"] == 1 for m in accepted)


def test_turning_points_of_the_seed() -> None:
    # The sixth step would be an answer that arrives; after the crash nobody can know any more.
    found = explanation(explained("AtLeastOnce"), "no-duplicate-effect")
    assert found.point_of_no_return == 5
    # A message on its way may still arrive, until it is lost.
    lost = explained("AtMostOnce")
    assert explanation(lost, "no-loss").point_of_no_return == 3
    trace = prop(lost, "eventual-effect").trace
    assert trace is not None
    assert trace.point_of_no_return == 3


SCHEMA = json.loads(
    files("deliverycheck.report").joinpath("schemas/result-1.json").read_text(encoding="utf-8")
)


def test_it_is_all_in_the_json_and_in_the_text() -> None:
    done = run("check", AMO, ALO, "--engine", "explicit", "--messages", "1", "--json")
    jsonschema.validate(done.data, SCHEMA)
    told = [one["explanation"] for m in done.data["results"] for one in m["properties"]]
    assert any(told)
    (loss,) = (o for o in done.data["results"][0]["properties"] if o["name"] == "no-loss")
    assert loss["trace"]["point_of_no_return"] == 3
    assert loss["explanation"]["false"] == ["effects(m1) ≥ 1"]
    assert [cause["faults"] for cause in loss["explanation"]["causes"]] == [
        {"lose": 1},
        {"crash": 1},
    ]
    text = run("check", ALO, "--engine", "explicit", env={"COLUMNS": "300", "NO_COLOR": "1"}).out
    assert "The point of no return is step 5" in text
    assert "the sender cannot tell whether m1 was applied" in text
    assert "Faults needed: crash, as here; or lose, in 9 steps." in text


def test_there_is_none_where_not_everything_was_seen() -> None:
    done = run("check", ALO, "--engine", "explicit", "--limit-states", "500", "--json")
    jsonschema.validate(done.data, SCHEMA)
    traces = [o for o in done.data["results"][0]["properties"] if o["trace"]]
    assert traces
    assert all(one["explanation"] is None and one["unexplained"] for one in traces)
    by_z3 = run("check", AMO, "--engine", "symbolic", "--property", "no-loss", "--json")
    (loss,) = by_z3.data["results"][0]["properties"]
    assert loss["trace"] is not None
    assert loss["explanation"] is None
    assert "Z3" in loss["unexplained"]


RESCUE = """\
from deliverycheck.lang import Channel, Message, Protocol, Role, Steps, fault, require

sender, worker = Role("sender"), Role("worker", crashes=True)


class Rescue(Protocol):
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
    def failover(self, m: Message) -> None:
        require(m in self.gone)
        self.gone.discard(m)
        self.requests.put(m)
"""


def test_what_is_said_of_one_property_is_not_said_of_another(tmp_path: Path) -> None:
    """One run breaks two: the one may still be kept by a fault, the other is broken for good."""
    file = tmp_path / "rescue.py"
    file.write_text(RESCUE, encoding="utf-8")
    result = check_and_explain(question(str(file), "crash=1 failover=1", 1), EXPLICIT)
    ends, stuck = prop(result, "eventual-effect"), prop(result, "no-deadlock")
    assert ends.trace is not None
    assert stuck.trace is not None
    assert ends.trace.steps == stuck.trace.steps
    assert explanation(result, "eventual-effect").point_of_no_return is None
    assert explanation(result, "no-deadlock").point_of_no_return == 3
    text = "\n".join(runs_text((ends, stuck), 200, verbose=False))
    assert "How eventual-effect is broken" in text
    assert "How no-deadlock is broken" in text
    assert "The point of no return is step 3" in text


def test_a_run_that_breaks_several_says_what_has_become_of_each() -> None:
    result = explained("AtMostOnce")
    names = ["no-loss", "no-silent-loss", "eventual-effect", "no-deadlock"]
    told = [prop(result, name) for name in names]
    (story,) = stories(told)
    assert story.names == tuple(names)
    assert len([text for text in story.closing if text.startswith(("So ", "And m1"))]) == 3
    assert any("never applied" in text for text in story.closing)
    assert any("left undone" in text for text in story.closing)


def test_necessary_steps_are_told_of_each_property_where_they_differ() -> None:
    result = explained("AtMostOnce")
    first, second = (prop(result, name) for name in ("no-loss", "no-deadlock"))
    assert first.explanation is not None
    fewer = replace(first.explanation, necessary_steps=(1,))
    pair = (first, replace(second, explanation=fewer, trace=first.trace))
    text = "\n".join(runs_text(pair, 200, verbose=True))
    steps = first.explanation.necessary_steps
    assert len(steps) > 1
    assert "Part of every run that breaks no-deadlock like this: step 1." in text
    assert f"Part of every run that breaks no-loss like this: steps 1 and {steps[-1]}." in text
    assert "breaks it like this" not in text


TOLD_TWICE = """\
from deliverycheck.lang import Message, Steps, leads_to
from deliverycheck.lang.parts import RetryUntilAcknowledged, worker


class ToldTwice(RetryUntilAcknowledged):
    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"
        self.effect(m)
        yield "applied"
        self.replies.put(m)

    @leads_to
    def told(self, m: Message) -> tuple[bool, bool]:
        return self.ledger.effects(m) >= 2, self.ledger.told(m) == "done"
"""


def test_the_first_step_of_a_contrast_is_another(tmp_path: Path) -> None:
    file = tmp_path / "told_twice.py"
    file.write_text(TOLD_TWICE, encoding="utf-8")
    asked = question(str(file), "crash=inf", 1)
    found = prop(check_and_explain(asked, EXPLICIT), "told")
    assert found.trace is not None
    assert found.explanation is not None
    near = found.explanation.contrast
    assert near is not None
    # Twelve steps into the loop and round it; then the answer is sent, and no crash comes.
    shared = near.shared
    assert shared == len(found.trace.steps) == 12
    assert near.trace.steps[:shared] == found.trace.steps
    assert near.trace.steps[shared].fault is None


TOGGLE = """\
from deliverycheck.lang import Protocol, Role, fault, leads_to, require

one = Role("one")


class Toggle(Protocol):
    on: bool = False
    stuck: bool = False
    blocked: bool = False

    @one
    def toggle(self) -> None:
        require(not self.stuck)
        self.on = not self.on

    @fault
    def block(self) -> None:
        self.stuck = True
        self.blocked = True

    @fault
    def pause(self) -> None:
        require(not self.stuck)
        self.stuck = True

    @one
    def resume(self) -> None:
        require(self.stuck and not self.blocked)
        self.stuck = False

    @leads_to
    def goes_on(self) -> tuple[bool, bool]:
        return not self.on, self.on
"""


def test_to_stop_is_only_called_well_where_it_is(tmp_path: Path) -> None:
    """Who stops before the fault has not gone on either."""
    file = tmp_path / "toggle.py"
    file.write_text(TOGGLE, encoding="utf-8")
    text = run("check", str(file), "--faults", "block=1", "--engine", "explicit").out
    assert "if it stops there" not in text
    assert "It goes well if step 1 never comes: it can go on well for ever." in text
    # Where it is paused again and again, it goes well after any round without a further pause.
    asked = ("--faults", "pause=inf", "--engine", "explicit")
    text = run("check", str(file), *asked).out
    assert "repeats for ever from step 1" in text
    assert "It goes well if step 1 never comes again: it can go on well for ever." in text


TWO_LEGS = """\
from deliverycheck.lang import Channel, Message, Protocol, Role, Steps, always, require

sender, worker = Role("sender"), Role("worker", crashes=True)


class TwoLegs(Protocol):
    outbox: set[Message]
    requests: Channel[Message] = Channel(sender, worker)

    @sender
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.outbox.add(m)
        self.requests.put(m)

    @sender
    def report(self, m: Message) -> None:
        require(m in self.outbox and self.timed_out(m))
        self.outbox.discard(m)
        self.tell_done(m)

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        self.effect(m)
        yield "debited"
        self.effect(m)

    @always
    def both_legs(self, m: Message) -> bool:
        return self.ledger.told(m) != "done" or self.ledger.effects(m) == 2
"""


@pytest.mark.parametrize(
    ("model", "name", "faults", "said", "not_said"),
    [
        (RESCUE, "eventual-effect", "crash=1 failover=1", "another fault could", "goes round"),
        (TWO_LEGS, "both-legs", "crash=1", "applied once, or more", "was applied: to it"),
    ],
)
def test_what_is_said_fits_the_run(
    tmp_path: Path, model: str, name: str, faults: str, said: str, not_said: str
) -> None:
    file = tmp_path / "model.py"
    file.write_text(model, encoding="utf-8")
    done = run(
        "check", str(file), "--faults", faults, "--property", name, "--engine", "explicit",
        "--messages", "1",
    )  # fmt: skip
    text = " ".join(done.out.split())
    assert said in text
    assert not_said not in text


@pytest.mark.parametrize("name", ["AtMostOnce", "AtLeastOnce", "CheckThenAct"])
def test_who_is_to_blame_is_what_is_needed(name: str) -> None:
    """A shortest run may have faults that it could do without; they are not to blame."""
    result = explained(name, "lose=1 crash=1 delay=1")
    for one in result.properties:
        if one.explanation is None or one.trace is None:
            continue
        kinds = {frozenset(cause.faults) for cause in one.explanation.causes}
        assert one.explanation.exact
        if frozenset() in kinds:
            assert one.because == ()
        else:
            assert frozenset(one.because) in kinds
            assert {*one.because} <= {*one.trace.faults}


def test_a_fault_that_is_not_needed_is_not_blamed() -> None:
    """A crash between effect and mark only spares a step on the way to another order."""
    model = f"{P}/check_then_act.py"
    asked = (model, "--faults", "crash=1", "--engine", "explicit")
    only = ("--property", "in-order")
    (found,) = run("check", *asked, *only, "--json").data["results"][0]["properties"]
    assert [step["fault"] for step in found["trace"]["steps"]].count("crash") == 1
    assert found["because"] == []
    assert [cause["faults"] for cause in found["explanation"]["causes"]] == [{}]
    text = " ".join(run("check", *asked, *only).out.split())
    assert "with crash in it, though no fault is needed" in text
    assert "because of" not in text
    (row,) = run("matrix", *asked, "--json").data["rows"]
    assert row["out_of_order"]["because"] == []


def test_nothing_is_called_irrelevant_where_something_was_cut_off() -> None:
    faults = "lose=inf crash=inf delay=inf duplicate=inf"
    asked = ("--messages", "1", "--engine", "explicit", "--json")
    for one in run("check", ALO, "--faults", faults, *asked).data["results"][0]["properties"]:
        if one["explanation"] is not None:
            assert not one["explanation"]["exact"]
            assert one["explanation"]["irrelevant"] == {"faults": [], "steps": []}


def test_the_run_that_is_the_same_to_an_actor_is_told_when_asked_for() -> None:
    env = {**os.environ, "COLUMNS": "300", "NO_COLOR": "1"}
    asked = ("check", f"{P}/decrement.py", "--engine", "explicit", "--faults", SEED)
    text, whole = (run(*asked, *more, env=env).out for more in ((), ("--verbose",)))
    (found,) = re.findall(r"in\s+another\s+run,\s+of\s+(\d+)\s+steps\.\n(.*)", whole)[:1]
    assert found[1] == "    The other run:"
    told = whole.partition("    The other run:\n")[2].splitlines()
    numbers = [int(line.split(".")[0]) for line in told if re.match(r"      [ \d]\d\. ", line)]
    assert numbers[: int(found[0])] == list(range(1, int(found[0]) + 1))
    assert "The other run" not in text
