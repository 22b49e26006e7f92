"""The marks of every state that was found, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator

from deliverycheck.check.finding import Finding
from deliverycheck.explore.doom import can_reach
from deliverycheck.explore.edges import Backwards, Edges, backwards, edges_of
from deliverycheck.explore.explored import Explored
from deliverycheck.explore.fair import Possible, possible_in
from deliverycheck.explore.plan import AT_REST, CUT, clause_bits
from deliverycheck.system import build
from deliverycheck.system.model import Property
from deliverycheck.system.verdicts import Evidence, Json

WHY_STOPPED = {
    "states": "the limit of states was reached",
    "seconds": "the limit of seconds was reached",
    "memory": "the limit of memory was reached",
    "interrupted": "it was interrupted",
}
"""What ended a search, in words."""


class Marked:
    """The marks of every state that was found, and what follows from them."""

    def __init__(self, found: Explored) -> None:
        self.found = found
        self.marks = [found.code.marks(word) for word in found.states]
        self.bits = clause_bits(found.system)
        self._edges: Edges | None = None
        self._backwards: Backwards | None = None
        self._possible: Possible | None = None
        self._wrong: dict[tuple[str, int], tuple[int, ...]] = {}

    @property
    def edges(self) -> Edges:
        """All steps, computed once."""
        self._edges = self._edges or edges_of(self.found)
        return self._edges

    @property
    def before(self) -> Backwards:
        """All steps by where they lead, computed once."""
        self._backwards = self._backwards or backwards(self.edges)
        return self._backwards

    @property
    def possible(self) -> Possible:
        """What fairness needs to know, computed once."""
        self._possible = self._possible or possible_in(self.found, self.edges)
        return self._possible

    def tested(self, prop: Property, number: int) -> bool:
        """Whether some state meets the clause's `when`."""
        when, _ = self.bits[prop.name, number]
        return any(m & when for m in self.marks)

    def met(self, prop: Property, number: int) -> bool:
        """Whether some state meets the clause's `when` and its `then`."""
        return bool(self.examples(prop, number))

    def examples(self, prop: Property, number: int) -> list[int]:
        """The states that meet the clause's `when` and its `then`."""
        both = sum(self.bits[prop.name, number])
        return [state for state, m in enumerate(self.marks) if m & both == both]

    def having(self, bit: int) -> list[bool]:
        """For each state whether it has a mark."""
        return [bool(m & bit) for m in self.marks]

    def kept(self, prop: Property) -> Finding:
        """The verdict on a property that nothing seen breaks: was it put to the test at all?"""
        found = self.found
        if any(self.tested(prop, number) for number in range(len(prop.clauses))):
            return Finding(prop, "holds", searched(found))
        if (found.complete and not found.hits) or _untestable(prop):
            reason = "no reachable state puts it to the test"
            return Finding(prop, "vacuous", searched(found), reason=reason)
        return Finding(prop, "undetermined", searched(found), reason=why_open(found))

    def wrong(self, prop: Property, number: int) -> tuple[int, ...]:
        """The states that break a clause for certain, computed once."""
        key = prop.name, number
        if key not in self._wrong:
            self._wrong[key] = tuple(self._breaking(prop, number))
        return self._wrong[key]

    def _breaking(self, prop: Property, number: int) -> Iterator[int]:
        when, then = self.bits[prop.name, number]
        if prop.kind == "possible":
            able = self._able(then, hopeful=True)
            return (i for i, m in enumerate(self.marks) if m & when and not able[i])
        broken = when | (AT_REST if prop.kind == "at-rest" else 0)
        return (i for i, m in enumerate(self.marks) if m & broken == broken and not m & then)

    def nearest(self, prop: Property) -> int | None:
        """Steps to the nearest state that is doomed within the instance."""
        lost = [
            state
            for number in range(len(prop.clauses))
            for when, then in (self.bits[prop.name, number],)
            for able in (self._able(then, hopeful=False),)
            for state, m in enumerate(self.marks)
            if m & when and not able[state]
        ]
        return min(map(self.found.depth_of, lost), default=None)

    def unsure(self, prop: Property, number: int) -> bool:
        """Whether what was cut off might hold a state that breaks a clause with no wrong state."""
        if not self.found.complete:
            return True
        if prop.kind != "possible" or not self.found.hits:
            return False
        when, then = self.bits[prop.name, number]
        able = self._able(then, hopeful=False)
        return any(m & when and not able[i] for i, m in enumerate(self.marks))

    def _able(self, goal: int, *, hopeful: bool) -> bytearray:
        """Which states can reach a mark; `hopeful`: or something that was cut off."""
        goals = [bool(m & goal or (hopeful and m & CUT)) for m in self.marks]
        if hopeful:
            for number in range(self.found.expanded, len(goals)):
                goals[number] = True
        return can_reach(self.before, goals)


def searched(found: Explored) -> Evidence:
    """How much was looked at, as evidence."""
    detail: dict[str, Json] = {
        "states": len(found.states),
        "transitions": found.transitions,
        "depth": found.depth,
    }
    return Evidence("exhaustive" if found.complete else "bounded", detail, found.hits)


def why_open(found: Explored) -> str:
    """Why a verdict is open."""
    if found.stopped is None:
        return "a bound cut off what might decide it"
    return WHY_STOPPED[found.stopped]


def _untestable(prop: Property) -> bool:
    """Whether no state at all, reachable or not, puts the property to the test."""
    return all(clause.when == build.FALSE for clause in prop.clauses)
