"""Pipelines: a sender that numbers what it sends, and keeps several on their way at once."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from deliverycheck.lang.channels import Channel, Fifo, require
from deliverycheck.lang.domains import Message, Range
from deliverycheck.lang.protocol import Protocol
from deliverycheck.lang.roles import Role

publisher = Role("publisher")
leader = Role("leader")

Number: TypeAlias = Annotated[int, Range(0, "messages")]
"""The number of a message, from 0 on, or how many there are."""


class NumberedSender(Protocol):
    """The sender's half: number each message, send in that order, repeat what is not answered.

    What a request carries is the message with its number; requests travel in order, as on one
    connection. The leader's half takes from `requests` and answers on `responses`. A subclass may
    bound what is in flight, that is sent and not answered.
    """

    number: dict[Message, Number]
    waiting: set[Message]
    in_flight: set[Message]
    requests: Fifo[Message] = Fifo(publisher, leader, capacity="messages")
    responses: Channel[Message] = Channel(leader, publisher)

    @publisher
    def submit(self, m: Message) -> None:
        """The application hands the message over; it has its number from here on."""
        self.accept(m)
        self.number[m] = len(self.number)
        self.waiting.add(m)

    @publisher
    def send(self, m: Message) -> None:
        """For the first time, and after those before it."""
        require(m in self.waiting and self.may_send())
        require(all(self.number[m] <= self.number[k] for k in self.waiting))
        self.waiting.discard(m)
        self.in_flight.add(m)
        self.requests.put(m)

    def may_send(self) -> bool:
        """Whether one more may be in flight."""
        return True

    @publisher
    def retry(self, m: Message) -> None:
        """Send again when no answer came in time."""
        require(m in self.in_flight and self.timed_out(m))
        self.requests.put(m)

    @publisher
    def hear(self, m: Message) -> None:
        """The answer is there: forget the message and report it done."""
        self.responses.take(m)
        if m in self.in_flight:
            self.in_flight.discard(m)
            self.tell_done(m)

    def earlier_missing(self, m: Message, among: set[Message], there: set[Message]) -> bool:
        """Whether a message of these that comes before `m` is not there."""
        return any(self.number[k] < self.number[m] for k in among if k not in there and k != m)
