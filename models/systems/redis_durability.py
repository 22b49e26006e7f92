"""What Redis takes back: commands that were answered before a second copy had heard of them.

A stream, and a consumer that acknowledges after its work. XADD and XACK are answered at once. The
copy that counts after a disaster hears of them a little later:

    the append-only file   `appendfsync everysec`: at most a second; `always`: before the answer
    a replica              whenever the link lets it; WAIT makes the client wait for some replicas,
                           but any of them may be the one that is promoted

If the copy has not heard of an XADD, the entry is gone, although the producer was told that it is
there. If it has not heard of an XACK, the entry is pending again, and the work is done twice.

Rules: Redis documentation: Persistence (Append-only file; How durable is the append only file?),
Replication (How Redis replication works), page WAIT (Consistency and WAIT).

Faults of its own: `power_loss` (the whole machine; a mere crash of Redis loses nothing that was
written to the file) and `failover`. Not modelled: the network; deliveries taken back, which an
XAUTOCLAIM makes up for; the order of a stream.
"""

from typing import Literal

from deliverycheck.lang import Message, Steps, fault, require
from deliverycheck.lang.parts import RequeueingQueue, broker, consumer, producer


class _RedisCopied(RequeueingQueue):
    """A stream, a consumer, and a second copy that hears of things a little later."""

    claims = "at-least-once"
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "honest-ack": "violated",
        "no-duplicate-effect": "violated",
        "eventual-effect": "violated",
    }

    adds: set[Message]  # of which the copy has not heard yet
    acks: set[Message]

    def lags(self) -> bool:
        """Whether the answer does not wait for the copy."""
        return True

    @producer
    def submit(self, m: Message) -> None:
        """XADD, and its answer."""
        super().submit(m)
        if self.lags():
            self.adds.add(m)
        else:
            self.take_over(m)
        self.tell_done(m)

    @consumer
    def process(self, m: Message) -> Steps:
        self.lease(m)
        yield "delivered"
        self.effect(m)
        yield "applied"
        self.settle(m)

    def settle(self, m: Message) -> None:
        """XACK, and its answer."""
        super().settle(m)
        if self.lags():
            self.acks.add(m)

    @broker
    def copy(self, m: Message) -> None:
        """The copy has heard of what was said about this entry."""
        require(m in self.adds or m in self.acks)
        self.adds.discard(m)
        self.acks.discard(m)
        self.take_over(m)

    def go_on_from_copy(self) -> None:
        """What the copy has not heard of did not happen."""
        for m in self.messages:
            if m in self.adds:
                self.ready.discard(m)
                self.leased.discard(m)
            elif m in self.acks:
                self.leased.add(m)
        self.adds.clear()
        self.acks.clear()


class RedisAppendOnly(_RedisCopied):
    """With `everysec` a power loss takes back either end; with `always` it takes nothing."""

    faults = {"power_loss": 1}
    appendfsync: Literal["always", "everysec"] = "everysec"

    def lags(self) -> bool:
        """The answer waits for the disk only with `always`."""
        return self.appendfsync == "everysec"

    @fault
    def power_loss(self) -> None:
        self.go_on_from_copy()


class RedisFailover(_RedisCopied):
    """Replication is asynchronous: the new primary may lack an entry, or that it was processed."""

    faults = {"failover": 1}

    @fault
    def failover(self) -> None:
        self.go_on_from_copy()
