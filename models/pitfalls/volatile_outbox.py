"""The outbox in memory: retries that die with the process that makes them.

Everything else is at-least-once by the book: the sender repeats until it hears an answer. But it
keeps what it has to repeat in memory only. When the sender's process restarts, it has forgotten
that there was anything to repeat, while the application believes the message is on its way.
"""

from deliverycheck.lang import Channel, Message, Protocol, Role, Steps, Volatile, require

sender = Role("sender", crashes=True)
worker = Role("worker", crashes=True)


class VolatileOutbox(Protocol):
    """Accepted, then forgotten: a crash of the sender loses the message."""

    claims = "at-least-once"
    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "violated",
        "eventual-effect": "violated",
    }

    outbox: Volatile[set[Message]]
    requests: Channel[Message] = Channel(sender, worker)
    replies: Channel[Message] = Channel(worker, sender)

    @sender
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.outbox.add(m)  # in memory: a crash from here on loses it

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
        yield "applied"
        self.replies.put(m)
