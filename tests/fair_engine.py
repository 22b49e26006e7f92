"""The explicit engine's answers about `leads-to` for bare systems, without a model around them."""

from __future__ import annotations

from collections.abc import Sequence

from deliverycheck.certify.states import states_digest
from deliverycheck.check.certifying import exhausted
from deliverycheck.check.endless import held_back
from deliverycheck.check.finding import Finding
from deliverycheck.check.marked import Marked, searched
from deliverycheck.check.traces import trace_of_run
from deliverycheck.explore.fair import Division, divide
from deliverycheck.explore.lasso import endless_run, open_states
from deliverycheck.explore.search import explore
from deliverycheck.system.certificates import Certificate, Lasso, RunOf
from deliverycheck.system.model import State, System
from deliverycheck.system.verdicts import Trace


class Engine:
    """What the explicit engine makes of the `leads-to` property of a system."""

    def __init__(self, system: System) -> None:
        self.system = system
        (self.prop,) = (prop for prop in system.properties if prop.kind == "leads-to")
        self.found = explore(system)
        self.marked = Marked(self.found)
        clauses = range(len(self.prop.clauses))
        self.opened = [self._opened(number) for number in clauses]
        relied = self.marked.possible.relied
        self.divisions: list[Division] = [
            divide(self.marked.possible, states, relied) for states in self.opened
        ]

    def _having(self, number: int) -> tuple[bytearray, bytearray]:
        when, then = self.marked.bits[self.prop.name, number]
        return self.marked.having(when), self.marked.having(then)

    def _opened(self, number: int) -> Sequence[int]:
        return open_states(self.marked.possible, *self._having(number))

    def open(self, number: int) -> set[State]:
        """The states in which something a clause asks for is open."""
        return {self.found.state(state) for state in self.opened[number]}

    def fair(self, number: int) -> set[State]:
        """Those of them in which it may stay open for ever."""
        parts = self.divisions[number].fair
        return {self.found.state(state) for part in parts for state in part}

    def held_back(self, number: int) -> bool:
        """Whether nothing but a bound keeps a run among them from being fair."""
        return held_back(self.marked.possible, self.opened[number])

    def lasso(self, number: int) -> Lasso | None:
        """The counterexample to a clause, if there is one."""
        division = self.divisions[number]
        if not division.fair:
            return None
        asked, met = self._having(number)
        possible = self.marked.possible
        endless = endless_run(
            self.found, possible, asked, met, division.fair, self.marked.possible.relied
        )
        states = tuple(self.found.state(state) for state in endless.run.states)
        return Lasso(RunOf(states, endless.run.actions), endless.loop, number)

    def certificate(self) -> Certificate | None:
        """The certificate of the property's verdict; None for one that is never put to the test."""
        lassos = [one for one in map(self.lasso, range(len(self.divisions))) if one is not None]
        if lassos:
            return Certificate(self.system, self.prop.name, "violated", lassos[0])
        if not any(division.classes for division in self.divisions):
            return None
        classes = tuple(division.classes for division in self.divisions)
        finding = Finding(self.prop, "holds", searched(self.found), classes=classes)
        states = [self.found.state(number) for number in range(len(self.found.states))]
        return exhausted(self.found, finding, lambda: states_digest(states)).certificate


def trace_of(system: System, lasso: Lasso) -> Trace:
    """A lasso as the reference semantics takes it."""
    return trace_of_run(system, lasso.run.states, lasso.run.actions, lasso.loop)
