"""Several processes at once: a lost one loses only what it had; nothing else changes."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import closing

import pytest
from support import MODELS, run

from deliverycheck.load.processes import in_processes

SMALL = (
    MODELS / "guarantees" / "at_most_once.py",
    MODELS / "pitfalls" / "decrement.py",
    MODELS / "protocols" / "mqtt-qos1.delivery.toml",
)


def half_of(number: int) -> int:
    """Half of a number; thirteen kills the process that has it."""
    if number == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    return number // 2


@pytest.mark.skipif(sys.platform == "win32", reason="the signal is POSIX")
@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_a_lost_process_loses_only_what_it_had(jobs: int) -> None:
    with closing(in_processes(half_of, [2, 13, 4, 6, 13, 8], jobs, None)) as found:
        assert list(found) == [1, None, 2, 3, None, 4]


@pytest.mark.parametrize("form", [["--verbose"], ["--json"]])
def test_check_says_the_same_whatever_the_number_of_processes(form: list[str]) -> None:
    asked = ("check", *SMALL, "--engine", "explicit", *form)
    one, two = (run(*asked, "--jobs", jobs) for jobs in (1, 2))
    assert (one.code, one.out) == (two.code, two.out)
    assert one.code == 0
