"""RabbitMQ quorum queues and messages that keep coming back: delivery limit and dead letters.

A quorum queue counts failed deliveries. Beyond `delivery_limit` (20 unless set, since 4.0) the
message leaves the queue: to the dead letter exchange if there is one, else for good. How it gets
to the queue behind that exchange is a second choice: "at-most-once", the default, removes it at
once and forgets it; "at-least-once" keeps it until the target has confirmed it, which needs
`overflow = reject-publish` as well.

Modelled: manual acknowledgement after the work; a delivery that ends by a crash, by a broken
connection or by a handler that rejects the message (`poison`) counts as failed (`basic.reject`
does; a `basic.nack` that requeues does so before 4.3 only); the target queue being away while a
dead letter is on its way (`failover`). The limit is 1 here, since only the number of failures it
takes depends on it. A dead letter that arrives is parked. Not modelled: replicas (a quorum survives
the loss of a minority), and second copies at the target of "at-least-once".

Sources: RabbitMQ documentation, "Quorum Queues", sections "Poison Message Handling" (4.3: "When is
delivery count incremented?") and "Dead Lettering"; "Dead Letter Exchanges", section "Safety".
"""

from typing import Annotated, Literal

from deliverycheck.lang import Message, Range, Steps, always, fault, require
from deliverycheck.lang.parts import OrderedQueue, broker, consumer


class RabbitQuorum(OrderedQueue):
    """No dead letter exchange: what fails too often is dropped, and nobody is told."""

    claims = "at-least-once"
    faults = {"crash": 2}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "eventual-effect": "violated",
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "no-deadlock": "violated",
    }

    delivery_limit: int = 1

    poisoned: set[Message]
    delivery_count: dict[Message, Annotated[int, Range(1, "delivery_limit")]]

    @consumer
    def handle(self, m: Message) -> Steps:
        self.lease(m)
        yield "delivered"
        if m not in self.poisoned:
            self.effect(m)
            yield "applied"
            self.settle(m)

    @broker
    def end_lease(self, m: Message) -> None:
        """Delivered without success: requeue it, or let it go where the limit is reached."""
        require(m in self.leased and self.expired(m))
        self.leased.discard(m)
        if self.delivery_count.get(m, 0) < self.delivery_limit:
            self.delivery_count[m] = self.delivery_count.get(m, 0) + 1
            self.ready.add(m)
        else:
            self.give_up(m)

    def give_up(self, m: Message) -> None:
        """Drop the message: there is no dead letter exchange."""

    @fault
    def poison(self, m: Message) -> None:
        """No consumer is able to take this message."""
        require(m in self.ready)
        self.poisoned.add(m)


class RabbitDeadLetters(RabbitQuorum):
    """With a dead letter exchange: parked, if the way to the target queue holds."""

    faults = {"crash": 2, "failover": 1}
    expects = {**RabbitQuorum.expects, "nothing-parked": "violated"}

    dead_letter_strategy: Literal["at-most-once", "at-least-once"] = "at-most-once"

    dead: set[Message]  # on its way to the target queue

    def give_up(self, m: Message) -> None:
        self.dead.add(m)

    @broker
    def arrive(self, m: Message) -> None:
        """The target queue has the dead letter."""
        require(m in self.dead)
        self.dead.discard(m)
        self.park(m)

    @fault
    def failover(self, m: Message) -> None:
        """The target queue is away just now: who waits for its confirm publishes again."""
        require(m in self.dead)
        if self.dead_letter_strategy == "at-most-once":
            self.dead.discard(m)

    @always
    def nothing_parked(self, m: Message) -> bool:
        return not self.ledger.parked(m)


class RabbitDeadLettersConfirmed(RabbitDeadLetters):
    """Dead letters under confirms: all that fails is parked, whatever fails over."""

    expects = {
        "no-loss": "holds",
        "no-silent-loss": "holds",
        "eventual-effect": "holds",
        "nothing-parked": "violated",
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "no-deadlock": "holds",
    }

    dead_letter_strategy = "at-least-once"
