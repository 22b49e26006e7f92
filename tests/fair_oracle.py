"""Fair runs without end, by textbooks' definitions and brute force; no engine's ideas in here.

A run breaks "`when` leads to `then`" if it is fair, some state of it has `when`, and neither that
state nor any after it has `then`. Three ways to find out, as unlike each other as possible:

* `Walks`: every way round. The fairness of a loop is a matter of what was seen on the way round:
  for a weak step, whether it was taken or was impossible once; for a strong one, whether it was
  taken, or never possible. That is finitely much to remember. So from every state a breadth-first
  search goes through all pairs of a state and what was seen since the start; a fair loop through
  the start is a way back to it with nothing left to object to. It is complete, since every loop is
  such a walk, and the first way back is the shortest. Standing still is the walk of no step.
* `fair_sets`: every set. What a loop visits is a strongly connected set of states, and going
  through all of such a set, by every step inside, is a loop that takes all that can be taken
  inside. So there is a fair loop exactly if some set, not only a largest one, is strongly
  connected and lets each weak step be impossible in one of its states or taken inside, and each
  strong one be impossible in all of them or taken inside. All 2^n sets are tried.
* `verdict_on`: one given run, looked at step by step.

(Manna and Pnueli 1991, justice and compassion; Clarke, Grumberg and Peled 1999, 6.3. Simple loops
would not be enough: a fair loop may have to pass a state twice, once for each of two conditions.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import chain, combinations

import networkx as nx
from brute import changes, moves, units_of, value_of

from deliverycheck.system.model import Clause, State, System
from deliverycheck.system.terms import App

Seen = tuple[tuple[bool, bool, bool], ...]
"""For each fair step what was seen of it: possible in some state, impossible in some, taken."""


@dataclass(frozen=True)
class Nearest:
    """The lassos that break a clause: how short they can be."""

    stem: int
    """The fewest steps to a state, something asked for still open there, on a fair loop."""
    total: int
    """The fewest steps there and round the loop."""


class Fair:
    """The reachable states of a system, its steps, and where its fair steps are possible."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.units = units_of(system)
        self.onward: dict[State, list[tuple[int, State]]] = {}
        self.possible: dict[State, frozenset[int]] = {}
        self.cut: set[State] = set()
        """States in which a fair step is possible only beyond a bound."""
        self.faulty = False
        queue = list(dict.fromkeys(system.initial))
        for state in queue:
            if state not in self.onward:
                self._look_at(state)
                queue += (target for _, target in self.onward[state])

    def _look_at(self, state: State) -> None:
        env = self.env(state)
        steps: list[tuple[int, State]] = []
        able: set[int] = set()
        within: set[int] = set()
        for at, cut, target in moves(self.system, state):
            fair = {n for n, unit in enumerate(self.units) if at in unit.paths}
            if cut:
                able |= fair
            elif changes(self.system.actions[at], env):
                able |= fair
                within |= fair
            if target is not None:
                steps.append((at, target))
            elif not cut:
                self.faulty = True
        self.onward[state] = steps
        self.possible[state] = frozenset(able)
        if able - within:
            self.cut.add(state)

    def env(self, state: State) -> dict[str, bool | int | str]:
        return {v.name: value for v, value in zip(self.system.variables, state, strict=True)}

    def taken(self, source: State, at: int, target: State) -> set[int]:
        """The fair steps that an edge takes: those it is a path of, if it changes anything."""
        if target == source:
            return set()
        return {n for n, unit in enumerate(self.units) if at in unit.paths}

    def having(self, clause: Clause) -> tuple[set[State], set[State]]:
        """The reachable states with a clause's `when`, and those with its `then`."""
        when = {s for s in self.onward if value_of(clause.when, self.env(s)) is True}
        then = {s for s in self.onward if value_of(clause.then, self.env(s)) is True}
        return when, then

    def ways(self, clause: Clause) -> dict[tuple[State, bool], int]:
        """How many steps it takes to be in a state, with something asked for still open or not."""
        when, then = self.having(clause)
        fresh = [(s, s in when - then) for s in dict.fromkeys(self.system.initial)]
        steps = dict.fromkeys(fresh, 0)
        for here in fresh:  # grows while it is walked through
            state, is_open = here
            for _, target in self.onward[state]:
                there = (target, target not in then and (is_open or target in when))
                if there not in steps:
                    steps[there] = steps[here] + 1
                    fresh.append(there)
        return steps

    def pending(self, clause: Clause) -> dict[State, int]:
        """How many steps it takes to be in a state with something asked for still open there."""
        return {state: steps for (state, is_open), steps in self.ways(clause).items() if is_open}

    # Every way round

    def nearest(self, clause: Clause) -> Nearest | None:
        """The shortest lassos that break a clause; None if every fair run keeps it."""
        steps = self.pending(clause)
        loops = self.loops(steps.keys())
        if not loops:
            return None
        return Nearest(min(map(steps.__getitem__, loops)), min(steps[s] + loops[s] for s in loops))

    def shortest(self, clause: Clause) -> int | None:
        """As `Nearest.total`, where what is asked for may first be asked for in the loop."""
        when, then = self.having(clause)
        rest = self.onward.keys() - then
        found = [
            steps + length
            for (state, is_open), steps in self.ways(clause).items()
            if state in rest
            for length in (self.way_round(state, rest, rest if is_open else when),)
            if length is not None
        ]
        return min(found, default=None)

    def loops(self, states: AbstractSet[State]) -> dict[State, int]:
        """For each state on a fair loop among some states: the steps of the shortest one."""
        left, found = set(states), dict[State, int]()
        for state in states:
            length = self.way_round(state, left, left)
            if length is None:
                left.discard(state)  # no fair loop passes here: none needs to be looked for
            else:
                found[state] = length
        return found

    def way_round(
        self, start: State, states: AbstractSet[State], asking: AbstractSet[State]
    ) -> int | None:
        """The steps of the shortest fair loop through a state; 0 for standing still.

        It keeps to some states, and passes one of those that are asking.
        """
        before = {s: {t for _, t in self.onward[s] if t in states} for s in states}
        back = {start}  # whence there is a way back: what lies elsewhere is on no loop
        while more := {s for s, after in before.items() if s not in back and after & back}:
            back |= more
        first = (start, start in asking, self._noted((), start))
        layer, seen, length = [first], {first}, 0
        while layer:
            if any(s == start and asked and self.is_fair(noted) for s, asked, noted in layer):
                return length
            length += 1
            following: list[tuple[State, bool, Seen]] = []
            for state, asked, noted in layer:
                for at, target in self.onward[state]:
                    if target not in back or target == state:
                        continue
                    then = self._noted(noted, target, self.taken(state, at, target))
                    there = (target, asked or target in asking, then)
                    if there not in seen:
                        seen.add(there)
                        following.append(there)
            layer = following
        return None

    def _noted(self, seen: Seen, state: State, taken: AbstractSet[int] = frozenset()) -> Seen:
        """What has been seen, after one more step and the state it leads to."""
        nothing = (False, False, False)
        now = self.possible[state]
        return tuple(
            (able or number in now, unable or number not in now, done or number in taken)
            for number, (able, unable, done) in enumerate(seen or [nothing] * len(self.units))
        )

    def is_fair(self, seen: Seen) -> bool:
        """Whether a loop on which this was seen, gone round for ever, is fair to every step."""
        return all(
            done or (unable if unit.fairness == "weak" else not able)
            for unit, (able, unable, done) in zip(self.units, seen, strict=True)
        )

    # Every set

    def fair_sets(self, states: Sequence[State]) -> Iterator[frozenset[State]]:
        """The sets of states of which a fair run may visit just these again and again."""
        sizes = range(1, len(states) + 1)
        for chosen in chain.from_iterable(combinations(states, size) for size in sizes):
            among = frozenset(chosen)
            if self._connected(among) and self.fair_to_all(among):
                yield among

    def _connected(self, among: frozenset[State]) -> bool:
        """Whether there is a way from each state to each other one, inside."""
        return all(self._ahead(state, among) == among for state in among)

    def _ahead(self, state: State, among: frozenset[State]) -> set[State]:
        found, work = {state}, [state]
        while work:
            fresh = {t for _, t in self.onward[work.pop()] if t in among} - found
            found |= fresh
            work += fresh
        return found

    def fair_to_all(self, among: AbstractSet[State]) -> bool:
        """Whether a run that visits just these for ever, by every step inside, is fair."""
        inside = ((s, at, t) for s in among for at, t in self.onward[s] if t in among)
        taken = set[int]().union(*(self.taken(*edge) for edge in inside))
        able = [self.possible[s] for s in among]
        return all(
            number in taken
            or (
                any(number not in now for now in able)
                if unit.fairness == "weak"
                else all(number not in now for now in able)
            )
            for number, unit in enumerate(self.units)
        )

    # One given run

    def objection(
        self, clause: Clause, states: Sequence[State], actions: Sequence[int], loop: int
    ) -> str | None:
        """Why a run, repeating for ever what follows state `loop`, does not break a clause."""
        if len(states) != len(actions) + 1 or not 0 <= loop < len(states):
            return "it is no lasso"
        if states[0] not in self.system.initial:
            return "it starts elsewhere"
        steps = list(zip(states, actions, states[1:], strict=False))
        for number, (source, at, target) in enumerate(steps):
            if not any(_alike(target, t) and at == a for a, t in self.onward.get(source, ())):
                return f"there is no step {number}"
        if not _alike(states[loop], states[-1]):
            return "it does not close"
        round_, seen = steps[loop:], self._noted((), states[loop])
        for source, at, target in round_:
            seen = self._noted(seen, target, self.taken(source, at, target))
        if not self.is_fair(seen):
            return "it is not fair"
        if self.is_kept(clause, states, loop):
            return "it keeps the promise"
        return None

    def is_kept(self, clause: Clause, states: Sequence[State], loop: int) -> bool:
        """Whether each state with `when` is followed by one with `then`, going round for ever."""
        for number, state in enumerate(states):
            if value_of(clause.when, self.env(state)) is not True:
                continue
            later = states[min(number, loop) :]  # what the loop has comes again after it
            if not any(value_of(clause.then, self.env(s)) is True for s in later):
                return False
        return True


def held_back(system: System, clause: Clause) -> bool:
    """Whether some run breaks the clause, if what a bound forbids counts as impossible."""
    return Fair(guarded(system)).nearest(clause) is not None


def guarded(system: System) -> System:
    """The same with its bounds made into guards: what they forbid is impossible."""
    actions = tuple(
        replace(
            action,
            guard=App("and", (action.guard, *(bound.term for bound in action.bounds))),
            bounds=(),
        )
        for action in system.actions
    )
    return replace(system, actions=actions)


def _alike(one: State, other: State) -> bool:
    """Equality that tells 1 from True."""
    return one == other and list(map(type, one)) == list(map(type, other))


def graph(fair: Fair, states: list[State]) -> nx.DiGraph[State]:
    """The steps among some states, but for those that change nothing."""
    steps: nx.DiGraph[State] = nx.DiGraph()
    steps.add_nodes_from(states)
    pairs = ((s, t) for s in states for _, t in fair.onward[s])
    steps.add_edges_from((s, t) for s, t in pairs if t in steps and s != t)
    return steps
