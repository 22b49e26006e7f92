"""Comparing designs: against brute force, on the shipped models, and from the command line."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import replace
from functools import cache
from importlib.resources import files
from itertools import combinations, pairwise
from pathlib import Path

import jsonschema
import pytest
from fair_oracle import guarded
from outsiders import Shown, Word, nearest, random_pair
from support import CORE, EXPLICIT, MODELS, SEED, question, run

from deliverycheck.check.checking import explored, lifted_of
from deliverycheck.check.inclusion import Parting, Undecided, parting
from deliverycheck.check.outside import Outside, outside_of, shown
from deliverycheck.check.question import Question
from deliverycheck.explain.compare import Comparison, Divergence, compare
from deliverycheck.explore.limits import Limits
from deliverycheck.explore.search import explore
from deliverycheck.load.subjects import parse_faults, questions
from deliverycheck.system import build
from deliverycheck.system.bounding import bounded
from deliverycheck.system.model import Clause, System, Variable
from deliverycheck.system.sorts import BOOL, EnumSort, IntSort

G, P = "models/guarantees", "models/pitfalls"
MOST, LEAST = f"{G}/at_most_once.py", f"{G}/at_least_once.py"
SAFE, EXACTLY = f"{G}/at_least_once_idempotent.py", f"{G}/exactly_once.py"
SHIPPED = questions(CORE)


# Against brute force


def asked(a: Outside, b: Outside) -> Parting | str | None:
    """Where one parts from the other, None, or why that is not known."""
    try:
        return parting(a, b, Limits())
    except Undecided as why:
        return str(why)


NEVER = Clause("", build.TRUE, build.FALSE)
"""What every run breaks."""


def judge(a: Shown, b: Shown, outside: Outside, where: Parting) -> int:
    """Confirm a parting by the definitions; the steps to it."""
    states = [outside.found.state(number) for number in where.run.states]
    actions = where.run.actions
    labels = [a.label(*pair) for pair in pairwise(states)]
    word: Word = tuple(label for label in labels if label)
    assert states[0] in a.system.initial
    for state, at, to in zip(states, actions, states[1:], strict=False):
        assert (at, to) in a.fair.onward[state]
    if where.loop is None:
        assert labels[-1]
        assert b.after(word[:-1])
        assert not b.after(word)
        assert list(where.instead) == b.next(word[:-1])
        return len(actions)
    assert a.fair.objection(NEVER, states, actions, where.loop) is None
    assert not any(labels[where.loop :])
    assert b.after(word)
    assert not b.after(word) & b.quiet
    assert list(where.instead) == b.next(word)
    return where.loop


@pytest.mark.parametrize("first", range(0, 900, 100))
def test_verdict_and_shortest_run_are_those_of_brute_force(first: int) -> None:
    """900 random pairs, both ways round; each outcome is frequent."""
    seen: Counter[str] = Counter()
    for seed in range(first, first + 100):
        systems = random_pair(seed)
        for one, other in (systems, systems[::-1]):
            a, b = Shown(one), Shown(other)
            outside = outside_of(explore(one))
            assert outside.endless == a.goes_on(), seed
            where, truth = asked(outside, outside_of(explore(other))), nearest(a, b)
            if isinstance(where, Parting):
                assert judge(a, b, outside, where) == truth, seed
                seen["shown" if where.loop is None else "silent"] += 1
            else:
                assert truth is None, seed
                assert (where is not None) == outside.endless, seed
                seen["included" if where is None else "endless"] += 1
    assert seen["included"] >= 50
    assert seen["shown"] >= 20
    assert seen["silent"] >= 10


def unbounded(system: System) -> System:
    """The same without the bounds of an instance."""
    return replace(system, actions=tuple(replace(one, bounds=()) for one in system.actions))


def test_what_was_cut_off_by_a_bound_never_makes_a_verdict_wrong() -> None:
    """Whatever is settled about instances is what brute force finds beyond their bounds.

    Within its bounds one is included if brute force finds nothing against it in the instances, be
    what the bounds forbid possible or impossible.
    """
    seen: Counter[str] = Counter()
    for seed in range(600):
        one, other = random_pair(seed, bounds=True)
        outside, against = outside_of(explore(one)), outside_of(explore(other))
        if not outside.found.hits and not against.found.hits:
            continue
        where = asked(outside, against)
        a, b = Shown(unbounded(one)), Shown(unbounded(other))
        if isinstance(where, Parting):
            judge(a, b, outside, where)
            seen["parted"] += 1
            continue
        wall = Shown(guarded(one))
        nothing = nearest(Shown(one), Shown(other)) is None
        nothing = nothing and nearest(wall, Shown(guarded(other))) is None and not wall.goes_on()
        assert (where is None) == nothing, seed
        if where is None:
            assert nearest(Shown(one), b) is None, seed
            assert outside.found.hits or nearest(a, b) is None, seed
        seen["undetermined" if where else "included"] += 1
    assert min(seen[kind] for kind in ("parted", "included", "undetermined")) >= 30


def test_a_search_that_was_stopped_never_makes_a_verdict_wrong() -> None:
    seen: Counter[str] = Counter()
    for seed in range(300):
        one, other = random_pair(seed)
        a, b = Shown(one), Shown(other)
        truth = nearest(a, b)
        for limit in ((3, 1000), (1000, 3), (6, 6)):
            whole = [
                explore(system, Limits(states=states))
                for system, states in zip((one, other), limit, strict=True)
            ]
            if all(found.complete for found in whole):
                continue
            where = asked(*map(outside_of, whole))
            if isinstance(where, Parting):
                judge(a, b, outside_of(whole[0]), where)
                seen["parted"] += 1
            elif where is None:
                assert whole[0].complete
                assert truth is None
                seen["included"] += 1
            else:
                seen["undetermined"] += 1
    assert min(seen[kind] for kind in ("parted", "included", "undetermined")) >= 10


# What is seen


LEDGER = (
    Variable("accepted[m1]", IntSort(0, 2), "ledger"),
    Variable("effects[m1]", IntSort(0, 2), "ledger"),
    Variable("effects[m2]", IntSort(0, 2), "ledger"),
    Variable("told[m1]", EnumSort(("nothing", "done", "failed")), "ledger"),
    Variable("parked[m1]", BOOL, "ledger"),
    Variable("held[m1]", BOOL, "ledger"),
    Variable("order", EnumSort(("ordered", "stale")), "ledger"),
    Variable("effects", IntSort(0, 2), "durable"),
)
START = (0, 0, 0, "nothing", False, False, "ordered", 0)
SEEN = System("seen", LEDGER, (START,), ())


def changed(at: int, value: bool | int | str) -> tuple[bool | int | str, ...]:
    return (*START[:at], value, *START[at + 1 :])


def test_what_the_world_sees_of_a_step() -> None:
    assert shown(SEEN, START, START) is None
    assert shown(SEEN, START, changed(0, 2)) == "accept m1"
    assert shown(SEEN, changed(0, 1), changed(0, 2)) is None  # a rank is no second promise
    assert shown(SEEN, START, changed(1, 1)) == "effect m1"
    assert shown(SEEN, changed(1, 1), changed(1, 2)) == "effect m1 again"
    assert shown(SEEN, START, changed(2, 2)) == "effect m2 twice"
    assert shown(SEEN, START, changed(3, "done")) == "told m1 done"
    assert shown(SEEN, changed(3, "done"), changed(3, "failed")) == "told m1 failed"
    assert shown(SEEN, START, changed(4, True)) == "parked m1"
    for silent in (changed(5, True), changed(6, "stale"), changed(7, 1)):
        assert shown(SEEN, START, silent) is None
    at_once = (1, 0, 1, "done", False, True, "stale", 1)
    assert shown(SEEN, START, at_once) == "accept m1 and effect m2 and told m1 done"


# The shipped models


@cache
def compared(a: str, b: str, faults: str = SEED, messages: int = 2) -> Comparison:
    return compare(question(a, faults, messages), question(b, faults, messages), EXPLICIT)


def steps(found: Divergence | None) -> int | None:
    """The steps to where it differs."""
    if found is None:
        return None
    return found.trace.loop_start if found.silent else len(found.trace.steps)


@pytest.mark.parametrize("faults", [SEED, "duplicate=1 delay=1", "delay=2", "lose=1 forget=1"])
def test_all_pairs_of_models_compare_as_brute_force_compares_them(faults: str) -> None:
    """One message, 13 models: each with each, both ways round."""
    models = {
        one.name: replace(one, messages=1, faults=parse_faults(faults), fairness="strong")
        for one in SHIPPED
    }
    assert len(models) == 13
    truth = {name: Shown(bounded(lifted_of(one).system, 7, 7)) for name, one in models.items()}
    verdicts: Counter[str] = Counter()
    names = sorted(models)
    for first, second in combinations(names, 2):
        found = compare(models[first], models[second], EXPLICIT)
        for verdict, a, b in ((found.a_in_b, first, second), (found.b_in_a, second, first)):
            fewest = nearest(truth[a], truth[b])
            assert steps(verdict.divergence) == fewest, (a, b)
            assert verdict.verdict == ("included" if fewest is None else "not included"), (a, b)
            verdicts[verdict.verdict] += 1
    assert min(verdicts.values()) >= 30


def test_the_guarantees_with_two_messages_compare_as_brute_force_compares_them() -> None:
    names = (MOST, LEAST, SAFE, EXACTLY)
    truth = {name: Shown(bounded(lifted_of(question(name)).system, 7, 7)) for name in names}
    for a, b in combinations(names, 2):
        found = compared(a, b)
        assert steps(found.a_in_b.divergence) == nearest(truth[a], truth[b])
        assert steps(found.b_in_a.divergence) == nearest(truth[b], truth[a])


@pytest.mark.parametrize("model", SHIPPED, ids=lambda one: one.name)
def test_every_model_is_the_same_as_itself(model: Question) -> None:
    found = compare(model, model, EXPLICIT)
    assert found.same is True
    assert not found.a_in_b.within
    assert not found.notes


def test_at_least_once_made_idempotent_is_exactly_once_to_the_world_with_its_limits() -> None:
    """The seed's claim. In its environment, and in others in which the handshake's memory holds."""
    for faults in (SEED, "lose=2 crash=2", "duplicate=2", "delay=1", "lose=1 crash=1 delay=1"):
        found = compared(SAFE, EXACTLY, faults)
        assert found.same is True, faults
        assert not found.a_in_b.within
        assert not found.b_in_a.within
    for faults in ("duplicate=1 delay=1", "delay=2"):
        # The handshake forgets, and a late copy looks new. What keeps its marks for ever does not.
        found = compared(SAFE, EXACTLY, faults)
        assert found.same is False
        assert found.a_in_b.verdict == "included"
        run = found.b_in_a.divergence
        assert run is not None
        assert not run.silent
        assert list(run.seen.values()) == ["accept m1", "effect m1", "effect m1 again"]
        assert run.instead == ("accept m2", "told m1 done")


def test_at_most_once_may_fall_silent_and_at_least_once_speaks_twice() -> None:
    found = compared(MOST, LEAST)
    silence, more = found.a_in_b.divergence, found.b_in_a.divergence
    assert silence is not None
    assert more is not None
    # accept; send; lose. At least once goes on until the message has had its effect.
    assert silence.silent
    assert list(silence.seen.items()) == [(1, "accept m1")]
    assert [step.fault for step in silence.trace.steps] == [None, None, "lose"]
    assert silence.instead == ("accept m2", "effect m1")
    # Fire and forget never tells anything: accept, send, take, effect, reply, hear.
    assert list(more.seen.items()) == [(1, "accept m1"), (4, "effect m1"), (6, "told m1 done")]
    assert more.instead == ("accept m2", "nothing more")


def test_a_silence_goes_round_where_the_link_may_drop_for_ever() -> None:
    weak = replace(question(LEAST, "lose=inf"), fairness="weak")
    never = compare(weak, replace(weak, cls=question(f"{P}/decrement.py:AbsoluteWrite").cls))
    assert never.a_in_b.verdict == "not included"  # twice, before it is silent for ever
    forgets = compare(question(f"{P}/volatile_outbox.py", "lose=inf"), question(LEAST, "lose=inf"))
    assert forgets.same is True  # without a crash nothing is forgotten
    silent = compare(replace(weak, faults={}), weak)
    assert silent.same is True  # B is asked under the faults of A
    assert "B is asked under the faults of A, not under its own" in silent.notes


def test_a_bound_makes_the_same_the_same_within_bounds_or_nothing_at_all() -> None:
    same = compared(LEAST, LEAST, "duplicate=inf")
    assert same.same is True
    assert "requests[m1]: at most 2" in same.a_in_b.within
    unknown = compared(SAFE, EXACTLY, "duplicate=inf")
    assert unknown.same is None
    assert unknown.b_in_a.reason == "a bound cut off what might decide it"


def test_a_limit_ends_the_walk_through_the_pairs_too() -> None:
    whole = outside_of(explored(lifted_of(question(LEAST, "duplicate=1 delay=1"))))
    assert parting(whole, whole, Limits()) is None
    for limits, why in (
        (Limits(states=1), "the limit of states was reached"),
        (Limits(seconds=1e-9), "the limit of seconds was reached"),
        (Limits(memory=1), "the limit of memory was reached"),
    ):
        with pytest.raises(Undecided, match=why):
            parting(whole, whole, limits)


def test_an_interruption_leaves_no_half_verdict() -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare(question(LEAST), question(LEAST), EXPLICIT, interrupt)


# The command line


SCHEMA = json.loads(
    files("deliverycheck.report").joinpath("schemas/compare-1.json").read_text(encoding="utf-8")
)


def test_the_verb_says_it_in_json() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for arguments, code, same in (
        ((SAFE, EXACTLY), 0, True),
        ((MOST, LEAST), 1, False),
        ((LEAST, LEAST, "--faults", "duplicate=inf"), 0, True),
        ((SAFE, EXACTLY, "--limit-states", "100"), 3, None),
    ):
        done = run("compare", *arguments, "--json")
        assert done.code == code, done
        jsonschema.validate(done.data, SCHEMA)
        assert (done.data["same"], done.data["exit"]) == (same, code)
        for direction in ("a_in_b", "b_in_a"):
            found = done.data[direction]
            assert (found["divergence"] is not None) == (found["verdict"] == "not included")
            assert (found["reason"] is not None) == (found["verdict"] == "undetermined")
    assert done.data["a_in_b"]["reason"] == "the limit of states was reached"


def test_a_difference_is_certain_where_the_other_design_was_seen_whole() -> None:
    """79 states of at-most-once are all there are; 1,183 of the other are not looked at."""
    done = run("compare", LEAST, MOST, "--limit-states", "500", "--json")
    assert done.code == 1
    assert done.data["a_in_b"]["verdict"] == "not included"
    assert done.data["a"]["exploration"]["stopped"] == "states"
    assert done.data["b_in_a"]["verdict"] == "not included"  # 3 steps: nothing is cut off so near


def test_the_verb_says_it_in_words() -> None:
    done = run("compare", MOST, LEAST)
    assert done.code == 1
    assert done.err == ""
    assert "A may fall silent for ever where B does not:" in done.out
    assert "[seen: accept m1]" in done.out
    assert "Having shown as much, B goes on in the end with accept m2 or effect m1." in done.out
    assert done.out.splitlines()[-1] == "A and B differ, as seen from outside."
    same = run("compare", SAFE, EXACTLY)
    assert same.code == 0
    assert same.out.splitlines()[-1] == "Nobody outside can tell A from B."
    within = run("compare", LEAST, LEAST, "--faults", "duplicate=inf")
    assert within.out.splitlines()[-1] == "Nobody outside can tell A from B, within bounds."
    assert "note: only looked at within a bound: requests[m1]: at most 2" in within.out
    unknown = run("compare", SAFE, EXACTLY, "--limit-states", "100")
    assert unknown.code == 3
    assert "is not known: the limit of states was reached." in " ".join(unknown.out.split())
    assert unknown.out.splitlines()[-1] == "Whether A and B differ is not known."


def test_text_keeps_to_a_narrow_terminal() -> None:
    for arguments in ((MOST, LEAST), (SAFE, EXACTLY, "--faults", "delay=2")):
        done = run("compare", *arguments, env={**os.environ, "COLUMNS": "40"})
        assert done.code == 1
        lines = [line for line in done.out.splitlines() if "models/" not in line]
        assert max(map(len, lines)) <= 40


def test_the_same_input_gives_the_same_bytes() -> None:
    runs = {
        run(
            "compare", SAFE, EXACTLY, "--faults", "duplicate=1 delay=1", *form,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).out
        for seed in ("0", "1", "42") for form in ((), ("--json",))
    }  # fmt: skip
    assert len(runs) == 2


def test_faults_and_settings_that_only_one_side_knows() -> None:
    window = f"{P}/dedup_window.py"
    done = run(
        "compare", window, SAFE, "--json"
    )  # the first one's own faults: forget is among them
    assert done.code == 1
    assert done.data["faults"] == {"lose": 1, "crash": 1, "forget": 1}
    assert "the fault forget is allowed, but cannot happen in B" in done.data["notes"]
    assert "B is asked under the faults of A, not under its own" in done.data["notes"]
    assert done.data["a_in_b"]["divergence"]["shown"][-1] == "effect m1 again"
    turned = run("compare", SAFE, window, "--faults", "lose=1 forget=1", "--json")
    assert turned.data["notes"] == ["the fault forget is allowed, but cannot happen in A"]
    assert turned.data["a_in_b"]["verdict"] == "included"
    two = run("compare", SAFE, window, "--faults", "delay=1", "--set", "workers=2", "--json")
    assert (two.data["a"]["settings"], two.data["b"]["settings"]) == ({}, {"workers": 2})


def test_a_design_is_compared_in_the_environment_of_the_first(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text((MODELS / "pitfalls" / "check_then_act.py").read_text())
    for name, workers, rest in (("old", 1, "messages = 1\n"), ("new", 2, 'fairness = "weak"\n')):
        text = f'model = "m.py:CheckThenAct"\n{rest}[settings]\nworkers = {workers}\n'
        (tmp_path / f"{name}.delivery.toml").write_text(f"{text}[faults]\ndelay = 1\n")
    names = ("old.delivery.toml", "new.delivery.toml")
    done = run("compare", *names, "--json", cwd=tmp_path)
    assert done.code == 1
    assert (done.data["messages"], done.data["fairness"]) == (1, "strong")
    assert len(done.data["notes"]) == 2
    assert done.data["a_in_b"]["verdict"] == "included"  # one worker does nothing that two do not
    assert done.data["b_in_a"]["divergence"]["shown"][-1] == "effect m1 again"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((f"{P}/decrement.py", LEAST), ["DC002", "2 models", "decrement.py:AbsoluteWrite"]),
        ((LEAST, G), ["DC002", "4 models", "a comparison is of two"]),
        ((LEAST, "nowhere.py"), ["DC003", "nowhere.py"]),
        ((LEAST, MOST, "--faults", "loose=1"), ["DC005", "`lose`", "`AtMostOnce`"]),
        ((LEAST, MOST, "--faults", "lose=5000"), ["DC007"]),
        ((LEAST, MOST, "--set", "workers=2"), ["DC004", "no setting `workers`"]),
        ((LEAST, f"{P}/dedup_window.py", "--set", "workers=x"), ["DC004", "whole number"]),
        ((LEAST, MOST, "--messages", "0"), ["DC008"]),
        ((LEAST,), ["B"]),
    ],
)
def test_bad_input_is_exit_2(arguments: tuple[str, ...], said: list[str]) -> None:
    done = run("compare", *arguments)
    assert done.code == 2
    assert done.out == ""
    assert "Traceback" not in done.err
    for text in said:
        assert text in done.err
    as_json = run("compare", *arguments, "--json")
    assert as_json.code == 2
    assert as_json.data["exit"] == 2


def test_models_that_never_speak_to_the_world_are_not_called_the_same_in_silence(
    tmp_path: Path,
) -> None:
    file = tmp_path / "mute.py"
    text = "from deliverycheck.lang import Protocol, Role\n\none = Role('one')\n\n\n"
    text += "class Mute(Protocol):\n    on: bool = False\n\n    @one\n"
    text += "    def switch(self) -> None:\n        self.on = not self.on\n"
    file.write_text(text, encoding="utf-8")
    done = run("compare", file, file, "--json")
    assert done.data["notes"] == ["neither shows the world anything at all: nothing was compared"]
