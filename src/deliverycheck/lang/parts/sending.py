"""Sending: a sender that repeats until it is answered."""

from __future__ import annotations

from deliverycheck.lang.channels import Channel, require
from deliverycheck.lang.domains import Message
from deliverycheck.lang.protocol import Protocol
from deliverycheck.lang.roles import Role

sender = Role("sender")
worker = Role("worker", crashes=True, replicas="workers")


class RetryUntilAcknowledged(Protocol):
    """The sender's half of at-least-once: keep the message, repeat it until an answer comes.

    This is the stubborn link of Cachin, Guerraoui and Rodrigues (2011, 2.4.3) with an end: the
    acknowledgement. The worker's half takes from `requests` and answers on `replies`.
    """

    workers: int = 1

    outbox: set[Message]
    requests: Channel[Message] = Channel(sender, worker)
    replies: Channel[Message] = Channel(worker, sender)

    @sender
    def submit(self, m: Message) -> None:
        """The application hands the message over; it is kept durably from here on."""
        self.accept(m)
        self.outbox.add(m)

    @sender
    def send(self, m: Message) -> None:
        """Send, and send again when no answer came in time."""
        require(m in self.outbox and self.timed_out(m))
        self.requests.put(m)

    @sender
    def hear(self, m: Message) -> None:
        """The answer is there: forget the message and report it done."""
        self.replies.take(m)
        self.outbox.discard(m)
        self.tell_done(m)
