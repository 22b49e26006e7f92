"""Induction: which lemmas every step keeps, and what follows from them.

The largest inductive subset of a set of candidates is found by dropping, again and again, those
that a step can break (Houdini: Flanagan and Leino 2001). All solving is over one copy of the state:
what holds after an action is said of the state before it, by substitution.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from deliverycheck.prove.encode import Formula, Frames
from deliverycheck.prove.goals import after, enabled, sound
from deliverycheck.semantics.interpreter import evaluate
from deliverycheck.system import build
from deliverycheck.system.digest import written
from deliverycheck.system.model import System
from deliverycheck.system.terms import Term, variables_of

Afterwards: TypeAlias = dict[tuple[int, Term], Term]
"""By action and lemma: the lemma after the action, said of the state before it."""


class Induction:
    """A solver that knows a system's actions and some lemmas, each of which can be assumed."""

    def __init__(self, system: System, effort: int = 0, known: Afterwards | None = None) -> None:
        self.system = system
        self.frames = Frames(system, None, effort)
        self._going: list[Formula] = []
        for action in system.actions:
            can = build.all_of(enabled(action), sound(system, action))
            self._going.append(self.frames.flag(self.frames.true(can)))
        self._assumed: dict[Term, Formula] = {}
        self._flags: dict[int, Term] = {}
        self._broken: dict[tuple[int, Term], Formula] = {}
        self._breakable: dict[Term, Formula] = {}
        self._wanted: dict[Term, Formula] = {}
        self._then: Afterwards = {} if known is None else known
        self._shapes: dict[Term, str] = {}
        self._variables: dict[Term, frozenset[str]] = {}
        messages = {action.message for action in system.actions if action.message is not None}
        self._names = re.compile("|".join(rf"\b{re.escape(m)}\b" for m in sorted(messages)) or "$^")

    def holds_at_start(self, term: Term) -> bool:
        """Whether every initial state satisfies the term."""
        states = self.system.initial
        return all(evaluate(term, self.system.valuation(state)) for state in states)

    def inductive(self, candidates: Iterable[Term]) -> list[Term]:
        """The largest subset that holds at the start and that every step keeps, together."""
        live = [term for term in dict.fromkeys(candidates) if self.holds_at_start(term)]
        quiet = 0  # actions in a row that broke nothing
        at = 0
        while quiet < len(self.system.actions):
            kept = self._kept_by(at, live)
            quiet = quiet + 1 if len(kept) == len(live) else 1
            live = kept
            at = (at + 1) % len(self.system.actions)
        return live

    def _kept_by(self, at: int, live: list[Term]) -> list[Term]:
        """The lemmas that are left once those the action can break are gone."""
        action = self.system.actions[at]
        open_: dict[Term, Term] = {}
        for lemma in live:
            if not self._subjects(lemma).isdisjoint(action.updates):
                open_[lemma] = self._after(at, lemma)
        dropped: set[Term] = set()
        while open_:
            some = self.frames.flag(self.frames.either(self._breaks(at, lemma) for lemma in open_))
            given = [self.assume(lemma) for lemma in live if lemma not in dropped]
            answer = self.frames.check(self._going[at], some, *given)
            if answer == "unsat":
                break
            # Without an answer none of them can be relied upon.
            lost = [
                lemma
                for lemma, then in open_.items()
                if answer == "unknown" or not self.frames.met(then)
            ]
            dropped.update(lost)
            for lemma in lost:
                del open_[lemma]
        return [lemma for lemma in live if lemma not in dropped]

    def assume(self, lemma: Term) -> Formula:
        """The flag that stands for a lemma among assumptions."""
        if lemma not in self._assumed:
            flag = self._assumed[lemma] = self.frames.flag(self.frames.true(lemma))
            self._flags[self.frames.id_of(flag)] = lemma
        return self._assumed[lemma]

    def _breaks(self, at: int, lemma: Term) -> Formula:
        key = (at, lemma)
        if key not in self._broken:
            self._broken[key] = self.frames.never(self.frames.true(self._after(at, lemma)))
        return self._broken[key]

    def _after(self, at: int, lemma: Term) -> Term:
        key = (at, lemma)
        if key not in self._then:
            self._then[key] = after(self.system.actions[at], lemma)
        return self._then[key]

    def excludes(self, lemmas: Sequence[Term], goal: Term) -> list[Term] | None:
        """The lemmas that are enough to keep the goal out of reach by themselves, or None."""
        if goal not in self._wanted:
            self._wanted[goal] = self.frames.flag(self.frames.true(goal))
        return self._needed(lemmas, self._wanted[goal])

    def _needed(self, lemmas: Sequence[Term], wanted: Formula) -> list[Term] | None:
        """Those of the lemmas that are enough to exclude what is wanted, or None."""
        if self.frames.check(wanted, *map(self.assume, lemmas)) != "unsat":
            return None
        core = {self._flags[number] for number in self.frames.core() if number in self._flags}
        return [lemma for lemma in lemmas if lemma in core]

    def smallest(self, lemmas: Sequence[Term], goal: Term) -> list[Term] | None:
        """A small part of an inductive set that is inductive and keeps the goal out, or None.

        What is said of one message is said of all of them, where the set allows: people read it.
        """
        found = self._supporting(lemmas, goal)
        if found is None:
            return None
        kept = self._pruned(found, goal)
        # Lemmas that only keep each other cannot be left out one by one, but nothing leads to them.
        return self._supporting(kept, goal) or kept

    def _supporting(self, lemmas: Sequence[Term], goal: Term) -> list[Term] | None:
        """What keeps the goal out, what keeps that, and so on; None where something is missing."""
        needed = self.excludes(lemmas, goal)
        if needed is None:
            return None
        alike: dict[str, list[Term]] = {}
        for lemma in lemmas:
            alike.setdefault(self._shape(lemma), []).append(lemma)
        found = dict.fromkeys(other for one in needed for other in alike[self._shape(one)])
        work = list(found)
        for lemma in work:
            # What is needed already costs nothing, so it is tried first: for all steps at once, and
            # where that is not enough, step by step, since less is needed for a single one.
            if self._needed(list(found), self._can_break(lemma)) is not None:
                continue
            for broken in self._ways_to_break(lemma):
                wanted = self.frames.flag(broken)
                if self._needed(list(found), wanted) is not None:
                    continue
                more = self._needed(lemmas, wanted)
                if more is None:
                    return None
                more = [other for one in more for other in alike[self._shape(one)]]
                work += [term for term in dict.fromkeys(more) if term not in found]
                found |= dict.fromkeys(more)
        return [lemma for lemma in lemmas if lemma in found]

    def _pruned(self, lemmas: list[Term], goal: Term) -> list[Term]:
        """Leave out what can be left out, longest clauses first, for all messages at once."""
        groups: dict[str, list[Term]] = {}
        for lemma in sorted(lemmas, key=lambda term: -len(self._subjects(term))):
            groups.setdefault(self._shape(lemma), []).append(lemma)
        kept = lemmas
        for group in groups.values():
            without = [other for other in kept if other not in group]
            if self.is_inductive(without) and self.excludes(without, goal) is not None:
                kept = without
        return kept

    def _subjects(self, lemma: Term) -> frozenset[str]:
        """The variables a lemma speaks about."""
        if lemma not in self._variables:
            self._variables[lemma] = frozenset(var.name for var in variables_of(lemma))
        return self._variables[lemma]

    def _shape(self, lemma: Term) -> str:
        """A lemma without the names of messages."""
        if lemma not in self._shapes:
            self._shapes[lemma] = self._names.sub("m", written(lemma))
        return self._shapes[lemma]

    def is_inductive(self, lemmas: Sequence[Term]) -> bool:
        """Whether the lemmas, together, hold at the start and are kept by every step."""
        if not all(map(self.holds_at_start, lemmas)):
            return False
        some = self.frames.flag(self.frames.either(map(self._can_break, lemmas)))
        return self.frames.check(some, *map(self.assume, lemmas)) == "unsat"

    def _can_break(self, lemma: Term) -> Formula:
        """The flag that stands for: some step is possible, and breaks the lemma."""
        if lemma not in self._breakable:
            broken = self.frames.either(self._ways_to_break(lemma))
            self._breakable[lemma] = self.frames.flag(broken)
        return self._breakable[lemma]

    def _ways_to_break(self, lemma: Term) -> Iterator[Formula]:
        """By action that changes what the lemma speaks about: it is possible, and breaks it."""
        for at, action in enumerate(self.system.actions):
            if not self._subjects(lemma).isdisjoint(action.updates):
                yield self.frames.both((self._going[at], self._breaks(at, lemma)))
