"""Mermaid's own parser reads the diagrams, and what it reads is the run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from browser import Browser
from drawn import lifted_models, walk
from hostile import HOSTILE, called, renamed
from mermaids import Mermaid, Understood, mermaid_in
from support import CORE, EXPLICIT, checked, prop

from deliverycheck.check.checking import check
from deliverycheck.load.subjects import parse_faults, questions
from deliverycheck.report.formats.mermaid import MOST_STEPS, sequence_diagram
from deliverycheck.report.formats.plain import one_line
from deliverycheck.system.model import Event
from deliverycheck.system.verdicts import Change, Step, Trace

RUNNING = "models/pitfalls/check_then_act.py"


@pytest.fixture(scope="module")
def mermaid(browser: Browser) -> Iterator[Mermaid]:
    with mermaid_in(browser) as found:
        yield found


@cache
def broken(faults: str) -> tuple[Trace, ...]:
    """The counterexamples of all shipped models in an environment."""
    found: list[Trace] = []
    for one in questions(CORE):
        messages = 1 if "inf" in faults else 2
        budget = parse_faults(faults)
        question = replace(one, faults=budget, fairness="weak", messages=messages)
        found += [p.trace for p in check(question, EXPLICIT).properties if p.trace is not None]
    return tuple(found)


@cache
def charged_twice(name: str = "no-duplicate-effect") -> Trace:
    """The run in which look, charge, mark charges twice."""
    trace = prop(checked(RUNNING), name).trace
    assert trace is not None
    return trace


def numbers(text: str) -> list[int]:
    """The steps that a signal is about: `5. ...`, or `5. ...` with a dash and a 6."""
    found = re.match(r"(\d+)(?:\u2013(\d+))?\. ", text)
    return [] if found is None else [int(one) for one in found.groups() if one]


def agrees(trace: Trace, seen: Understood) -> None:
    """That a diagram shows each step, and every message where the run takes or loses it."""
    shown = [number for one in seen.signals for number in numbers(one.text)]
    assert sorted(set(shown)) == [step.index for step in trace.steps]
    assert Counter(_arrows(trace)) == Counter(
        (one.kind, numbers(one.text)[-1]) for one in seen.of("->>", "-x")
    )
    for one in seen.of("->>", "-x"):
        _agrees_as_to_its_message(trace, one.kind, one.source, one.goal, one.text)
    said = Counter(
        (numbers(one.text)[-1], line)
        for one in seen.of("note")
        if numbers(one.text)
        for line in one.text.split(". ", 1)[1].split("<br/>")
        if " · effect " in line
    )
    assert said == Counter(_effects(trace))


def _arrows(trace: Trace) -> Iterator[tuple[str, int]]:
    for step in trace.steps:
        for event in step.events:
            if event.kind in ("take", "lose"):
                yield "->>" if event.kind == "take" else "-x", step.index
            if event.kind == "break":
                gone = [c for c in step.changes if c.new == "-" and c.old != "-"]
                yield from (("-x", step.index) for _ in gone)


def _agrees_as_to_its_message(trace: Trace, kind: str, source: str, goal: str, text: str) -> None:
    here = trace.steps[numbers(text)[-1] - 1]
    if kind == "->>":
        assert goal == here.actor
        assert any(source in (e.other, "network") or source[:-1] == e.other for e in here.events)
    else:
        assert here.fault == "lose"
        assert "lost" in text
    sent = re.search(r"\((sent|copied) in step (\d+)\)", text)
    earlier = [int(sent[2])] if sent is not None else numbers(text)[:-1]
    for number in earlier:
        assert number < here.index
        kinds = {event.kind for event in trace.steps[number - 1].events}
        assert ("duplicate" if sent is not None and sent[1] == "copied" else "put") in kinds


def _effects(trace: Trace) -> Iterator[tuple[int, str]]:
    for step in trace.steps:
        for change in step.changes:
            found = re.fullmatch(r"effects\[(.*)\]", change.variable)
            if found is not None:
                yield step.index, f"{found[1]} · effect {change.new}"


@pytest.mark.parametrize("faults", ["lose=1 crash=1", "lose=inf duplicate=1 reorder=1 delay=1"])
def test_a_diagram_shows_the_run(mermaid: Mermaid, faults: str) -> None:
    for trace in broken(faults):
        seen = mermaid.understood(sequence_diagram(trace))
        agrees(trace, seen)
        loops = trace.loop_start is not None and trace.loop_start < len(trace.steps)
        assert len(seen.of("loop")) == len(seen.of("end loop")) == loops
        assert any("nothing happens any more" in one.text for one in seen.signals) == (
            trace.loop_start == len(trace.steps)
        )


def test_a_loop_holds_the_steps_that_repeat(mermaid: Mermaid) -> None:
    loops = 0
    for trace in broken("lose=inf duplicate=1 reorder=1 delay=1"):
        if trace.loop_start is None or trace.loop_start == len(trace.steps):
            continue
        loops += 1
        seen = mermaid.understood(sequence_diagram(trace)).signals
        kinds = [one.kind for one in seen]
        inside = seen[kinds.index("loop") : kinds.index("end loop")]
        found = {number for one in inside for number in numbers(one.text)}
        assert found == set(range(trace.loop_start + 1, len(trace.steps) + 1))
    assert loops > 2


def test_any_run_of_any_model_can_be_drawn(mermaid: Mermaid) -> None:
    """Also those with connections, records, replicas, and faults of the model's own."""
    for lifted in lifted_models():
        trace = walk(lifted, "mermaid", 30)
        seen = mermaid.understood(sequence_diagram(trace, title=lifted.system.name))
        shown = {n for one in seen.signals for n in numbers(one.text)}
        assert shown == {step.index for step in trace.steps}
        assert seen.title == lifted.system.name
        assert set(seen.drawn_from) <= set(seen.actors)


def test_senders_stand_left_of_receivers(mermaid: Mermaid) -> None:
    trace = charged_twice()
    assert mermaid.understood(sequence_diagram(trace)).actors == ("sender", "worker")


def test_what_is_lost_before_it_is_known_for_whom_ends_at_the_network(mermaid: Mermaid) -> None:
    steps = (
        Step(1, "worker1", "x", None, None, (), (Event("write", "a", "add b"),)),
        Step(2, "worker2", "x", None, None, (), (Event("write", "a", "add b"),)),
        Step(3, "sender", "x", None, None, (), (Event("put", "requests", "m1", "worker"),)),
        Step(4, "network", "x", None, "lose", (), (Event("lose", "requests", "m1", "worker"),)),
    )
    seen = mermaid.understood(sequence_diagram(Trace(steps, ((),) * 5)))
    (lost,) = seen.of("-x")
    assert (lost.source, lost.goal) == ("sender", "network")


def test_a_point_of_no_return_stands_behind_its_step(mermaid: Mermaid) -> None:
    trace = charged_twice()
    seen = mermaid.understood(sequence_diagram(replace(trace, point_of_no_return=5)))
    texts = [one.text.replace("<br/>", " ") for one in seen.signals]
    (at,) = (at for at, text in enumerate(texts) if "can only go wrong" in text)
    assert max(n for text in texts[:at] for n in numbers(text)) == 5
    assert min(n for text in texts[at:] for n in numbers(text)) == 6


@pytest.mark.parametrize("count", [MOST_STEPS, MOST_STEPS + 1, MOST_STEPS + 37, 1000])
def test_what_is_left_out_is_said(mermaid: Mermaid, count: int) -> None:
    steps = tuple(
        Step(at, "sender", "x", None, None, (), (Event("write", "a", f"add b{at}"),))
        for at in range(1, count + 1)
    )
    seen = mermaid.understood(sequence_diagram(Trace(steps, ((),) * (count + 1))))
    shown = {number for one in seen.signals for number in numbers(one.text)}
    assert len(shown) == min(count, MOST_STEPS)
    gone = sorted({step.index for step in steps} - shown)
    said = [one.text.replace("<br/>", " ") for one in seen.signals if "left out" in one.text]
    if not gone:
        assert said == []
    elif len(gone) == 1:
        assert said == [f"step {gone[0]} is left out here"]
    else:
        assert gone == list(range(gone[0], gone[-1] + 1))
        assert said == [f"steps {gone[0]} to {gone[-1]} are left out here"]


@pytest.mark.parametrize("start", [0, 30, 45, 99, 100])
def test_a_long_loop_stays_a_loop(mermaid: Mermaid, start: int) -> None:
    steps = tuple(
        Step(at, "sender", "x", None, None, (), (Event("write", "a", f"add b{at}"),))
        for at in range(1, 101)
    )
    text = sequence_diagram(Trace(steps, ((),) * 101, start, point_of_no_return=50))
    seen = mermaid.understood(text)
    words = "nothing happens" if start == 100 else f"repeats for ever from step {start + 1}"
    assert any(words in one.text.replace("<br/>", " ") for one in seen.signals)
    texts = [one.text.replace("<br/>", " ") for one in seen.signals]
    assert sum("after step 50 it can only go wrong" in text for text in texts) == 1


def test_a_diagram_is_never_too_long_to_be_drawn(mermaid: Mermaid) -> None:
    """Mermaid's own limit is 50,000 characters."""
    events = tuple(Event("write", "<" * 500, f"add {';' * 500}") for _ in range(50))
    steps = tuple(Step(at, f"{at}#" * 99, "x", None, None, (), events) for at in range(1, 200))
    text = sequence_diagram(Trace(steps, ((),) * 200), title="<" * 9999)
    assert len(text) < 50_000
    assert any("left out" in one.text for one in mermaid.understood(text).signals)
    assert mermaid.drawing(text)


ELEMENTS = {
    "svg", "g", "rect", "text", "tspan", "line", "style", "defs", "symbol", "path", "marker",
    "circle", "filter", "feDropShadow", "polygon",
}  # fmt: skip
"""What Mermaid draws with."""


@pytest.mark.parametrize("label", HOSTILE, ids=[f"{n}" for n in range(len(HOSTILE))])
def test_a_hostile_label_is_only_shown(mermaid: Mermaid, label: str) -> None:
    trace = charged_twice()
    names = called(label)
    text = sequence_diagram(renamed(trace, names), title=label)
    seen, plain = mermaid.understood(text), mermaid.understood(sequence_diagram(trace))
    assert [one.kind for one in seen.signals] == [one.kind for one in plain.signals]
    assert len(seen.actors) == len(plain.actors)
    for actor, word in zip(seen.actors, ("sender", "worker"), strict=True):
        name = _letters(one_line(names[word]))
        assert _letters(actor) == name[: len(_letters(actor))]
        assert len(_letters(actor)) >= min(len(name), 30)
    drawn = mermaid.drawing(text)
    assert set(drawn) <= ELEMENTS
    if len(label) < 20 and label.isascii() and label.isprintable():
        assert _letters(names["sender"]) in [_letters(one) for one in drawn["g"]]


def _letters(text: str) -> str:
    """The text without what line breaks and ellipses change."""
    shown = re.sub(r"<br/>|\s|…$", "", text.replace("\xa0", " "))
    return "".join(one if one.isascii() and one.isprintable() else "" for one in shown)


def test_changes_of_any_type_are_told(mermaid: Mermaid) -> None:
    change = Change("x", old=True, new=False)
    step = Step(1, "a", "do(m1)", "m1", None, (change,), ())
    seen = mermaid.understood(sequence_diagram(Trace((step,), ((True,), (False,)))))
    assert [numbers(one.text) for one in seen.signals] == [[1]]


def test_the_same_run_gives_the_same_bytes() -> None:
    trace = charged_twice("in-order")
    assert sequence_diagram(trace) == sequence_diagram(trace)
