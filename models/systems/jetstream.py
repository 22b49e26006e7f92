"""NATS JetStream: message ids, acknowledgements, and acknowledgements of acknowledgements.

A publish with a `Nats-Msg-Id` that the stream has seen within its duplicate window (two minutes
unless set) is answered and not stored. A consumer with explicit acknowledgement delivers again what
is not acknowledged within `ack_wait`. The acknowledgement may itself ask for an answer ("double
ack", AckSync): who has the answer will not see the message again.

Modelled: publishing over a network, repeated until the PubAck comes; the end of the window as a
fault (`forget`); acknowledgements that may be lost, or, with double ack, are repeated until they
are answered, in one step; `ack_wait` as a lease (`expire`: it ends while the worker works). A late
acknowledgement counts, even where the message has been delivered again since. The stream itself is
safe here; `jetstream_storage.py` asks what it takes. Not modelled: -NAK, +TERM, +WPI.

Sources: NATS documentation, "JetStream Model Deep Dive", sections "Message Deduplication",
"Acknowledgement Models", "Exactly Once Delivery"; nats-io/nats-server issue 4786 (late
acknowledgements).
"""

from deliverycheck.lang import Message, Steps
from deliverycheck.lang.parts import AcknowledgingQueue, DeduplicatingQueue, consumer


class JetStream(AcknowledgingQueue, DeduplicatingQueue):
    """Plain acknowledgements: the stream has no duplicates, but one lost ack makes one."""

    claims = "at-least-once"
    faults = {"lose": 1}
    expects = {
        "no-silent-loss": "holds",
        "honest-ack": "holds",
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "no-deadlock": "holds",
    }

    double_ack: bool = False

    @consumer
    def handle(self, m: Message) -> Steps:
        self.lease(m)
        yield "received"
        self.effect(m)
        yield "applied"  # a crash here: done, and it comes again
        if self.double_ack:
            self.settle(m)
        else:
            self.acknowledge(m)


class JetStreamDoubleAck(JetStream):
    """Message ids and double acks: exactly once, while no worker crashes and no window closes."""

    expects = {
        "no-duplicate-effect": "holds",
        "no-silent-loss": "holds",
        "honest-ack": "holds",
        "in-order": "violated",
        "no-deadlock": "holds",
    }

    double_ack = True


class JetStreamCrash(JetStreamDoubleAck):
    """A worker that crashes between the work and its double ack does the work twice."""

    faults = {"lose": 1, "crash": 1}
    expects = {**JetStreamDoubleAck.expects, "no-duplicate-effect": "violated"}


class JetStreamLateRetry(JetStreamDoubleAck):
    """A publish that is repeated after the duplicate window is stored a second time."""

    faults = {"lose": 1, "forget": 1}
    expects = {**JetStreamDoubleAck.expects, "no-duplicate-effect": "violated"}
