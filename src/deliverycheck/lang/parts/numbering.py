"""Numbering: a sender that numbers what it sends, and keeps several on their way at once."""

from __future__ import annotations

from typing import Annotated, NamedTuple, TypeAlias

from deliverycheck.lang.channels import Channel, Fifo, require
from deliverycheck.lang.domains import Message, Range
from deliverycheck.lang.protocol import Protocol
from deliverycheck.lang.roles import Role

publisher = Role("publisher")
leader = Role("leader")

Sequence: TypeAlias = Annotated[int, Range(0, "messages")]
"""A number given to a message, counted from 1; 0 is before the first."""


class Batch(NamedTuple):
    """A message with its number."""

    m: Message
    sequence: Sequence


class NumberedSender(Protocol):
    """The sender's half: number each message, send in that order, repeat what is not answered.

    The requests travel in order, as on one connection. The leader's half takes from `requests` and
    answers on `responses`. `in_flight` is what was sent and not answered; a subclass may bound it.
    """

    numbered: Sequence
    buffer: dict[Message, Sequence]
    in_flight: set[Message]
    requests: Fifo[Batch] = Fifo(publisher, leader, capacity=2)  # room for both messages
    responses: Channel[Message] = Channel(leader, publisher)

    @publisher
    def submit(self, m: Message) -> None:
        """The application hands the message over; it has its number from here on."""
        self.accept(m)
        self.numbered += 1
        self.buffer[m] = self.numbered

    @publisher
    def send(self, m: Message) -> None:
        """For the first time, and after those before it."""
        require(m in self.buffer and m not in self.in_flight and self.may_send())
        require(all(k in self.in_flight for k in self.buffer if self.buffer[k] < self.buffer[m]))
        self.in_flight.add(m)
        self.requests.put(Batch(m, self.buffer[m]))

    def may_send(self) -> bool:
        """Whether one more may be in flight."""
        return True

    @publisher
    def retry(self, m: Message) -> None:
        """Send again when no answer came in time."""
        require(m in self.in_flight and self.timed_out(m))
        self.requests.put(Batch(m, self.buffer[m]))

    @publisher
    def hear(self, m: Message) -> None:
        """The answer is there: forget the message and report it done."""
        self.responses.take(m)
        if m in self.in_flight:
            self.drop(m)
            self.tell_done(m)

    def drop(self, m: Message) -> None:
        """Nothing more is done for this message."""
        self.in_flight.discard(m)
        self.buffer.pop(m)

    def renumber(self) -> None:
        """Number what is still to be sent from 1 on, in the order it had."""
        for m in self.messages:
            if m in self.buffer:
                before = sum(1 for k in self.buffer if self.buffer[k] < self.buffer[m])
                self.buffer[m] = before + 1
        self.numbered = len(self.buffer)
        self.in_flight.clear()
