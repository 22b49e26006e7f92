"""k-induction: what cannot go wrong k times in a row cannot go wrong at all.

Sheeran, Singh, Stålmarck, *Checking Safety Properties Using Induction and a SAT-Solver*, 2000.
"""

from __future__ import annotations

from collections.abc import Sequence

from deliverycheck.prove.encode import Frames
from deliverycheck.system import build
from deliverycheck.system.certificates import KInduction
from deliverycheck.system.model import System
from deliverycheck.system.terms import Term

LONGEST = 8
"""The k up to which it is tried."""


def k_induction(
    system: System, goal: Term, lemmas: Sequence[Term], effort: int
) -> KInduction | None:
    """The least k, from 1, with which the lemmas show the goal to be out of reach, or None."""
    known = build.all_of(*lemmas)
    safe = build.negate(goal)
    base = Frames(system, None, effort)
    base.require(base.either(base.same(state) for state in system.initial))
    step = Frames(system, None, effort)
    step.require(step.true(known, 0))
    for k in range(1, LONGEST + 1):
        if base.check(base.true(goal, k - 1)) != "unsat":
            return None
        base.require(base.step(k - 1))
        step.require(step.true(safe, k - 1))
        step.require(step.step(k - 1))
        step.require(step.true(known, k))
        answer = step.check(step.true(goal, k))
        if answer == "unsat":
            return KInduction(k, tuple(lemmas))
        if answer == "unknown":
            return None
    return None
