"""Queues: a broker between producer and consumer, which hands messages out under a lease."""

from __future__ import annotations

from deliverycheck.lang.channels import Channel, require
from deliverycheck.lang.domains import Message
from deliverycheck.lang.protocol import Protocol
from deliverycheck.lang.roles import Role

producer = Role("producer")
broker = Role("broker")
consumer = Role("consumer", crashes=True, replicas="consumers")


class LeasedQueue(Protocol):
    """A durable queue without an order; what is handed out stays in it until it is settled.

    The consumer's half takes a message by `lease` and ends with `settle`. Where it does not come
    to that, the lease runs out and the message is ready once more. To accept a message and to
    store it is one step here; `ConfirmedQueue` has the network in between.
    """

    consumers: int = 1

    ready: set[Message]
    leased: set[Message]

    @producer
    def submit(self, m: Message) -> None:
        """The application hands the message over, and it is in the queue."""
        self.accept(m)
        self.ready.add(m)

    @broker
    def end_lease(self, m: Message) -> None:
        """The consumer is gone, or took too long: the message is ready for another."""
        require(m in self.leased and self.expired(m))
        self.leased.discard(m)
        self.ready.add(m)

    def lease(self, m: Message) -> None:
        """A consumer takes the message; nobody else gets it until the lease ends."""
        require(m in self.ready)
        self.ready.discard(m)
        self.leased.add(m)

    def settle(self, m: Message) -> None:
        """The consumer is done: the message leaves the queue."""
        self.ready.discard(m)
        self.leased.discard(m)


class ConfirmedQueue(LeasedQueue):
    """The same, fed over a network: the producer repeats until the broker confirms.

    Each copy that arrives is stored, for the broker does not know one message from another.
    """

    outbox: set[Message]
    publishes: Channel[Message] = Channel(producer, broker)
    confirms: Channel[Message] = Channel(broker, producer)

    @producer
    def submit(self, m: Message) -> None:
        """The application hands the message over; it is kept durably from here on."""
        self.accept(m)
        self.outbox.add(m)

    @producer
    def publish(self, m: Message) -> None:
        """Publish, and publish again when no confirmation came in time."""
        require(m in self.outbox and self.timed_out(m, self.publishes, self.confirms))
        self.publishes.put(m)

    @broker
    def store(self, m: Message) -> None:
        """The message is in the queue: from here on the broker answers for it."""
        self.publishes.take(m)
        self.ready.add(m)
        self.take_over(m)
        self.confirms.put(m)

    @producer
    def hear(self, m: Message) -> None:
        """The confirmation is there: forget the message and report it done."""
        self.confirms.take(m)
        self.outbox.discard(m)
        self.tell_done(m)
