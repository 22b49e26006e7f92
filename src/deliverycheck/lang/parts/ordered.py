"""Ordered queues: what came first is handed out first, and comes back to where it was."""

from __future__ import annotations

from typing import Annotated

from deliverycheck.lang.channels import require
from deliverycheck.lang.domains import Message, Range
from deliverycheck.lang.parts.queues import LeasedQueue, producer


class OrderedQueue(LeasedQueue):
    """A queue in the order of arrival; a message whose lease ended is back at its old place.

    A message that is under lease is passed over: the next one may be handed out meanwhile.
    """

    place: dict[Message, Annotated[int, Range(0, "messages")]]

    @producer
    def submit(self, m: Message) -> None:
        """The application hands the message over, and it is the last in the queue."""
        super().submit(m)
        self.place[m] = len(self.place)

    def lease(self, m: Message) -> None:
        """A consumer takes the first message that is ready."""
        require(m in self.ready and all(self.place[m] <= self.place[k] for k in self.ready))
        super().lease(m)
