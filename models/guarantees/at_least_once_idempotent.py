"""At least once, made safe: the effect and its mark are one step.

The sender repeats as before, so nothing is lost. The worker keeps a durable set of the messages
it has processed, and changes it in the same transaction as the effect. Whatever arrives again,
however often, finds its mark and is only answered. This is the pattern most systems should use.

It rests on that one transaction. Take it apart, and you have `pitfalls/check_then_act.py`.
"""

from deliverycheck.lang import Channel, Message, Protocol, Role, Steps, require

sender = Role("sender")
worker = Role("worker", crashes=True)


class AtLeastOnceIdempotent(Protocol):
    """Nothing is lost, and a second copy does no harm."""

    claims = "exactly-once"
    faults = {"lose": 1, "crash": 1}

    outbox: set[Message]
    processed: set[Message]
    requests: Channel[Message] = Channel(sender, worker)
    replies: Channel[Message] = Channel(worker, sender)

    @sender
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.outbox.add(m)

    @sender
    def send(self, m: Message) -> None:
        """Send, and send again when no answer came in time."""
        require(m in self.outbox and self.timed_out(m))
        self.requests.put(m)

    @sender
    def hear(self, m: Message) -> None:
        self.replies.take(m)
        self.outbox.discard(m)
        self.tell_done(m)

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"
        if m not in self.processed:
            self.effect(m)
            self.processed.add(m)  # no yield in between: one transaction
        yield "applied"
        self.replies.put(m)
