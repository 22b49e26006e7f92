"""Google Cloud Pub/Sub, pull subscriptions: acknowledgement deadlines, and exactly-once delivery.

A message is outstanding until it is acknowledged or its deadline ends; then it is delivered again,
under a new ack id. By default an acknowledgement is a best effort, and the client is told that it
succeeded before anybody knows. With `enable_exactly_once_delivery` the client learns what became
of it: after a success there is no further delivery, and only the latest ack id counts.

It is deliveries that happen exactly once, not effects: between the work and its acknowledgement the
consumer may crash or be too slow, and the message is delivered, rightly, again. And a message is
what Pub/Sub has given an id: a publish that is repeated has two ids (`PubSubRepeatedPublish`).

Modelled: ack ids as numbers of deliveries, of which only the latest is accepted, since that is the
promise; no verdict here depends on it, for the work is done before its acknowledgement fails. A
dead letter topic after `max_delivery_attempts`, with somebody who reads it. The deadline as a lease
(`expire`: it ends while the client works). An acknowledgement that may be lost on its way or, with
exactly-once delivery, is repeated by the client library until its result is known, in one step. Not
modelled: that dead letters are a best effort, too (the limit holds roughly, and a message may go to
their topic twice); retention (seven days unless set), ordering keys, and what has no exactly-once
delivery: push subscriptions and other regions.

Sources: Pub/Sub documentation, "Exactly-once delivery", "Subscription properties", "Dead-letter
topics"; reference, "DeadLetterPolicy"; client library reference, "AckReplyConsumerWithResponse".
"""

from typing import Annotated

from deliverycheck.lang import Message, Range, Steps, always, require
from deliverycheck.lang.parts import AcknowledgingQueue, ConfirmedQueue, broker, consumer


class PubSub(AcknowledgingQueue):
    """At least once: a lost acknowledgement, a crash or a slow client makes the work run twice."""

    claims = "at-least-once"
    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-silent-loss": "holds",
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "not-delivered-after-success": "violated",
        "no-deadlock": "holds",
    }

    enable_exactly_once_delivery: bool = False

    max_delivery_attempts: int = 5

    deliveries: dict[Message, Annotated[int, Range(1, "max_delivery_attempts")]]
    succeeded: set[Message]  # the client was told that its acknowledgement succeeded
    surprised: bool

    def lease(self, m: Message) -> None:
        require(self.deliveries.get(m, 0) < self.max_delivery_attempts)
        super().lease(m)
        self.deliveries[m] = self.deliveries.get(m, 0) + 1
        self.surprised = self.surprised or m in self.succeeded

    @consumer
    def handle(self, m: Message) -> Steps:
        self.lease(m)
        ack_id: Annotated[int, Range(1, "max_delivery_attempts")] = self.deliveries[m]
        yield "received"
        self.effect(m)
        yield "applied"  # a crash here: done, and it comes again
        if not self.enable_exactly_once_delivery:
            self.acknowledge(m)
            self.succeeded.add(m)
        elif m in self.leased and ack_id == self.deliveries[m]:
            self.settle(m)
            self.succeeded.add(m)

    @broker
    def dead_letter(self, m: Message) -> None:
        """Delivered often enough: to the dead letter topic."""
        require(m in self.ready and self.deliveries.get(m, 0) == self.max_delivery_attempts)
        self.ready.discard(m)
        self.park(m)

    @always
    def not_delivered_after_success(self) -> bool:
        return not self.surprised

    @always
    def nothing_parked(self, m: Message) -> bool:
        return not self.ledger.parked(m)


class PubSubExactlyOnce(PubSub):
    """Exactly-once delivery keeps its word, and the work runs twice all the same."""

    faults = {"crash": 1, "expire": 1}
    expects = {**PubSub.expects, "not-delivered-after-success": "holds"}

    enable_exactly_once_delivery = True


class PubSubRepeatedPublish(PubSubExactlyOnce, ConfirmedQueue):
    """A publish that is repeated has a new id: exactly-once delivery does not know it again."""

    faults = {"lose": 1}
    expects = PubSub.expects
