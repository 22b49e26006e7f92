"""At most once: fire and forget.

The sender sends each message once and keeps nothing. If it arrives, good; if it is lost, nobody
will ever know: not the sender, who does not listen, nor the worker, who never heard of it.
Fit for readings of a thermometer, where the next one is on its way; never for a payment.

Even "at most once" needs a network that does not copy: with `duplicate=1` the work runs twice.
"""

from deliverycheck.lang import Channel, Message, Protocol, Role, Steps, require

sender = Role("sender")
worker = Role("worker", crashes=True)


class AtMostOnce(Protocol):
    """Nothing runs twice, but one lost message or one crash loses data for good."""

    claims = "at-most-once"
    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "eventual-effect": "violated",
    }

    pending: set[Message]
    requests: Channel[Message] = Channel(sender, worker)

    @sender
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.pending.add(m)

    @sender
    def send(self, m: Message) -> None:
        """Send once, and forget."""
        require(m in self.pending)
        self.pending.discard(m)
        self.requests.put(m)

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"  # a crash here: the message is gone, and nobody has another copy
        self.effect(m)
