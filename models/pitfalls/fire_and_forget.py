"""Fire and forget, as the networks do it: a datagram, and a producer that does not wait.

A datagram is sent when the application hands it over, and nobody keeps it: UDP neither protects
against loss nor against copies, and on its way one may overtake another. (The same sender with a
queue of its own is guarantees/at_most_once.py.) `AcksZero` does not wait for the broker and reports
success as soon as the message is written to the socket, as a Kafka producer with `acks=0` does: now
a loss is not only silent, the application has been told the opposite.

Modelled: one link, in order as long as nothing reorders; what arrives is applied at once. Not
modelled: a receiver that crashes or whose buffer is full; to the sender both are a loss.

Sources: RFC 768, "User Datagram Protocol" (Introduction: neither delivery nor protection against
duplicates is guaranteed); Apache Kafka documentation, "Producer Configs" (acks).
"""

from deliverycheck.lang import Fifo, Message, Protocol, Role

sender = Role("sender")
receiver = Role("receiver")


class Datagram(Protocol):
    """One lost datagram is lost for good, and one that the network copies is applied twice."""

    claims = "at-most-once"
    faults = {"lose": 1, "duplicate": 1, "reorder": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "eventual-effect": "violated",
    }

    link: Fifo[Message] = Fifo(sender, receiver, capacity=3)  # two messages, and a copy

    @sender
    def send(self, m: Message) -> None:
        """Handed over, sent, forgotten."""
        self.accept(m)
        self.link.put(m)

    @receiver
    def receive(self, m: Message) -> None:
        self.link.take(m)
        self.effect(m)


class AcksZero(Datagram):
    """Success is reported when the message is on its way: one loss makes it a lie."""

    faults = {"lose": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "honest-ack": "violated",
        "in-order": "holds",
        "eventual-effect": "violated",
    }

    @sender
    def send(self, m: Message) -> None:
        super().send(m)
        self.tell_done(m)
