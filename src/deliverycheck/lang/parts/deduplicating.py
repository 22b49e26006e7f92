"""Deduplicating queues: the broker remembers for a while what it has taken in."""

from __future__ import annotations

from deliverycheck.lang.channels import require
from deliverycheck.lang.domains import Message
from deliverycheck.lang.parts.queues import ConfirmedQueue, broker
from deliverycheck.lang.roles import fault


class DeduplicatingQueue(ConfirmedQueue):
    """What arrives again within the window is confirmed, and not stored a second time.

    The id is remembered from the first arrival on, also when the message has been consumed. Two
    messages have different ids, unless `same_id` says otherwise.
    """

    remembered: set[Message]

    @broker
    def store(self, m: Message) -> None:
        """Store the message if its id is new, and confirm it in any case."""
        self.publishes.take(m)
        if not any(self.same_id(m, k) for k in self.remembered):
            self.ready.add(m)
            self.remembered.add(m)
            self.take_over(m)
        self.confirms.put(m)

    def same_id(self, m: Message, k: Message) -> bool:
        """Whether two messages bear the same id."""
        return m == k

    @fault
    def forget(self, m: Message) -> None:
        """The window closes: the id of this message is forgotten."""
        require(m in self.remembered)
        self.remembered.discard(m)
