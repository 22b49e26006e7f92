"""Samples: reachable states to learn lemmas from, by the reference interpreter.

What is learnt is proved afterwards, so any states will do; better ones leave fewer wrong guesses.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from deliverycheck.semantics.interpreter import ModelFault, successors
from deliverycheck.system.model import State, System


@dataclass(frozen=True, slots=True)
class Amount:
    """How many samples: states found breadth first, walks at random, and the steps of each."""

    broad: int
    walks: int
    long: int


FEW = Amount(600, 60, 40)
MANY = Amount(2_000, 120, 100)


def sampled(system: System, amount: Amount, seed: int = 0) -> list[State]:
    """Some reachable states, the initial ones among them; the same for the same seed."""
    onward: dict[State, tuple[State, ...]] = {}

    def after(state: State) -> tuple[State, ...]:
        if state not in onward:
            try:
                onward[state] = tuple(outcome.state for outcome in successors(system, state))
            except ModelFault:
                onward[state] = ()  # another goal's business
        return onward[state]

    found = dict.fromkeys(system.initial)
    queue = list(found)
    for state in queue:
        if len(found) >= amount.broad:
            break
        for target in after(state):
            if target not in found:
                found[target] = None
                queue.append(target)
    rng = Random(seed)  # noqa: S311 - not for secrets: any choice is as good
    for _ in range(amount.walks):
        state = rng.choice(system.initial)
        for _ in range(amount.long):
            targets = after(state)
            if not targets:
                break
            state = rng.choice(targets)
            found[state] = None
    return list(found)
