"""The sweep: tables of verdicts, what follows from them, and that it was checked again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib.resources import files
from itertools import chain, combinations, count, product
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest
from support import EXPLICIT, MODELS, ROOT, Ran, checked, prop, run

from deliverycheck.check.checking import lifted_of
from deliverycheck.check.cost import Cost
from deliverycheck.check.options import Options
from deliverycheck.check.outcome import INTERRUPTED, Outcome, outcome_of
from deliverycheck.check.question import Question
from deliverycheck.check.variation import Place
from deliverycheck.errors import Diagnostic, DisagreementError
from deliverycheck.explain.sweep import sweeping, table
from deliverycheck.explain.sweep.found import Sweep, Way
from deliverycheck.explain.sweep.sweeping import sweep_of
from deliverycheck.load.subjects import questions
from deliverycheck.load.varying import MOST_COMBINATIONS, varied_in
from deliverycheck.system.verdicts import Evidence, PropertyResult, Verdict

CHECK = "models/pitfalls/check_then_act.py"
ACK = "models/pitfalls/ack_before_work.py"
VARY = "mark,workers=1..2,crash=0..1"
ONE = ("--messages", "1", "--engine", "explicit")
TWICE = "no-duplicate-effect"

SCHEMA = json.loads(
    files("deliverycheck.report").joinpath("schemas/sweep-1.json").read_text(encoding="utf-8")
)


def asked(name: str = "check_then_act") -> Question:
    (found,) = questions([str(MODELS / "pitfalls" / f"{name}.py")])
    return replace(found, messages=1)


def swept(*arguments: object) -> Any:
    """The JSON of a sweep that ends well."""
    done = run("sweep", *arguments, "--json")
    assert done.code == 0, done.err
    jsonschema.validate(done.data, SCHEMA)
    return done.data


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_look_charge_mark_is_repaired_by_one_transaction() -> None:
    """With the model's own faults, lose=1 crash=1; both engines look again."""
    data = swept(CHECK, "--vary", VARY, "--messages", 1)
    assert [one["changes"] for one in data["repairs"]] == [{"mark": "together"}]
    (repair,) = data["repairs"]
    assert set(repair["verdicts"].values()) == {"holds"}
    row = data["rows"][repair["row"] - 1]
    assert row["checked_again"]
    assert row["settings"] == {"mark": "together", "workers": 1}
    for one in row["properties"].values():
        assert one["engines"] == {"explicit": "holds", "symbolic": "holds"}
    assert [one["changes"] for one in data["conditions"]] == [{"crash": 0}]
    bearing = {(one["name"], one["property"]) for one in data["load_bearing"]}
    assert bearing == {("mark", TWICE), ("crash", TWICE)}
    assert data["redundant"] == ["workers"]  # two of them race only if an answer is slow
    (threshold,) = data["thresholds"]
    assert (threshold["side"], threshold["holds"]["value"]) == ("up-to", 0)
    # submit, send, take, effect, crash, send, take, effect
    assert len(threshold["trace"]["steps"]) == 8


def test_with_slow_answers_two_workers_race() -> None:
    faults = ("--faults", "lose=1 crash=1 delay=1")
    data = swept(CHECK, "--vary", VARY, *ONE, *faults, "--set", "workers=2")
    assert data["settings"]["workers"] == 2
    assert [one["changes"] for one in data["repairs"]] == [{"mark": "together"}]
    assert [one["changes"] for one in data["conditions"]] == [{"workers": 1, "crash": 0}]
    enough = {one["property"]: one["sets"] for one in data["sufficient"]}
    assert enough[TWICE] == enough[None] == [{"mark": "together"}, {"workers": 1, "crash": 0}]
    assert enough["no-loss"] == [{}]
    assert data["redundant"] == []
    text = run("sweep", CHECK, "--vary", VARY, *ONE, *faults).out
    assert "mark=together, or workers=1 and crash=0" in " ".join(text.split())


def test_acknowledging_after_the_work_repairs_what_acknowledging_before_it_breaks() -> None:
    """Without --vary: the settings whose values are known."""
    data = swept(ACK, *ONE)
    assert [(one["name"], one["values"]) for one in data["varied"]] == [
        ("acknowledge", ["before", "after"])
    ]
    assert [one["changes"] for one in data["repairs"]] == [{"acknowledge": "after"}]
    # request, reply; outbox: in, out. The order of work and reply costs nothing.
    cost = {"messages": 2, "durable_writes": 2}
    assert data["repairs"][0]["cost"] == data["repairs"][0]["base_cost"] == cost


def test_every_row_is_what_check_says_of_it() -> None:
    data = swept(CHECK, "--vary", "mark,workers=1..2,crash=0|1,delay=0|1", *ONE)
    assert len(data["rows"]) == 16
    for row in data["rows"]:
        faults = " ".join(f"{name}={amount}" for name, amount in row["faults"].items())
        result = checked(str(ROOT / CHECK), faults, 1, row["settings"])
        for name, one in row["properties"].items():
            found = prop(result, name)
            assert one["verdict"] == found.verdict
            assert one["steps"] == (len(found.trace.steps) if found.trace else None)


def test_the_bytes_are_the_same_for_any_number_of_processes() -> None:
    def done(jobs: int, seed: str, *more: str) -> Ran:
        env = {**os.environ, "PYTHONHASHSEED": seed}
        return run("sweep", CHECK, "--vary", VARY, *ONE, "--jobs", jobs, *more, env=env)

    for more in ((), ("--json",)):
        runs = [done(1, "0", *more), done(2, "1", *more), done(5, "2", *more)]
        assert runs[0].code == 0
        assert len(runs[0].out) > 1000
        assert len({one.out for one in runs}) == 1


@pytest.mark.parametrize("columns", ["40", "60", "80", "200"])
def test_text_keeps_to_the_terminal(columns: str) -> None:
    env = {**os.environ, "COLUMNS": columns}
    done = run("sweep", CHECK, "--vary", VARY, *ONE, env=env)
    lines = [line for line in done.out.splitlines() if "models/" not in line]
    assert max(map(len, lines)) <= min(100, int(columns))
    assert ("row 2 base" in done.out) == (columns == "40")  # a list, where no table fits
    assert done.out.count("violated (8)") == 2


# Bad input: arguments, and what must stand in the error.
BAD: dict[str, tuple[list[str], list[str]]] = {
    "unknown": (["--vary", "marc"], ["DC004", "`mark`"]),
    "unknown fault": (["--vary", "crahs=0..1"], ["DC004", "`crash`"]),
    "nothing": (["--vary", "mark,,crash=0..1"], ["DC004", "names nothing", "`workers`"]),
    "number without a range": (["--vary", "workers"], ["DC004", "workers=1..3"]),
    "budget without a range": (["--vary", "crash"], ["DC004", "crash=0|inf"]),
    "no number": (["--vary", "workers=one"], ["DC004", "workers=1|2|4"]),
    "foreign digits": (["--vary", "workers=1..\u0663"], ["DC004", "workers=1|2|4"]),
    "settings have an end": (["--vary", "workers=1|inf"], ["DC004", "whole numbers"]),
    "empty range": (["--vary", "workers=2..1"], ["DC004", "empty"]),
    "no values": (["--vary", "mark="], ["DC004", "`apart`"]),
    "no such value": (["--vary", "mark=togehter"], ["DC004", "`together`"]),
    "twice": (["--vary", "mark", "--vary", "mark=apart"], ["DC004", "twice"]),
    "negative budget": (["--vary", "crash=-1..1"], ["DC007", "-1"]),
    "unknown target": (["--vary", "crash.wroker=0..1"], ["DC005", "`worker`"]),
    "no budget of its own": (["--vary", "crash.worker=0..1"], ["DC004", "--faults"]),
    "too many": (["--vary", "workers=1..8,crash=0..9,lose=0..12"], ["DC009", "1,040"]),
    "far too many": (["--vary", "workers=1..9999999999"], ["DC009", "9,999,999,999"]),
    "all at once": (["--vary", "marc,workers,crash"], ["`marc`", "`workers`", "`crash`"]),
    "property": (["--property", "no-los"], ["DC006", "`no-loss`"]),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_exit_2_and_says_what_to_write(case: str) -> None:
    arguments, wanted = BAD[case]
    done = run("sweep", CHECK, *arguments)
    assert (done.code, done.out) == (2, "")
    assert "Traceback" not in done.err
    for text in wanted:
        assert text in " ".join(done.err.split())


MIXED = """\
from enum import Enum
from deliverycheck.lang import Message, Protocol, Role, always, require

one = Role("one", replicas="replicas")


class Colour(Enum):
    RED = 1
    BLUE = 2


class Mixed(Protocol):
    colour: Colour = Colour.RED
    crash: bool = False
    words: str = "many"
    replicas: int = 1
    seen: set[Message]

    @one
    def act(self, m: Message) -> None:
        require(m not in self.seen)
        self.seen.add(m)

    @always
    def blue_sees_one(self) -> bool:
        return self.colour == Colour.RED or len(self.seen) < 2
"""


def test_settings_of_every_kind(tmp_path: Path) -> None:
    file = tmp_path / "mixed.py"
    file.write_text(MIXED)
    done = run("sweep", file, "--engine", "explicit", "--jobs", 2, "--json")
    assert done.code == 0, done.err
    # `crash` is left out: it would not be clear whether the setting or the fault is meant
    assert [(one["name"], one["values"]) for one in done.data["varied"]] == [
        ("colour", ["RED", "BLUE"])
    ]
    verdicts = [row["properties"]["blue-sees-one"]["verdict"] for row in done.data["rows"]]
    # Without a property that anything could break, `vacuous`; and two messages are seen.
    assert verdicts == ["vacuous", "violated"]
    # From red to blue is no step from `holds` to `violated`, so nothing is claimed of it.
    assert (done.data["load_bearing"], done.data["redundant"]) == ([], [])
    for name, wanted in (("crash", "both a setting"), ("words", "can only be 'many'")):
        bad = run("sweep", file, "--vary", name)
        assert bad.code == 2
        assert wanted in bad.err
    bare = tmp_path / "bare.py"
    text = MIXED.replace("    colour: Colour = Colour.RED\n", "")
    bare.write_text(text.replace("self.colour == Colour.RED or ", ""))
    closed = run("sweep", bare)
    assert closed.code == 2
    assert "no setting of `Mixed` has a closed list" in closed.err


def test_a_model_that_goes_wrong_in_one_row_keeps_the_others() -> None:
    done = run("sweep", CHECK, "--vary", "workers=0..2", *ONE, "--jobs", 2, "--json")
    assert done.code == done.data["exit"] == 2
    jsonschema.validate(done.data, SCHEMA)
    first, *others = done.data["rows"]
    assert [one["code"] for one in first["errors"]] == ["DC112"]
    assert first["properties"] == {}
    assert all(row["properties"]["no-loss"]["verdict"] == "holds" for row in others)
    assert "DC112" in done.err
    # What was not seen to hold everywhere is not said to.
    enough = {one["property"]: one["sets"] for one in done.data["sufficient"]}
    assert enough["no-loss"] == [{"workers": 1}, {"workers": 2}]
    assert done.data["redundant"] == []


def test_the_models_own_value_is_always_looked_at() -> None:
    data = swept(CHECK, "--vary", "mark=together,crash=0", *ONE)
    assert [(one["values"], one["base"], one["added"]) for one in data["varied"]] == [
        (["apart", "together"], "apart", True),
        ([0, 1], 1, True),
    ]
    base = data["rows"][data["base"] - 1]
    assert (base["settings"]["mark"], base["faults"]["crash"]) == ("apart", 1)
    text = run("sweep", CHECK, "--vary", "mark=together", *ONE).out
    assert "mark=apart was added" in text


def test_a_search_that_was_cut_off_settles_nothing() -> None:
    done = run("sweep", CHECK, "--vary", VARY, *ONE, "--limit-states", 20, "--json")
    assert done.code == done.data["exit"] == 3
    assert done.data["repairs"] == done.data["conditions"] == done.data["redundant"] == []


# The whole of it, on random verdicts: outcomes are made up, and the definitions applied to them.

NAMES = ("no-loss", TWICE)
VARIED = "mark,workers=1..3,crash=0..1"


def made_up(verdicts: Sequence[Verdict], cost: Cost | None) -> Outcome:
    evidence = Evidence("exhaustive", {})
    results = zip(NAMES, verdicts, strict=True)
    return Outcome(tuple(PropertyResult(n, v, None, evidence) for n, v in results), 1, cost)


def outcomes(seed: int) -> dict[Place, Outcome]:
    dice = Random(seed)  # noqa: S311 - random tables, no secrets
    found: dict[Place, Outcome] = {}
    choice: tuple[Verdict, ...] = ("holds", "holds", "holds", "violated", "undetermined")
    for place in product(range(2), range(3), range(2)):
        cost = dice.choice([None, Cost(dice.randint(1, 2), dice.randint(1, 2))])
        found[place] = made_up([dice.choice(choice) for _ in NAMES], cost)
    found[0, 0, 1] = made_up(("holds", "violated"), Cost(1, 1))  # the base: mark=apart, crash=1
    return found


def sweep_over(
    found: dict[Place, Outcome],
    monkeypatch: pytest.MonkeyPatch,
    again: Callable[[Place], Outcome] | None = None,
) -> tuple[Sweep, list[Place]]:
    """The sweep of made-up outcomes, and where it looked again."""
    question = asked()
    varied = varied_in(question, [VARIED])
    seen: list[Place] = []

    def second(asked: Question, options: Options, _: object) -> Outcome:
        assert options.engine == "auto"
        settings, crash = asked.settings, asked.faults["crash"]
        values = (settings["mark"], settings["workers"], crash)
        place = tuple(one.values.index(v) for one, v in zip(varied, values, strict=True))
        seen.append(place)
        return again(place) if again else found[place]

    def look(wanted: Sequence[Place], options: Options) -> Iterator[Outcome]:
        assert options.engine == "explicit"
        yield from (found[place] for place in wanted)

    lifted = lifted_of(question)
    monkeypatch.setattr(sweeping, "lifted_of", lambda _: lifted)
    monkeypatch.setattr(table, "outcome_of", second)
    return sweep_of(question, varied, Options(properties=NAMES), look), seen


def places_of(sweep: Sweep, ways: Sequence[Way]) -> list[Place]:
    return [sweep.row(way.row).place for way in ways]


def test_repairs_conditions_and_thresholds_are_what_the_definitions_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    base = (0, 0, 1)
    repaired = 0
    for seed in range(500):
        with monkeypatch.context() as patch:
            found = outcomes(seed)
            sweep, again = sweep_over(found, patch)
        verdict = {
            (place, one.name): one.verdict for place, out in found.items() for one in out.results
        }
        good = {p for p in found if all(verdict[p, name] == "holds" for name in NAMES)}

        def parts(place: Place) -> Iterator[Place]:
            """What is left of the changes when some of them, but not none, are not made."""
            axes = [axis for axis in range(3) if place[axis] != base[axis]]
            for kept in chain.from_iterable(combinations(axes, n) for n in range(len(axes))):
                yield tuple(place[axis] if axis in kept else base[axis] for axis in range(3))

        def price(place: Place) -> tuple[float, ...]:
            cost = found[place].cost  # noqa: B023 - called in this round only
            paid = (9, 9) if cost is None else (cost.messages, cost.durable_writes)
            return (sum(a != b for a, b in zip(place, base, strict=True)), *paid, *place)

        least = [place for place in good if not any(part in good for part in parts(place))]
        repairs = sorted((place for place in least if place[2] == base[2]), key=price)
        conditions = sorted((place for place in least if place[2] != base[2]), key=price)
        assert places_of(sweep, sweep.repairs) == repairs, seed
        assert places_of(sweep, sweep.conditions) == conditions, seed
        repaired += bool(repairs)

        expected = set()
        for name in NAMES:
            along = [verdict[(0, value, 1), name] for value in range(3)]
            for one, two in ((0, 1), (1, 0), (1, 2), (2, 1)):
                if (along[one], along[two]) == ("holds", "violated"):
                    rest = along[: one + 1] if one < two else along[one:]
                    side = "at" if set(rest) != {"holds"} else "up-to" if one < two else "from"
                    expected.add(("workers", name, side, (0, one, 1), (0, two, 1)))
            for one, side in ((0, "up-to"), (1, "from")):
                if (verdict[(0, 0, one), name], verdict[(0, 0, 1 - one), name]) == (
                    "holds", "violated",
                ):  # fmt: skip
                    expected.add(("crash", name, side, (0, 0, one), (0, 0, 1 - one)))
        told = {
            (
                one.name,
                one.prop,
                one.side,
                sweep.row(one.holds).place,
                sweep.row(one.violated).place,
            )
            for one in sweep.thresholds
        }
        assert told == expected, seed
        sides = {place for one in expected for place in one[3:]}
        assert sorted(again) == sorted({*least, *sides}), seed  # each once, and nothing else
    assert repaired > 100


TWO = {"mark": "together"}


def only_together(monkeypatch: pytest.MonkeyPatch, lie: Outcome | None = None) -> Sweep:
    """Made-up outcomes in which mark=together alone repairs; a second look may lie."""
    found: dict[Place, Outcome] = {
        place: made_up(("holds", "holds" if place[0] else "violated"), Cost(1, 1))
        for place in product(range(2), range(3), range(2))
    }
    sweep, _ = sweep_over(found, monkeypatch, None if lie is None else lambda _: lie)
    return sweep


def test_what_a_second_look_does_not_settle_is_not_recommended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        assert [way.changes for way in only_together(patch).repairs] == [TWO]
    with monkeypatch.context() as patch:
        sweep = only_together(patch, made_up(("holds", "undetermined"), None))
    assert sweep.repairs == sweep.conditions == ()
    # With mark=together, every way was tried: as it is, with other workers, with no crash.
    assert all(sweep.row(number).settings["mark"] == "together" for number in sweep.unconfirmed)
    assert len(sweep.unconfirmed) == 6
    with monkeypatch.context() as patch:
        wrong = Outcome(wrong=(Diagnostic("DC150", "beyond the bound a step goes wrong"),))
        sweep = only_together(patch, wrong)
    assert sweep.repairs == sweep.conditions == ()
    with monkeypatch.context() as patch:
        sweep = only_together(patch, INTERRUPTED)
    assert sweep.interrupted
    assert [*sweep.repairs, *sweep.conditions, *sweep.thresholds] == []


def test_a_second_look_that_contradicts_the_first_is_loud(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DisagreementError, match="DC901"):
        only_together(monkeypatch, made_up(("violated", "holds"), None))


def test_within_bounds_a_second_look_may_find_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search looks up to a bound, Z3 beyond it: that is no contradiction, and no repair."""
    found: dict[Place, Outcome] = {
        place: made_up(("holds", "holds" if place[0] else "violated"), Cost(1, 1))
        for place in product(range(2), range(3), range(2))
    }
    for place, outcome in found.items():
        bounded = [
            replace(one, evidence=Evidence("exhaustive", {}, ("3 copies",)))
            for one in outcome.results
        ]
        found[place] = replace(outcome, results=tuple(bounded))

    def again(_: Place) -> Outcome:
        return made_up(("holds", "violated"), None)

    sweep, _ = sweep_over(found, monkeypatch, again)
    assert sweep.repairs == sweep.conditions == ()
    assert {row.verdict(TWICE) for row in sweep.rows if row.again} == {"violated"}


def test_real_engines_that_lie_are_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first look is real; the second is made to say that what holds is broken."""
    question = asked("ack_before_work")
    varied = varied_in(question)
    assert [way.changes for way in sweep_of(question, varied, EXPLICIT).repairs] == [
        {"acknowledge": "after"}
    ]
    real, calls = outcome_of, count()

    def lying(asked: Question, options: Options, _: object = None) -> Outcome:
        told = real(asked, options)
        if next(calls) < len(varied[0].values):
            return told  # the first look
        turned = [replace(one, verdict="violated") for one in told.results]
        return replace(told, results=tuple(turned))

    monkeypatch.setattr(table, "outcome_of", lying)
    with pytest.raises(DisagreementError, match="DC901"):
        sweep_of(question, varied, EXPLICIT)


LONG = (
    "sweep", "models/guarantees/exactly_once.py", "--vary", "lose=7..9,crash=7..9", "--messages",
    "4", "--faults", "lose=9 crash=9 duplicate=9 delay=9", "--limit-states", "900000000",
    "--engine", "explicit", "--jobs", "2",
)  # fmt: skip


def group_is_gone(group: int) -> bool:
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("how", ["interrupted", "from the keyboard", "killed"])
def test_when_it_ends_its_processes_do(how: str) -> None:
    def listen() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's `&` switches it off

    child = subprocess.Popen(
        [sys.executable, "-m", "deliverycheck", *LONG, "--json"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        preexec_fn=listen,  # noqa: PLW1509 - nothing here runs in threads
    )  # fmt: skip
    try:
        children = Path(f"/proc/{child.pid}/task/{child.pid}/children")
        for _ in range(100):
            if children.exists() and len(children.read_text().split()) >= 3:
                break  # two processes, and the one that tracks what they share
            time.sleep(0.1)
        time.sleep(2)  # they are in the middle of it
        if how == "from the keyboard":
            os.killpg(child.pid, signal.SIGINT)
        else:
            child.send_signal(signal.SIGINT if how == "interrupted" else signal.SIGKILL)
        out, err = child.communicate(timeout=30)
        assert group_is_gone(child.pid)
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
    if how == "killed":
        return
    assert child.returncode == 130
    assert b"Traceback" not in err
    data = json.loads(out)
    jsonschema.validate(data, SCHEMA)
    assert data["exit"] == 130
    assert len(data["rows"]) == 9
    assert data["repairs"] == data["conditions"] == data["redundant"] == []


def test_the_limit_is_as_documented() -> None:
    from deliverycheck.errors import CODES

    assert MOST_COMBINATIONS == 1_000
    assert "combination" in CODES["DC009"].text
