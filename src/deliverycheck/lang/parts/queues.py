"""Queues: a broker between producer and consumer; what it hands out is leased, or gone."""

from __future__ import annotations

from typing import Annotated

from deliverycheck.lang.channels import Channel, require
from deliverycheck.lang.domains import Message, Range
from deliverycheck.lang.protocol import Protocol
from deliverycheck.lang.roles import Role, fault

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


class RequeueingQueue(LeasedQueue):
    """When a lease runs out, the job is put into the queue anew, as if it were another one.

    So the first holder can end its own lease only: what it was too slow for is run again.
    """

    def settle(self, m: Message) -> None:
        """The holder is done; what is in the queue by now stays there."""
        self.leased.discard(m)


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
