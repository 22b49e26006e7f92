"""Windows: a sender with several messages on their way, told apart by numbers that come round."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from deliverycheck.lang.channels import Fifo, require
from deliverycheck.lang.domains import AtMost, Message, Range
from deliverycheck.lang.protocol import Protocol
from deliverycheck.lang.roles import Role

window_sender = Role("sender")
window_receiver = Role("receiver")

Number = Annotated[int, Range(1, "modulus")]


class Numbered(NamedTuple):
    """A message with its number."""

    m: Message
    number: Number


class NumberedWindow(Protocol):
    """The sender's window: at most `window` messages that it has not heard of, oldest first.

    Numbers are counted modulo `modulus`. How to send, to receive and to answer is left open.
    """

    window: int = 2
    modulus: int = 3
    room: int = 1

    sent: Annotated[list[Message], AtMost("window")]
    base: Number  # of the oldest in the window
    expected: Number  # by the receiver
    packets: Fifo[Numbered] = Fifo(window_sender, window_receiver, capacity="room")
    answers: Fifo[Number] = Fifo(window_receiver, window_sender, capacity="room")

    @window_sender
    def submit(self, m: Message) -> None:
        """The application hands the message over; it waits while the window is full."""
        require(len(self.sent) < self.window)
        self.accept(m)
        self.sent.append(m)

    def slide(self) -> None:
        """The oldest message has arrived: report it, and make room for another."""
        oldest = self.sent.pop(0)
        self.tell_done(oldest)
        self.base = self.wrapped(self.base + 1)

    def wrapped(self, number: int) -> int:
        """The number modulo `modulus`: after the last comes the first again."""
        return number if number <= self.modulus else number - self.modulus

    def distance(self, number: int, start: int) -> int:
        """How many steps it takes from `start` to `number`, modulo `modulus`."""
        return number - start if number >= start else number - start + self.modulus
