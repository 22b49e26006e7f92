"""Blocking: clauses made to order, against states that nobody has seen.

Where the lemmas do not suffice, some state is to blame: it meets the goal, or leads to where a
clause does not hold. If it is no sample, it is likely to be out of reach; a clause that holds in
all samples, and not there, keeps it out, and many more with it. This goes on until what is left is
inductive (as in IC3, Bradley 2011; but here samples say how far a clause can be generalised).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from deliverycheck.prove.encode import Formula, Frames
from deliverycheck.prove.lemmas import Literals
from deliverycheck.semantics.interpreter import evaluate
from deliverycheck.system import build
from deliverycheck.system.model import State, System
from deliverycheck.system.terms import Term

MOST_CLAUSES = 300
"""Clauses for one goal; more than that is a sign that they do not generalise."""

MOST_SURPRISES = 100
"""Reachable states that are no samples, which one goal may bring to light."""


class Seen:
    """The literals of a system, and the states it was seen in."""

    def __init__(self, system: System, literals: Literals, samples: Iterable[State]) -> None:
        self.system = system
        self.states = set(samples)
        self._terms = literals.terms
        self._where = list(literals.where)
        self._everywhere = literals.everywhere

    def add(self, state: State) -> None:
        """One more state that can be reached."""
        self.states.add(state)
        bit = self._everywhere + 1
        self._everywhere |= bit
        for at in self._true_in(state):
            self._where[at] |= bit

    def clause_against(self, state: State) -> Term | None:
        """A short clause that holds wherever the system was seen, but not in this state."""
        true = self._true_in(state)
        left, chosen = self._everywhere, list[int]()
        while left:
            best = min(true, key=lambda at: ((left & self._where[at]).bit_count(), at))
            if left & ~self._where[best] == 0:
                return None  # a state that looks just the same was seen
            chosen.append(best)
            left &= self._where[best]
        for at in tuple(chosen):
            others = [other for other in chosen if other != at]
            if not self._together(others):
                chosen = others
        return build.any_of(*(build.negate(self._terms[at]) for at in sorted(chosen)))

    def _true_in(self, state: State) -> list[int]:
        now = self.system.valuation(state)
        return [at for at, term in enumerate(self._terms) if evaluate(term, now)]

    def _together(self, literals: Sequence[int]) -> int:
        found = self._everywhere
        for at in literals:
            found &= self._where[at]
        return found


def blocked(seen: Seen, lemmas: Iterable[Term], goal: Term, effort: int) -> list[Term] | None:
    """Clauses that, with the lemmas, are inductive and keep the goal out of reach; or None.

    The lemmas must be inductive.
    """
    frames = Frames(seen.system, None, effort)
    for lemma in lemmas:
        frames.require(frames.true(lemma))
    met = frames.flag(frames.true(goal))
    step = frames.flag(frames.step(0))
    kept: dict[Term, Formula] = {}
    surprises = 0
    while len(kept) <= MOST_CLAUSES:
        given = list(kept.values())
        answer = frames.check(met, *given)
        if answer == "unsat":
            broken = frames.flag(frames.either(frames.never(frames.true(c, 1)) for c in kept))
            answer = frames.check(step, broken, *given)
            if answer == "unsat":
                return list(kept)
            if answer == "sat" and frames.state() in seen.states:
                surprises += 1
                if surprises > MOST_SURPRISES:
                    return None
                successor = frames.state(1)
                seen.add(successor)
                now = seen.system.valuation(successor)
                kept = {clause: flag for clause, flag in kept.items() if evaluate(clause, now)}
                continue
        state = frames.state() if answer == "sat" else None
        if state is None or state in seen.states:
            return None
        clause = seen.clause_against(state)
        if clause is None:
            return None
        kept[clause] = frames.flag(frames.true(clause))
    return None
