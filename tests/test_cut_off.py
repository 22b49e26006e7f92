"""What a bound or a limit cut off is never taken for something that cannot happen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support import EXPLICIT, MODELS, prop, question, run

from deliverycheck.check.checking import check
from deliverycheck.explore.limits import Limits

COUNTS = '''
from deliverycheck.lang import Message, Natural, Protocol, Role, require

one = Role("one")


class Patient(Protocol):
    """The effect comes after {rounds} rounds; the tool looks at fifteen by itself."""

    claims = "exactly-once"
    waiting: set[Message]
    rounds: Natural

    @one
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.waiting.add(m)

    @one
    def wait(self, m: Message) -> None:
        require(m in self.waiting and self.rounds < {rounds})
        self.rounds += 1

    @one
    def act(self, m: Message) -> None:
        require(m in self.waiting and self.rounds == {rounds})
        self.waiting.discard(m)
        self.effect(m)
'''


@pytest.mark.parametrize(("rounds", "verdict"), [(2, "holds"), (15, "holds"), (20, "undetermined")])
def test_behind_a_bound_the_effect_may_still_come(
    rounds: int, verdict: str, tmp_path: Path
) -> None:
    file = tmp_path / "patient.py"
    file.write_text(COUNTS.format(rounds=rounds))
    result = check(question(str(file), "", messages=1), EXPLICIT)
    assert prop(result, "no-loss").verdict == verdict
    # a step that only a bound forbids could happen: the end of the instance is no deadlock
    assert prop(result, "no-deadlock").verdict == "holds"
    assert prop(result, "no-deadlock").evidence.within == (
        () if verdict == "holds" else ("rounds: at most 15",)
    )


@pytest.mark.parametrize("states", range(1, 60, 3))
def test_a_search_that_stops_early_condemns_nothing_that_is_fine(states: int) -> None:
    # without a fault nothing can be lost, so no truncated search may say that something is
    asked = question(str(MODELS / "guarantees" / "at_least_once.py"), "")
    result = check(asked, replace(EXPLICIT, limits=Limits(states=states)))
    assert prop(result, "no-loss").verdict != "violated"
    assert prop(result, "no-duplicate-effect").verdict != "violated"


def test_a_model_that_a_bound_stops_at_once_is_not_called_kept(tmp_path: Path) -> None:
    file = tmp_path / "burst.py"
    puts = "\n".join("        self.line.put(m)" for _ in range(9))
    file.write_text(
        "from deliverycheck.lang import Fifo, Message, Protocol, Role\n\n"
        'one = Role("one")\n\n\n'
        "class Burst(Protocol):\n"
        '    claims = "exactly-once"\n'
        "    line: Fifo[Message] = Fifo(one, one)\n\n"
        "    @one\n"
        "    def act(self, m: Message) -> None:\n"
        "        self.accept(m)\n"
        f"{puts}\n"
        "        self.effect(m)\n"
    )
    done = run("check", file, "--engine", "explicit")
    assert done.code == 3
    assert "open" in done.out
    assert "kept" not in done.out
