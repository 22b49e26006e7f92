"""The reachable states, computed once more by a breadth-first search."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from deliverycheck.certify.meaning import Meaning, TooLarge, Wrong
from deliverycheck.certify.states import states_digest
from deliverycheck.certify.wellformed import Refused
from deliverycheck.system.certificates import Ranking, ReachableSet
from deliverycheck.system.model import State

MOST_STATES = 300_000
WORK = 500_000_000
"""Nodes of terms evaluated before it gives up: about a minute."""


@dataclass(frozen=True, slots=True)
class Reached:
    """The reachable states, numbered as they were found, and what was seen on the way."""

    states: dict[State, int]
    sources: array[int]
    actions: array[int]
    targets: array[int]
    cut: set[str]
    """The names of the bounds that cut something off."""

    def steps(self) -> Iterator[tuple[int, int, int]]:
        """Every step: from which state, by which action, to which state."""
        return zip(self.sources, self.actions, self.targets, strict=True)


def reach(meaning: Meaning) -> Reached:
    """All that can be reached. Raises Refused where a step goes wrong, or TooLarge."""
    states = {state: at for at, state in enumerate(dict.fromkeys(meaning.system.initial))}
    order = list(states)
    reached = Reached(states, array("q"), array("q"), array("q"), set())
    for at, state in enumerate(order):  # grows while it is walked through
        reached.cut.update(meaning.cuts(state))
        for number, action in enumerate(meaning.system.actions):
            after = meaning.after(number, state)
            if isinstance(after, Wrong):
                where = meaning.shown(state)
                raise Refused(f"{after.of(action)}, in {where}")
            if after is None:
                continue
            if after not in states:
                if len(order) == MOST_STATES:
                    raise TooLarge("there are too many reachable states")
                states[after] = len(order)
                order.append(after)
            reached.sources.append(at)
            reached.actions.append(number)
            reached.targets.append(states[after])
    return reached


def demand_stated(reached: Reached, stated: ReachableSet | Ranking) -> None:
    """Raise Refused unless these are the states a certificate speaks of."""
    if stated.states != len(reached.states):
        raise Refused(f"there are {len(reached.states)} reachable states, not {stated.states}")
    if stated.digest != states_digest(reached.states):
        raise Refused("the digest of the reachable states is another one")
