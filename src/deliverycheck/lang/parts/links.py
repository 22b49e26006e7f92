"""Links: one message at a time, with a number at each end to tell new from old."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from deliverycheck.lang.channels import Fifo, require
from deliverycheck.lang.domains import Message, Range
from deliverycheck.lang.protocol import Protocol
from deliverycheck.lang.roles import Role, Steps

numberer = Role("sender", crashes=True)
checker = Role("receiver", crashes=True)

Count = Annotated[int, Range(0, "messages")]
Epoch = Annotated[int, Range(0, "lives")]


class Segment(NamedTuple):
    """A message with its number, which counts from zero in each epoch."""

    m: Message
    epoch: Epoch
    number: Count


class Receipt(NamedTuple):
    """All numbers of this epoch that are below `expected` have arrived."""

    epoch: Epoch
    expected: Count


class NumberedLink(Protocol):
    """The sender repeats a message until its number is answered; the receiver applies what bears
    the number it expects. All is durable here, and there is one epoch only.

    To take a message, to apply it and to count on are one step, for a crash in between is like the
    loss of the message.
    """

    lives: int = 0  # of the sender, that are told apart by an epoch
    epoch: int = 0

    outbox: Message | None
    number: Count  # of the message in the outbox, or of the next
    expected: Count
    segments: Fifo[Segment] = Fifo(numberer, checker, capacity=1)
    receipts: Fifo[Receipt] = Fifo(checker, numberer, capacity=1)

    @numberer
    def submit(self, m: Message) -> None:
        """The application hands the message over; it waits for the one before."""
        require(self.outbox is None)
        self.accept(m)
        self.outbox = m

    @numberer
    def send(self, m: Message) -> None:
        """At any time, as often as there is room."""
        require(self.outbox == m)
        self.segments.put(Segment(m, self.epoch, self.number))

    @checker
    def receive(self, segment: Segment) -> Steps:
        """Apply what is expected, and answer in any case."""
        self.segments.take(segment)
        self.apply(segment)
        yield "applied"
        self.receipts.put(Receipt(segment.epoch, self.expected))

    def apply(self, segment: Segment) -> None:
        """What bears the number that is expected is new; the rest are repetitions."""
        if segment.number == self.expected:
            self.effect(segment.m)
            self.expected += 1

    @numberer
    def hear(self, receipt: Receipt) -> None:
        """The message has arrived: forget it and report it done."""
        self.receipts.take(receipt)
        if (
            receipt.epoch == self.epoch
            and receipt.expected > self.number
            and self.outbox is not None
        ):
            self.tell_done(self.outbox)
            self.outbox = None
            self.number += 1
