"""TCP: what the kernel acknowledges, the application has not yet seen.

Within one connection TCP is exactly what an application could wish for: in order, nothing lost,
nothing doubled. But an acknowledgement means that the octets are in the memory of the peer's
kernel, not that the peer's application has read them, let alone worked on them (RFC 793, section
2.6; its successor, RFC 9293, leaves that explanation to it). And a connection ends: the peer
restarts, a middlebox forgets it, a timer gives up. Whatever was in flight in either direction is
gone then, and the sender cannot know how much of it had arrived. It opens a new connection, whose
sequence numbers have nothing to do with those of the old one, and sends again what it has no word
of (here in any order, so a break can cost the order, too).

`acknowledge = "kernel"`: the sender relies on the acknowledgement of TCP (an empty send buffer).
`acknowledge = "application"`: the peer answers in the protocol above TCP, after the work.

One connection at a time is modelled, as a line each way that a break (`lose`) empties. Sequence
numbers, windows and retransmissions within a connection are not: that they do what they promise is
the premise here. Nor are half-open connections: after a crash of the worker the old connection
breaks or goes on, which covers both a dead host and a dead process whose kernel lives.
"""

from typing import Literal

from deliverycheck.lang import Channel, Connection, Message, Steps
from deliverycheck.lang.parts import RetryUntilAcknowledged, sender, worker


class TcpKernelAcknowledges(RetryUntilAcknowledged):
    """Acknowledged by the kernel, lost by the application; sent again after a break: doubled."""

    claims = "at-least-once"
    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "honest-ack": "violated",
        "eventual-effect": "violated",
        "no-duplicate-effect": "violated",
        "in-order": "violated",
    }

    acknowledge: Literal["kernel", "application"] = "kernel"

    requests: Channel[Message] = Connection(sender, worker, capacity="messages")
    replies: Channel[Message] = Connection(worker, sender, capacity="messages")

    @sender
    def submit(self, m: Message) -> None:
        """Kept for the next connection, and written into this one, in order."""
        super().submit(m)
        self.requests.put(m)

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        if self.acknowledge == "kernel":
            self.replies.put(m)
        yield "received"  # in the kernel's memory: a crash loses it
        yield from self.process(m)
        if self.acknowledge == "application":
            self.replies.put(m)

    def process(self, m: Message) -> Steps:
        self.effect(m)
        yield "applied"


class TcpApplicationAcknowledges(TcpKernelAcknowledges):
    """The application answers when it is done: nothing is lost, but a break doubles."""

    acknowledge = "application"
    expects = {
        "no-duplicate-effect": "violated",
        "honest-ack": "holds",
        "in-order": "violated",
    }


class TcpIdempotent(TcpApplicationAcknowledges):
    """And it remembers what it has done, over all connections and crashes: exactly once."""

    expects = {
        "no-loss": "holds",
        "no-duplicate-effect": "holds",
        "honest-ack": "holds",
        "eventual-effect": "holds",
        "in-order": "violated",
    }

    processed: set[Message]

    def process(self, m: Message) -> Steps:
        if m not in self.processed:
            self.effect(m)
            self.processed.add(m)  # no yield in between: one transaction
        yield "applied"
