"""Lassos: the shortest fair run without end that breaks what a `leads-to` property promises.

Bounded model checking of runs that close (Biere, Cimatti, Clarke, Zhu 1999). A state of the run is
guessed and kept in a frame of its own; where the last state equals it, what lies between can repeat
for ever. So each frame is compared with the kept one, and not with each other one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from deliverycheck.prove.encode import Formula
from deliverycheck.prove.search import Search
from deliverycheck.system.certificates import Lasso
from deliverycheck.system.fairness import Assumption, assumptions_of, effective, possible
from deliverycheck.system.model import Clause, Property

KEPT = -1
"""The frame of the state to which the run returns."""


@dataclass(slots=True)
class _Loop:
    """What is said of the loop, frame by frame; no more is said than asking for lassos needs."""

    starts: list[Formula] = field(default_factory=list[Formula])
    """It starts in the frame. (Several may be meant: then they hold the same state.)"""
    inside: list[Formula] = field(default_factory=list[Formula])
    """The frame is one of its frames."""


@dataclass(slots=True)
class _Fair:
    """What is said of one fairness assumption."""

    assumption: Assumption
    never: Formula
    """It is possible in no frame of the loop."""
    excused: list[Formula] = field(default_factory=list[Formula])
    """By the frame: so far the loop has taken it; or, if it is weak, it was not possible once."""


@dataclass(slots=True)
class _Pending:
    """What is said of one clause."""

    clause: Clause
    aimed: Formula
    """The clause's `then` is in no frame of the loop."""
    open: list[Formula] = field(default_factory=list[Formula])
    """By the frame: there was `when`, and since then, that frame included, no `then`."""


class Lassos:
    """Looks for lassos at the depth of a search: stem and loop together have as many steps."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self._frames = search.frames
        self._system = search.system
        self._loop = _Loop()
        self._fair = [_Fair(one, self._frames.flag()) for one in assumptions_of(self._system)]
        self._pending: dict[str, list[_Pending]] = {}

    def at(self, prop: Property) -> Lasso | str | None:
        """The first lasso of this length; None: there is none; else why it stays open.

        It has the fewest faults, then the least actions, then the longest loop.
        """
        frames, last = self._frames, self.search.depth
        if prop.name not in self._pending:
            self._pending[prop.name] = [_Pending(c, frames.flag()) for c in prop.clauses]
        while len(self._loop.starts) <= last:
            self._go_on()
        pending = self._pending[prop.name]
        for one in pending:
            for frame in range(len(one.open), last + 1):
                self._follow(one, frame)
        broken = [frames.flag(frames.both([one.aimed, one.open[last]])) for one in pending]
        closed = frames.flag(frames.both([self._loop.inside[last], frames.alike(last, KEPT)]))
        wanted = [closed, *map(self._met, self._fair), frames.flag(frames.either(broken))]
        answer = frames.check(*wanted)
        if answer != "sat":
            return "a question was too hard for Z3" if answer == "unknown" else None
        settled = self.search.first(wanted)
        loop = self._least(settled, self._loop.starts)
        clause = self._least([*settled, self._loop.starts[loop]], broken)
        return Lasso(self.search.run(), loop, clause)

    def _least(self, settled: list[Formula], choices: list[Formula]) -> int:
        """The first of the choices that fits."""
        for number, choice in enumerate(choices):
            if self._frames.check(*settled, choice) == "sat":
                return number
        raise ValueError("one of them fitted a moment ago")

    def _go_on(self) -> None:
        """Say of one more frame what it means to lie in the loop, and of the step to it."""
        frames, loop, frame = self._frames, self._loop, len(self._loop.starts)
        start = frames.flag(frames.alike(frame, KEPT))
        before = loop.inside[-1:]
        inside = frames.flag(frames.either([*before, start]))
        for part in (*before, start):
            frames.require(frames.either([frames.never(part), inside]))
        for one in self._fair:
            can = frames.true(possible(self._system, one.assumption), frame)
            idle = frames.both([inside, frames.never(can)])
            excuses = one.excused[-1:] + self._taken(one.assumption, frame - 1)
            if one.assumption.fairness == "weak":
                excuses.append(idle)
            one.excused.append(frames.flag(frames.either(excuses)))
            frames.require(frames.either(map(frames.never, (one.never, inside, can))))
        loop.starts.append(start)
        loop.inside.append(inside)

    def _taken(self, one: Assumption, step: int) -> list[Formula]:
        """How the step can be one of the loop's that takes an assumption and changes something."""
        frames = self._frames
        if step < 0:
            return []
        return [
            frames.both(
                [
                    self._loop.inside[step],
                    frames.taken(at, step),
                    frames.true(effective(self._system, self._system.actions[at]), step),
                ]
            )
            for at in one.actions
        ]

    def _met(self, one: _Fair) -> Formula:
        """The loop that ends in the last frame meets the assumption."""
        excused = one.excused[self.search.depth]
        if one.assumption.fairness == "weak":
            return excused
        return self._frames.flag(self._frames.either([excused, one.never]))

    def _follow(self, one: _Pending, frame: int) -> None:
        """Say of one more frame whether a clause is still open there."""
        frames = self._frames
        then = frames.true(one.clause.then, frame)
        asked = frames.either([*one.open[-1:], frames.true(one.clause.when, frame)])
        one.open.append(frames.flag(frames.both([frames.never(then), asked])))
        inside = self._loop.inside[frame]
        frames.require(frames.either(map(frames.never, (one.aimed, inside, then))))
