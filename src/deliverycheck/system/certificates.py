"""Certificates: what has to be true for a verdict to be true, for others to check again.

A certificate speaks about one property of one system. It holds no solver's objects and no code:
terms, states, and the numbers of actions. What each kind asks for is said at its class; `target`
is what must be out of reach: for `holds`, a state that breaks a clause; for `vacuous`, a state that
meets any clause's `when`; for a violated `sometimes`, one that meets the named clause. A step that
goes wrong (a failed check, a value outside of its sort) is a target for every kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from deliverycheck.system.model import State, System
from deliverycheck.system.terms import Term


@dataclass(frozen=True, slots=True)
class Inductive:
    """INV: an inductive invariant.

    The terms, together, hold in every initial state, are kept by every step, and exclude the target
    (Floyd 1967; the domains of the variables may be assumed in every state).
    """

    invariant: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class KInduction:
    """KIND: k-induction with lemmas (Sheeran, Singh, Stålmarck 2000).

    The lemmas, together, are inductive. No run of fewer than `k` steps from an initial state meets
    the target; and after `k` states in a row that satisfy the lemmas and are no target, the next
    one that satisfies the lemmas is no target either.
    """

    k: int
    lemmas: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class ReachableSet:
    """REACH: the closed set of reachable states, by its size and digest, to be computed again.

    `digest` is SHA-256 over the states as JSON lists, sorted as text, one a line, in hexadecimal.
    """

    states: int
    digest: str


@dataclass(frozen=True, slots=True)
class RunOf:
    """A run from an initial state: one state more than actions, which are numbers of actions."""

    states: tuple[State, ...]
    actions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Runs:
    """TRACE: a run whose last state breaks a clause; for `sometimes`, one run to each clause."""

    runs: tuple[RunOf, ...]


@dataclass(frozen=True, slots=True)
class Trap:
    """TRAP: a run to a state from which the goal of a `possible` clause is out of reach.

    The run's last state meets the clause's `when` and all terms of the invariant, every step keeps
    them, and they exclude the clause's `then`, and any state in which a bound cuts off a step.
    """

    run: RunOf
    clause: int
    invariant: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """PROGRESS: why a goal can always still be reached, for every clause of a `possible` property.

    The invariant is inductive. In each state that satisfies it and a clause's `when` but not its
    `then`, one of the clause's paths (sequences of actions) can be taken to its end; it ends in
    `then`, or in a state with `when` in which the sum of the measure's variables is smaller. The
    sum is never negative, so it cannot shrink for ever, and `then` is reached in the end.
    """

    invariant: tuple[Term, ...]
    measure: tuple[str, ...]
    paths: tuple[tuple[tuple[int, ...], ...], ...]


Proof: TypeAlias = Inductive | KInduction | ReachableSet | Runs | Trap | Progress

Claimed: TypeAlias = Literal["holds", "violated", "vacuous"]


@dataclass(frozen=True, slots=True)
class Certificate:
    """A proof of a verdict about a property of a system.

    `clause` is the clause out of reach where a `sometimes` property is violated.
    """

    system: System
    prop: str
    verdict: Claimed
    proof: Proof
    clause: int | None = None
