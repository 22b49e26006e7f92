"""What has to be true for a verdict: obligations, each of them one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from deliverycheck.system.certificates import Ranking, ReachableSet, RunOf, Stage
from deliverycheck.system.model import Clause, State
from deliverycheck.system.terms import Term

Terms: TypeAlias = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """States that must be out of reach, and what is wrong about them, in words."""

    name: str
    term: Term


@dataclass(frozen=True, slots=True)
class Closed:
    """The terms hold in every start, and are kept by every step that goes right."""

    start: tuple[State, ...]
    terms: Terms


@dataclass(frozen=True, slots=True)
class Excluded:
    """No state that satisfies the terms is a target, or has a step that goes wrong."""

    terms: Terms
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Base:
    """No run of fewer than `k` steps meets a target, or a state with a step that goes wrong."""

    k: int
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Induction:
    """After `k` states in a row that satisfy the lemmas and are no target, the next is none."""

    k: int
    lemmas: Terms
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Descent:
    """Where the terms and a clause's `when` hold, but not `then`, one of the paths leads on.

    All its steps can be taken and go right, and it ends in `then`, or in `when` with a smaller sum
    of the measure's variables.
    """

    terms: Terms
    clause: Clause
    measure: tuple[str, ...]
    paths: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Staged:
    """Where the terms hold and a clause's `then` does not, no fair run stays in a stage for ever.

    With the clause's `when`, such a state is in a stage; from a stage, steps lead to `then`, or to
    the same or a later stage; and so on, as `system.certificates.Stage` says. That the terms are
    closed, and no step goes wrong, are obligations of their own, met before this one.
    """

    terms: Terms
    clause: Clause
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A run from an initial state whose last state meets one of the goals."""

    run: RunOf
    goals: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Looped:
    """A run from an initial state whose end goes on fairly for ever.

    The clause's `when` is met on it; from there on, and in the loop, its `then` never is.
    """

    run: RunOf
    loop: int
    clause: Clause


@dataclass(frozen=True, slots=True)
class Recomputed:
    """The reachable states are as many as stated, with this digest, and none is a target.

    From each that meets the first of a `possible` pair, some reachable state meets the second.
    """

    proof: ReachableSet
    targets: tuple[Target, ...]
    possible: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """The reachable states are as stated; those open for a clause are in its classes, rightly."""

    proof: Ranking
    clauses: tuple[Clause, ...]


Symbolic: TypeAlias = Closed | Excluded | Base | Induction | Descent | Staged
"""What speaks about all states of the domains; brute force and the second solver discharge it."""

Obligation: TypeAlias = Symbolic | Replayed | Looped | Recomputed | Ranked
