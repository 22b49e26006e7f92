"""Counts by hand: four protocols written once more as bare tuples, sharing no line with the tool.

The sender's and worker's steps were read by a person from the model files; the search is
a plain breadth-first search. States and transitions must agree exactly, and so must whether a
message can be lost and whether it can be doubled.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeVar

import pytest
from support import MODELS, checked, prop

IDLE = ("idle", -1)
T = TypeVar("T")


class Now(NamedTuple):
    """A state: per message outbox, channels, mark, acceptance rank, effects, told; the worker."""

    outbox: tuple[bool, ...]
    requests: tuple[int, ...]
    replies: tuple[int, ...]
    marked: tuple[bool, ...]
    rank: tuple[int, ...]
    effects: tuple[int, ...]
    told: tuple[bool, ...]
    order: int  # 0 ordered, 1 stale, 2 overtaken
    worker: tuple[str, int]
    lose: int
    crash: int


def put(row: tuple[T, ...], at: int, value: T) -> tuple[T, ...]:
    """The row with one entry replaced."""
    return (*row[:at], value, *row[at + 1 :])


def applied(s: Now, m: int) -> Now:
    """One more effect of m, and what that says about the order."""
    late = any(0 < s.rank[m] < s.rank[o] and s.effects[o] for o in range(len(s.rank)))
    order = s.order
    if late and s.effects[m] == 0:
        order = 2
    elif late and order == 0:
        order = 1
    return s._replace(effects=put(s.effects, m, min(2, s.effects[m] + 1)), order=order)


def handled(design: str, s: Now, place: str, m: int) -> Now:
    """The worker's step from a place, as each model writes it."""
    answered = s._replace(replies=put(s.replies, m, s.replies[m] + 1), worker=IDLE)
    marked = s._replace(marked=put(s.marked, m, value=True))
    match design, place:
        case "at_least_once", "received":
            return applied(s, m)._replace(worker=("applied", m))
        case "at_least_once_idempotent", "received":
            done = s if s.marked[m] else applied(marked, m)
            return done._replace(worker=("applied", m))
        case "check_then_act", "received":
            return answered if s.marked[m] else applied(s, m)._replace(worker=("charged", m))
        case "check_then_act", "charged":
            return marked._replace(worker=("marked", m))
        case "ack_before_work", "received":
            return answered._replace(worker=("acknowledged", m))
        case "ack_before_work", "acknowledged":
            return applied(s, m)._replace(worker=IDLE)
        case _:
            return answered


def steps(design: str, s: Now) -> Iterator[Now]:
    """Every step from a state."""
    place, busy = s.worker
    for m in range(len(s.rank)):
        if s.rank[m] == 0:
            rank = put(s.rank, m, 1 + sum(r > 0 for r in s.rank))
            yield s._replace(rank=rank, outbox=put(s.outbox, m, value=True))
        if s.outbox[m] and not s.requests[m] and not s.replies[m] and busy != m:
            yield s._replace(requests=put(s.requests, m, 1))
        if s.replies[m]:
            fewer = s._replace(replies=put(s.replies, m, s.replies[m] - 1))
            heard = put(s.told, m, value=True)
            yield fewer._replace(outbox=put(s.outbox, m, value=False), told=heard)
            if s.lose:
                yield fewer._replace(lose=s.lose - 1)
        if s.requests[m]:
            fewer = s._replace(requests=put(s.requests, m, s.requests[m] - 1))
            if place == "idle":
                yield fewer._replace(worker=("received", m))
            if s.lose:
                yield fewer._replace(lose=s.lose - 1)
    if place != "idle":
        yield handled(design, s, place, busy)
        if s.crash:
            yield s._replace(worker=IDLE, crash=s.crash - 1)


def explored(design: str, messages: int) -> dict[Now, list[Now]]:
    """Every reachable state with the states after it."""
    no, none = (False,) * messages, (0,) * messages
    start = Now(no, none, none, no, none, none, no, 0, IDLE, 1, 1)
    found: dict[Now, list[Now]] = {}
    work = [start]
    while work:
        state = work.pop()
        if state not in found:
            found[state] = list(steps(design, state))
            work += found[state]
    return found


def doomed(graph: dict[Now, list[Now]], m: int) -> set[Now]:
    """Accepted, and no way on leads to an effect: the greatest set closed under its steps."""
    without = {s for s in graph if s.effects[m] == 0}
    while stays := {s for s in without if any(t not in without for t in graph[s])}:
        without -= stays
    return {s for s in without if s.rank[m]}


@pytest.mark.parametrize("messages", [1, 2])
@pytest.mark.parametrize(
    "model",
    [
        "guarantees/at_least_once.py",
        "guarantees/at_least_once_idempotent.py",
        "pitfalls/check_then_act.py",
        "pitfalls/ack_before_work.py",
    ],
)
def test_the_tool_finds_what_a_search_by_hand_finds(model: str, messages: int) -> None:
    graph = explored(model.rpartition("/")[2].removesuffix(".py"), messages)
    result = checked(str(MODELS / model), messages=messages)
    assert result.exploration.states == len(graph)
    assert result.exploration.transitions == sum(map(len, graph.values()))
    lost = any(doomed(graph, m) for m in range(messages))
    assert prop(result, "no-loss").verdict == ("violated" if lost else "holds")
    twice = any(2 in s.effects for s in graph)
    assert prop(result, "no-duplicate-effect").verdict == ("violated" if twice else "holds")
    if messages > 1:
        overtaken = any(s.order == 2 for s in graph)
        assert prop(result, "in-order").verdict == ("violated" if overtaken else "holds")
