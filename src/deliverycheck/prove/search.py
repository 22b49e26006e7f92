"""Bounded search: the shortest run to a goal, by unrolling the steps one at a time.

Biere, Cimatti, Clarke, Zhu, *Symbolic Model Checking without BDDs*, 1999. One solver serves all
goals and all depths, so what it learnt about shorter runs serves longer ones.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from deliverycheck.prove.encode import Formula, Frames
from deliverycheck.prove.names import DEEPEST
from deliverycheck.prove.width import width_for
from deliverycheck.system.certificates import RunOf
from deliverycheck.system.model import System
from deliverycheck.system.terms import Term

Found: TypeAlias = "RunOf | Literal['unknown'] | None"


class Search:
    """Runs of growing length from the initial states."""

    def __init__(self, system: System, effort: int = 0) -> None:
        self.system = system
        self.frames = Frames(system, width_for(system, DEEPEST + 1), effort)
        self.depth = 0
        """The length of the runs that are looked at."""
        starts = (self.frames.same(state) for state in system.initial)
        self.frames.require(self.frames.either(starts))

    def deepen(self) -> None:
        """Look at runs one step longer from now on. Raises ValueError beyond `DEEPEST`."""
        if self.depth > DEEPEST:
            raise ValueError("the integers are too narrow for longer runs")
        self.frames.require(self.frames.step(self.depth))
        self.depth += 1

    def run_to(self, goal: Term, *, first: bool = True) -> Found:
        """A run of exactly this length to the goal.

        The `first` one has the fewest faults, then the least actions; any other one is as good
        where only its existence matters. After None the solver keeps in mind that there is none.
        """
        frames = self.frames
        wanted = frames.flag(frames.true(goal, self.depth))
        answer = frames.check(wanted)
        if answer == "unknown":
            return "unknown"
        if answer == "unsat":
            frames.require(frames.never(frames.true(goal, self.depth)))
            return None
        if first:
            self.first([wanted])
        return self.run()

    def first(self, assumed: list[Formula]) -> list[Formula]:
        """Of the runs with what is assumed, settle the first: it is what the solver has in mind.

        It has the fewest faults, then the least actions. There must be such a run.
        """
        return self._first_start(self._least_actions(self._fewest_faults(assumed)))

    def run(self) -> RunOf:
        """The run the solver has in mind, after a `sat`."""
        return RunOf(
            tuple(self.frames.state(frame) for frame in range(self.depth + 1)),
            tuple(self.frames.action(step) for step in range(self.depth)),
        )

    def _fewest_faults(self, assumed: list[Formula]) -> list[Formula]:
        while count := self._faults():
            fewer = self.frames.flag(self.frames.at_most_faults(count - 1, self.depth))
            if self.frames.check(*assumed, fewer) != "sat":
                break
            assumed = [*assumed, fewer]
        self.frames.check(*assumed)
        count = self._faults()
        return [*assumed, self.frames.flag(self.frames.at_most_faults(count, self.depth))]

    def _faults(self) -> int:
        actions = (self.frames.action(step) for step in range(self.depth))
        return sum(self.system.actions[at].fault is not None for at in actions)

    def _least_actions(self, assumed: list[Formula]) -> list[Formula]:
        """Settle the actions one by one, each as low as the later ones allow."""
        self.frames.check(*assumed)
        for step in range(self.depth):
            best = self.frames.action(step)
            while best > 0:  # is any action below the best one possible?
                lower = (self.frames.taken(at, step) for at in range(best))
                one = self.frames.flag(self.frames.either(lower))
                if self.frames.check(*assumed, one) != "sat":
                    break
                best = self.frames.action(step)
            assumed = [*assumed, self.frames.taken(best, step)]
            self.frames.check(*assumed)
        return assumed

    def _first_start(self, assumed: list[Formula]) -> list[Formula]:
        """Of several initial states that fit, the first."""
        for state in self.system.initial:
            start = self.frames.flag(self.frames.same(state))
            if self.frames.check(*assumed, start) == "sat":
                return [*assumed, start]
        return assumed
