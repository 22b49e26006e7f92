"""At least once: the sender repeats until it hears an acknowledgement.

A message that stays in the outbox until somebody answers for it cannot be lost. The price: the
sender cannot tell a lost message from a lost answer. When the answer is lost, or the worker dies
after the work and before the answer, it sends again, and the work runs twice.

Nothing need even be lost: an answer that is merely slow (`delay=1`) has the same effect.
"""

from deliverycheck.lang import Channel, Message, Protocol, Role, Steps, require

sender = Role("sender")
worker = Role("worker", crashes=True)


class AtLeastOnce(Protocol):
    """Nothing is lost, but a lost acknowledgement or a crash makes the work run twice."""

    claims = "at-least-once"
    faults = {"lose": 1, "crash": 1}
    expects = {"no-duplicate-effect": "violated"}

    outbox: set[Message]  # durable unless said otherwise
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
        self.effect(m)
        yield "applied"  # a crash here: done, but nobody knows
        self.replies.put(m)
