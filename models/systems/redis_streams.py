"""Redis Streams with a consumer group: what was handed out is pending until it is acknowledged.

    XADD             appends an entry; MAXLEN trims the oldest ones, delivered or not
    XREADGROUP >     hands out an entry that nobody had, and notes it in the PEL, the list of what
                     is pending; with NOACK it notes nothing
    XACK             strikes it from the PEL
    XAUTOCLAIM       takes over what has been pending for too long; what was trimmed is gone

Rules: Redis documentation: Streams (Consumer groups; Recovering from permanent failures; Capped
streams), pages XREADGROUP and XAUTOCLAIM.

With `expire` an entry is claimed from a consumer that lives. Fault of its own: `trim`, by MAXLEN of
whoever adds the next entry. Not modelled: the network, the order of a stream, the number of
deliveries, what Redis itself forgets (see redis_durability.py).
"""

from deliverycheck.lang import Message, Steps, fault, require
from deliverycheck.lang.parts import RequeueingQueue, broker, consumer, producer


class RedisStream(RequeueingQueue):
    """XACK after the work, and somebody who claims: nothing is lost, and a crash repeats work."""

    claims = "at-least-once"
    faults = {"crash": 1}
    expects = {"no-duplicate-effect": "violated", "honest-ack": "holds", "no-deadlock": "holds"}

    noack: bool = False
    xautoclaim: bool = True

    @producer
    def submit(self, m: Message) -> None:
        """XADD: the entry is in the stream, and the producer is told so."""
        super().submit(m)
        self.take_over(m)
        self.tell_done(m)

    @consumer
    def process(self, m: Message) -> Steps:
        self.lease(m)
        if self.noack:
            self.settle(m)
        yield "delivered"
        self.effect(m)
        yield "applied"
        self.settle(m)

    @broker
    def end_lease(self, m: Message) -> None:
        """XAUTOCLAIM: the entry is given to a consumer once more."""
        require(self.xautoclaim)
        super().end_lease(m)

    @fault
    def trim(self, m: Message) -> None:
        require(m in self.ready or m in self.leased)
        self.ready.discard(m)
        self.leased.discard(m)  # pending without an entry: whoever claims it gets nothing


class RedisStreamNoack(RedisStream):
    """Handed out and forgotten: a crash loses the entry, and nothing is done twice."""

    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "holds",
        "eventual-effect": "violated",
    }

    noack = True


class RedisStreamNobodyClaims(RedisStream):
    """The entry of a consumer that died stays in the PEL, and nobody asks for it."""

    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "holds",
        "eventual-effect": "violated",
    }

    xautoclaim = False


class RedisStreamTrimmed(RedisStream):
    """MAXLEN does not ask whether an entry was processed: what it trims is lost."""

    faults = {"trim": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "holds",
        "eventual-effect": "violated",
    }
