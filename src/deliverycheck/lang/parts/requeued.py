"""Requeued: a leased queue whose slow worker cannot take back what was handed on."""

from __future__ import annotations

from deliverycheck.lang.domains import Message
from deliverycheck.lang.parts.queues import LeasedQueue


class RequeueingQueue(LeasedQueue):
    """When a lease runs out, the job is put into the queue anew, as if it were another one.

    So the first holder can end its own lease only: what it was too slow for is run again.
    """

    def settle(self, m: Message) -> None:
        """The holder is done; what is in the queue by now stays there."""
        self.leased.discard(m)
