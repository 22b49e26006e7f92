"""Fates: from where a run can still go well, and from where it can still go wrong.

A run goes well if it is fair and keeps the property: it meets no state that breaks it, and every
promise it comes to owe is kept. It goes wrong if it is a counterexample. What a limit or a bound
cut off might be either.

A node is a state of the graph. Where the property is a promise (`leads-to`), it is a state together
with the clauses that were asked for and are not met yet: whether a run keeps such a property is
not seen from its states alone.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from deliverycheck.check.marked import Marked
from deliverycheck.explore.doom import can_reach
from deliverycheck.explore.edges import Edges, backwards, without
from deliverycheck.explore.fair import Possible, fair_in
from deliverycheck.explore.flags import flagged, numbers_in
from deliverycheck.explore.runs import Run, faults_of
from deliverycheck.system.model import Property
from deliverycheck.system.verdicts import Trace


@dataclass(frozen=True)
class Nodes:
    """The graph in which the fate of a run is seen."""

    states: Sequence[int]
    """By node: the number of its state."""
    pending: Sequence[int]
    """By node: the clauses asked for and not met yet, as bits."""
    possible: Possible
    """The steps between nodes, and what fairness needs to know of them."""
    starts: tuple[int, ...]

    @property
    def edges(self) -> Edges:
        """The steps between nodes."""
        return self.possible.edges


class Fates:
    """What can become of each node, as to one property."""

    def __init__(self, marked: Marked, prop: Property) -> None:
        self.marked = marked
        self.prop = prop
        promise = prop.kind == "leads-to"
        self.nodes = _with_pending(marked, prop) if promise else _states(marked)

    @cached_property
    def broken(self) -> tuple[frozenset[int], ...]:
        """By clause: the nodes at which a run has gone wrong: for a promise, where a fair run can
        stay for ever and owe it."""
        clauses = range(len(self.prop.clauses))
        if self.prop.kind != "leads-to":
            wrong = (self.marked.wrong(self.prop, clause) for clause in clauses)
            return tuple(frozenset(numbers_in(flags)) for flags in wrong)
        return tuple(self.endless(self.nodes.possible, clause) for clause in clauses)

    def endless(self, possible: Possible, clause: int) -> frozenset[int]:
        """The nodes where a fair run can stay for ever and owe what a clause promises."""
        owing = [node for node, bits in enumerate(self.nodes.pending) if bits >> clause & 1]
        fair = fair_in(possible, owing, possible.relied)
        return frozenset(node for component in fair for node in component)

    @cached_property
    def barred(self) -> frozenset[int]:
        """The nodes at which it is too late to keep the property."""
        if self.prop.kind == "leads-to":
            return frozenset()  # any debt may still be paid
        return frozenset[int]().union(*self.broken)

    def kept_by(self, edges: Edges) -> frozenset[int]:
        """The nodes where a fair run by certain steps can stay for ever and keep the property."""
        free = [node for node in range(len(self.nodes.states)) if node not in self.barred]
        possible = replace(self.nodes.possible, edges=edges)
        found: list[int] = []
        for component in fair_in(possible, free, possible.relied):
            owed = -1
            for node in component:
                owed &= self.nodes.pending[node]
            if not owed:  # whatever comes to be owed is paid somewhere on the way round
                found += component
        return frozenset(found)

    @cached_property
    def can_go_well(self) -> bytearray:
        """By node: whether some run from there goes well, or might where something was cut off."""
        return self._well(self.nodes.edges, hopeful=True)

    @cached_property
    def can_go_well_by_itself(self) -> bytearray:
        """The same of the runs from there without any further fault."""
        return self._well(self._faultless, hopeful=True)

    @cached_property
    def goes_well_by_itself(self) -> bytearray:
        """The same for certain, whatever was cut off."""
        return self._well(self._faultless, hopeful=False)

    @cached_property
    def _faultless(self) -> Edges:
        faults = [at for at, fault in enumerate(faults_of(self.marked.found)) if fault]
        return without(self.nodes.edges, frozenset(faults))

    def _well(self, edges: Edges, *, hopeful: bool) -> bytearray:
        kept = self.kept_by(edges)
        hoped = (
            node not in self.barred and (node in kept or (cut and hopeful))
            for node, cut in enumerate(self._cut())
        )
        barred = flagged(len(self.nodes.states), self.barred)
        return can_reach(backwards(edges), hoped, barred)

    @cached_property
    def can_go_wrong(self) -> bytearray:
        """By node: whether some run from there goes wrong, or might where something was cut off."""
        wrong = frozenset[int]().union(*self.broken)
        feared = (node in wrong or cut for node, cut in enumerate(self._cut()))
        return can_reach(backwards(self.nodes.edges), feared)

    def fate(self, node: int) -> tuple[bool, bool]:
        """Whether it can go well from a node, and whether it can go wrong."""
        return bool(self.can_go_well[node]), bool(self.can_go_wrong[node])

    def _cut(self) -> Iterator[bool]:
        """By node: whether something was cut off right behind it."""
        cut = self.marked.cut()
        for state in self.nodes.states:
            yield bool(cut[state])

    def along(self, trace: Trace) -> Run | None:
        """A run through the nodes; None if it leaves what was explored."""
        found = self.marked.found
        keys = [(a.actor, a.name, a.fault) for a in found.system.actions]
        numbers = [found.number_of(state) for state in trace.states]
        first = numbers[0]
        if first is None or first not in found.level(0):
            return None
        way, actions = [self.start_at(first)], list[int]()
        for step, number in zip(trace.steps, numbers[1:], strict=True):
            key = (step.actor, step.action, step.fault)
            state = self.nodes.states[way[-1]]
            taken = (
                self.marked.edges.actions[edge]
                for edge in self.marked.edges.of(state)
                if self.marked.edges.targets[edge] == number
                and keys[self.marked.edges.actions[edge]] == key
            )
            action = next(taken, None)
            if action is None or number is None:
                return None
            way.append(self.follow(way[-1], action, number))
            actions.append(action)
        return Run(tuple(way), tuple(actions))

    def start_at(self, state: int) -> int:
        """The node of an initial state."""
        return next(node for node in self.nodes.starts if self.nodes.states[node] == state)

    def follow(self, node: int, action: int, state: int) -> int:
        """The node that an action leads to from a node, in a state that it leads to."""
        edges = self.nodes.edges
        return next(
            edges.targets[edge]
            for edge in edges.of(node)
            if edges.actions[edge] == action and self.nodes.states[edges.targets[edge]] == state
        )


def _states(marked: Marked) -> Nodes:
    count = len(marked.found.states)
    starts = tuple(marked.found.level(0))
    return Nodes(range(count), bytes(count), marked.possible, starts)


def _with_pending(marked: Marked, prop: Property) -> Nodes:
    """The reachable states with what is owed in them, in the order of the states' discovery."""
    bits = [marked.bits[prop.name, number] for number in range(len(prop.clauses))]
    asked = _having(marked, (when for when, _ in bits))
    met = _having(marked, (then for _, then in bits))
    numbers: dict[tuple[int, int], int] = {}
    states, pending = array("q"), list[int]()
    starts, targets, actions = array("q", [0]), array("q"), array("i")

    def node(state: int, owed: int) -> int:
        key = state, (owed | asked[state]) & ~met[state]
        if key not in numbers:
            numbers[key] = len(states)
            states.append(state)
            pending.append(key[1])
        return numbers[key]

    first = tuple(node(state, 0) for state in marked.found.level(0))
    at = 0
    while at < len(states):
        for edge in marked.edges.of(states[at]):
            targets.append(node(marked.edges.targets[edge], pending[at]))
            actions.append(marked.edges.actions[edge])
        starts.append(len(targets))
        at += 1
    possible = replace(
        marked.possible,
        edges=Edges(starts, targets, actions),
        in_state=[marked.possible.in_state[state] for state in states],
        within=[marked.possible.within[state] for state in states],
    )
    return Nodes(states, pending, possible, first)


def _having(marked: Marked, wanted: Iterable[int]) -> list[int]:
    """By state: which of some marks it has, as bits by their order."""
    found = [0] * len(marked.marks)
    for place, mark in enumerate(wanted):
        for state in numbers_in(marked.having(mark)):
            found[state] |= 1 << place
    return found
