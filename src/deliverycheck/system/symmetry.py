"""Symmetry: which messages can change places without changing anything that is said of the system.

It is found out, not believed: for two messages that change places, the initial states must be the
same set; for every action there must be one that does in the renamed state what it did in the state
itself, as fair, as faulty, with the same checks and bounds; and a property counts only if its
clauses are the same set. What is not seen to be the same is taken to differ. Exchanges that pass
make up whole groups: if a and b can change places, and b and c, so can a and c. (Ip and Dill 1996;
Emerson and Sistla 1996.)

What may be asked of representatives alone:

* `always` and `at-rest` are about single states, `sometimes` too: if a clause is broken or met
  somewhere, then one of its images is, in the representative of that state.
* `possible` goes along runs, on which the representatives are renamed again and again: whose goal
  is out of reach is known only if the clause is renamed with them (`explore.orbits`). To ask of a
  graph of representatives where one clause's goal can be reached would excuse the loss of one
  message by the arrival of another.
* `leads-to` is left out. A run through representatives that goes round may be a run that never
  comes back to where it was, and a step that is relied upon is another one each time round. (So it
  was in TLC, issue 59.)

The order of acceptance is no order of the messages' names: the ledger keeps it message by message,
and so `in-order` and `no-stale-effect` pass as they are. A model that prefers m1 to m2 does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from deliverycheck.system.matching import Matching
from deliverycheck.system.mentions import (
    Mentions,
    Renaming,
    Unlike,
    renaming_of,
    steps_between,
    swap,
)
from deliverycheck.system.model import Property, State, System
from deliverycheck.system.sorts import Value

ClauseMap: TypeAlias = Mapping[str, tuple[int, ...]]
"""By property, by clause: the clause that says the same once the messages have changed places."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Two neighbours of a class change places: a symmetry of the system."""

    renaming: Renaming
    actions: tuple[int, ...]
    """By action: the one that does the same once the messages have changed places."""
    clauses: ClauseMap
    """Of the properties that may be asked of representatives."""
    bounds: Mapping[str, frozenset[str]]
    """By the name of a bound: those that cut off the same once they have changed places."""


@dataclass(frozen=True, slots=True)
class Symmetry:
    """What is the same about a system whatever its messages are called."""

    system: System
    classes: tuple[tuple[str, ...], ...]
    """Messages that are like each other, two or more together. None: there is no symmetry."""
    exchanges: tuple[Exchange, ...]
    """Of neighbours in the classes, class by class: all others follow from them."""
    properties: frozenset[str]
    """Those that stay the same, and are of a kind that may be asked of representatives."""
    reasons: tuple[str, ...]
    """Why messages are not alike, and why properties are left out."""


def symmetry_of(system: System, mentions: Mentions) -> Symmetry:
    """Which messages of a system are like each other; it is found out from its terms."""
    matching = Matching(system)
    classes: list[list[str]] = []
    reasons: list[str] = []
    for message in mentions.messages:
        for alike in classes:
            reason = _difference(matching, mentions, swap(alike[-1], message))
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
    clauses: dict[str, list[tuple[int, ...]]] = {}
    for prop in system.properties if kept else ():
        found = _clauses(matching, prop, renamings)
        if isinstance(found, str):
            reasons.append(f"{prop.name}: {found}")
        else:
            clauses[prop.name] = found
    exchanges: list[Exchange] = []
    for number, one in enumerate(renamings):
        actions = _all(matching.actions(one)) or ()
        maps = {name: found[number] for name, found in clauses.items()}
        exchanges.append(Exchange(one, actions, maps, matching.bounds(one, actions)))
    return Symmetry(system, kept, tuple(exchanges), frozenset(clauses), tuple(reasons))


def _difference(matching: Matching, mentions: Mentions, names: Mapping[str, str]) -> str | None:
    """Why two messages cannot change places; None if they can."""
    system = matching.system
    try:
        renaming = renaming_of(system, mentions, names)
        actions = matching.actions(renaming)
    except Unlike as why:
        return str(why)
    if None in actions:
        odd = system.actions[actions.index(None)]
        return f"nothing is to the one what {odd.name} is to the other"
    starts = set(system.initial)
    if any(renamed_state(system, renaming, start) not in starts for start in starts):
        return "they do not start alike"
    return None


def _clauses(
    matching: Matching, prop: Property, renamings: Iterable[Renaming]
) -> list[tuple[int, ...]] | str:
    """What each renaming makes of a property's clauses, or why it may not be asked."""
    if prop.kind == "leads-to":
        return "representatives do not show what happens again and again"
    found: list[tuple[int, ...]] = []
    for renaming in renamings:
        one, other = renaming.names
        try:
            clauses = _all(matching.clauses(prop, renaming))
        except Unlike:
            clauses = None
        if clauses is None:
            return f"it says of {one} what it does not say of {other}"
        found.append(clauses)
    return found


def _all(numbers: Iterable[int | None]) -> tuple[int, ...] | None:
    found = tuple(numbers)
    kept = tuple(number for number in found if number is not None)
    return kept if len(kept) == len(found) else None


def renamed_state(system: System, renaming: Renaming, state: State) -> State:
    """The state in which everything is said of the messages that changed places."""
    found: dict[str, Value] = {}
    for name, value in system.valuation(state).items():
        labels = renaming.labels.get(name, {})
        other = renaming.variables.get(name, name)
        found[other] = labels.get(value, value) if isinstance(value, str) else value
    return tuple(found[variable.name] for variable in system.variables)
