"""NATS JetStream, what the stream keeps: fsync, limits, and the number of deliveries.

The PubAck comes when the message is written, on a quorum if the stream is replicated; written is
not yet on disk, for files are synced every `sync_interval` (two minutes unless set) or, with
"always", at each write. A stream with limits discards what is old, read or not. A consumer with
`max_deliver` stops delivering a message after so many attempts: it stays in the stream, and an
advisory is sent for those who listen.

Modelled: publishing with its PubAck as one step; a failure of the operating systems that takes what
is not synced (`power_loss`: of the one server, or of a quorum at once; of fewer, a replicated
stream loses nothing); a limit that is reached before the message is consumed (`discard`); double
acks. `max_deliver` is 2 here, and unlimited unless set in NATS. An advisory that somebody listens
to parks the message.

Sources: NATS documentation, "JetStream", section "Syncing data to disk"; configuration reference,
"sync_interval"; "JetStream Model Deep Dive", section "Stream Limits, Retention, and Policy";
"Consumers", MaxDeliver.
"""

from typing import Annotated, Literal

from deliverycheck.lang import Message, Range, Steps, always, fault, require
from deliverycheck.lang.parts import LeasedQueue, broker, consumer, producer


class JetStreamStorage(LeasedQueue):
    """Acknowledged before it is synced: a power failure loses what the publisher was promised."""

    claims = "at-least-once"
    faults = {"power_loss": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "honest-ack": "violated",
        "eventual-effect": "violated",
        "no-duplicate-effect": "holds",
    }

    sync_interval: Literal["2m", "always"] = "2m"

    synced: set[Message]

    @producer
    def submit(self, m: Message) -> None:
        super().submit(m)
        if self.sync_interval == "always":
            self.synced.add(m)
            self.take_over(m)
        self.tell_done(m)

    @broker
    def sync(self, m: Message) -> None:
        """The interval is over: what is written is on disk."""
        require(m in self.ready and m not in self.synced)
        self.synced.add(m)
        self.take_over(m)

    @consumer
    def handle(self, m: Message) -> Steps:
        self.lease(m)
        yield "received"
        self.effect(m)
        yield "applied"
        self.settle(m)

    @fault
    def power_loss(self) -> None:
        """The operating system stops, and what it had not synced is gone."""
        for m in self.messages:
            if m not in self.synced:
                self.settle(m)

    @fault
    def discard(self, m: Message) -> None:
        """The stream's MaxAge, or DiscardOld at its size: the message goes, read or not."""
        require(m in self.ready)
        self.ready.discard(m)


class JetStreamSynced(JetStreamStorage):
    """Synced at each write: a PubAck is a promise that is kept."""

    expects = {"no-silent-loss": "holds", "honest-ack": "holds", "no-duplicate-effect": "holds"}

    sync_interval = "always"


class JetStreamMaxDeliver(JetStreamSynced):
    """After `max_deliver` attempts it is not delivered again: parked only if somebody listens."""

    faults = {"crash": 2}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "eventual-effect": "violated",
        "no-duplicate-effect": "violated",
        "honest-ack": "holds",
    }

    max_deliver: int = 2
    advisory_is_heard: bool = False

    delivered: dict[Message, Annotated[int, Range(1, "max_deliver")]]

    def lease(self, m: Message) -> None:
        require(self.delivered.get(m, 0) < self.max_deliver)
        super().lease(m)
        self.delivered[m] = self.delivered.get(m, 0) + 1

    @broker
    def advise(self, m: Message) -> None:
        """The message stays in the stream; an advisory says that it is no longer delivered."""
        require(self.advisory_is_heard and m in self.ready)
        require(self.delivered.get(m, 0) == self.max_deliver)
        self.ready.discard(m)
        self.park(m)

    @always
    def nothing_parked(self, m: Message) -> bool:
        return not self.ledger.parked(m)
