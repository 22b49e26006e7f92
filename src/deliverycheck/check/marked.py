"""The marks of every state that was found, and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from deliverycheck.check.finding import Finding
from deliverycheck.explore.bits import Bits
from deliverycheck.explore.doom import can_reach, leading_to
from deliverycheck.explore.edges import Backwards, Edges, backwards, edges_of
from deliverycheck.explore.explored import Explored
from deliverycheck.explore.fair import Possible, possible_in
from deliverycheck.explore.flags import but_not, either
from deliverycheck.explore.plan import AT_REST, CUT, clause_bits
from deliverycheck.explore.runs import Run, run_to
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
    """The marks of every state that was found, and what follows from them.

    What is said of each state is said as flags, a byte each. They are not to be written into.
    """

    def __init__(self, found: Explored) -> None:
        self.found = found
        self.marks = marks_of(found)
        self.bits = clause_bits(found.system)
        self._edges: Edges | None = None
        self._backwards: Backwards | None = None
        self._possible: Possible | None = None
        self._wrong: dict[tuple[str, int], bytearray | None] = {}

    @property
    def edges(self) -> Edges:
        """All steps, computed once."""
        self._edges = self._edges or edges_of(self.found)
        return self._edges

    @property
    def steps(self) -> Edges | None:
        """The same, where they are at hand or cost little: not where the native engine was."""
        return self._edges if self.found.space is not None else self.edges

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
        return has_any(self.marks, when)

    def met(self, prop: Property, number: int) -> bool:
        """Whether some state meets the clause's `when` and its `then`."""
        return has_any(self.marks, sum(self.bits[prop.name, number]))

    def examples(self, prop: Property, number: int) -> bytearray:
        """Whether a state meets the clause's `when` and its `then`."""
        return self.having(sum(self.bits[prop.name, number]))

    def having(self, needed: int, barred: int = 0) -> bytearray:
        """Whether a state has all of some marks, and none of others."""
        return matching(self.marks, needed, barred)

    def cut(self) -> bytearray:
        """Whether something was cut off right behind a state, by a bound or by a limit."""
        found = self.having(CUT)
        expanded = self.found.expanded
        found[expanded:] = b"\1" * (len(found) - expanded)
        return found

    def leading_to(self, goals: bytearray, barred: bytearray | None = None) -> bytearray:
        """Whether a state can reach one of some others, over none that is barred."""
        if self._backwards is not None:
            return can_reach(self._backwards, goals, barred)
        return leading_to(self.edges, lambda: self.before, goals, barred)

    def run_to(self, goals: bytearray) -> Run | None:
        """The first of the shortest runs to one of some states, or None if there is none."""
        return run_to(self.found, goals, self.steps)

    @property
    def properties(self) -> tuple[Property, ...]:
        """Those that can be judged by what is marked."""
        return self.found.system.properties

    def breaking_run(self, prop: Property) -> tuple[Explored, Run, int] | None:
        """The first of the shortest runs to a state that breaks a property, and which clause.

        What it goes through comes with it. None if no state breaks it; ValueError where one does
        and nothing leads to it.
        """
        bad = [number for number in range(len(prop.clauses)) if 1 in self.wrong(prop, number)]
        if not bad:
            return None
        run = self.run_to(reduce(either, (self.wrong(prop, number) for number in bad)))
        if run is None:
            raise ValueError("no run to a state that was reached")
        return self.found, run, next(n for n in bad if self.wrong(prop, n)[run.states[-1]])

    def example_run(self, prop: Property) -> tuple[Explored, Run] | None:
        """The same to a state that meets the first clause's `when` and its `then`."""
        run = self.run_to(self.examples(prop, 0))
        return None if run is None else (self.found, run)

    def kept(self, prop: Property) -> Finding:
        """The verdict on a property that nothing seen breaks: was it put to the test at all?"""
        found = self.found
        if any(self.tested(prop, number) for number in range(len(prop.clauses))):
            return Finding(prop, "holds", searched(found))
        if (found.complete and not found.hits) or _untestable(prop):
            reason = "no reachable state puts it to the test"
            return Finding(prop, "vacuous", searched(found), reason=reason)
        return Finding(prop, "undetermined", searched(found), reason=why_open(found))

    def wrong(self, prop: Property, number: int) -> bytearray:
        """Whether a state breaks a clause for certain, computed once."""
        key = prop.name, number
        if key not in self._wrong:
            found = self._breaking(prop, number)
            self._wrong[key] = found if 1 in found else None
        return self._wrong[key] or bytearray(len(self.marks))

    def _breaking(self, prop: Property, number: int) -> bytearray:
        when, then = self.bits[prop.name, number]
        if prop.kind == "possible":
            return but_not(self.having(when), self._able(then, hopeful=True))
        return self.having(when | (AT_REST if prop.kind == "at-rest" else 0), then)

    def nearest(self, prop: Property) -> int | None:
        """Steps to the nearest state that is doomed within the instance."""
        lost = (self._lost(prop, number).find(1) for number in range(len(prop.clauses)))
        first = min((state for state in lost if state >= 0), default=None)  # numbered by depth
        return None if first is None else self.found.depth_of(first)

    def unsure(self, prop: Property, number: int) -> bool:
        """Whether what was cut off might hold a state that breaks a clause with no wrong state."""
        if not self.found.complete:
            return True
        if prop.kind != "possible" or not self.found.hits:
            return False
        return 1 in self._lost(prop, number)

    def _lost(self, prop: Property, number: int) -> bytearray:
        """Whether a state breaks a clause if what was cut off does not exist."""
        when, then = self.bits[prop.name, number]
        return but_not(self.having(when), self._able(then, hopeful=False))

    def _able(self, goal: int, *, hopeful: bool) -> bytearray:
        """Which states can reach a mark; `hopeful`: or something that was cut off."""
        goals = self.having(goal)
        return self.leading_to(either(goals, self.cut()) if hopeful else goals)


def marks_of(found: Explored) -> Sequence[int]:
    """The marks of every state, by its number."""
    if found.space is not None:
        from deliverycheck.explore.native.marking import marks_in_bits  # heavy

        return marks_in_bits(found.space)
    return [found.code.marks(word) for word in found.states]


def matching(marks: Sequence[int], needed: int, barred: int) -> bytearray:
    """For each state whether it has all of some marks, and none of others."""
    if isinstance(marks, Bits):
        from deliverycheck.explore.native import marking  # heavy

        return marking.matching(marks, needed, barred)
    return bytearray(m & needed == needed and not m & barred for m in marks)


def has_any(marks: Sequence[int], needed: int) -> bool:
    """Whether some state has all of some marks."""
    if isinstance(marks, Bits):
        from deliverycheck.explore.native import marking  # heavy

        return marking.has_any(marks, needed)
    return any(m & needed == needed for m in marks)


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
