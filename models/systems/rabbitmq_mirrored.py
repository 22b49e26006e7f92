"""RabbitMQ's classic mirrored queues, removed in 4.0: promotion of a mirror that is not in step.

A publish is confirmed once all mirrors have the message. But a mirror that joins late begins empty,
and gets what is published from then on. Until what came before it is consumed, or was copied to it
(`ha-sync-mode`: on command, the default, or at once when it joins), it is unsynchronised. When the
leader is gone and no mirror in step is left, such a mirror is promoted: with
`ha-promote-on-failure = always`, the default, at once; else the queue waits for its leader. What
the mirror lacks is lost, although it was confirmed. And in step or not, what it has seen no
acknowledgement of is delivered again. A partition that heals by restarting the losing side
(`autoheal`) ends in the same way. Quorum queues put an end to it.

Modelled: the queue and one mirror, which may join at any time, and after a failover another.
Publishing with a confirm, and consuming with an acknowledgement, are one step each; the latter
reaches the mirror later (`follow`), in order. A mirror that was restarted begins empty, too, and is
one that joins late. Not modelled: to synchronise on command, which is as good as to join before.

Sources: RabbitMQ documentation 3.13, "Classic Queue Mirroring", sections "Configuring
Synchronisation", "Mirrored Queue Implementation and Semantics", "Publisher Confirms and
Transactions", "Unsynchronised Mirrors" and "Promotion of Unsynchronised Mirrors on Failure";
"Clustering and Network Partitions".
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
    ha_sync_mode: Literal["manual", "automatic"] = "manual"

    mirrored: bool  # there is a mirror
    mirror: set[Message]

    @producer
    def submit(self, m: Message) -> None:
        """Confirmed when the leader has it, and the mirror if there is one."""
        super().submit(m)
        if self.mirrored:
            self.mirror.add(m)
        self.take_over(m)
        self.tell_done(m)

    @consumer
    def consume(self, m: Message) -> None:
        self.lease(m)
        self.effect(m)
        self.settle(m)

    @broker
    def join(self) -> None:
        """A mirror joins: empty, unless what is there is copied to it at once."""
        require(not self.mirrored)
        self.mirrored = True
        if self.ha_sync_mode == "automatic":
            for m in self.messages:
                if m in self.ready:
                    self.mirror.add(m)

    @broker
    def follow(self, m: Message) -> None:
        """The mirror hears that its first message was acknowledged."""
        require(m in self.mirror and m not in self.ready)
        require(all(self.place[m] <= self.place[k] for k in self.mirror))
        self.mirror.discard(m)

    @fault
    def failover(self) -> None:
        """The leader is gone, and the mirror is promoted: as it is, or if it is in step."""
        in_step = all(m in self.mirror for m in self.ready)
        require(self.mirrored and (in_step or self.ha_promote_on_failure == "always"))
        for m in self.messages:
            if m in self.mirror:
                self.ready.add(m)
            else:
                self.ready.discard(m)
        self.mirrored = False
        self.mirror = set()
