"""Symmetry: which messages can change places without changing anything that is said of the system.

It is found out, not believed: for two messages that change places, the initial states must be the
same set; for every action there must be one that does in the renamed state what it did in the state
itself, as fair, as faulty, with the same checks and bounds; and a property counts only if its
clauses are the same set. Terms are compared in their normal form, so order does not matter, and
what is not seen to be equal is taken to differ. Exchanges that pass make up whole groups: if a and
b can change places, and b and c, so can a and c. (Ip and Dill 1996; Emerson and Sistla 1996.)

What may be asked of representatives alone:

* `always` and `at-rest` are about single states, `sometimes` too: if a clause is broken or met
  somewhere, then one of its images is, in the representative of that state.
* `possible` goes along runs, on which the representatives are renamed again and again: whose goal
  is out of reach is known only if the clause is renamed with them (`explore.outlook`). To ask of a
  graph of representatives where one clause's goal can be reached would excuse the loss of one
  message by the arrival of another.
* `leads-to` is left out. A run through representatives that goes round may be a run that never
  comes back to where it was, and a step that is relied upon is another one each time round. (So it
  was in TLC, issue 59.)

The order of acceptance is no order of the messages' names: the ledger keeps it message by message,
and so `in-order` and `no-stale-effect` pass as they are. A model that prefers m1 to m2 does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from deliverycheck.system.fairness import STRENGTH
from deliverycheck.system.mentions import (
    NOTHING,
    Mentions,
    Renaming,
    Unlike,
    renaming_of,
    steps_between,
    swap,
)
from deliverycheck.system.model import Action, Fairness, Property, State, System
from deliverycheck.system.normal import Forms
from deliverycheck.system.sorts import Value

Signature: TypeAlias = tuple[object, ...]
"""All that is said of an action, with numbers for terms: equal where two actions are the same."""

ClauseMap: TypeAlias = Mapping[str, tuple[int, ...]]
"""By property, by clause: the clause that says the same once the messages have changed places."""

BoundMap: TypeAlias = Mapping[str, frozenset[str]]
"""By the name of a bound: those that cut off the same once the messages have changed places."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Two neighbours of a class change places: a symmetry of the system."""

    renaming: Renaming
    clauses: ClauseMap
    """Of the properties that stay the same."""
    bounds: BoundMap


@dataclass(frozen=True, slots=True)
class Symmetry:
    """What is the same about a system whatever its messages are called."""

    classes: tuple[tuple[str, ...], ...]
    """Messages that are like each other, two or more together. None: there is no symmetry."""
    exchanges: tuple[Exchange, ...]
    """Of neighbours in the classes: all others follow from them."""
    properties: frozenset[str]
    """Those that stay the same, and are of a kind that may be asked of representatives."""
    reasons: tuple[str, ...]
    """Why messages are not alike, and why properties are left out."""


def symmetry_of(system: System, mentions: Mentions) -> Symmetry:
    """Which messages of a system are like each other; it is found out from its terms."""
    asked = _Asked(system, mentions)
    classes: list[list[str]] = []
    reasons: list[str] = []
    for message in mentions.messages:
        for alike in classes:
            reason = asked.difference(swap(alike[-1], message))
            if reason is None:
                alike.append(message)
                break
            reasons.append(f"{alike[-1]} is not like {message}: {reason}")
        else:
            classes.append([message])
    kept = tuple(tuple(alike) for alike in classes if len(alike) > 1)
    renamings = [
        renaming_of(system, mentions, names) for alike in kept for names in steps_between(alike)
    ]
    left_out = {prop.name: why for prop in system.properties if (why := asked.odd(prop, renamings))}
    stay = [prop for prop in system.properties if prop.name not in left_out]
    exchanges = tuple(
        Exchange(one, {p.name: asked.clauses(p, one) for p in stay}, asked.bounds(one))
        for one in renamings
    )
    names = frozenset(prop.name for prop in stay) if kept else frozenset[str]()
    if kept:
        reasons += left_out.values()
    return Symmetry(kept, exchanges, names, tuple(reasons))


class _Asked:
    """A system with the numbers of its terms."""

    def __init__(self, system: System, mentions: Mentions) -> None:
        self.system = system
        self.mentions = mentions
        self.forms = Forms()
        self.fairness = _resolved(system)
        self.plain = Counter(self._signatures(NOTHING))

    def difference(self, names: Mapping[str, str]) -> str | None:
        """Why two messages cannot change places; None if they can."""
        try:
            renaming = renaming_of(self.system, self.mentions, names)
            signatures = list(self._signatures(renaming))
        except Unlike as why:
            return str(why)
        if Counter(signatures) != self.plain:
            for signature, action in zip(signatures, self.system.actions, strict=True):
                if signature not in self.plain:
                    return f"nothing is to the one what {action.name} is to the other"
            return "some step is there more often for the one than for the other"
        start = set(self.system.initial)
        for state in self.system.initial:
            if renamed_state(self.system, renaming, state) not in start:
                return "they do not start alike"
        return None

    def odd(self, prop: Property, renamings: Iterable[Renaming]) -> str | None:
        """Why a property may not be asked of representatives; None if it may."""
        if prop.kind == "leads-to":
            return f"{prop.name}: representatives do not show what happens again and again"
        plain = Counter(self._clauses(prop, NOTHING))
        for renaming in renamings:
            try:
                same = Counter(self._clauses(prop, renaming)) == plain
            except Unlike:
                same = False
            if not same:
                one, other = renaming.names
                return f"{prop.name}: it says of {one} what it does not say of {other}"
        return None

    def clauses(self, prop: Property, renaming: Renaming) -> tuple[int, ...]:
        """For each clause of a property that stays the same: the one it becomes."""
        plain = self._clauses(prop, NOTHING)
        return tuple(plain.index(clause) for clause in self._clauses(prop, renaming))

    def _clauses(self, prop: Property, renaming: Renaming) -> list[tuple[int, int]]:
        number = self.forms.of
        return [(number(c.when, renaming), number(c.then, renaming)) for c in prop.clauses]

    def bounds(self, renaming: Renaming) -> BoundMap:
        """For the name of each bound: those of the bounds it becomes."""
        by_form: dict[tuple[Signature, int], set[str]] = {}
        signatures = zip(self._signatures(NOTHING), self.system.actions, strict=True)
        for signature, action in signatures:
            for bound in action.bounds:
                key = signature, self.forms.of(bound.term)
                by_form.setdefault(key, set()).add(bound.name)
        found: dict[str, set[str]] = {}
        signatures = zip(self._signatures(renaming), self.system.actions, strict=True)
        for signature, action in signatures:
            for bound in action.bounds:
                key = signature, self.forms.of(bound.term, renaming)
                found.setdefault(bound.name, set()).update(by_form[key])
        return {name: frozenset(others) for name, others in found.items()}

    def _signatures(self, renaming: Renaming) -> Iterable[Signature]:
        """What each action does, said of the renamed state. Raises Unlike."""
        for action, fairness in zip(self.system.actions, self.fairness, strict=True):
            yield self._signature(action, fairness, renaming)

    def _signature(self, action: Action, fairness: Fairness, renaming: Renaming) -> Signature:
        number = self.forms.of
        updates = sorted(
            (renaming.variables.get(name, name), number(term, renaming, name))
            for name, term in action.updates.items()
        )
        return (
            action.actor,
            action.fault,
            fairness,
            None if action.message is None else renaming.names.get(action.message, action.message),
            number(action.guard, renaming),
            tuple(updates),
            tuple(sorted(number(check.term, renaming) for check in action.checks)),
            tuple(sorted(number(bound.term, renaming) for bound in action.bounds)),
        )


def renamed_state(system: System, renaming: Renaming, state: State) -> State:
    """The state in which everything is said of the messages that changed places."""
    found: dict[str, Value] = {}
    for name, value in system.valuation(state).items():
        labels = renaming.labels.get(name, {})
        other = renaming.variables.get(name, name)
        found[other] = labels.get(value, value) if isinstance(value, str) else value
    return tuple(found[variable.name] for variable in system.variables)


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
