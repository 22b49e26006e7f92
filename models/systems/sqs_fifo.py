"""Amazon SQS, FIFO queue: deduplication for five minutes, and one message of a group at a time.

A send that bears a deduplication id seen within the last five minutes is answered with success and
not delivered, even if the first has been received and deleted meanwhile. Messages of a group are
received in order, and none while an earlier one is in flight.

Modelled: one message group; one producer that sends a message when the one before is confirmed,
and repeats it until then; the interval's end as a fault (`forget`); the deduplication id of the
producer's, or the hash of the body (`content_based_deduplication`), with two messages whose bodies
are equal on purpose; the visibility timeout as a lease (`expire`: it is too short). Not modelled:
batches, high throughput mode, receive request attempt ids (a lost answer to ReceiveMessage is a
crash here).

Sources: Amazon SQS Developer Guide, "Exactly-once processing in Amazon SQS", "FIFO queue delivery
logic in Amazon SQS", "Amazon SQS FIFO queue key terms", "Using the message deduplication ID in
Amazon SQS"; API Reference, "SendMessage".
"""

from typing import Annotated

from deliverycheck.lang import Message, Range, Steps, require
from deliverycheck.lang.parts import DeduplicatingQueue, broker, consumer, producer


class SqsFifo(DeduplicatingQueue):
    """Sends that are repeated in time do no harm; nothing that fails after the work is covered."""

    claims = "exactly-once"
    faults = {"lose": 1}
    expects = {
        "no-silent-loss": "holds",
        "honest-ack": "holds",
        "in-order": "holds",
        "no-stale-effect": "holds",
        "no-deadlock": "holds",
    }

    content_based_deduplication: bool = False
    equal_bodies: bool = False  # of the two messages, which nevertheless mean two effects

    place: dict[Message, Annotated[int, Range(0, "messages")]]

    @producer
    def submit(self, m: Message) -> None:
        """One after the other: the order is that of the sends."""
        require(len(self.outbox) == 0)
        super().submit(m)

    @broker
    def store(self, m: Message) -> None:
        super().store(m)
        if m not in self.place:
            self.place[m] = len(self.place)

    def same_id(self, m: Message, k: Message) -> bool:
        return m == k or (self.content_based_deduplication and self.equal_bodies)

    def lease(self, m: Message) -> None:
        """The first of the group, while no other of the group is in flight."""
        require(m in self.ready and all(self.place[m] <= self.place[k] for k in self.ready))
        require(len(self.leased) == 0)
        super().lease(m)

    @consumer
    def handle(self, m: Message) -> Steps:
        self.lease(m)
        yield "received"
        self.effect(m)
        yield "applied"  # a crash here: done, and it comes again
        self.leased.discard(m)  # fails once the visibility timeout is over: it stays in the queue


class SqsFifoLateRetry(SqsFifo):
    """A send that is repeated after the interval is a new message: the work runs twice."""

    faults = {"lose": 1, "forget": 1}
    expects = {
        "no-duplicate-effect": "violated",
        "in-order": "holds",
        "no-stale-effect": "holds",
        "honest-ack": "holds",
    }


class SqsFifoSlowConsumers(SqsFifo):
    """Two consumers and a visibility timeout that is too short: twice, and out of order."""

    faults = {"expire": 1}
    expects = {
        "no-duplicate-effect": "violated",
        "in-order": "holds",
        "no-stale-effect": "violated",
        "honest-ack": "holds",
    }

    consumers = 2


class SqsFifoEqualBodies(SqsFifo):
    """Deduplication by content swallows the second of two equal bodies, and reports success."""

    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "eventual-effect": "violated",
        "honest-ack": "violated",
        "no-duplicate-effect": "violated",
        "no-deadlock": "violated",
    }

    content_based_deduplication = True
    equal_bodies = True
