"""Sources: which step of which method the actions come from, and what their author demands.

An action is one way through one step for one message; what is said about a model in words is about
methods, places and conditions, so about all actions that come from one piece of source.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from deliverycheck.lang.design import Marked
from deliverycheck.lang.source import function_node
from deliverycheck.lift.code.flow import Flow
from deliverycheck.lift.code.spots import Spot, reached, spot_of
from deliverycheck.lift.steps.path import Gate
from deliverycheck.lift.steps.walk import Log
from deliverycheck.system import build
from deliverycheck.system.terms import Term

Named = tuple[str, str]
"""The actor and the name of an action."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way through a step (or a property) with all it has to get past."""

    action: Named | None
    gates: Sequence[Gate]
    budget: Term = build.TRUE
    """What is left of the budget that pays for it."""


@dataclass(slots=True)
class Method:
    """What was seen of one method while it was lifted."""

    marked: Marked
    flow: Flow
    log: Log = field(default_factory=Log)
    steps: dict[str | None, dict[Named, None]] = field(
        default_factory=dict[str | None, dict[Named, None]]
    )
    """By the place a step goes on from: the names its actions bear."""
    ways: list[Way] = field(default_factory=list[Way])


@dataclass(frozen=True, slots=True)
class Step:
    """One atomic step of a method, from its start or from a place on."""

    role: str
    method: str
    place: str | None
    spot: Spot
    actions: frozenset[Named]
    switched_off: bool
    """Whether a setting decides that it does not happen."""

    def __str__(self) -> str:
        return f"{self.role}.{self.method}" + (f' at "{self.place}"' if self.place else "")


@dataclass(frozen=True, slots=True)
class Condition:
    """A conjunct of a `require`, or of a property of the model's own."""

    spot: Spot
    actions: frozenset[Named]
    """The actions that depend on it; of a property, none."""
    matters: tuple[Term, ...]
    """Where leaving it out would make a difference, one term for each choice of parameters."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A property the model states itself: where, and its conjuncts if there are several."""

    spot: Spot
    conjuncts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """The pieces of source a system was made from."""

    steps: tuple[Step, ...]
    conditions: tuple[Condition, ...]
    properties: Mapping[str, Stated]
    """By name: what the model states itself."""


def sources_of(
    methods: Sequence[Method], quiet: Mapping[str, Term], properties: Mapping[str, Stated]
) -> Sources:
    """The sources of a system, once the meaning of every timer is known."""
    ways = (way for method in methods for way in method.ways)
    return Sources(tuple(_steps(methods)), tuple(conditions(ways, quiet)), properties)


def _steps(methods: Iterable[Method]) -> Iterator[Step]:
    """Every step the source of a method says there is, in the order of the source."""
    for method in methods:
        role = method.marked.mark.role
        if role is None:
            continue
        function = method.marked.function
        spot = spot_of(function_node(function) or ast.Pass(), function, method.marked.name)
        places = method.flow.places().items()
        for place, at in ((None, 0), *places):
            names = frozenset(method.steps.get(place, ()))
            off = _is_off(method.flow, method.log, place, at)
            yield Step(role.name, method.marked.name, place, spot, names, off)


def _is_off(flow: Flow, log: Log, place: str | None, at: int) -> bool:
    """Whether a setting keeps a process from a place, or every step from going on there."""
    inside = reached(flow, [at], beyond=False)
    if place is None or not log.barred.isdisjoint(inside):
        return not log.barred.isdisjoint(inside)
    stop = at - 1  # a place is known by what comes after its `yield`
    on = reached(flow, [0], beyond=True, without=log.off)
    return stop not in on and stop in reached(flow, [0], beyond=True)


def conditions(ways: Iterable[Way], quiet: Mapping[str, Term]) -> Iterator[Condition]:
    """The conjuncts of every `require`, once the meaning of every timer is known."""
    actions: dict[Spot, set[Named]] = {}
    terms: dict[Spot, dict[Term, None]] = {}
    for way in ways:
        for at, gate in enumerate(way.gates):
            spot = gate.spot
            if spot is None:
                continue
            actions.setdefault(spot, set()).update([way.action] if way.action else [])
            known = terms.setdefault(spot, {})
            for term in _matters(way.gates, at):
                known[build.substitute(build.all_of(term, way.budget), quiet)] = None
    for spot in sorted(terms):
        found = tuple(term for term in terms[spot] if term != build.FALSE)
        yield Condition(spot, frozenset(actions[spot]), found)


def _matters(gates: Sequence[Gate], at: int) -> Iterator[Term]:
    """Where leaving out a gate makes a difference.

    There the path gets past all its other gates, or stumbles at one behind it.
    """
    others = [gate.term for gate in gates[:at]]
    others.append(build.negate(gates[at].term))
    for gate in gates[at + 1 :]:
        if gate.raises:
            yield build.all_of(*others, build.negate(gate.term))
        else:
            others.append(gate.term)
    yield build.all_of(*others, *(gate.term for gate in gates[at + 1 :] if gate.raises))
