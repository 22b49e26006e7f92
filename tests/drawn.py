"""Runs to draw: random walks through every model, and hand-made ones."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from math import inf
from pathlib import Path

from support import CORE, EXPLICIT

from deliverycheck.check.checking import check
from deliverycheck.check.traces import trace_of_run
from deliverycheck.lang.design import design_of
from deliverycheck.lang.layout import leaves
from deliverycheck.lang.shapes import Bag, Queue, labels_of
from deliverycheck.lift.lifting import Lifted, lift
from deliverycheck.load.files import classes_in
from deliverycheck.load.subjects import questions
from deliverycheck.semantics.interpreter import ModelFault, evaluate, perform
from deliverycheck.system.model import Event, State
from deliverycheck.system.verdicts import Change, Step, Trace

HERE = Path(__file__).parent
FEATURES = sorted(
    file for file in (HERE / "feature_models").glob("*.py") if not file.name.startswith("bugs_")
)
FAULTS = ("lose", "duplicate", "reorder", "crash", "delay", "expire")


@cache
def lifted_models() -> tuple[Lifted, ...]:
    """The core of the models, every feature of the language, in an environment that can do all."""
    found: list[Lifted] = []
    for classes in ([one.cls for one in questions(CORE)], *map(classes_in, FEATURES)):
        for cls in classes:
            for budget in (dict.fromkeys(FAULTS, 2.0), dict.fromkeys(FAULTS, inf)):
                own = {name: 2.0 for name in cls.faults if name not in FAULTS}
                settings = {"workers": 2} if hasattr(cls, "workers") else None
                settings = {"helpers": 2} if hasattr(cls, "helpers") else settings
                found.append(lift(design_of(cls, 2, settings), {**budget, **own}))
    return tuple(found)


def walk(lifted: Lifted, seed: object, longest: int) -> Trace:
    """A random run: rare actions and the steps of running processes are preferred."""
    system = lifted.system
    dice = random.Random(f"{system.name} {seed}")  # noqa: S311 - the same seed, the same walk
    taken: Counter[str] = Counter()
    states: list[State] = [system.initial[0]]
    actions: list[int] = []
    while len(actions) < longest:
        before = system.valuation(states[-1])
        able: dict[int, State] = {}
        for at, action in enumerate(system.actions):
            bounds = all(evaluate(bound.term, before) for bound in action.bounds)
            if bounds and evaluate(action.guard, before):
                try:
                    able[at] = perform(system, action, before)
                except ModelFault:
                    continue
        if not able:
            break
        weights = [3 / (1 + taken[system.actions[at].name.partition("(")[0]]) + 0.5 for at in able]
        (at,) = dice.choices(list(able), weights)
        taken[system.actions[at].name.partition("(")[0]] += 1
        states.append(able[at])
        actions.append(at)
    return trace_of_run(system, states, actions)


def in_the_air(lifted: Lifted, state: State) -> Mapping[str, Counter[str]]:
    """What the channel variables of a state hold: by channel, how many of each item."""
    values = lifted.system.valuation(state)
    found: dict[str, Counter[str]] = {}
    for piece in lifted.design.fields:
        match piece.shape:
            case Bag(items, _):
                pairs = zip(labels_of(items), leaves(piece.shape, piece.name), strict=True)
                amounts = {item: int(values[leaf.name]) for item, leaf in pairs}
                found[piece.name] = +Counter(amounts)
            case Queue():
                held = [str(values[leaf.name]) for leaf in leaves(piece.shape, piece.name)]
                found[piece.name] = Counter(item for item in held if item != "-")
            case _:
                pass
    return found


def line_in(lifted: Lifted, state: State) -> Iterator[tuple[str, list[str]]]:
    """What the ordered channels of a state hold, in order."""
    values = lifted.system.valuation(state)
    for piece in lifted.design.fields:
        if isinstance(piece.shape, Queue):
            held = [str(values[leaf.name]) for leaf in leaves(piece.shape, piece.name)]
            yield piece.name, [item for item in held if item != "-"]


@cache
def counterexamples() -> tuple[tuple[str, Trace], ...]:
    """The runs that break, or show, something in the shipped models, in their own environments."""
    found: list[tuple[str, Trace]] = []
    for one in questions(CORE):
        for prop in check(one, EXPLICIT).properties:
            for kind, trace in (("broken", prop.trace), ("shown", prop.example)):
                if trace is not None:
                    found.append((f"{one.name} {prop.name} {kind}", trace))
    return tuple(found)


def handmade(
    *steps: tuple[str, Sequence[Event], Sequence[Change]], loop: int | None = None
) -> Trace:
    """A trace of steps that are an actor, events and changes; its states are of no interest."""
    made = (
        Step(at, actor, f"act{at}()", None, None, tuple(changes), tuple(events))
        for at, (actor, events, changes) in enumerate(steps, 1)
    )
    return Trace(tuple(made), ((),) * (len(steps) + 1), loop)


def sends(channel: str, goal: str, item: str = "m1") -> tuple[Event, Change]:
    """A message sets out on a channel that is empty of it."""
    return Event("put", channel, item, goal), Change(f"{channel}[{item}]", 0, 1)


def receives(channel: str, source: str, item: str = "m1") -> tuple[Event, Change]:
    """The only message of its name arrives."""
    return Event("take", channel, item, source), Change(f"{channel}[{item}]", 1, 0)


def odd_runs() -> dict[str, Trace]:
    """Runs of a shape that no model has: chains, and actors that talk to themselves."""

    def step(
        actor: str, *done: tuple[Event, Change] | Event
    ) -> tuple[str, list[Event], list[Change]]:
        pairs = [one for one in done if isinstance(one, tuple)]
        events = [one if isinstance(one, Event) else one[0] for one in done]
        return actor, events, [change for _, change in pairs]

    lost = Event("lose", "out", "m1", "consumer"), Change("out[m1]", 2, 1)
    copied = Event("duplicate", "out", "m1", "consumer"), Change("out[m1]", 1, 2)
    chain = handmade(
        step("producer", Event("accept", "", "m1"), sends("in", "broker")),
        step(
            "broker",
            receives("in", "producer"),
            Event("write", "queue", "append m1"),
            sends("out", "consumer"),
            sends("acks", "producer"),
        ),
        step("network", copied),
        step("producer", receives("acks", "broker"), Event("tell-done", "", "m1")),
        step("network", lost),
        step("consumer", sends("self", "consumer")),
        step("broker", sends("gossip", "broker")),
        step("consumer", receives("self", "consumer"), Event("effect", "", "m1")),
        step("consumer", sends("direct", "producer")),
        step("producer", receives("direct", "consumer")),
        step("environment", Event("say", "", "The disk of the broker is swapped")),
        loop=9,
    )
    alone = handmade(
        step("n", sends("todo", "n"), sends("todo", "n", "m2")),
        step("n", receives("todo", "n", "m2")),
        *(step("n", Event("write", "seen", "m2")) for _ in range(9)),
        step("n", receives("todo", "n")),
    )
    return {"chain": chain, "alone": alone}


def hostile_labels() -> list[str]:
    """A hundred strings that break what writes them down without care."""
    seeds = [
        "<script>alert(1)</script>", "</text></svg><img src=x onerror=alert(1)>", "&amp;&lt;&#0;",
        '" onload="alert(1)', "' style='x:y", "]]>", "<![CDATA[", "<!--", "--><b>", "<?xml?>",
        "\x00", "\x1b[31mred", "\x7f\x85\x9b", "\ud800", "\udfff\ud800", "\ufffe\uffff",
        "\u202egnp.exe", "\u2066\u2067\u2068", "\u2069\u2069", "\u200f\u061c", "\u05e9\u05dc",
        "\u0645\u0631 123", "%s%n%d", "{0.__class__}", "${{ secrets }}", "::error::x%0A",
        "a\nb\r\nc\td", "\u2028\u2029", "x" * 10_000, "W" * 10_000, "\u4e16" * 500,
        "e\u0301" * 400, "\U0001f469\u200d\U0001f467", "\U0001f1e6\U0001f1f6" * 50, "", " ", "-",
        "?", "a[0]", "a]b[", " and ", "javascript:alert(1)", "url(#x)", "</title>", "</style>",
        "\\", "`", "|", "#", "&", "<", ">", "\N{REPLACEMENT CHARACTER}", "\U0010ffff", "\ue000",
    ]  # fmt: skip
    return [*seeds, *(f"{one}{two}" for one, two in zip(seeds, seeds[7:], strict=False))][:100]
