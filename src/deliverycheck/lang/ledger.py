"""The ledger: what really happened, kept outside what the protocol can see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from deliverycheck.lang.channels import require
from deliverycheck.lang.domains import Message

Told: TypeAlias = Literal["nothing", "done", "failed"]
Order: TypeAlias = Literal["ordered", "stale", "overtaken"]

EFFECTS_STOP = 2
"""The effect counter stops here: two are already one too many, and a set would hide them."""


@dataclass(slots=True)
class Ledger:
    """The record of acceptances, effects and answers. Only properties may read it."""

    ranks: dict[Message, int] = field(default_factory=dict[Message, int])
    """Acceptance order: 1 for the first message accepted, 2 for the next; absent before."""
    counts: dict[Message, int] = field(default_factory=dict[Message, int])
    answers: dict[Message, Told] = field(default_factory=dict[Message, Told])
    set_aside: set[Message] = field(default_factory=set[Message])
    holders: set[Message] = field(default_factory=set[Message])
    order: Order = "ordered"

    def accepted(self, m: Message) -> bool:
        """Whether the application handed `m` to the sender."""
        return m in self.ranks

    def effects(self, m: Message) -> int:
        """How many times the effect of `m` happened, counted up to 2."""
        return self.counts.get(m, 0)

    def told(self, m: Message) -> Told:
        """What the application was told about `m`."""
        return self.answers.get(m, "nothing")

    def parked(self, m: Message) -> bool:
        """Whether `m` was put aside for a person."""
        return m in self.set_aside

    def taken_over(self, m: Message) -> bool:
        """Whether a durable holder has taken over `m`."""
        return m in self.holders

    def record_acceptance(self, m: Message) -> None:
        """`m` is accepted; once only, so the step is blocked if it was before."""
        require(m not in self.ranks)
        self.ranks[m] = len(self.ranks) + 1

    def record_effect(self, m: Message) -> None:
        """The effect of `m` happens once more."""
        rank = self.ranks.get(m, 0)
        later = any(0 < rank < self.ranks.get(o, 0) and n > 0 for o, n in self.counts.items())
        if later and self.effects(m) == 0:
            self.order = "overtaken"
        elif later and self.order == "ordered":
            self.order = "stale"
        self.counts[m] = min(EFFECTS_STOP, self.effects(m) + 1)
