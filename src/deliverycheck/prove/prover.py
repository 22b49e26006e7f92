"""The prover: shows that a goal is out of reach, by several methods one after the other.

Stages (`names.STAGES` of them), cheap ones first, so that others can settle a goal in the meantime:

1. lemmas of one or two literals, and what is inductive among them;
2. lemmas of three literals as well, and, where they do not suffice, clauses made to order;
3. k-induction with these lemmas;
4. Spacer, with these lemmas;
5. lemmas from many more samples.
"""

from __future__ import annotations

from dataclasses import dataclass

from deliverycheck.prove.blocking import Seen, blocked
from deliverycheck.prove.goals import mishap
from deliverycheck.prove.induction import Afterwards, Induction
from deliverycheck.prove.kinduction import k_induction
from deliverycheck.prove.lemmas import Literals, long_clauses, observed, short_clauses
from deliverycheck.prove.paths import Path
from deliverycheck.prove.samples import FEW, MANY, Amount, Onward, sampled
from deliverycheck.prove.spacer import spacer
from deliverycheck.semantics.interpreter import evaluate
from deliverycheck.system import build
from deliverycheck.system.certificates import Inductive, KInduction
from deliverycheck.system.model import State, System
from deliverycheck.system.terms import Term

SPACER_EFFORT = 10_000_000
"""Z3's resource units that Spacer gets for one goal: some five seconds."""


@dataclass(frozen=True, slots=True)
class Proved:
    """A proof and how it was found."""

    proof: Inductive | KInduction
    method: str


class Prover:
    """Proves things about one system; what it learns for one goal serves the others."""

    def __init__(self, system: System, effort: int = 0) -> None:
        self.system = system
        self.effort = effort
        self._afterwards: Afterwards = {}
        self._probe = self._induction()
        self._mishap = mishap(system)
        self.paths: tuple[tuple[Path, ...], ...] = ()
        """By clause, the paths that were enough for the last proof of progress."""
        self._seen: dict[Term, bool] = {}
        self.onward = Onward(system)
        self._samples: dict[Amount, list[State]] = {}
        self._observed: dict[Amount, Literals] = {}
        self._lemmas: dict[tuple[Amount, bool], list[Term]] = {}

    def _induction(self) -> Induction:
        """A solver of its own; terms that others have made already are not made again."""
        return Induction(self.system, self.effort, self._afterwards)

    def samples(self, amount: Amount) -> list[State]:
        """Some reachable states."""
        if amount not in self._samples:
            self._samples[amount] = sampled(self.onward, amount)
        return self._samples[amount]

    def lemmas(self, amount: Amount, *, long: bool) -> list[Term]:
        """An inductive set of lemmas learnt from so many samples."""
        key = (amount, long)
        if key not in self._lemmas:
            literals = self._literals(amount)
            candidates = short_clauses(literals)
            if long:
                candidates += long_clauses(literals, frozenset(candidates))
            self._lemmas[key] = self._induction().inductive(candidates)
        return self._lemmas[key]

    def _literals(self, amount: Amount) -> Literals:
        if amount not in self._observed:
            self._observed[amount] = observed(self.system, self.samples(amount))
        return self._observed[amount]

    def seen(self, amount: Amount) -> Seen:
        """The system as so many samples show it."""
        return Seen(self.system, self._literals(amount), self.samples(amount))

    def unreachable(self, goal: Term, stage: int, *, unseen: bool = False) -> Proved | None:
        """A proof, by a stage's method, that no run meets the goal or goes wrong; or None.

        A goal is `unseen` if it was made so that no sample meets it.
        """
        if not unseen and self._is_seen(goal):
            return None
        goal = build.any_of(goal, self._mishap)
        match stage:
            case 1:
                return self._small(self.lemmas(FEW, long=False), goal, "lemmas")
            case 2:
                return self._by_lemmas(goal)
            case 3:
                return self._by_k_induction(goal)
            case 4:
                return self._by_spacer(goal)
            case _:
                return self._small(self.lemmas(MANY, long=True), goal, "lemmas")

    def _is_seen(self, goal: Term) -> bool:
        """Whether a sample meets the goal, so that nothing can keep it out of reach."""
        if goal not in self._seen:
            states = map(self.system.valuation, self.samples(FEW))
            self._seen[goal] = any(evaluate(goal, state) is True for state in states)
        return self._seen[goal]

    def _by_lemmas(self, goal: Term) -> Proved | None:
        lemmas = self.lemmas(FEW, long=True)
        found = self._small(lemmas, goal, "lemmas")
        if found is not None:
            return found
        more = blocked(self.seen(FEW), lemmas, goal, self.effort)
        return None if more is None else self._small([*lemmas, *more], goal, "lemmas")

    def _by_k_induction(self, goal: Term) -> Proved | None:
        found = k_induction(self.system, goal, self.lemmas(FEW, long=True), self.effort)
        if found is None or found.k > 1:
            return None if found is None else Proved(found, "k-induction")
        # One step is ordinary induction, of which a small part will do.
        return self._small([*found.lemmas, build.negate(goal)], goal, "k-induction")

    def _by_spacer(self, goal: Term) -> Proved | None:
        lemmas = self.lemmas(FEW, long=True)
        found = spacer(self.system, goal, lemmas, SPACER_EFFORT)
        return self._small([*lemmas, *found], goal, "Spacer") if found is not None else None

    def _small(self, lemmas: list[Term], goal: Term, method: str) -> Proved | None:
        if self._probe.excludes(lemmas, goal) is None:
            return None
        # A solver of its own: what a used one has learnt decides which of many small sets it finds,
        # and what it was asked before depends on how fast the searcher is.
        small = self._induction().smallest(lemmas, goal)
        return None if small is None else Proved(Inductive(tuple(small)), method)
