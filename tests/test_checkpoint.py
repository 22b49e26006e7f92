"""Checkpoints: what was kept is gone on from, whatever moment the process was killed at."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Literal, TypeAlias

import pytest
from support import ROOT, run
from systems import system_of
from test_native import random_system

from deliverycheck.errors import InputError
from deliverycheck.explore.checkpoint import REST, STATES, Checkpoint, Keeper
from deliverycheck.explore.edges import edges_of
from deliverycheck.explore.explored import Explored
from deliverycheck.explore.limits import Explorer, Limits, Progress
from deliverycheck.explore.native import search as native_search
from deliverycheck.explore.pace import Pace
from deliverycheck.explore.search import explore
from deliverycheck.semantics.interpreter import ModelFault
from deliverycheck.system import build
from deliverycheck.system.model import Action, System, Variable
from deliverycheck.system.sorts import IntSort
from deliverycheck.system.terms import Var

SEED = 20_261_128

Engine: TypeAlias = Literal["plain", "native"]
ENGINES: tuple[Engine, ...] = ("plain", "native")


def grid(size: int, words: int = 1) -> System:
    """A system with size**2 states, in 2 * size - 1 levels; several words by variables at rest."""
    sort = IntSort(0, size - 1)
    wide = tuple(Variable(f"w{at}", IntSort(0, 2**30)) for at in range(3 * (words - 1)))
    variables = (Variable("x", sort), *wide, Variable("y", sort))
    actions = tuple(
        Action(
            f"more {name}",
            "p",
            build.less(Var(name, sort), build.integer(size - 1)),
            {name: build.plus(Var(name, sort), build.integer(1))},
        )
        for name in ("x", "y")
    )
    return System("grid", variables, ((0, *(7 for _ in wide), 0),), actions)


def facts(found: Explored) -> tuple[object, ...]:
    return (
        list(found.states),
        found.levels,
        found.transitions,
        found.expanded,
        found.stopped,
        found.hits,
    )


@pytest.mark.parametrize("words", [1, 3])
@pytest.mark.parametrize("first", ENGINES)
@pytest.mark.parametrize("then", ENGINES)
def test_a_search_goes_on_where_it_was(
    tmp_path: Path, first: Engine, then: Engine, words: int
) -> None:
    system = grid(150, words)  # 22,500 states; 299 levels of at most 150
    whole = facts(explore(system))
    kept = Checkpoint(tmp_path / "kept")
    limits = Limits(states=9_000)
    stopped = explore(system, limits, None, Explorer(first), kept)
    assert stopped.stopped == "states"
    assert facts(explore(system, limits, None, Explorer(then, 2), kept)) == facts(stopped)
    seen: list[Progress] = []
    ended = explore(system, None, seen.append, Explorer(then), kept)
    assert facts(ended) == whole
    assert seen[0].states > 9_000  # it did not begin anew
    assert facts(explore(system, None, None, Explorer(first), kept)) == whole


@pytest.mark.parametrize("seed", range(0, 120, 3))
def test_random_systems_stopped_anywhere_end_as_they_would_have(tmp_path: Path, seed: int) -> None:
    system = random_system(seed)
    try:
        whole = explore(system)
    except ModelFault:
        return
    rng = Random(seed)  # noqa: S311 - a test's dice
    for part in range(4):
        kept, left = Checkpoint(tmp_path / str(part), 0), [rng.randint(1, 3)]

        def interrupt(_: Progress, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt

        explore(system, None, interrupt, Explorer(rng.choice(ENGINES)), kept)
        found = explore(system, None, None, Explorer(rng.choice(ENGINES)), kept)
        assert facts(found) == facts(whole)


def damaged(folder: Path, rng: Random) -> None:
    """Change something in a checkpoint that counts."""
    states, rest = folder / STATES, folder / REST
    match rng.randint(0, 5):
        case 0 | 1:
            data = bytearray(states.read_bytes())
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            states.write_bytes(data)
        case 2:
            data = bytearray(rest.read_bytes())
            at = rng.randrange(len(data))
            while chr(data[at]).isspace():  # JSON does not mind another space
                at = rng.randrange(len(data))
            data[at] ^= 1 << rng.randrange(7)
            rest.write_bytes(data)
        case 3:
            states.write_bytes(states.read_bytes()[: rng.randrange(states.stat().st_size)])
        case 4:
            text = rest.read_bytes()
            rest.write_bytes(text[: rng.randrange(len(text) - 2)])
        case _:
            found = json.loads(rest.read_text())
            key = rng.choice(["count", "expanded", "transitions", "levels", "hits", "sha256"])
            other = {"levels": [0, 1], "hits": ["none"], "sha256": "0" * 64}
            found[key] = other.get(key, rng.randrange(1000))
            rest.write_text(json.dumps(found))


@pytest.mark.parametrize("number", range(60))
def test_a_damaged_checkpoint_is_refused(tmp_path: Path, number: int) -> None:
    system, kept = grid(20), Checkpoint(tmp_path / "kept")
    explore(system, Limits(states=100), None, Explorer("plain"), kept)
    before = {name: (kept.folder / name).read_bytes() for name in (STATES, REST)}
    damaged(kept.folder, Random(SEED + number))  # noqa: S311 - a test's dice
    assert before != {name: (kept.folder / name).read_bytes() for name in (STATES, REST)}
    with pytest.raises(InputError) as refused:
        explore(system, None, None, Explorer(ENGINES[number % 2]), kept)
    (diagnostic,) = refused.value.diagnostics
    assert diagnostic.code == "DC013"
    assert str(kept.folder) in diagnostic.message


def test_a_checkpoint_of_another_search_is_refused(tmp_path: Path) -> None:
    kept = Checkpoint(tmp_path)
    explore(grid(20), None, None, Explorer("plain"), kept)
    for other in (grid(21), grid(20, 2), replace(system_of(0), properties=())):
        with pytest.raises(InputError, match="another model"):
            explore(other, None, None, Explorer("plain"), kept)


def test_what_a_killed_process_wrote_last_is_cut_off(tmp_path: Path) -> None:
    system, kept = grid(20), Checkpoint(tmp_path)
    explore(system, Limits(states=100), None, Explorer("plain"), kept)
    with (tmp_path / STATES).open("ab") as file:
        file.write(b"half a sta")
    (tmp_path / (REST + ".new")).write_text("{")
    found = explore(system, None, None, Explorer("native"), kept)
    assert facts(found) == facts(explore(system))
    assert (tmp_path / STATES).stat().st_size == 8 * 400


def killed_after(seconds: float, work: Callable[[], object]) -> bool:
    """Do some work in a process that is killed after a time; whether it had come to its end."""
    process = os.fork()
    if process == 0:
        work()
        os._exit(0)
    time.sleep(seconds)
    os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    return not os.WIFSIGNALED(status)


def test_fifty_kills_at_random_moments_change_nothing(tmp_path: Path) -> None:
    system = grid(300)  # 90,000 states
    rng = Random(SEED)  # noqa: S311 - a test's dice
    whole = facts(explore(system))
    kills, searches, was = 0, 0, list[int]()
    while kills < 50:
        kept = Checkpoint(tmp_path / str(searches), 0.002)
        searches += 1
        ended = False
        while not ended:
            explorer = Explorer(rng.choice(ENGINES))
            ended = killed_after(
                rng.uniform(0.01, 0.3), partial(explore, system, None, None, explorer, kept)
            )
            if not ended and (kept.folder / REST).exists():
                kills += 1
                was.append(json.loads((kept.folder / REST).read_text())["count"])
        assert facts(explore(system, None, None, Explorer("native"), kept)) == whole
    assert len(set(was)) > 10  # they were killed at many different places


MODEL = ROOT / "tests" / "benchmarks" / "alo.py"
ASK = ("check", MODEL, "--messages", 2, "--set", "tries_limit=3", "--engine", "explicit", "--json")


def told(text: str) -> object:
    """What a check says, without the time it took."""
    (model,) = json.loads(text)["results"]
    return model["exploration"], model["properties"]


def test_a_check_that_was_killed_says_what_it_would_have_said(tmp_path: Path) -> None:
    keep = ("--checkpoint", tmp_path, "--checkpoint-seconds", "0.02", "--explorer", "plain")
    command = [sys.executable, "-m", "deliverycheck", *ASK, *keep]
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE)
    while not list(tmp_path.rglob(REST)):
        time.sleep(0.01)
    process.kill()
    process.communicate()
    (rest,) = tmp_path.rglob(REST)
    assert json.loads(rest.read_text())["count"] > 0
    whole, again = run(*ASK), run(*ASK, *keep)
    assert again.code == whole.code == 1, again.err
    assert told(again.out) == told(whole.out)


def test_a_model_that_can_lose_is_kept_like_any_other(tmp_path: Path) -> None:
    """Its doom is confirmed by a search of its own, which is none of the checkpoint's business."""
    model = ROOT / "models" / "guarantees" / "at_most_once.py"
    ask = ("check", model, "--engine", "explicit", "--json")
    keep = ("--checkpoint", tmp_path)
    for _ in range(2):
        again = run(*ask, *keep)
        assert again.code == 0, again.err
        assert told(again.out) == told(run(*ask).out)
    assert run(*ask, *keep, "--checkpoint-seconds", "nan").code == 2


def test_an_interruption_before_all_is_back_in_place_leaves_what_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system, kept = grid(100), Checkpoint(tmp_path)
    explore(system, Limits(states=5000), None, Explorer("plain"), kept)
    before = (tmp_path / REST).read_bytes()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(native_search, "built", interrupted)
        found = explore(system, None, None, Explorer("native"), kept)
    assert found.stopped == "interrupted"
    assert (len(found.states), found.expanded, found.levels) == (1, 0, [0])
    assert list(edges_of(found).targets) == []
    assert (tmp_path / REST).read_bytes() == before
    assert facts(explore(system, None, None, Explorer("native"), kept)) == facts(explore(system))


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_an_interruption_while_it_is_kept_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Ctrl-C comes most easily while the disk is waited for; after it, the search is kept again."""
    system, kept = grid(60), Checkpoint(tmp_path, 0)
    whole, calls = facts(explore(system)), [0]
    real: Callable[..., object] = os.fsync if moment == "fsync" else Path.replace

    def interrupting(*arguments: Any) -> object:
        calls[0] += 1
        if calls[0] == 7:
            raise KeyboardInterrupt
        return real(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(os if moment == "fsync" else Path, moment, interrupting)
        assert explore(system, None, None, Explorer("plain"), kept).stopped == "interrupted"
    assert calls[0] > 7
    assert facts(explore(system, None, None, Explorer("plain"), kept)) == whole


def test_what_is_kept_fits_together_though_ctrl_c_came_between(tmp_path: Path) -> None:
    """An interruption after the steps of a block were counted, and before it was left behind."""
    system, kept = grid(60), Checkpoint(tmp_path)
    found = explore(system, Limits(states=1000), None, Explorer("plain"), kept)
    keeper = Keeper(Checkpoint(tmp_path / "other"), found.code.packing)
    pace = Pace(Limits(), None, keeper)
    pace.after(found, len(found.states))
    found.transitions += 17
    pace.keep(found)
    (again,) = [Keeper(Checkpoint(tmp_path / "other"), found.code.packing).load()]
    assert again is not None
    assert again.transitions == found.transitions - 17


def test_a_damaged_checkpoint_of_a_check_is_bad_input(tmp_path: Path) -> None:
    keep = ("--checkpoint", tmp_path, "--limit-states", 1000)
    assert run(*ASK, *keep).code in (1, 3)
    for states in tmp_path.rglob(STATES):
        data = bytearray(states.read_bytes())
        data[100] ^= 1
        states.write_bytes(data)
    refused = run(*ASK, *keep)
    assert refused.code == 2
    assert "DC013" in refused.err
    assert "--checkpoint" in refused.err
