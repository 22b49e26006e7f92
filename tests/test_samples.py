"""Sample runs and strips, against searches of their own over the reference interpreter."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from support import EXPLICIT, MODELS, question

from deliverycheck.check.checking import Examined, examine, lifted_of
from deliverycheck.explain.dossier.samples import Sample, samples_of
from deliverycheck.explain.dossier.strips import strips_of
from deliverycheck.explain.why.explaining import explained
from deliverycheck.semantics.interpreter import at_rest, successors
from deliverycheck.system.model import Action, State, System

GUARANTEES = sorted(MODELS.glob("guarantees/*.py"))
ASKED = [
    *((file.as_posix(), "lose=1 crash=1", 1) for file in GUARANTEES),
    *((file.as_posix(), "lose=1 duplicate=1 delay=1", 1) for file in GUARANTEES),
    (f"{MODELS}/pitfalls/dedup_window.py", "lose=1 forget=1", 1),
    (f"{MODELS}/pitfalls/volatile_outbox.py", "crash=1", 2),
    (f"{MODELS}/protocols/alternating_bit.py:AlternatingBit", "lose=1", 2),
]


def looked_at(name: str, faults: str, messages: int) -> Examined:
    asked = question(name, faults, messages)
    return examine(asked, lifted_of(asked), EXPLICIT)


def samples(examined: Examined) -> tuple[Sample, ...]:
    assert examined.marked is not None
    return samples_of(examined.lifted, examined.marked, examined.result.properties)


def shortest(
    system: System,
    allowed: Callable[[Action], bool],
    counts: Callable[[Action, State], bool],
    goal: Callable[[State], bool],
) -> int | None:
    """Steps of the shortest run to a goal that has a step that counts, by breadth-first search."""
    layer = {(state, False) for state in system.initial}
    seen, steps = set(layer), 0
    while layer:
        if any(done and goal(state) for state, done in layer):
            return steps
        layer = {
            (one.state, done or counts(one.action, state))
            for state, done in layer
            for one in successors(system, state)
            if allowed(one.action)
        } - seen
        seen |= layer
        steps += 1
    return None


@pytest.mark.parametrize(("name", "faults", "messages"), ASKED)
def test_a_fault_strikes_before_the_effect_in_the_shortest_run_there_is(
    name: str, faults: str, messages: int
) -> None:
    examined = looked_at(name, faults, messages)
    assert examined.marked is not None
    system = examined.marked.found.system
    effects, accepted = system.index["effects[m1]"], system.index["accepted[m1]"]
    others = [at for name, at in system.index.items() if name.startswith("accepted[")]
    others.remove(accepted)
    told = system.index.get("told[m1]")
    rests = any(at_rest(system, s) for s in map(examined.marked.found.state, range(len(
        examined.marked.found.states))))  # fmt: skip

    def settled(state: State) -> bool:
        if rests:
            return at_rest(system, state)
        return state[told] != "nothing" if told is not None else bool(state[effects])

    def alone(state: State) -> bool:
        return not any(state[at] for at in others)

    found = [one for one in samples(examined) if one.fault is not None]
    assert found
    for one in found:
        fault, last = one.fault, one.trace.states[-1]
        assert fault in one.trace.faults
        assert {step.fault for step in one.trace.steps} <= {None, fault}
        assert settled(last)
        assert bool(last[effects]) == one.applied
        assert last[accepted]

        def before(action: Action, state: State, fault: str | None = fault) -> bool:
            return action.fault == fault and not state[effects]

        def fine(action: Action, fault: str | None = fault) -> bool:
            return action.fault in (None, fault)

        least = shortest(
            system, fine, before, lambda s: settled(s) and alone(s) and bool(s[effects])
        )
        if least is not None:
            assert len(one.trace.steps) == least


@pytest.mark.parametrize(("name", "faults", "messages"), ASKED)
def test_a_message_that_arrives_again_was_applied_before(
    name: str, faults: str, messages: int
) -> None:
    for one in samples(looked_at(name, faults, messages)):
        if "again" not in one.title:
            continue
        seen = False
        applied = False
        for step in one.trace.steps:
            took = any(e.kind == "take" and "m1" in e.what for e in step.events)
            seen = seen or (applied and took)
            applied = applied or any(e.kind == "effect" and e.what == "m1" for e in step.events)
        assert seen


def test_the_shipped_guarantees_have_all_their_samples() -> None:
    titles = {
        file.stem: [one.title for one in samples(looked_at(file.as_posix(), "lose=1 crash=1", 2))]
        for file in GUARANTEES
    }
    all_three = ["Nothing goes wrong", "A message is lost", "A process crashes"]
    # Fire and forget: nothing is ever sent again, so nothing can arrive again.
    assert titles.pop("at_most_once") == all_three
    assert set(map(tuple, titles.values())) == {
        (*all_three, "m1 arrives again, after it was applied")
    }


@pytest.mark.parametrize("file", GUARANTEES, ids=lambda file: file.stem)
def test_strips_say_what_a_search_finds(file: object) -> None:
    """For properties of states: broken as soon as a state breaks it; else what can be reached."""
    asked = question(str(file), "lose=1 crash=1", 1)
    examined = examine(asked, lifted_of(asked), EXPLICIT)
    result = explained(examined)
    assert examined.marked is not None
    system = examined.marked.found.system
    for prop in result.properties:
        if prop.trace is None:
            continue
        for strip in strips_of(examined, result.properties, prop.trace):
            assert len(strip.outlooks) == len(prop.trace.states)
            if strip.prop != "no-duplicate-effect":
                continue
            count = system.index["effects[m1]"]
            for state, outlook in zip(prop.trace.states, strip.outlooks, strict=True):
                ahead = reachable(system, state)
                twice = {one[count] == 2 for one in ahead}
                rests = any(at_rest(system, one) and one[count] != 2 for one in ahead)
                if state[count] == 2:
                    assert outlook == "broken"
                elif rests:
                    assert outlook == ("either" if True in twice else "well")
                else:
                    assert outlook == "wrong"
            for one, after in pairwise(strip.outlooks):
                assert one != "broken" or after == "broken"


def reachable(system: System, state: State) -> set[State]:
    seen, todo = {state}, [state]
    while todo:
        for one in successors(system, todo.pop()):
            if one.state not in seen:
                seen.add(one.state)
                todo.append(one.state)
    return seen
