"""Small helpers the tests share."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from forking import can_fork, forked

import deliverycheck.explore.search
from deliverycheck.check.checking import check, lifted_of
from deliverycheck.check.options import Options
from deliverycheck.check.question import Question
from deliverycheck.lift.lifting import Lifted
from deliverycheck.load.subjects import parse_faults, questions
from deliverycheck.system.verdicts import ModelResult, PropertyResult

ROOT = Path(__file__).parent.parent
MODELS = ROOT / "models"
CORE = (
    str(MODELS / "guarantees" / "at_least_once.py"),
    str(MODELS / "guarantees" / "at_least_once_idempotent.py"),
    str(MODELS / "guarantees" / "at_most_once.py"),
    str(MODELS / "guarantees" / "exactly_once.py"),
    str(MODELS / "pitfalls" / "ack_before_work.py"),
    str(MODELS / "pitfalls" / "check_then_act.py"),
    str(MODELS / "pitfalls" / "decrement.py"),
    str(MODELS / "pitfalls" / "dedup_window.py"),
    str(MODELS / "pitfalls" / "mark_before_effect.py"),
    str(MODELS / "pitfalls" / "volatile_outbox.py"),
    f"{MODELS}/protocols/alternating_bit.py:AlternatingBit",
    f"{MODELS}/protocols/alternating_bit.py:DeadLink",
)
"""The models of the guarantees, their pitfalls, and a link: enough kinds of models for tests that
look closely. Those that look at all of the catalogue are quick for each of it."""

SEEDED = tuple(name for name in CORE if "/protocols/" not in name)
"""Those of them that are pipelines: the guarantees of the seed text, and their pitfalls."""

EXPLICIT = Options(engine="explicit")
"""One engine alone: quick, for tests that are about something else than the engines."""

SEED = "lose=1 crash=1"
"""The environment of the seed text: one message lost, one crash."""


def question(
    name: str, faults: str = SEED, messages: int = 2, settings: Mapping[str, object] | None = None
) -> Question:
    """The question about a model file, or `file.py:Class`, in an environment."""
    (found,) = questions([name])
    return replace(
        found, messages=messages, faults=parse_faults(faults), settings=dict(settings or {})
    )


def checked(
    name: str, faults: str = SEED, messages: int = 2, settings: Mapping[str, object] | None = None
) -> ModelResult:
    """The explicit engine's result for a model file in an environment."""
    return check(question(name, faults, messages, settings), EXPLICIT)


def lifted_with(name: object, faults: str, messages: int = 1) -> Lifted:
    """The system of a model file in an environment."""
    return lifted_of(question(str(name), faults, messages))


def prop(result: ModelResult, name: str) -> PropertyResult:
    """The result of one property."""
    (found,) = (p for p in result.properties if p.name == name)
    return found


@dataclass(frozen=True)
class Ran:
    """What a run of the command line gave."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The JSON on stdout."""
        return json.loads(self.out)


def run(*arguments: object, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> Ran:
    """Run the command line in a process of its own; where possible, one that was started before."""
    if can_fork(env):
        return Ran(*forked([*map(str, arguments)], cwd, env))
    return run_anew(*arguments, cwd=cwd, env=env)


def run_anew(*arguments: object, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> Ran:
    """Run the command line in a new process, as a shell does."""
    command = [sys.executable, "-m", "deliverycheck", *map(str, arguments)]
    done = subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, timeout=900, check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def interrupt_searches(monkeypatch: pytest.MonkeyPatch, after: int) -> list[int]:
    """From now on Ctrl-C ends each search after the first so many; how many were begun: [n]."""
    begun = [0]
    search = vars(deliverycheck.explore.search)["_search"]

    def ended(*arguments: object) -> object:
        begun[0] += 1
        if begun[0] > after:
            raise KeyboardInterrupt
        return search(*arguments)

    monkeypatch.setattr(deliverycheck.explore.search, "_search", ended)
    return begun
