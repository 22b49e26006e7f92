"""Random graphs in the shape a search leaves them in, with nothing of a model behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from deliverycheck.explore.codegen import Compiled
from deliverycheck.explore.edges import Edges, edges_of
from deliverycheck.explore.explored import Explored
from deliverycheck.explore.packing import packing_of
from deliverycheck.explore.plan import CUT, clause_bits
from deliverycheck.system import build
from deliverycheck.system.model import (
    Action,
    Clause,
    Fairness,
    Property,
    PropertyKind,
    System,
    Variable,
)
from deliverycheck.system.sorts import BOOL

if TYPE_CHECKING:
    from deliverycheck.explore.native.space import Space

FAIR: tuple[Fairness, ...] = ("none", "weak", "strong", "strong")

KINDS: tuple[PropertyKind, ...] = ("always", "possible", "at-rest", "leads-to", "sometimes")


@dataclass(frozen=True)
class Shape:
    """How a graph is made."""

    states: int
    actions: int
    edges: float
    """From each state, on average."""
    reach: int
    """How far a step leads, counted in states: little makes many small components."""
    starts: int
    clauses: int = 1
    fault: float = 0.3
    far: float = 0.5
    """How often a step leads anywhere: never, where there shall be many components."""
    bad: float = 0.1
    """How often a mark is set that a property asks not to be."""


def shape_of(rng: Random) -> Shape:
    """A small one, of any kind."""
    states = rng.choice((1, 2, 3, 5, 8, 12, 20, 40))
    return Shape(
        states,
        rng.choice((1, 2, 3, 4, 6, 9, 70, 250)),
        rng.choice((0.5, 1.0, 1.5, 2.0, 3.0, 5.0)),
        rng.choice((1, 2, 3, 5, states)),
        rng.choice((1, 1, 2, 3, states)),
        rng.choice((1, 1, 2, 40)),
        rng.choice((0.0, 0.3, 0.6)),
        rng.choice((0.0, 0.5)),
        rng.choice((0.0, 0.1, 0.5)),
    )


def system_for(rng: Random, shape: Shape) -> System:
    """A system with nothing in it but the actions' names, faults and fairness, and clauses."""
    actions = tuple(
        Action(
            f"a{rng.randint(0, at)}" if rng.random() < 0.2 else f"a{at}",
            "p",
            build.TRUE,
            {"x": build.FALSE},
            "lose" if rng.random() < shape.fault else None,
            rng.choice(FAIR),
        )
        for at in range(shape.actions)
    )
    properties = tuple(
        Property(kind, kind, tuple(Clause("", build.FALSE, build.TRUE) for _ in range(count)))
        for kind in KINDS
        for count in (shape.clauses if kind == "leads-to" else rng.randint(1, 2),)
    )
    return System("random", (Variable("x", BOOL),), ((False,),), actions, properties)


def graph(rng: Random, shape: Shape, *, in_order: bool = True) -> Explored:
    """A graph whose states are numbered by their depth, as if it had been explored.

    `in_order`: the steps from a state are in the order of their actions, each once.
    """
    onward: list[list[tuple[int, int]]] = [[] for _ in range(shape.states)]
    for _ in range(round(shape.states * shape.edges)):
        source, action = rng.randrange(shape.states), rng.randrange(shape.actions)
        if rng.random() < shape.far:
            target = rng.randrange(shape.states)
        else:
            target = min(max(source + rng.randint(-shape.reach, shape.reach), 0), shape.states - 1)
        onward[source].append((action, target))
    if in_order:
        onward = [sorted(dict(steps).items()) for steps in onward]
    return _explored(
        rng, shape, onward, rng.sample(range(shape.states), min(shape.starts, shape.states))
    )


def _explored(
    rng: Random, shape: Shape, onward: Sequence[Sequence[tuple[int, int]]], first: Sequence[int]
) -> Explored:
    number = {state: at for at, state in enumerate(first)}
    order, levels, begin = list(first), list[int](), 0
    while begin < len(order):
        levels.append(begin)
        begin, end = len(order), begin
        for state in order[end:begin]:
            for _, target in onward[state]:
                if target not in number:
                    number[target] = len(order)
                    order.append(target)
    steps = [[(action, number[target]) for action, target in onward[state]] for state in order]
    cut = rng.random() < 0.3
    expanded = len(order)
    if rng.random() < 0.2:
        expanded = rng.randint(levels[-1], len(order))  # the rest was not looked at
        steps[expanded:] = [[] for _ in range(expanded, len(order))]
    system = system_for(rng, shape)
    few = [rng.sample(range(shape.actions), rng.random() < 0.3) for _ in order]
    withheld = few if cut else [[] for _ in order]
    marks = [_marks(rng, shape, system) | (CUT if withheld[n] else 0) for n in range(len(order))]
    code = Compiled(
        packing_of(system),
        lambda word: [target for _, target in steps[word]],
        lambda word: steps[word],
        lambda word: marks[word],
        lambda word: withheld[word],
        set(),
        "",
    )
    states = list(range(len(order)))
    found = Explored(system, code, states, {state: state for state in states}, levels)
    found.transitions, found.expanded = sum(map(len, steps)), expanded
    found.hits = ("cut",) if any(withheld) else ()
    found.stopped = "states" if expanded < len(order) else None
    return found


def _marks(rng: Random, shape: Shape, system: System) -> int:
    bits, place = int(rng.random() < 0.3), 2
    for prop in system.properties:
        for _ in prop.clauses:
            when = rng.random() < (0.5 if prop.kind in ("leads-to", "possible") else shape.bad)
            then = rng.random() < (0.2 if prop.kind in ("leads-to", "possible") else 0.5)
            bits |= when << place | then << (place + 1)
            place += 2
    return bits


@dataclass(frozen=True)
class Arrays:
    """What the native engine would make of the graph: in place of a `Space`, and asked as one."""

    found: Explored

    def edges(self) -> Edges:
        plain = edges_of(self.found)
        starts, targets = np.array(plain.starts, np.int64), np.array(plain.targets, np.uint32)
        return Edges(starts.data, targets.data, np.array(plain.actions, np.uint16).data)

    def marks(self) -> NDArray[np.uint64]:
        width = -(-(2 + 2 * len(clause_bits(self.found.system))) // 64)
        every = [self.found.code.marks(word) for word in self.found.states]
        rows = [[marks >> 64 * at & (1 << 64) - 1 for at in range(width)] for marks in every]
        return np.array(rows, np.uint64)

    def withheld(self, expanded: int) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
        rows = [self.found.code.withheld(word) for word in self.found.states[:expanded]]
        rows += [[] for _ in range(expanded, len(self.found.states))]
        starts = np.cumsum([0, *map(len, rows)])
        return starts.astype(np.int64), np.array([a for row in rows for a in row], np.uint16)


def as_native(found: Explored) -> Explored:
    """The same, as if the native engine had found it (see `answer_for_arrays`)."""
    return replace(found, space=cast("Space", Arrays(found)))


def answer_for_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the native engine's functions read off arrays what they would compute."""
    here = "deliverycheck.explore.native"
    monkeypatch.setattr(f"{here}.steps.edges_in", lambda space, *_: space.edges())
    monkeypatch.setattr(f"{here}.marking.marks_in", lambda space: space.marks())
    monkeypatch.setattr(
        f"{here}.possibility.withheld_in", lambda space, expanded: space.withheld(expanded)
    )
