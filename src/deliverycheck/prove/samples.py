"""Samples: reachable states to learn lemmas from, by the reference interpreter.

What is learnt is proved afterwards, so any states will do; better ones leave fewer wrong guesses.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from deliverycheck.semantics.interpreter import ModelFault, successors
from deliverycheck.system.model import State, System

Step: TypeAlias = tuple[int, State]
"""The number of an action, and the state after it."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How many samples: states found breadth first, walks at random, and the steps of each."""

    broad: int
    walks: int
    long: int


FEW = Amount(600, 60, 40)
MANY = Amount(2_000, 120, 100)


class Onward:
    """What follows a state, by the reference interpreter, and kept for whoever asks again."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.known: dict[State, tuple[Step, ...]] = {}
        self._number = {id(action): number for number, action in enumerate(system.actions)}

    def after(self, state: State) -> tuple[Step, ...]:
        """The steps from a state; none where one goes wrong, which is another goal's business."""
        if state not in self.known:
            try:
                found = tuple(successors(self.system, state))
            except ModelFault:
                found = ()
            self.known[state] = tuple((self._number[id(one.action)], one.state) for one in found)
        return self.known[state]


def sampled(onward: Onward, amount: Amount, seed: int = 0) -> list[State]:
    """Some reachable states, the initial ones among them; the same for the same seed."""
    system = onward.system
    found = dict.fromkeys(system.initial)
    queue = list(found)
    for state in queue:
        if len(found) >= amount.broad:
            break
        for _, target in onward.after(state):
            if target not in found:
                found[target] = None
                queue.append(target)
    rng = Random(seed)  # noqa: S311 - not for secrets: any choice is as good
    for _ in range(amount.walks):
        state = rng.choice(system.initial)
        for _ in range(amount.long):
            steps = onward.after(state)
            if not steps:
                break
            _, state = rng.choice(steps)
            found[state] = None
    return list(found)
