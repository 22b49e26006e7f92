"""Machines of the actors against the whole graph, state by state and edge by edge."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support import EXPLICIT, MODELS, ROOT, lifted_with, question

from deliverycheck.api import explored, graph_of
from deliverycheck.explain.dossier import machines
from deliverycheck.explain.dossier.machines import (
    MOST_MODES,
    Machine,
    legible,
    machines_in,
    machines_of,
)
from deliverycheck.explain.dossier.owned import names_of, things_of
from deliverycheck.load.subjects import questions

ALL = "lose=1 duplicate=1 reorder=1 delay=1 crash=1"
FEATURES = ROOT / "tests" / "feature_models"
SUBJECTS = [
    (str(MODELS / "guarantees/at_most_once.py"), ALL),
    (str(MODELS / "guarantees/at_least_once.py"), "lose=1 crash=1"),
    (str(MODELS / "guarantees/at_least_once.py"), "lose=inf"),
    (str(MODELS / "guarantees/exactly_once.py"), "lose=1 crash=1"),
    (str(MODELS / "pitfalls/check_then_act.py"), ALL),
    (str(MODELS / "pitfalls/dedup_window.py"), "lose=1 crash=1 forget=1"),
    (str(MODELS / "pitfalls/volatile_outbox.py"), "lose=1 crash=1"),
    (f"{MODELS}/protocols/alternating_bit.py:AlternatingBit", "lose=1"),
    (f"{FEATURES}/faults.py:Replicas", "crash=2"),
    (f"{FEATURES}/faults.py:Timers", "lose=1 crash=1 delay=1"),
    (f"{FEATURES}/faults.py:Ledgered", "lose=1 bounce=1"),
    (f"{FEATURES}/statements.py:Locals", "crash=1"),
    (f"{FEATURES}/containers.py:Sets", ""),
]
NAMES = [Path(name).stem + Path(name).suffix[3:] + " " + faults for name, faults in SUBJECTS]


@pytest.mark.parametrize(("name", "faults"), SUBJECTS, ids=NAMES)
def test_a_machine_is_the_graph_seen_by_its_actor(name: str, faults: str) -> None:
    lifted = lifted_with(name, faults)
    found = explored(lifted)
    graph = graph_of(found)
    names = {a: r for r in lifted.design.roles() for a in lifted.design.actors(r)}
    every = machines_in(lifted, found)
    assert [machine.actor for machine in every] == list(names)
    for machine in every:
        own, _ = things_of(lifted, names[machine.actor], machine.actor)
        kept = names_of(legible(found, own))
        mode_of: dict[int, int] = {}
        seen: dict[tuple[object, ...], int] = {}
        for number, values in graph.nodes(data="values"):
            mode_of[number] = seen.setdefault(tuple(values[n] for n in sorted(kept)), len(seen))
        assert len(machine.modes) == len(seen)
        wanted = set()
        for source, target, edge in graph.edges(data=True):
            ends = mode_of[source], mode_of[target]
            if edge["actor"] == machine.actor:
                wanted.add((*ends, edge["fault"], None))
            elif ends[0] != ends[1]:
                wanted.add((*ends, edge["fault"], edge["actor"]))
        assert {(m.source, m.target, m.fault, m.by) for m in machine.moves} == wanted
        starts = {mode_of[n] for n, initial in graph.nodes(data="initial") if initial}
        assert {mode.number for mode in machine.modes if mode.initial} == starts


@pytest.mark.parametrize(("name", "faults"), SUBJECTS, ids=NAMES)
def test_what_is_an_actors_own_only_its_role_changes(name: str, faults: str) -> None:
    lifted = lifted_with(name, faults)
    graph = graph_of(explored(lifted))
    roles = {a: r for r in lifted.design.roles() for a in lifted.design.actors(r)}
    for actor, role in roles.items():
        own, shared = things_of(lifted, role, actor)
        assert not names_of(own) & names_of(shared)
        for source, target, edge in graph.edges(data=True):
            if edge["fault"] is None and roles.get(edge["actor"]) is not role:
                before, after = (graph.nodes[n]["values"] for n in (source, target))
                assert all(before[n] == after[n] for n in names_of(own))


@pytest.mark.parametrize(("name", "faults"), SUBJECTS, ids=NAMES)
def test_modes_that_are_two_are_told_as_two(name: str, faults: str) -> None:
    lifted = lifted_with(name, faults)
    for machine in machines_in(lifted, explored(lifted)):
        told = [mode.lines for mode in machine.modes if not mode.initial]
        assert len(set(told)) == len(told), machine.actor


def _machines(name: str, faults: str = "lose=1 crash=1") -> dict[str, Machine]:
    found = machines_of(question(str(MODELS / name), faults, messages=3), EXPLICIT)
    return {machine.actor: machine for machine in found}


def _told(machine: Machine) -> set[tuple[str, str, str]]:
    lines = [", ".join(mode.lines) for mode in machine.modes]
    return {(lines[m.source], m.step, lines[m.target]) for m in machine.moves}


def test_the_worker_of_at_least_once_as_one_draws_it_on_a_board() -> None:
    worker = _machines("guarantees/at_least_once.py")["worker"]
    applied = "at applied, effects(m1) ≥ 1"
    assert _told(worker) == {
        ("", "handle", "at received"),
        ("at received", 'handle at "received"', applied),
        (applied, 'handle at "applied"', ""),
        ("at received", "crash", ""),
        (applied, "crash", ""),
    }
    assert worker.left_out == ("effects",)
    assert {m.fault for m in worker.moves if m.step == "crash"} == {"crash"}
    does = {m.step: m.does for m in worker.moves}
    assert does["handle"] == ("takes from requests",)
    assert does['handle at "received"'] == ("applies",)
    assert does['handle at "applied"'] == ("sends on replies",)


def test_the_sender_repeats_itself() -> None:
    sender = _machines("guarantees/at_least_once.py")["sender"]
    outbox = "m1 ∈ outbox, accepted(m1)"
    assert (outbox, "send", outbox) in _told(sender)
    assert not sender.left_out


def test_a_crash_between_charge_and_mark_forgets_the_charge() -> None:
    worker = _machines("pitfalls/check_then_act.py")["worker"]
    assert ("at charged, effects(m1) ≥ 1", "crash", "") in _told(worker)


def test_without_faults_nothing_strikes() -> None:
    for machine in _machines("guarantees/at_least_once.py", "").values():
        assert all(move.fault is None for move in machine.moves)


def test_a_fault_of_the_model_is_a_move_of_whom_it_strikes() -> None:
    worker = _machines("pitfalls/dedup_window.py", "forget=1 lose=1")["worker"]
    assert {m.by for m in worker.moves if m.step == "forget"} == {"environment"}


def test_too_many_modes_leave_out_records_then_fields_and_say_so() -> None:
    for found in questions([str(FEATURES / name) for name in ("containers.py", "statements.py")]):
        lifted = lifted_with(f"{FEATURES}/{Path(found.source).name}:{found.name}", "")
        seen = explored(lifted)
        for machine in machines_in(lifted, seen):
            roles = {a: r for r in lifted.design.roles() for a in lifted.design.actors(r)}
            own, _ = things_of(lifted, roles[machine.actor], machine.actor)
            rest = [thing for thing in own if thing.name not in machine.left_out]
            if len(machine.modes) > MOST_MODES:
                assert all(thing.sort == "process" for thing in rest)
            if any(t.sort == "field" and t.name in machine.left_out for t in own):
                assert not [thing for thing in rest if thing.sort == "record"]


def test_records_go_before_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    for most, left_out in ((3, ()), (2, ("accepted", "told")), (1, ("outbox", "accepted", "told"))):
        monkeypatch.setattr(machines, "MOST_MODES", most)
        sender = _machines("guarantees/at_least_once.py")["sender"]
        assert sender.left_out == left_out
        assert len(sender.modes) == most


def test_what_cut_something_off_is_told() -> None:
    asked = question(f"{FEATURES}/channels.py:OpenLine", "reorder=1")
    assert all("line" in m.within[0] for m in machines_of(asked, EXPLICIT))
    few = replace(EXPLICIT, limits=replace(EXPLICIT.limits, states=5))
    asked = question(str(MODELS / "guarantees/at_least_once.py"))
    for machine in machines_of(asked, few):
        assert machine.within == ("the limit of states was reached",)
