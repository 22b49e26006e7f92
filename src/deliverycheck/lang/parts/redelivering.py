"""Redelivering: a queue that keeps a message until it is settled, and hides it from nobody."""

from __future__ import annotations

from deliverycheck.lang.domains import Message
from deliverycheck.lang.parts.queues import producer
from deliverycheck.lang.protocol import Protocol


class RedeliveringQueue(Protocol):
    """The least that at-least-once delivery promises, with no timers and no network.

    Any consumer may have any message that is in `queue`, several of them at the same time, as when
    a lease runs out on a living holder. The consumer's half begins with `require(m in self.queue)`
    and acknowledges with `self.queue.discard(m)`; a crash before that, and the message comes again.
    """

    consumers: int = 1

    queue: set[Message]

    @producer
    def submit(self, m: Message) -> None:
        """The application hands the message over, and it is in the queue."""
        self.accept(m)
        self.queue.add(m)
