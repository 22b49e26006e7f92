"""RabbitMQ's classic mirrored queues, removed in 4.0: promotion of a mirror that lags behind.

A mirror that joins late has only what came after it, and one that is behind has not yet heard of
some acknowledgements. When the leader is gone and no mirror in step is left, such a mirror may be
promoted: with `ha-promote-on-failure = always`, the default, at once. What it lacks is lost,
although it was confirmed; what it still has is delivered again. A partition that heals by
restarting the losing side (`autoheal`) ends in the same way. Quorum queues put an end to it.

Modelled: the queue and one mirror, which follows message by message; publishing with a confirm, and
consuming with an acknowledgement, are one step each, since what matters is what the mirror knows.

Sources: RabbitMQ documentation 3.13, "Classic Queue Mirroring", sections "Unsynchronised Mirrors"
and "Promotion of Unsynchronised Mirrors on Failure"; "Clustering and Network Partitions".
"""

from typing import Literal

from deliverycheck.lang import Message, fault, require
from deliverycheck.lang.parts import OrderedQueue, broker, consumer, producer


class RabbitMirrored(OrderedQueue):
    """Confirmed, and then lost, doubled or out of order, once a lagging mirror takes over."""

    claims = "at-least-once"
    faults = {"failover": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "honest-ack": "holds",  # a durable holder had it, and was replaced
        "eventual-effect": "violated",
        "no-duplicate-effect": "violated",
        "in-order": "holds",
        "no-stale-effect": "violated",
        "no-deadlock": "violated",
    }

    ha_promote_on_failure: Literal["always", "when-synced"] = "always"

    mirror: set[Message]

    @producer
    def submit(self, m: Message) -> None:
        super().submit(m)
        self.take_over(m)
        self.tell_done(m)

    @consumer
    def consume(self, m: Message) -> None:
        self.lease(m)
        self.effect(m)
        self.settle(m)

    @broker
    def follow(self, m: Message) -> None:
        """The mirror hears of a message that came, or was acknowledged."""
        require((m in self.mirror) != (m in self.ready))
        if m in self.ready:
            self.mirror.add(m)
        else:
            self.mirror.discard(m)

    @fault
    def failover(self) -> None:
        """The leader is gone, and the mirror is promoted: as it is, or once it is in step."""
        if self.ha_promote_on_failure == "always":
            for m in self.messages:
                if m in self.mirror:
                    self.ready.add(m)
                else:
                    self.ready.discard(m)
