"""Flights: what is drawn under way is what the channels of each state hold, by brute force."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

import pytest
from drawn import counterexamples, handmade, in_the_air, lifted_models, line_in, walk

from deliverycheck.lift.lifting import Lifted
from deliverycheck.report.drawing.cast import cast_of
from deliverycheck.report.drawing.scene import Scene, scene_of
from deliverycheck.system.model import Event
from deliverycheck.system.verdicts import Change, Trace

WALKS = 2
LONGEST = 40


@cache
def walked() -> tuple[tuple[Lifted, Trace, Scene], ...]:
    found: list[tuple[Lifted, Trace, Scene]] = []
    for lifted in lifted_models():
        for seed in range(WALKS):
            trace = walk(lifted, seed, LONGEST)
            found.append((lifted, trace, scene_of(trace)))
    return tuple(found)


def under_way(scene: Scene, step: int) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for flight in scene.flights:
        if flight.open_after(step):
            found.setdefault(flight.channel, Counter())[flight.item] += 1
    return found


def test_flights_open_after_each_step_are_what_the_channels_hold() -> None:
    states = 0
    for lifted, trace, scene in walked():
        for step, state in enumerate(trace.states):
            held = {name: items for name, items in in_the_air(lifted, state).items() if items}
            assert under_way(scene, step) == held, (lifted.system.name, step)
            states += bool(held)
    assert states > 2_000


def test_every_beginning_and_every_end_is_told_by_an_event_of_that_step() -> None:
    """So none of it was only put right afterwards."""
    for lifted, trace, scene in walked():
        for row in scene.rows:
            at = row.step.index
            kinds = Counter(event.kind for event in row.step.events)
            began = [f for f in scene.flights if f.began is not None and f.began.step == at]
            copies = [f for f in began if f.copy_of is not None]
            ended = [f for f in scene.flights if f.ended is not None and f.ended.step == at]
            arrived = [f for f in ended if f.fate == "arrives"]
            where = (lifted.system.name, at)
            assert (len(copies), len(began)) == (
                kinds["duplicate"],
                kinds["put"] + kinds["duplicate"],
            ), where
            assert len(arrived) == kinds["take"], where
            broken = sum(in_the_air(lifted, trace.states[at - 1])[name].total()
                         for event in row.step.events if event.kind == "break"
                         for name in event.where.split(" and "))  # fmt: skip
            assert len(ended) - len(arrived) == kinds["lose"] + broken, where
            assert all(flight.receiver == row.step.actor for flight in arrived)
        assert all(flight.began is not None for flight in scene.flights)


def test_what_is_taken_is_what_the_event_names() -> None:
    for _, _, scene in walked():
        for row in scene.rows:
            named = [e.what for e in row.step.events if e.kind in ("put", "take", "lose")]
            told = [part.what for part in row.parts if part.kind in ("put", "take", "lose")]
            assert len(named) == len(told)
            assert all(name in ("?", what) for name, what in zip(named, told, strict=True))


def test_an_ordered_channel_without_faults_delivers_in_the_order_of_sending() -> None:
    """Each reorder step may swap two neighbours once; nothing else may."""
    seen = 0
    for lifted, trace, scene in walked():
        for channel, _ in line_in(lifted, trace.states[0]):
            steps = [e for s in trace.steps for e in s.events if e.where == channel]
            swaps = sum(event.kind == "reorder" for event in steps)
            originals = [f for f in scene.flights if f.channel == channel and f.copy_of is None]
            landed = [f for f in originals if f.fate == "arrives" and f.began and f.ended]
            pairs = [(a, b) for i, a in enumerate(landed) for b in landed[i + 1 :]]
            crossed = sum((a.began < b.began) != (a.ended < b.ended) for a, b in pairs
                          if a.began and b.began and a.ended and b.ended)  # fmt: skip
            assert crossed <= swaps, (lifted.system.name, channel)
            seen += len(landed)
    assert seen > 50


def test_in_a_bag_the_oldest_copy_of_an_item_is_taken() -> None:
    for lifted, trace, scene in walked():
        lines = {name for name, _ in line_in(lifted, trace.states[0])}
        for flight in scene.flights:
            if flight.channel in lines or flight.ended is None or flight.began is None:
                continue
            alike = [
                other
                for other in scene.flights
                if (other.channel, other.item) == (flight.channel, flight.item)
                and other.began is not None
                and other.began < flight.began
            ]
            assert not any(f.open_after(flight.ended.step) for f in alike)


def test_counters_of_effects_agree_with_the_ledger() -> None:
    """The ledger stops at 2; the drawing goes on counting."""
    effects = 0
    for lifted, trace, scene in walked():
        count: Counter[str] = Counter()
        for row, state in zip(scene.rows, trace.states[1:], strict=True):
            for part in row.parts:
                if part.kind == "effect":
                    count[part.what] += 1
                    assert part.count == count[part.what]
                    ledger = lifted.system.valuation(state)[f"effects[{part.what}]"]
                    effects += min(part.count, 2) == ledger
    assert effects > 50


def test_a_message_that_depends_on_the_state_is_read_off_the_changes() -> None:
    put, take = Event("put", "c", "?", "b"), Event("take", "c", "?", "a")
    trace = handmade(
        ("a", [put, put], [Change("c[x]", 0, 1), Change("c[y]", 0, 1)]),
        ("b", [take], [Change("c[y]", 1, 0)]),
        ("b", [take, put], []),  # the same item again
        ("a", [put], [Change("q[0]", "-", "z"), Change("c[x]", 1, 2)]),
    )
    scene = scene_of(trace)
    parts = [[(part.kind, part.what) for part in row.parts] for row in scene.rows]
    assert parts == [
        [("put", "x"), ("put", "y")],
        [("take", "y")],
        [("take", "x"), ("put", "x")],
        [("put", "x")],
    ]
    assert under_way(scene, 4) == {"c": Counter({"x": 2})}


def test_in_a_line_what_depends_on_the_state_is_read_off_its_places() -> None:
    put, take = Event("put", "q", "?", "b"), Event("take", "q", "?", "a")
    three = [Change("q[0]", "-", "x"), Change("q[1]", "-", "y"), Change("q[2]", "-", "z")]
    trace = handmade(
        ("a", [put, put, put], three),
        ("b", [take, take], [Change("q[0]", "x", "z"), Change("q[1]", "y", "-"),
                             Change("q[2]", "z", "-")]),
        ("b", [take, put], [Change("q[0]", "z", "w")]),
    )  # fmt: skip
    parts = [[part.what for part in row.parts] for row in scene_of(trace).rows]
    assert parts == [["x", "y", "z"], ["x", "y"], ["z", "w"]]


def test_among_equals_in_a_line_the_place_in_the_fault_s_name_decides() -> None:
    cells = [Change("q[0]", "-", "x"), Change("q[1]", "-", "x")]
    lose = Event("lose", "q", "x", "b")
    for place in (0, 1):
        trace = handmade(
            ("a", [Event("put", "q", "x", "b")] * 2, cells),
            ("network", [lose], [Change("q[1]", "x", "-")]),
        )
        named = replace(trace.steps[1], action=f"lose(q, {place}: x)")
        scene = scene_of(replace(trace, steps=(trace.steps[0], named)))
        assert [flight.fate for flight in scene.flights].index("lost") == place


def test_what_was_there_before_and_what_no_event_tells_is_still_drawn_right() -> None:
    """Systems built by hand may start with anything in flight, and need no events."""
    trace = handmade(
        ("a", [Event("put", "c", "x", "b")], [Change("c[x]", 2, 3)]),
        ("b", [Event("take", "c", "x", "a")], [Change("c[x]", 3, 2)]),
        ("b", [], [Change("c[x]", 2, 0)]),
        ("a", [], [Change("c[x]", 0, 1)]),
        ("network", [], [Change("c[x]", 1, 0)]),
    )
    scene = scene_of(trace)
    held = [under_way(scene, step).get("c", Counter())["x"] for step in range(6)]
    assert held == [2, 3, 2, 0, 1, 0]
    assert [flight.fate for flight in scene.flights].count("lost") == 1
    assert [flight.sender for flight in scene.flights] == [None, None, "a", "a"]


def lanes_of(*steps: tuple[str, str, str]) -> list[str]:
    """The lanes of a run in which each step puts (`+c`) or takes (`-c`), told whom it is about."""
    made = [
        (actor, [Event("put" if what[0] == "+" else "take", what[1:], "m", other)],
         [Change(f"{what[1:]}[m]", 0, 1) if what[0] == "+" else Change(f"{what[1:]}[m]", 1, 0)])
        for actor, what, other in steps
    ]  # fmt: skip
    return [lane.name for lane in cast_of(scene_of(handmade(*made)))]


def test_whoever_sends_first_stands_at_the_left_with_the_network_between() -> None:
    there = ("a", "+c", "b"), ("b", "-c", "a")
    back = ("b", "+d", "a"), ("a", "-d", "b")
    assert lanes_of(*there, *back) == ["a", "network", "b"]
    assert lanes_of(*back, *there) == ["b", "network", "a"]
    assert lanes_of(*there, ("b", "+e", "z"), ("z", "-e", "b"), ("z", "+f", "a")) == [
        "a", "network", "b", "network", "z",
    ]  # fmt: skip
    assert lanes_of(("a", "+c", "a"), ("a", "-c", "a")) == ["a", "network"]
    assert lanes_of(("s2", "+c", "w"), ("w3", "-c", "s"), ("s1", "+c", "w"), ("w1", "-c", "s")) == [
        "s1", "s2", "network", "w1", "w3",
    ]  # fmt: skip
    assert lanes_of(("a", "+c", "nobody")) == ["a", "network", "nobody"]


@pytest.mark.parametrize("name", ["environment", "network"])
def test_who_is_no_actor_gets_no_lane_of_one(name: str) -> None:
    lanes = cast_of(scene_of(handmade((name, [Event("say", what="it rains")], []))))
    assert [(lane.kind, lane.name) for lane in lanes] == [(name, name)]


def test_the_shipped_counterexamples_are_all_read() -> None:
    assert len(counterexamples()) > 15
    for name, trace in counterexamples():
        scene = scene_of(trace)
        assert [row.step for row in scene.rows] == list(trace.steps), name
        assert all(row.parts for row in scene.rows)
