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


@dataclass(frozen=True, slots=True)
class Lasso:
    """LASSO: a fair run without end in which what a `leads-to` clause promises never comes.

    From its last state, which equals state number `loop`, the run repeats what lies between for
    ever; where `loop` is the last state itself, nothing happens any more. Some state meets the
    clause's `when`; neither it, nor any state after it, nor any in the loop meets `then`. Every
    assumption of `system.fairness` is met by the loop: a weak one is not possible in one of its
    states, or taken by one of its steps; a strong one is possible in none of its states, or taken.
    """

    run: RunOf
    loop: int
    clause: int


@dataclass(frozen=True, slots=True)
class Class:
    """States among which no fair run stays for ever, by their numbers.

    No step of the fairness assumption number `helpful` stays in the class. A weak one is possible
    in all of its states. A strong one need not be: the states without it are divided further, into
    the `inner` classes, which steps between such states pass through in their order.
    """

    states: tuple[int, ...]
    helpful: int
    inner: tuple[Class, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranking:
    """RANK: why what `leads-to` promises comes in the end, state by state.

    `states` and `digest` are as in `ReachableSet`; states are numbered from 0 in the order of that
    digest's lines. For each clause, the classes hold each state that is open (reachable from one
    with `when` through states without `then`) exactly once, and steps between open states never
    lead to an earlier class (Manna and Pnueli 1991: well-founded ranks with helpful steps).
    """

    states: int
    digest: str
    clauses: tuple[tuple[Class, ...], ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """As a `Class`, but the states are those that satisfy a term, and no earlier stage's term."""

    where: Term
    helpful: int
    inner: tuple[Stage, ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """CHAIN: why what `leads-to` promises comes in the end, for any number of states.

    The invariant is inductive. For each clause, a state that satisfies it with `when` and without
    `then` is in one of the stages. From a stage every step leads to `then`, or to the same or a
    later stage. In each, the helpful assumption is as for a `Class`.
    """

    invariant: tuple[Term, ...]
    clauses: tuple[tuple[Stage, ...], ...]


Proof: TypeAlias = (
    Inductive | KInduction | ReachableSet | Runs | Trap | Progress | Lasso | Ranking | Chain
)

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
