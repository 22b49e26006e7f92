"""RabbitMQ, the consumer's side: automatic and manual acknowledgement (AMQP 0-9-1).

With automatic acknowledgement a message counts as delivered once it is written to the consumer's
socket; with manual acknowledgement the broker keeps it until `basic.ack`, and requeues it when the
channel or connection of its consumer closes, at its old place if it can.

Modelled: a queue in the order of publishing; delivery, work and acknowledgement as three steps;
consumers that crash; connections that break under a living consumer (`expire`). A broken connection
is noticed some time later, so that even a single consumer, back from a crash, may be handed the
second message before the first is requeued: the order is lost. A message on its way to the
consumer is lost as by a crash right after delivery. To publish and to store is one step here
(`rabbitmq_publisher.py` has the network in between). Prefetch is 1: a longer one only puts more
messages at stake at once.

Sources: RabbitMQ documentation, "Consumer Acknowledgements and Publisher Confirms", sections
"Consumer Acknowledgement Modes and Data Safety Considerations", "Negative Acknowledgement and
Requeuing of Deliveries", "When Consumers Fail or Lose Connection: Automatic Requeueing"; "Queues",
section "Message ordering".
"""

from deliverycheck.lang import Message, Steps, fault, inf
from deliverycheck.lang.parts import OrderedQueue, consumer


class RabbitManualAck(OrderedQueue):
    """Acknowledged after the work: nothing is lost, but a crash makes the work run twice."""

    claims = "at-least-once"
    faults = {"crash": 1}
    expects = {
        "no-silent-loss": "holds",
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "no-stale-effect": "violated",
        "no-deadlock": "holds",
    }

    auto_ack: bool = False

    @consumer
    def handle(self, m: Message) -> Steps:
        self.lease(m)
        if self.auto_ack:
            self.settle(m)
        yield "delivered"  # a crash here: requeued, or gone
        self.effect(m)
        if not self.auto_ack:
            yield "applied"  # a crash here: done, and it comes again
            self.settle(m)


class RabbitAutoAck(RabbitManualAck):
    """Acknowledged by being sent: never twice, but what a crashed consumer had in hand is lost."""

    expects = {
        "no-duplicate-effect": "holds",
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "eventual-effect": "violated",
        "in-order": "holds",
        "no-stale-effect": "holds",
        "no-deadlock": "violated",
    }

    auto_ack = True


class RabbitRequeueLoop(RabbitManualAck):
    """All consumers reject with `requeue` while a resource is away: round and round for ever."""

    faults = {"outage": inf, "crash": 1}
    expects = {
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "eventual-effect": "violated",
        "no-deadlock": "holds",
    }

    away: bool

    @consumer
    def handle(self, m: Message) -> Steps:
        self.lease(m)
        yield "delivered"
        if self.away:
            self.leased.discard(m)
            self.ready.add(m)
        else:
            self.effect(m)
            yield "applied"
            self.settle(m)

    @fault
    def outage(self) -> None:
        """What every consumer needs is away, or back again."""
        self.away = not self.away
