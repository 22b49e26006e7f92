"""Inclusion: whether all that one system shows the world, another one can show as well.

The other system follows what the first one shows. After each word it may be in any of a set of
states: those it can be in once it has shown just that (Rabin and Scott 1959, the subset
construction; silent steps are free). The first system's steps are walked through breadth first,
together with that set. They part where the first shows what no state of the set can show next, or
where it may stay silent for ever and none of them may. The way to the nearest such point is the
first of the shortest runs that tell the two apart.

What a bound or a limit cut off might have shown anything. So a set is exact only if nothing was cut
off behind its states, nor on the way to them. Where it is not, to part from it proves nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from deliverycheck.check.marked import WHY_STOPPED, why_open
from deliverycheck.check.options import Report
from deliverycheck.check.outside import Outside
from deliverycheck.explore.lasso import way_round
from deliverycheck.explore.limits import CHUNK, Limits, exceeded
from deliverycheck.explore.runs import Run, faults_of, first_run

NOTHING = "nothing more"
"""Silence for ever, among what can be shown next."""

WITHOUT_END = "it may go on telling the application now this, now that: only what ends is compared"


@dataclass(frozen=True, slots=True)
class Parting:
    """A run of one system, and what the other one can show instead of the last it shows."""

    run: Run
    loop: int | None
    """From this state of the run on, counted along it, it goes round for ever and shows nothing.
    None: the last step shows what the other system cannot."""
    instead: tuple[str, ...]


class Undecided(Exception):
    """It was not found out whether one system's behaviour is included; `args` say why."""


def parting(a: Outside, b: Outside, limits: Limits, report: Report | None = None) -> Parting | None:
    """Where `a` first shows what `b` cannot, for certain; None if it never does.

    None is about the instance of `a` that was explored. Raises Undecided.
    """
    pairs = _Pairs(a, _Follower(b), limits, report)
    run = pairs.nearest(pairs.has_parted)
    if run is not None:
        return pairs.told(run)
    if not a.found.complete:
        raise Undecided(why_open(a.found))
    if (a.found.hits or b.cut) and pairs.nearest(pairs.may_have_parted) is not None:
        raise Undecided(why_open(b.found))
    if a.endless:
        raise Undecided(WITHOUT_END)
    return None


@dataclass(frozen=True, slots=True)
class _Following:
    """The states a system may be in after it has shown something."""

    empty: bool
    exact: bool
    silent: bool
    """Whether it may show nothing any more."""
    walled: bool
    """The same if what only a bound forbids counts as impossible."""
    onward: dict[str, set[int]]
    """By what is shown next: the states it leads to."""


@dataclass(slots=True)
class _Follower:
    """A system that follows another: each set of states once, numbered."""

    outside: Outside
    sets: list[_Following] = field(default_factory=list[_Following])
    numbers: dict[tuple[frozenset[int], bool], int] = field(
        default_factory=dict[tuple[frozenset[int], bool], int]
    )
    steps: dict[tuple[int, str], int] = field(default_factory=dict[tuple[int, str], int])

    def start(self) -> int:
        """The set before anything is shown."""
        return self._number(self.outside.found.level(0), exact=True)

    def after(self, number: int, label: str) -> int:
        """The set after one thing more was shown."""
        if (number, label) not in self.steps:
            before = self.sets[number]
            there = before.onward.get(label, ())
            self.steps[number, label] = self._number(there, exact=before.exact)
        return self.steps[number, label]

    def _number(self, entered: Iterable[int], *, exact: bool) -> int:
        """The number of the set of states that silent steps lead to."""
        outside, states = self.outside, set(entered)
        edges, labels = outside.edges, outside.labels
        onward: dict[str, set[int]] = {}
        work = list(states)
        while work:
            for edge in edges.of(work.pop()):
                target, label = edges.targets[edge], labels[edge]
                if label is not None:
                    onward.setdefault(label, set()).add(target)
                elif target not in states:
                    states.add(target)
                    work.append(target)
        exact = exact and not any(state in outside.cut for state in states)
        key = (frozenset(states), exact)
        if key not in self.numbers:
            silent = any(state in outside.silences for state in states)
            walled = any(state in outside.walled for state in states)
            self.numbers[key] = len(self.sets)
            self.sets.append(_Following(not states, exact, silent, walled, onward))
        return self.numbers[key]


class _Pairs:
    """The pairs of a state of the one system and a set of the other, as numbers."""

    def __init__(
        self, a: Outside, follower: _Follower, limits: Limits, report: Report | None
    ) -> None:
        self.a = a
        self.follower = follower
        self.limits = limits
        self.report = report
        self.size = len(a.found.states)
        self.began = time.monotonic()
        self.looked_at = 0

    def nearest(self, is_goal: Callable[[int], bool]) -> Run | None:
        """The first of the shortest runs to a goal. Raises Undecided where a limit ends it."""
        self.looked_at = 0
        first = self.follower.start() * self.size
        starts = [first + state for state in self.a.found.level(0)]
        return first_run(starts, self._onward, is_goal, faults_of(self.a.found))

    def has_parted(self, pair: int) -> bool:
        """Whether the run shows what the other system cannot, whatever was cut off."""
        here = self.follower.sets[pair // self.size]
        silence = pair % self.size in self.a.silences and not here.silent
        return here.exact and (here.empty or silence)

    def may_have_parted(self, pair: int) -> bool:
        """Whether it does so as far as was looked."""
        here, state = self.follower.sets[pair // self.size], pair % self.size
        silence = state in self.a.silences and not here.silent
        wall = state in self.a.walled and not here.walled
        return here.empty or silence or wall

    def _onward(self, pair: int) -> Iterator[tuple[int, int]]:
        self._look_at_the_clock()
        number, state = divmod(pair, self.size)
        if self.follower.sets[number].empty:
            return
        edges, labels = self.a.edges, self.a.labels
        for edge in edges.of(state):
            label = labels[edge]
            there = number if label is None else self.follower.after(number, label)
            yield edges.actions[edge], there * self.size + edges.targets[edge]

    def _look_at_the_clock(self) -> None:
        self.looked_at += 1
        if self.looked_at % CHUNK:
            return
        if self.report is not None:
            self.report(f"{self.looked_at:,} pairs of states compared")
        stop = exceeded(self.limits, self.looked_at, time.monotonic() - self.began)
        if stop is not None:
            raise Undecided(WHY_STOPPED[stop])

    def told(self, way: Run) -> Parting:
        """What a run to a parting shows."""
        states = [pair % self.size for pair in way.states]
        numbers = [pair // self.size for pair in way.states]
        if self.follower.sets[numbers[-1]].empty:
            return Parting(Run(tuple(states), way.actions), None, self._instead(numbers[-2]))
        home = self.a.silences[states[-1]]
        round_ = way_round(self.a.silent, home, states[-1], self.a.silent.relied)
        run = Run((*states, *round_.states[1:]), (*way.actions, *round_.actions))
        return Parting(run, len(states) - 1, self._instead(numbers[-1]))

    def _instead(self, number: int) -> tuple[str, ...]:
        here = self.follower.sets[number]
        return (*sorted(here.onward), *([NOTHING] if here.silent else ()))
