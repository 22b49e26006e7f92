"""Matching: which action does in the renamed state what another did in the state itself.

Actions and clauses are compared by the normal forms of their terms; what is left over then is
compared by what its terms mean, as far as decision diagrams stay small.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TypeAlias

from deliverycheck.system.diagrams import Diagrams, TooLarge
from deliverycheck.system.fairness import STRENGTH
from deliverycheck.system.mentions import NOTHING, Renaming
from deliverycheck.system.model import Action, Bound, Fairness, Property, System
from deliverycheck.system.normal import Forms
from deliverycheck.system.sorts import IntSort, values
from deliverycheck.system.terms import Term

Signature: TypeAlias = tuple[object, ...]
"""All that is said of something, with numbers for terms: equal where the same is said."""

Told: TypeAlias = Callable[[int, Renaming], Signature]
"""What is said of the thing with a number, in the renamed state."""


class Matching:
    """A system with the numbers of its terms."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.forms = Forms()
        self.fairness = _resolved(system)

    @cached_property
    def diagrams(self) -> Diagrams:
        """What terms mean; made only where it is needed."""
        return Diagrams(
            self.forms,
            {
                v.name: values(v.sort)
                for v in self.system.variables
                if not isinstance(v.sort, IntSort) or v.sort.high is not None
            },
        )

    def actions(self, renaming: Renaming) -> list[int | None]:
        """For each action the one it becomes; None where there is none. Raises Unlike."""
        return _matched(len(self.system.actions), self._written, self._meant, renaming)

    def clauses(self, prop: Property, renaming: Renaming) -> list[int | None]:
        """For each clause of a property the one it becomes. Raises Unlike."""

        def written(at: int, names: Renaming) -> tuple[int, int]:
            clause = prop.clauses[at]
            return self.forms.of(clause.when, names), self.forms.of(clause.then, names)

        def meant(at: int, names: Renaming) -> Signature:
            return tuple(map(self.diagrams.of, written(at, names)))

        return _matched(len(prop.clauses), written, meant, renaming)

    def bounds(self, renaming: Renaming, actions: Sequence[int]) -> dict[str, frozenset[str]]:
        """By the name of a bound: those that cut off the same in the renamed state.

        `actions`: what becomes of each action.
        """
        found: dict[str, set[str]] = {}
        for action, other in zip(self.system.actions, actions, strict=True):
            there = self.system.actions[other]
            for bound in action.bounds:
                found.setdefault(bound.name, set()).update(
                    one.name for one in there.bounds if self._cuts_alike(bound, one, renaming)
                )
        return {name: frozenset(others) for name, others in found.items()}

    def _cuts_alike(self, bound: Bound, other: Bound, renaming: Renaming) -> bool:
        """Whether a bound may become another one. To name one too many does no harm."""
        here, there = self.forms.of(bound.term, renaming), self.forms.of(other.term)
        try:
            return here == there or self.diagrams.of(here) == self.diagrams.of(there)
        except TooLarge:
            return True

    def _written(self, at: int, names: Renaming) -> Signature:
        """What an action does, by how it is written."""
        action, number = self.system.actions[at], self.forms.of
        updates = sorted(
            (names.variables.get(name, name), number(term, names, name))
            for name, term in action.updates.items()
        )
        return (
            *self._outside(at, names),
            number(action.guard, names),
            tuple(updates),
            tuple(sorted(number(check.term, names) for check in action.checks)),
            tuple(sorted(number(bound.term, names) for bound in action.bounds)),
        )

    def _meant(self, at: int, names: Renaming) -> Signature:
        """What an action does where its guard holds, however it is written. Raises TooLarge."""
        action, diagrams = self.system.actions[at], self.diagrams
        yes = diagrams.leaf(True)

        def meant(term: Term, like: str | None = None) -> int:
            return diagrams.of(self.forms.of(term, names, like))

        guard = meant(action.guard)
        updates: list[tuple[str, int]] = []
        for name, term in action.updates.items():
            target = names.variables.get(name, name)
            old = diagrams.variable(target)
            new = diagrams.where(guard, meant(term, name), old)
            if new != old:
                updates.append((target, new))
        checks = [diagrams.where(guard, meant(check.term), yes) for check in action.checks]
        bounds = [diagrams.where(guard, meant(bound.term), yes) for bound in action.bounds]
        return (
            *self._outside(at, names),
            guard,
            tuple(sorted(updates)),
            tuple(sorted(set(checks) - {yes})),
            tuple(sorted(bounds)),
        )

    def _outside(self, at: int, names: Renaming) -> Signature:
        """What is said of an action besides its terms."""
        action = self.system.actions[at]
        message = action.message
        return (
            action.actor,
            action.fault,
            self.fairness[at],
            None if message is None else names.names.get(message, message),
        )


def _matched(count: int, written: Told, meant: Told, renaming: Renaming) -> list[int | None]:
    """For each of some things the one it becomes, one to one, as far as that is found."""
    found: list[int | None] = [None] * count
    for told in (written, meant):
        left = [at for at in range(count) if found[at] is None]
        taken = set(found)
        free: dict[Signature, list[int]] = {}
        try:
            for at in range(count) if left else ():
                if at not in taken:
                    free.setdefault(told(at, NOTHING), []).append(at)
            for at in left:
                alike = free.get(told(at, renaming))
                if alike:
                    found[at] = alike.pop(0)
        except TooLarge:
            break
    return found


def _resolved(system: System) -> list[Fairness]:
    """By action: what is relied upon, which is the least of all paths through its step."""
    least: dict[tuple[str, str], int] = {}
    for action in system.actions:
        if _can_be_relied_upon(action):
            strength = STRENGTH.index(action.fairness)
            key = action.actor, action.name
            least[key] = min(strength, least.get(key, strength))
    return [
        STRENGTH[least[one.actor, one.name]] if _can_be_relied_upon(one) else "none"
        for one in system.actions
    ]


def _can_be_relied_upon(action: Action) -> bool:
    return action.fault is None and bool(action.updates)
