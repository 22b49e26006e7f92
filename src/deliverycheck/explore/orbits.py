"""Orbits: what was found by representatives, each for all states that differ only in names."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from deliverycheck.explore.canonical import Canonical
from deliverycheck.explore.codegen import Compiled
from deliverycheck.explore.edges import Numbers
from deliverycheck.explore.explored import Explored
from deliverycheck.explore.packing import WORD
from deliverycheck.explore.permuting import Permutation
from deliverycheck.system.model import State
from deliverycheck.system.sorts import contains
from deliverycheck.system.symmetry import Symmetry


@dataclass(slots=True)
class Quotient(Explored):
    """The representatives of the reachable states, level by level.

    `code.targets` and `code.edges` lead from representatives to representatives; `transitions`
    counts the steps from representatives. A representative is as far from the start as every state
    it stands for. It is reachable itself, so what `code.marks` says of it is so in some state.

    What may be concluded from its graph is said in `system.symmetry`. A way through it is no run:
    `explore.unfolding` finds the run.
    """

    plain: Compiled = field(kw_only=True)
    """The functions that lead to the states themselves."""
    canonical: Canonical = field(kw_only=True)
    symmetry: Symmetry = field(kw_only=True)

    @property
    def permutations(self) -> tuple[Permutation, ...]:
        """The orders of the messages, among which is the one that makes a representative."""
        return self.canonical.permutations

    def number_of(self, state: State) -> int | None:
        """The number of the representative of a state; None if the state was not reached."""
        sorts = (variable.sort for variable in self.system.variables)
        if not all(contains(sort, value) for sort, value in zip(sorts, state, strict=True)):
            return None
        return self.index.get(self.canonical.least(self.code.packing.pack(state)))

    def counts(self) -> tuple[int, int]:
        """How many states were found, and how many steps from them, by all their names."""
        if self.space is not None:
            from deliverycheck.explore.native.orbits import counts_in  # heavy

            return counts_in(self.space, self.expanded)
        sizes = [self.canonical.size(word) for word in self.states]
        steps = zip(sizes, self.states[: self.expanded], strict=False)
        return sum(sizes), sum(size * len(self.plain.targets(word)) for size, word in steps)


@dataclass(frozen=True, slots=True)
class Turned:
    """The edges between representatives, by their targets.

    `sources[starts[t] : starts[t + 1]]` are the states before t. The step leads to a state of
    which `turns` says what permutation makes t of it.
    """

    starts: Numbers
    sources: Numbers
    turns: Numbers

    @property
    def compiled(self) -> bool:
        """As of `Edges`."""
        return isinstance(self.starts, memoryview)


def turned_edges(found: Quotient) -> Turned:
    """All edges from representatives that were looked at."""
    if found.space is not None:
        from deliverycheck.explore.native.orbits import turned_in  # heavy

        return turned_in(found.space, found.expanded)
    rows = list(_rows(found))
    starts = array("q", bytes(8 * (len(found.states) + 1)))
    for target, _, _ in rows:
        starts[target + 1] += 1
    for number in range(1, len(starts)):
        starts[number] += starts[number - 1]
    free = starts[:]
    sources = array("q", bytes(8 * len(rows)))
    turns = array("i", bytes(4 * len(rows)))
    for target, source, turn in rows:
        sources[free[target]] = source
        turns[free[target]] = turn
        free[target] += 1
    return Turned(starts, sources, turns)


def _rows(found: Quotient) -> Iterator[tuple[int, int, int]]:
    """Target, source and permutation of every edge."""
    onward, placed, index = found.plain.targets, found.canonical.placed, found.index
    for source, word in enumerate(found.states[: found.expanded]):
        for target in onward(word):
            least, turn = placed(target)
            yield index[least], source, turn


def outlook(found: Quotient, edges: Turned, prop: str, goals: Sequence[int]) -> Sequence[int]:
    """For each representative, of which clauses of a property some continuation reaches the goal.

    Clauses are bits by their numbers; `goals` says so of each representative by itself. A clause
    about one message is followed under the name that the message has in each representative.
    """
    becomes = [one.clauses[prop] for one in found.canonical.permutations]
    if edges.compiled and len(becomes[0]) <= WORD:
        from deliverycheck.explore.native import orbits  # heavy

        return orbits.outlook(edges, becomes, goals)
    pulls: list[dict[int, int]] = [{} for _ in found.canonical.permutations]

    def pulled(turn: int, bits: int) -> int:
        """The clauses that are among those of `bits` after a permutation."""
        known = pulls[turn]
        if bits not in known:
            known[bits] = sum(1 << n for n, other in enumerate(becomes[turn]) if bits >> other & 1)
        return known[bits]

    able = list(goals)
    work = [number for number, bits in enumerate(able) if bits]
    waiting = bytearray(bool(bits) for bits in able)
    while work:
        target = work.pop()
        waiting[target] = 0
        bits = able[target]
        for edge in range(edges.starts[target], edges.starts[target + 1]):
            source = edges.sources[edge]
            more = able[source] | pulled(edges.turns[edge], bits)
            if more != able[source]:
                able[source] = more
                if not waiting[source]:
                    waiting[source] = 1
                    work.append(source)
    return able


def clause_orbits(found: Quotient, prop: str) -> list[frozenset[int]]:
    """For each clause of a property: those that say the same of other messages, itself included."""
    becomes = [one.clauses[prop] for one in found.canonical.permutations]
    return [frozenset(each) for each in zip(*becomes, strict=True)]


def action_orbits(symmetry: Symmetry) -> list[frozenset[int]]:
    """For each action of the system: those that do the same for other messages, itself included.

    If one of them is taken somewhere, so are all: but a representative shows only one of them. That
    a step leads from a representative to itself does not mean that it changes nothing.
    """
    found: dict[int, frozenset[int]] = {}
    for action in range(len(symmetry.system.actions)):
        if action not in found:
            orbit = {action}
            work = [action]
            for one in work:  # grows while it is walked through
                more = {exchange.actions[one] for exchange in symmetry.exchanges} - orbit
                orbit |= more
                work += more
            found |= dict.fromkeys(orbit, frozenset(orbit))
    return [found[action] for action in range(len(found))]
