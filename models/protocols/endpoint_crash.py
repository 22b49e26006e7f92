"""Sequence numbers and crashes: an end that forgets its number, or begins again, breaks the link.

The sender numbers its messages and repeats each until it is answered; the receiver applies what
bears the number it expects, and takes what is older for a repetition. On a link that loses packets
that works for ever. But it rests on one number at each end, and each has to outlive a crash of its
end. Without memory that survives no protocol can make up for it (Fekete, Lynch, Mansour and
Spinelli, JACM 1993).

A fresh epoch for each life of the sender, as in Kafka's producer ids (KIP-98), declares the old
numbers void instead of using them again: nothing is lost any more, but what was in doubt at the
crash is sent again under the new epoch, and applied again. What helps is memory of the messages
themselves (`guarantees/at_least_once_idempotent.py`), or numbers that survive.

The messages are durable here in any case; the question is the numbers. To take a message, to apply
it and to count on are one step. Each link keeps the order and has room for one. A message that
cannot get through because the numbers no longer meet counts as lost: no continuation gets it there.
"""

from deliverycheck.lang import Message, Volatile, require
from deliverycheck.lang.parts import Count, Epoch, NumberedLink, Receipt, Segment, numberer


class DurableNumbers(NumberedLink):
    """Both ends keep their numbers in a crash: neither loss nor duplicates."""

    claims = "exactly-once"
    faults = {"lose": 1, "crash": 1}
    expects = {"in-order": "holds", "no-stale-effect": "holds", "honest-ack": "holds"}


class ReceiverForgets(NumberedLink):
    """After a crash the receiver expects the first number: what comes twice is new to it, and
    what comes next is too new."""

    claims = "exactly-once"
    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "violated",
        "eventual-effect": "violated",
        "in-order": "holds",
        "honest-ack": "holds",
    }

    expected: Volatile[Count]


class SenderBeginsAgain(NumberedLink):
    """After a crash the sender numbers from zero: its new message passes for an old one."""

    claims = "exactly-once"
    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "honest-ack": "violated",
        "eventual-effect": "violated",
        "in-order": "holds",
        "no-deadlock": "violated",
    }

    number: Volatile[Count]


class FreshEpochs(SenderBeginsAgain):
    """Each life of the sender counts under an epoch of its own: nothing is lost, but what was in
    doubt at the crash is applied again."""

    expects = {
        "no-duplicate-effect": "violated",
        "no-loss": "holds",
        "honest-ack": "holds",
        "in-order": "holds",
        "no-stale-effect": "holds",
    }

    lives: int = 2  # one, and as many as the sender crashes

    epoch: Epoch  # durable
    running: Volatile[bool]
    known: Epoch  # to the receiver

    @numberer
    def start(self) -> None:
        require(not self.running)
        self.running = True
        self.epoch += 1

    @numberer
    def send(self, m: Message) -> None:
        require(self.running)
        super().send(m)

    def apply(self, segment: Segment) -> None:
        """A new epoch begins with the first number."""
        if segment.epoch > self.known:
            self.known = segment.epoch
            self.expected = 0
        super().apply(segment)

    @numberer
    def hear(self, receipt: Receipt) -> None:
        require(self.running)
        super().hear(receipt)
