"""Runs in the Informal Trace Format: read by others, taken again, and refused when changed."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import chain, cycle, islice, pairwise
from pathlib import Path
from typing import Any

import itf_py  # type: ignore[import-untyped]  # it has no annotations that count
import pytest
from support import EXPLICIT, MODELS, prop, question, run
from told import HOSTILE, made_up, names, runs, shipped

from deliverycheck.check.breaking import breaches
from deliverycheck.check.checking import check, explored, lifted_of
from deliverycheck.check.replaying import replay
from deliverycheck.check.written import trace_in
from deliverycheck.cli.replay import run_replay
from deliverycheck.errors import InputError
from deliverycheck.explore.edges import edges_of
from deliverycheck.lang.machine import Machine
from deliverycheck.lift.lifting import Lifted
from deliverycheck.lift.observe import observe
from deliverycheck.load.itf import MOST_STATES, is_itf, stored_of_itf, written_in
from deliverycheck.load.nodes import document_in
from deliverycheck.report.formats.itf import itf_of
from deliverycheck.system.model import State, System
from deliverycheck.system.sorts import BoolSort, EnumSort, IntSort, Value, contains, values
from deliverycheck.system.verdicts import ModelResult, PropertyResult, Trace

EACH = pytest.mark.parametrize("model", names())
Json = dict[str, Any]


Row = tuple[ModelResult, PropertyResult, Trace]


def runs_of(model: str) -> list[Row]:
    """The counterexamples and examples of a shipped model."""
    return [row for row in runs() if row[0].model == model]


def lassos() -> list[Row]:
    return [row for row in runs() if row[2].loop_start is not None]


def is_round(row: Row) -> bool:
    """Whether steps repeat for ever, and not only the last state."""
    return row[2].loop_start != len(row[2].steps)


def system_of(result: ModelResult) -> System:
    assert result.system is not None
    return result.system


def document(result: ModelResult, one: PropertyResult, trace: Trace) -> Json:
    found: Json = json.loads(itf_of(result, one.name, trace, system_of(result)))
    return found


@cache
def lifted_for(model: str) -> Lifted:
    (result,) = (result for result, _ in shipped() if result.model == model)
    return lifted_of(asked(result))


def asked(result: ModelResult) -> Any:
    faults = " ".join(f"{key}={amount:.0f}" for key, amount in result.faults.items())
    return question(f"{result.source}:{result.model}", faults, result.messages)


def foreign(found: Json, *, named: bool) -> Json:
    """What others would have written: the values, and the names of steps or not."""
    found = copy.deepcopy(found)
    del found["#meta"]
    for state in found["states"]:
        del state["#meta"]
        if not named:
            del state["mbt::actionTaken"], state["mbt::nondetPicks"]
    if not named:
        found["vars"] = [name for name in found["vars"] if not name.startswith("mbt::")]
    return found


def taken(lifted: Lifted, found: Json, folder: Path) -> Trace:
    """The run of a document, as it is read back."""
    file = folder / "run.itf.json"
    file.write_text(json.dumps(found))
    return trace_in(lifted, written_in(file, document_in(file)))


# Others read what we write


@EACH
def test_others_read_the_same_values(model: str) -> None:
    for result, one, trace in runs_of(model):
        read = itf_py.trace_from_json(document(result, one, trace))
        called = [variable.name for variable in system_of(result).variables]
        assert read.vars == [*called, "mbt::actionTaken", "mbt::nondetPicks"]
        theirs = [tuple(state.values[name] for name in called) for state in read.states]
        typed = [[(type(value), value) for value in state] for state in theirs]
        ours = [[(type(value), value) for value in state] for state in trace.states]
        enough = 3 * len(trace.states)
        if trace.loop_start is None:
            assert typed == ours
            assert read.loop is None
        else:  # the same run without end: the last state of ours is that where the loop starts
            assert read.loop is not None
            again = ours[trace.loop_start + 1 :] or ours[-1:]
            assert list(islice(chain(typed, cycle(typed[read.loop :])), enough)) == list(
                islice(chain(ours, cycle(again)), enough)
            )
        assert read.states[0].values["mbt::actionTaken"] == "init"
        for step, state in zip(trace.steps, read.states[1:], strict=False):
            method = state.values["mbt::actionTaken"].partition("@")[0]
            assert step.action.startswith(f"{method}(")
            picks = state.values["mbt::nondetPicks"]
            assert picks.actor.value == step.actor
            assert (picks.message.value if step.message else None) == step.message


@pytest.mark.parametrize("label", HOSTILE, ids=lambda label: repr(label[:20]))
@pytest.mark.parametrize("loop", [None, 0, 2])
def test_strange_names_come_through_as_they_are(label: str, loop: int | None) -> None:
    result, _ = made_up(label, 2, loop)
    one = result.properties[0]
    assert one.trace is not None
    text = itf_of(result, one.name, one.trace, system_of(result))
    assert text.isascii()
    read = itf_py.trace_from_json(json.loads(text))
    names = [variable.name for variable in system_of(result).variables]
    states = [tuple(state.values[name] for name in names) for state in read.states]
    assert states == list(one.trace.states[: len(states)])


# We read what we write


@EACH
def test_a_run_of_ours_is_taken_again(model: str, tmp_path: Path) -> None:
    for result, one, trace in runs_of(model):
        file = tmp_path / "run.itf.json"
        file.write_text(itf_of(result, one.name, trace, system_of(result)))
        top = document_in(file)
        assert is_itf(top)
        written = written_in(file, top)
        stored = stored_of_itf(file, top, written)
        assert stored is not None
        assert trace_in(lifted_of(stored.question), written) == replace(
            trace, point_of_no_return=None
        )
        broken = one.verdict == "violated"
        assert replay(stored).outcome == ("still violated" if broken else "still possible")


@EACH
@pytest.mark.parametrize("named", [True, False])
def test_a_run_by_others_is_held_against_the_model(model: str, named: bool, tmp_path: Path) -> None:
    for result, one, trace in runs_of(model):
        lifted = lifted_for(result.model)
        found = foreign(document(result, one, trace), named=named)
        read = taken(lifted, found, tmp_path)
        assert read.states == trace.states
        assert read.loop_start == trace.loop_start
        broken = {breach.prop: breach for breach in breaches(lifted, read, [one.name])}
        if one.verdict != "violated":
            continue
        assert broken[one.name].certain
        if trace.loop_start is None:
            assert broken[one.name].step == len(trace.steps)
        # The run is a shortest one, so none of its beginnings breaks the property.
        shorter = taken(lifted, {**found, "states": found["states"][:-1], "loop": None}, tmp_path)
        assert one.name not in {breach.prop for breach in breaches(lifted, shorter, [one.name])}


# What is no run is refused at the first step that is none


@cache
def small() -> tuple[Lifted, dict[State, set[State]], tuple[ModelResult, PropertyResult, Trace]]:
    """A model with one message, every step between its states as the compiled search sees it, and
    a run of it."""
    about = question(str(MODELS / "guarantees" / "at_least_once.py"), messages=1)
    lifted = lifted_of(about)
    found = explored(lifted)
    edges = edges_of(found)
    steps = {
        found.state(n): {found.state(edges.targets[edge]) for edge in edges.of(n)}
        for n in range(len(found.states))
    }
    result = check(about, EXPLICIT)
    one = prop(result, "no-duplicate-effect")
    assert one.trace is not None
    return lifted, steps, (result, one, one.trace)


def first_wrong(system: System, steps: dict[State, set[State]], states: list[State]) -> int | None:
    """The first state that is not in its domain (told first), or that does not follow."""
    for number, state in enumerate(states):
        if not all(contains(v.sort, one) for v, one in zip(system.variables, state, strict=True)):
            return number
    if states[0] not in system.initial:
        return 0
    for number, (old, new) in enumerate(pairwise(states), 1):
        if new not in steps.get(old, ()):
            return number
    return None


def as_json(system: System, states: list[State]) -> Json:
    names = [variable.name for variable in system.variables]
    return {
        "vars": names,
        "states": [
            {
                name: {"#bigint": str(value)} if type(value) is int else value
                for name, value in zip(names, state, strict=True)
            }
            for state in states
        ],
    }


def other_values(sort: BoolSort | EnumSort | IntSort) -> list[Value]:
    if isinstance(sort, IntSort) and sort.high is None:
        return [0, 1, 2, 3, -1]
    more: list[Value] = [-1, 77] if isinstance(sort, IntSort) else ["no label"]
    return [*values(sort), *more]


@pytest.mark.parametrize("seed", range(150))
def test_the_first_step_that_is_none_is_named(seed: int, tmp_path: Path) -> None:
    """The interpreter reads the file; what is right is what the compiled search has found."""
    lifted, steps, (_, _, trace) = small()
    rng = random.Random(seed)  # noqa: S311 - a test, not a secret
    states = list(trace.states)
    for _ in range(rng.randrange(3)):
        here, there = rng.randrange(len(states)), rng.randrange(len(states))
        match rng.randrange(4):
            case 0:
                states[here], states[there] = states[there], states[here]
            case 1:
                at = rng.randrange(len(lifted.system.variables))
                value = rng.choice(other_values(lifted.system.variables[at].sort))
                states[here] = (*states[here][:at], value, *states[here][at + 1 :])
            case 2 if len(states) > 1:
                del states[here]
            case _:  # another way from there
                after = sorted(steps.get(states[here], ()), key=repr)
                states[here + 1 :] = [rng.choice(after)] if after else []
    wrong = first_wrong(lifted.system, steps, states)
    found = as_json(lifted.system, states)
    if wrong is None:
        assert list(taken(lifted, found, tmp_path).states) == states
        return
    with pytest.raises(InputError) as refused:
        taken(lifted, found, tmp_path)
    assert [one.code for one in refused.value.diagnostics] == ["DC302"]
    text = str(refused.value)
    assert f"DC302: state {wrong}" in text or f"DC302: step {wrong}, " in text, text


def test_the_nearest_step_and_the_difference_are_told(tmp_path: Path) -> None:
    lifted, _, row = small()
    found = foreign(document(*row), named=False)
    number = next(
        step.index
        for step in row[2].steps
        for change in step.changes
        if change.variable == "effects[m1]"
    )
    found["states"][number]["effects[m1]"] = {"#bigint": "2"}
    with pytest.raises(InputError) as refused:
        taken(lifted, found, tmp_path)
    text = str(refused.value)
    assert f"step {number}, from state {number - 1} on to state {number}: " in text
    assert f"the nearest is `{row[2].steps[number - 1].action}` of worker" in text
    assert "after which effects[m1] is 1, not 2\n" in text


Change = Callable[[Json], object]

WRONG: dict[str, tuple[Change, str]] = {
    "another name": (lambda d: d["states"][3].update({"mbt::actionTaken": "hear"}), "step 3, "),
    "no such name": (
        lambda d: d["states"][3].update({"mbt::actionTaken": "handel"}),
        "Did you mean `handle`?",
    ),
    "another message": (
        lambda d: d["states"][3]["mbt::nondetPicks"].update(message={"tag": "Some", "value": "m2"}),
        "with m2",
    ),
    "another actor": (
        lambda d: d["states"][3]["mbt::nondetPicks"].update(actor={"tag": "Some", "value": "me"}),
        "of me",
    ),
    "a variable too many": (lambda d: d["states"][2].update(outbux=True), "state 2: `outbux`"),
    "a variable too few": (lambda d: d["states"][2].pop("outbox[m1]"), "state 2: there is no"),
    "a huge integer": (
        lambda d: d["states"][2].update({"effects[m1]": {"#bigint": "9" * 100_000}}),
        "state 2: effects[m1]",
    ),
    "a large integer": (
        lambda d: d["states"][2].update({"effects[m1]": {"#bigint": "9" * 300}}),
        "state 2: effects[m1] is 999",
    ),
    "no integer": (
        lambda d: d["states"][2].update({"effects[m1]": {"#bigint": "1_0"}}),
        "state 2: effects[m1]",
    ),
    "a fraction": (lambda d: d["states"][2].update({"effects[m1]": 0.0}), "state 2: effects[m1]"),
    "true for one": (
        lambda d: d["states"][2].update({"effects[m1]": False}),
        "state 2: effects[m1] is false",
    ),
    "a set": (
        lambda d: d["states"][2].update({"effects[m1]": {"#set": []}}),
        "state 2: effects[m1]",
    ),
    "a loop behind the end": (lambda d: d.update(loop=99), "`loop` is 99"),
    "a loop right behind the end": (
        lambda d: d.update(loop=len(d["states"])),
        "the states are those from 0 to",
    ),
    "a loop before the start": (lambda d: d.update(loop=-1), "`loop` is -1"),
    "a loop that is true": (lambda d: d.update(loop=True), "`loop` is no whole number"),
    "no way back": (lambda d: d.update(loop=1), "back to state 1: no step of the model leads"),
    "no states": (lambda d: d.update(states=[]), "a run of 0 states"),
    "too many states": (
        lambda d: d.update(states=d["states"] * (MOST_STATES // 2)),
        f"1 to {MOST_STATES}",
    ),
    "states that are none": (lambda d: d.update(states=[1]), "state 0 is not an object"),
    "names that are none": (lambda d: d["vars"].append(1), "a name in `vars`"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_was_changed_is_refused(what: str, tmp_path: Path) -> None:
    change, told = WRONG[what]
    lifted, _, row = small()
    found = foreign(document(*row), named=True)
    change(found)
    with pytest.raises(InputError) as refused:
        taken(lifted, found, tmp_path)
    assert told in str(refused.value)


def test_names_that_are_unknown_or_missing_are_all_told(tmp_path: Path) -> None:
    lifted, _, row = small()
    text = json.dumps(foreign(document(*row), named=False))
    text = text.replace("outbox[m1]", "outbux[m1]").replace("budget.lose", "lose")
    with pytest.raises(InputError) as refused:
        taken(lifted, json.loads(text), tmp_path)
    told = str(refused.value)
    assert "no variable `outbux[m1]`\n  Did you mean `outbox[m1]`?" in told
    assert "no variable `lose`" in told
    assert "not in the file: `outbox[m1]`, `budget.lose`" in told


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"vars": [', '{"vars": [], "states": [{}], "states": []}', "[" * 100_000, "NaN",
     '{"vars": ["x"], "states": [{"x": ' + "9" * 10_000 + "}]}", '{"states": NaN, "vars": NaN}'],
    ids=lambda text: text[:40],
)  # fmt: skip
def test_what_is_no_json_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "run.itf.json"
    file.write_text(text)
    with pytest.raises(InputError):
        run_replay(str(file), str(MODELS / "guarantees" / "at_least_once.py"), (), True)


def test_labels_as_quint_writes_them(tmp_path: Path) -> None:
    """An enumeration of Quint is a sum type of empty variants; small integers may be bare."""
    lifted, _, row = small()
    found = foreign(document(*row), named=True)
    found["vars"].append("mbt::actionTaken")  # Quint names them twice
    for state in found["states"]:
        state["told[m1]"] = {"tag": state["told[m1]"], "value": {"#tup": []}}
        state["effects[m1]"] = int(state["effects[m1]"]["#bigint"])
        state["mbt::nondetPicks"]["other"] = {"tag": "None", "value": {"#tup": []}}
    assert taken(lifted, found, tmp_path).states == row[2].states


def test_a_lasso_may_repeat_its_state(tmp_path: Path) -> None:
    """Whether the state that comes back is written again, or not, it is the same run."""
    assert {is_round(row) for row in lassos()} == {True, False}
    for result, one, trace in lassos():
        lifted = lifted_for(result.model)
        found = foreign(document(result, one, trace), named=False)
        loop = found["loop"]
        found["states"].append(found["states"][loop])
        assert taken(lifted, found, tmp_path) == replace(trace, point_of_no_return=None)
        assert [breach.prop for breach in breaches(lifted, trace, [one.name])] == [one.name]


def test_a_run_that_ends_where_nothing_has_to_happen_goes_on_so_for_ever(tmp_path: Path) -> None:
    for result, one, trace in lassos():
        if is_round((result, one, trace)) or one.name != "eventual-effect":
            continue
        lifted = lifted_for(result.model)
        found = foreign(document(result, one, trace), named=False)
        del found["loop"]
        read = taken(lifted, found, tmp_path)
        assert read.loop_start is None
        (breach,) = breaches(lifted, read, [one.name])
        assert (breach.about, breach.step, breach.certain) == (one.about, None, True)


def walks(lifted: Lifted, count: int) -> Iterator[list[State]]:
    """Random walks that CPython takes on the model's own code."""
    for seed in range(count):
        rng = random.Random(seed)  # noqa: S311 - a test, not a secret
        machine = Machine(lifted.design, lifted.budgets, lifted.kept)
        states = [observe(lifted, machine)]
        while len(states) < 14 and (moves := machine.moves()):
            machine.take(rng.choice(moves))
            states.append(observe(lifted, machine))
        yield states


def test_what_any_run_breaks(tmp_path: Path) -> None:
    """Runs by CPython are legal; what they break is seen by looking at the ledger."""
    lifted, steps, _ = small()
    index = lifted.system.index
    lost = lost_states(lifted, steps)
    seen: set[str] = set()
    for states in walks(lifted, 25):
        trace = taken(lifted, as_json(lifted.system, states), tmp_path)
        found = {one.prop: one.step for one in breaches(lifted, trace)}
        twice = [n for n, state in enumerate(states) if state[index["effects[m1]"]] == 2]
        assert found.get("no-duplicate-effect") == (twice[0] if twice else None)
        assert ("no-loss" in found) == any(state in lost for state in states)
        seen |= found.keys()
    assert "no-duplicate-effect" in seen


def test_a_loss_is_seen_wherever_the_run_goes_on_to(tmp_path: Path) -> None:
    about = question(str(MODELS / "guarantees" / "at_most_once.py"), messages=1)
    lifted = lifted_of(about)
    found = explored(lifted)
    edges = edges_of(found)
    steps = {
        found.state(n): {found.state(edges.targets[edge]) for edge in edges.of(n)}
        for n in range(len(found.states))
    }
    lost = lost_states(lifted, steps)
    verdicts: set[bool] = set()
    for states in walks(lifted, 25):
        trace = taken(lifted, as_json(lifted.system, states), tmp_path)
        broken = any(one.prop == "no-loss" for one in breaches(lifted, trace))
        assert broken == any(state in lost for state in states)
        verdicts.add(broken)
    assert verdicts == {True, False}


def lost_states(lifted: Lifted, steps: dict[State, set[State]]) -> set[State]:
    """Accepted, without an effect, and none on any way from there: by going back from effects."""
    accepted, effects = lifted.system.index["accepted[m1]"], lifted.system.index["effects[m1]"]
    good = {state for state in steps if state[effects] != 0}
    while more := {state for state in steps if state not in good and steps[state] & good}:
        good |= more
    return {state for state in steps if state not in good and state[accepted] != 0}


# The command line


def write(folder: Path, found: Json, name: str = "run.itf.json") -> Path:
    file = folder / name
    file.write_text(json.dumps(found))
    return file


def test_replay_tells_what_became_of_it(tmp_path: Path) -> None:
    _, _, row = small()
    model = MODELS / "guarantees" / "at_least_once.py"
    found = document(*row)
    others = foreign(found, named=True)
    asked_for = ("--model", model, "--messages", "1", "--faults", "lose=1 crash=1")

    done = run("replay", write(tmp_path, found))
    assert (done.code, done.err) == (0, "")
    assert done.out == "still violated  AtLeastOnce no-duplicate-effect: after 8 steps\n"

    done = run("replay", write(tmp_path, others))
    assert done.code == 2
    assert "--model" in done.err

    done = run("replay", write(tmp_path, others), *asked_for, "--json")
    assert (done.code, done.data["exit"]) == (0, 0)
    (entry,) = done.data["results"]
    assert (entry["property"], entry["outcome"], entry["step"]) == (
        "no-duplicate-effect",
        "violated",
        8,
    )
    done = run("replay", write(tmp_path, others), *asked_for, "--property", "no-loss")
    assert done.code == 1
    assert "it does not break no-loss" in done.out

    done = run(
        "replay", write(tmp_path, others), "--model", model, "--messages", "1", "--faults", ""
    )
    assert done.code == 2
    assert "`budget.crash`" in done.err

    done = run("replay", write(tmp_path, found), "--messages", "1")
    assert done.code == 2
    assert "go with --model" in done.err

    found["states"][0]["told[m1]"] = "done"  # of a variable that the run never changes
    for state in found["states"]:
        state["told[m1]"] = "done"
    done = run("replay", write(tmp_path, found))
    assert done.code == 2
    assert "state 0 is not where the model starts: told[m1] is nothing, not done" in done.err


def test_replay_of_a_model_that_was_changed(tmp_path: Path) -> None:
    source = (MODELS / "guarantees" / "at_least_once.py").read_text()
    (tmp_path / "m.py").write_text(source)
    result = check(question(str(tmp_path / "m.py"), messages=1), EXPLICIT)
    one = prop(result, "no-duplicate-effect")
    assert one.trace is not None
    found = document(result, one, one.trace)
    found["#meta"]["deliverycheck"]["source"] = "m.py"  # as named from the folder of the run
    file = write(tmp_path, found)
    assert run("replay", file).code == 0
    for old, new, outcome in (
        ('        yield "applied"', '        yield "used"', "stale"),
        ("        self.effect(m)\n", "        self.seen = self.seen\n        self.effect(m)\n", ""),
        ("        self.effect(m)\n", "", "stale"),
    ):
        text = source.replace(old, new)
        assert text != source
        (tmp_path / "m.py").write_text(text)
        done = run("replay", file, "--json")
        if outcome:
            assert done.code == 1
            assert done.data["results"][0]["outcome"] == outcome
        else:
            assert done.code == 2  # there is no such field: the model is wrong


TAMPERED: dict[str, tuple[Change, str]] = {
    "a value": (lambda d: d["states"][4].update({"told[m1]": "failed"}), "step 4, "),
    "two states": (
        lambda d: d.update(states=[*d["states"][:3], d["states"][4], d["states"][3]]),
        "step 3, ",
    ),
    "a name": (lambda d: d["states"][3]["#meta"].update(action="hear(m1)"), "step 3, "),
    "a name beside the values": (
        lambda d: d["states"][3].update({"mbt::actionTaken": "hear"}),
        "not in `mbt::actionTaken`",
    ),
    "an actor": (lambda d: d["states"][3]["#meta"].update(actor="sender"), "step 3, "),
    "a fault": (lambda d: d["states"][3]["#meta"].update(fault="delay"), "step 3, "),
    "the end": (lambda d: d.update(states=d["states"][:-1]), "is not violated"),
    "the property": (
        lambda d: d["#meta"]["deliverycheck"].update(property="no-loss"),
        "no-loss is not violated",
    ),
    "no property": (lambda d: d["#meta"]["deliverycheck"].update(property="no-los"), "no-loss"),
    "a loop": (lambda d: d.update(loop=2), "back to state 2"),
    "a step back": (
        lambda d: d["#meta"]["deliverycheck"].update(back={"actor": "a", "action": "b"}),
        "there is no `loop`",
    ),
    "no meta": (lambda d: d["states"][3].pop("#meta"), "state 3: #meta is not an object"),
    "the faults": (lambda d: d["#meta"]["deliverycheck"].update(faults={"lose": "x"}), "lose"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_run_of_ours_that_was_changed_is_refused(what: str, tmp_path: Path) -> None:
    change, told = TAMPERED[what]
    _, _, row = small()
    found = document(*row)
    change(found)
    with pytest.raises(InputError) as refused:
        run_replay(str(write(tmp_path, found)), None, (), True)
    assert told in str(refused.value)


def test_a_step_back_that_was_changed_is_refused(tmp_path: Path) -> None:
    result, one, trace = next(row for row in lassos() if is_round(row))
    found = document(result, one, trace)
    back = found["#meta"]["deliverycheck"]["back"]
    assert (back["actor"], back["action"]) == (trace.steps[-1].actor, trace.steps[-1].action)
    back["action"] = trace.steps[0].action
    with pytest.raises(InputError) as refused:
        run_replay(str(write(tmp_path, found)), None, (), True)
    assert f"step {len(trace.steps)}, " in str(refused.value)
