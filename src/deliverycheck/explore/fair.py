"""Fairness on the graph: which states a fair run can stay among for ever.

A run without end visits, from some point on, just the states of one strongly connected part of the
graph, or stays in one state where nothing has to happen. So the open states are divided into their
components, and each is asked whether a run through all of it can be fair. If a step that is weakly
fair is possible everywhere in it and never taken inside, no run can stay, in no part of it. If a
strongly fair one is possible somewhere and never taken inside, a run that stays must keep to the
states without it: they are divided again. (Emerson and Lei 1987; Lichtenstein and Pnueli 1985.)
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

from deliverycheck.explore.edges import Edges
from deliverycheck.explore.explored import Explored
from deliverycheck.system.certificates import Class
from deliverycheck.system.fairness import Assumption, assumptions_of


@dataclass(frozen=True, slots=True)
class Relied:
    """Which assumptions are made, as bits by their numbers."""

    weak: int
    strong: int

    def without(self, bits: int) -> Relied:
        """The same without some of them."""
        return Relied(self.weak & ~bits, self.strong & ~bits)

    def weakened(self, bits: int) -> Relied:
        """The same with some of the strong ones only weak."""
        return Relied(self.weak | (self.strong & bits), self.strong & ~bits)


@dataclass(frozen=True, slots=True)
class Possible:
    """What fairness needs to know about the graph, as bits by the assumptions' numbers."""

    edges: Edges
    assumptions: tuple[Assumption, ...]
    relied: Relied
    in_state: Sequence[int]
    """By state: the steps that are possible there. Where nothing was looked at: all of them."""
    within: Sequence[int]
    """The same without what only a bound forbids."""
    by_action: Sequence[int]
    """By action: the step it is a path of."""

    def taken(self, edge: int, source: int) -> int:
        """The step an edge takes; an edge that changes nothing takes none."""
        return 0 if self.edges.targets[edge] == source else self.by_action[self.edges.actions[edge]]


@dataclass(frozen=True, slots=True)
class Division:
    """What became of some states: classes no fair run stays in, and components one can fill."""

    classes: tuple[Class, ...]
    fair: Sequence[Sequence[int]]


def possible_in(found: Explored, edges: Edges) -> Possible:
    """Which steps that are relied upon are possible in which states."""
    assumptions = assumptions_of(found.system)
    by_action = [0] * len(found.system.actions)
    for number, one in enumerate(assumptions):
        for action in one.actions:
            by_action[action] = 1 << number
    weak = sum(1 << n for n, one in enumerate(assumptions) if one.fairness == "weak")
    relied = Relied(weak, (1 << len(assumptions)) - 1 - weak)
    possible = partial(Possible, edges, assumptions, relied, by_action=by_action)
    if edges.compiled:
        from deliverycheck.explore.native import possibility  # heavy

        packed, packed_within = possibility.possible_bits(found, edges, by_action, relied)
        return possible(in_state=packed, within=packed_within)
    in_state, within = _possible_bits(found, edges, by_action)
    unseen = [weak | relied.strong] * (len(found.states) - found.expanded)
    return possible(in_state=in_state + unseen, within=within + unseen)


def _possible_bits(
    found: Explored, edges: Edges, by_action: Sequence[int]
) -> tuple[list[int], list[int]]:
    """By state that was looked at: the steps possible there, and those within the bounds."""
    in_state: list[int] = []
    within: list[int] = []
    targets, actions, withheld = edges.targets, edges.actions, found.code.withheld
    for number, word in enumerate(found.states[: found.expanded]):
        bits = 0
        for edge in edges.of(number):
            if targets[edge] != number:
                bits |= by_action[actions[edge]]
        within.append(bits)
        for action in withheld(word):
            bits |= by_action[action]
        in_state.append(bits)
    return in_state, within


def divide(possible: Possible, states: Collection[int], relied: Relied) -> Division:
    """Divide states into classes that every fair run leaves, and fair components.

    Steps between the classes lead to later ones only. Each state of a class is an object: where
    there are millions, ask for the fair components only (`fair_in`).
    """
    if possible.edges.compiled:
        from deliverycheck.explore.native import fairness  # heavy

        return Division(*fairness.divide(possible, states, relied))
    classes: list[Class] = []
    fair: list[Sequence[int]] = []
    for component in reversed(components(possible.edges, states)):
        everywhere, somewhere, inside = _seen(possible, component)
        stuck = everywhere & relied.weak & ~inside
        if stuck:
            classes.append(Class(component, _lowest(stuck)))
            continue
        stuck = somewhere & relied.strong & ~inside
        if not stuck:
            fair.append(component)
            continue
        helpful = _lowest(stuck)
        rest = [state for state in component if not possible.in_state[state] >> helpful & 1]
        inner = divide(possible, rest, relied)
        fair += inner.fair
        classes.append(Class(component, helpful, inner.classes))
    return Division(tuple(classes), tuple(fair))


def fair_in(possible: Possible, states: Collection[int], relied: Relied) -> Sequence[Sequence[int]]:
    """The fair components of a division, each sorted."""
    if possible.edges.compiled:
        from deliverycheck.explore.native import fairness  # heavy

        return fairness.fair_in(possible, states, relied)
    return divide(possible, states, relied).fair


def _seen(possible: Possible, component: tuple[int, ...]) -> tuple[int, int, int]:
    """The steps possible everywhere in a component, possible somewhere, and taken inside."""
    everywhere, somewhere, inside = -1, 0, 0
    members = set(component)
    for state in component:
        everywhere &= possible.in_state[state]
        somewhere |= possible.in_state[state]
        if len(component) > 1:
            for edge in possible.edges.of(state):
                if possible.edges.targets[edge] in members:
                    inside |= possible.taken(edge, state)
    return everywhere, somewhere, inside


def _lowest(bits: int) -> int:
    return (bits & -bits).bit_length() - 1


def components(edges: Edges, states: Collection[int]) -> list[tuple[int, ...]]:
    """The strongly connected components of some states, each sorted; what follows comes first.

    Tarjan 1972, without recursion.
    """
    within = set(states)
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    found: list[tuple[int, ...]] = []
    for root in sorted(within):
        if root in number:
            continue
        number[root] = low[root] = len(number)
        stack.append(root)
        on_stack.add(root)
        work = [(root, iter(edges.of(root)))]
        while work:
            state, rest = work[-1]
            for edge in rest:
                target = edges.targets[edge]
                if target not in within:
                    continue
                if target not in number:
                    number[target] = low[target] = len(number)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(edges.of(target))))
                    break
                if target in on_stack:
                    low[state] = min(low[state], number[target])
            else:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[state])
                if low[state] == number[state]:
                    component: list[int] = []
                    while not component or component[-1] != state:
                        component.append(stack.pop())
                    on_stack.difference_update(component)
                    found.append(tuple(sorted(component)))
    return found
