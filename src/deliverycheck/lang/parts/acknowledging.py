"""Acknowledging queues: the consumer's word that it is done travels, too, and may be lost."""

from __future__ import annotations

from deliverycheck.lang.channels import Channel, require
from deliverycheck.lang.domains import Message
from deliverycheck.lang.parts.queues import LeasedQueue, broker, consumer


class AcknowledgingQueue(LeasedQueue):
    """A lease ends when neither a consumer nor an acknowledgement is under way any more."""

    acks: Channel[Message] = Channel(consumer, broker)

    def acknowledge(self, m: Message) -> None:
        """Tell the broker, and do not wait for what becomes of it."""
        self.acks.put(m)

    @broker
    def hear_ack(self, m: Message) -> None:
        """The acknowledgement is there: the message leaves the queue."""
        self.acks.take(m)
        self.settle(m)

    @broker
    def end_lease(self, m: Message) -> None:
        """No acknowledgement came in time: the message is ready for another."""
        require(m in self.leased and m not in self.acks and self.expired(m))
        self.leased.discard(m)
        self.ready.add(m)
