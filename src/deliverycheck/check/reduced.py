"""What representatives say: one state for all that differ only in what messages are called.

Only properties that stay the same when messages change places are judged here, and none about
what happens for ever (`system.symmetry` says why). Every run that is shown is one of the model's
own, the same that the whole graph shows.
"""

from __future__ import annotations

from deliverycheck.check.marked import Marked
from deliverycheck.explore.explored import Explored
from deliverycheck.explore.flags import flagged, numbers_in
from deliverycheck.explore.orbits import Quotient, Turned, clause_orbits, outlook, turned_edges
from deliverycheck.explore.plan import CUT
from deliverycheck.explore.runs import Run
from deliverycheck.explore.unfolding import shortest_real_run, shortest_real_run_for
from deliverycheck.system.model import Property


class MarkedOrbits(Marked):
    """The marks of every representative, and what follows for all the states it stands for.

    What is asked about a clause is answered for the clause as it is called in the representative;
    `tested`, `met` and `examples` are about any clause that says the same of other messages.
    """

    def __init__(self, found: Quotient) -> None:
        super().__init__(found)
        self.quotient = found
        self._turned: Turned | None = None
        self._doomed: dict[tuple[str, bool], list[int]] = {}

    @property
    def turned(self) -> Turned:
        """All steps by where they lead, with what is renamed on the way, computed once."""
        self._turned = self._turned or turned_edges(self.quotient)
        return self._turned

    def tested(self, prop: Property, number: int) -> bool:
        """Whether some state meets the clause's `when`."""
        orbit = clause_orbits(self.quotient, prop.name)[number]
        return any(super(MarkedOrbits, self).tested(prop, one) for one in orbit)

    def examples(self, prop: Property, number: int) -> bytearray:
        """The representatives of the states that meet the clause's `when` and its `then`."""
        return flagged(len(self.marks), (state for state, _ in self.meeting(prop, number)))

    def met(self, prop: Property, number: int) -> bool:
        """Whether some state meets the clause's `when` and its `then`."""
        orbit = clause_orbits(self.quotient, prop.name)[number]
        return any(super(MarkedOrbits, self).met(prop, one) for one in orbit)

    def meeting(self, prop: Property, number: int) -> list[tuple[int, int]]:
        """The same with the clause as it is called there."""
        orbit = clause_orbits(self.quotient, prop.name)[number]
        return [
            (state, one)
            for one in sorted(orbit)
            for state in numbers_in(super(MarkedOrbits, self).examples(prop, one))
        ]

    @property
    def properties(self) -> tuple[Property, ...]:
        """Those that may be asked of representatives."""
        allowed = self.quotient.symmetry.properties
        return tuple(prop for prop in self.found.system.properties if prop.name in allowed)

    def breaking_run(self, prop: Property) -> tuple[Explored, Run, int] | None:
        """As of all states: the run is one of the system itself."""
        clauses = range(len(prop.clauses))
        bad = {state for number in clauses for state in numbers_in(self.wrong(prop, number))}
        if not bad:
            return None
        way = shortest_real_run(self.quotient, bad)
        if way is None:
            raise ValueError("no run to a state that was reached")
        return way.found, way.run, self.broken(prop, way.found.states[-1])

    def example_run(self, prop: Property) -> tuple[Explored, Run] | None:
        """As of all states: the run is one of the system itself."""
        way = shortest_real_run_for(self.quotient, prop.name, 0, self.meeting(prop, 0))
        return None if way is None else (way.found, way.run)

    def nearest(self, prop: Property) -> int | None:
        """Steps to the nearest state that is doomed within the instance."""
        lost = self._doom(prop, hopeful=False)
        return min((self.found.depth_of(at) for at, bits in enumerate(lost) if bits), default=None)

    def unsure(self, prop: Property, number: int) -> bool:
        """Whether what was cut off might hold a state that breaks a clause with no wrong state."""
        if not self.found.complete:
            return True
        if prop.kind != "possible" or not self.found.hits:
            return False
        return any(bits >> number & 1 for bits in self._doom(prop, hopeful=False))

    def broken(self, prop: Property, word: int) -> int:
        """The first clause that a state of the system itself breaks."""
        least, turn = self.quotient.canonical.placed(word)
        state = self.quotient.index[least]
        becomes = self.quotient.canonical.permutations[turn].clauses[prop.name]
        return next(n for n, one in enumerate(becomes) if self.wrong(prop, one)[state])

    def _breaking(self, prop: Property, number: int) -> bytearray:
        if prop.kind != "possible":
            return super()._breaking(prop, number)
        return bytearray(bits >> number & 1 for bits in self._doom(prop, hopeful=True))

    def _doom(self, prop: Property, *, hopeful: bool) -> list[int]:
        """By representative: the clauses, as bits, that ask for what is out of reach."""
        key = prop.name, hopeful
        if key not in self._doomed:
            bits = [self.bits[prop.name, number] for number in range(len(prop.clauses))]
            every = (1 << len(bits)) - 1
            goals = [
                every
                if hopeful and (m & CUT or state >= self.found.expanded)
                else sum(1 << n for n, (_, then) in enumerate(bits) if m & then)
                for state, m in enumerate(self.marks)
            ]
            able = outlook(self.quotient, self.turned, prop.name, goals)
            self._doomed[key] = [
                sum(1 << n for n, (when, _) in enumerate(bits) if m & when and not can >> n & 1)
                for m, can in zip(self.marks, able, strict=True)
            ]
        return self._doomed[key]
