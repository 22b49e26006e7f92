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

The messages are durable here in any case; the question is the numbers. To apply a message and to
count on are one step. Each link keeps the order and has room for one. A message that cannot get
through because the numbers no longer meet counts as lost, for no continuation gets it through.
"""

from typing import Annotated, NamedTuple

from deliverycheck.lang import Fifo, Message, Protocol, Range, Role, Steps, Volatile, require

sender = Role("sender", crashes=True)
receiver = Role("receiver", crashes=True)

Count = Annotated[int, Range(0, "messages")]
Epoch = Annotated[int, Range(0, "lives")]


class Segment(NamedTuple):
    """A message with its number, which counts from zero in each epoch."""

    m: Message
    epoch: Epoch
    number: Count


class Answer(NamedTuple):
    """All numbers of this epoch that are below `expected` have arrived."""

    epoch: Epoch
    expected: Count


class DurableNumbers(Protocol):
    """Both ends keep their numbers in a crash: neither loss nor duplicates."""

    claims = "exactly-once"
    faults = {"lose": 1, "crash": 1}
    expects = {"in-order": "holds", "no-stale-effect": "holds", "honest-ack": "holds"}

    lives: int = 0  # of the sender, that are told apart by an epoch
    epoch: int = 0

    outbox: Message | None
    number: Count  # of the message in the outbox, or of the next
    expected: Count
    segments: Fifo[Segment] = Fifo(sender, receiver, capacity=1)
    answers: Fifo[Answer] = Fifo(receiver, sender, capacity=1)

    @sender
    def submit(self, m: Message) -> None:
        require(self.outbox is None)
        self.accept(m)
        self.outbox = m

    @sender
    def send(self, m: Message) -> None:
        """At any time, as often as there is room."""
        require(self.outbox == m)
        self.segments.put(Segment(m, self.epoch, self.number))

    @receiver
    def receive(self, segment: Segment) -> Steps:
        self.segments.take(segment)
        yield "received"
        if segment.number == self.expected:
            self.effect(segment.m)
            self.expected += 1
        yield "applied"
        self.answers.put(Answer(segment.epoch, self.expected))

    @sender
    def hear(self, answer: Answer) -> None:
        self.answers.take(answer)
        if answer.epoch == self.epoch and answer.expected > self.number and self.outbox is not None:
            self.tell_done(self.outbox)
            self.outbox = None
            self.number += 1


class ReceiverForgets(DurableNumbers):
    """After a crash the receiver expects the first number: what comes twice is new to it, and
    what comes next is too new."""

    expects = {"no-duplicate-effect": "violated", "no-loss": "violated"}

    expected: Volatile[Count]


class SenderBeginsAgain(DurableNumbers):
    """After a crash the sender numbers from zero: its new message passes for an old one."""

    expects = {"no-loss": "violated", "honest-ack": "violated"}

    number: Volatile[Count]
