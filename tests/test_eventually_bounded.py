"""Does it arrive, where an instance has an end that the model has not?

What only a bound forbids could happen all the same: so it is no excuse for a run to pass by what is
fair. But a run that nothing else than a bound keeps from being fair shows nothing either.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from support import EXPLICIT, prop, question

from deliverycheck.check.checking import check
from deliverycheck.check.options import Options
from deliverycheck.system.verdicts import ModelResult

MODELS = """
from deliverycheck.lang import *

s = Role("s")
w = Role("w")


class Counted(Protocol):
    "A link that may drop for ever; how often it was tried is counted, and nobody reads it."
    faults = {"lose": inf}
    fairness = "weak"
    outbox: set[Message]
    sent: Natural
    requests: Channel[Message] = Channel(s, w)

    @s
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.outbox.add(m)

    @s
    def send(self, m: Message) -> None:
        require(m in self.outbox and self.timed_out(m))
        self.sent += 1
        self.requests.put(m)

    @w
    def handle(self, m: Message) -> None:
        self.requests.take(m)
        self.outbox.discard(m)
        self.effect(m)


class Uncounted(Counted):
    @s
    def send(self, m: Message) -> None:
        require(m in self.outbox and self.timed_out(m))
        self.requests.put(m)


class Line(Protocol):
    "Never at rest: there is always room for one more. The worker takes nothing."
    outbox: set[Message]
    requests: Fifo[Message] = Fifo(s, w)
    off: bool

    @s
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.outbox.add(m)

    @s
    def send(self, m: Message) -> None:
        require(m in self.outbox)
        self.requests.put(m)

    @w
    def handle(self, m: Message) -> None:
        require(self.off)
        self.requests.take(m)
        self.effect(m)


class Bag(Line):
    "The same on a channel that keeps no order."
    requests: Channel[Message] = Channel(s, w)


class Both(Protocol):
    "Each sender can always go on, so `other` does in the end; and the line is emptied."
    done: bool
    line: Fifo[bool] = Fifo(s, w)

    @s
    def send(self) -> None:
        self.line.put(True)

    @s
    def other(self) -> None:
        self.line.put(False)

    @w
    def get(self, b: bool) -> None:
        self.line.take(b)
        if not b:
            self.done = True

    @leads_to
    def arrives(self) -> tuple[bool, bool]:
        return True, self.done


class Growing(Protocol):
    "It only grows: what is promised is plainly false."
    n: Natural

    @s
    def tick(self) -> None:
        self.n += 1

    @leads_to
    def comes_back(self) -> tuple[bool, bool]:
        return self.n >= 2, self.n < 2

    @leads_to
    def grows(self) -> tuple[bool, bool]:
        return self.n >= 2, self.n >= 5
"""

ENGINES = [EXPLICIT, Options(engine="symbolic"), Options()]


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A file with the models."""
    file = tmp_path / "bounded.py"
    file.write_text(MODELS)
    return file


def asked(models: Path, name: str, options: Options, *properties: str) -> ModelResult:
    options = Options(engine=options.engine, properties=properties)
    # the faults that the model itself declares
    faults = "lose=inf" if "ount" in name else ""
    return check(question(f"{models}:{name}", faults, 1), options)


@pytest.mark.parametrize("options", ENGINES, ids=lambda one: one.engine)
def test_a_count_that_nobody_reads_makes_no_promise_true(models: Path, options: Options) -> None:
    broken = prop(asked(models, "Uncounted", options, "eventual-effect"), "eventual-effect")
    assert broken.verdict == "violated"
    # The counted run never comes back to the same state: no lasso shows it, but it holds no more.
    counted = prop(asked(models, "Counted", options, "eventual-effect"), "eventual-effect")
    assert counted.verdict == "undetermined"


@pytest.mark.parametrize("options", ENGINES, ids=lambda one: one.engine)
@pytest.mark.parametrize("name", ["Line", "Bag"])
def test_who_can_send_for_ever_is_never_at_rest(models: Path, name: str, options: Options) -> None:
    result = asked(models, name, options, "no-deadlock", "eventual-effect")
    assert prop(result, "no-deadlock").verdict == "holds"
    assert prop(result, "eventual-effect").verdict == "undetermined"


@pytest.mark.parametrize("options", ENGINES, ids=lambda one: one.engine)
def test_a_full_line_is_no_excuse_for_unfairness(models: Path, options: Options) -> None:
    assert prop(asked(models, "Both", options, "arrives"), "arrives").verdict != "violated"


@pytest.mark.parametrize("options", ENGINES, ids=lambda one: one.engine)
def test_an_end_of_the_instance_keeps_no_promise(models: Path, options: Options) -> None:
    result = asked(models, "Growing", options, "comes-back", "grows")
    assert prop(result, "comes-back").verdict == "undetermined"
    assert prop(result, "grows").verdict in ("holds", "undetermined")
