"""Windows: a sender with several messages on their way, told apart by numbers that come round."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from deliverycheck.lang.channels import Fifo, require
from deliverycheck.lang.domains import AtMost, Message, Range
from deliverycheck.lang.protocol import Protocol
from deliverycheck.lang.roles import Role

near_end = Role("sender")
far_end = Role("receiver")

Number = Annotated[int, Range(1, "modulus")]
"""After the last number comes the first again: `n % self.modulus + 1`."""

Place = Annotated[int, Range(0, "window")]
"""A place in the window, or one past its end."""


class Numbered(NamedTuple):
    """A message with its number."""

    m: Message
    number: Number


class NumberedWindow(Protocol):
    """The sender's window: at most `window` messages that it has not heard of, oldest first.

    How to send, to receive, to answer and to hear is left open.
    """

    window: int = 2
    modulus: int = 4
    room: int = 1  # on each of the two links

    sent: Annotated[list[Message], AtMost("window")]
    base: Number  # of the oldest in the window
    expected: Number  # by the receiver
    packets: Fifo[Numbered] = Fifo(near_end, far_end, capacity="room")
    answers: Fifo[Number] = Fifo(far_end, near_end, capacity="room")

    @near_end
    def submit(self, m: Message) -> None:
        """The application hands the message over; it waits while the window is full."""
        require(len(self.sent) < self.window)
        self.accept(m)
        self.sent.append(m)

    def number_at(self, place: int) -> int:
        """The number of a message by its place in the window."""
        return (self.base + place - 1) % self.modulus + 1

    def slide(self) -> None:
        """The oldest message has arrived: report it, and make room for another."""
        oldest = self.sent.pop(0)
        self.tell_done(oldest)
        self.base = self.base % self.modulus + 1

    def apply(self, m: Message) -> None:
        """The message that was expected: its effect, and its number, are one step."""
        self.effect(m)
        self.expected = self.expected % self.modulus + 1

    def answer(self, number: int) -> None:
        """Answer; where the link is full, the answer is lost."""
        if self.answers.has_room(number):
            self.answers.put(number)
