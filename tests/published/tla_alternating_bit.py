"""The alternating bit as Lamport specifies it in TLA+, to count its states as TLC does.

Values are sent again and again, for ever, so the ledger (each message once) has no place in it.
Source: Lamport, Specifying Systems (2002), section 14.3, AlternatingBit and MCAlternatingBit;
tlaplus/Examples, specifications/SpecifyingSystems/TLC.
"""

from typing import Literal, NamedTuple

from deliverycheck.lang import Fifo, Protocol, Role, inf, require

sender = Role("sender")
receiver = Role("receiver")

Value = Literal["d1", "d2"]
Bit = Literal["0", "1"]


class Sent(NamedTuple):
    """A value with its bit."""

    bit: Bit
    value: Value


class TlaAlternatingBit(Protocol):
    """Two values, two lines with room for two."""

    faults = {"lose": inf}

    sender_bit: Bit
    sender_heard: Bit
    receiver_bit: Bit
    sent: Value
    received: Value
    packets: Fifo[Sent] = Fifo(sender, receiver, capacity=2)
    answers: Fifo[Bit] = Fifo(receiver, sender, capacity=2)

    @sender
    def send_new(self, value: Value) -> None:
        require(self.sender_heard == self.sender_bit)
        self.sent = value
        self.sender_bit = "1" if self.sender_bit == "0" else "0"
        self.packets.put(Sent(self.sender_bit, self.sent))

    @sender
    def send_again(self) -> None:
        require(self.sender_heard != self.sender_bit)
        self.packets.put(Sent(self.sender_bit, self.sent))

    @receiver
    def receive(self, message: Sent) -> None:
        self.packets.take(message)
        self.receiver_bit = message.bit
        self.received = message.value

    @receiver
    def answer(self) -> None:
        self.answers.put(self.receiver_bit)

    @sender
    def hear(self, bit: Bit) -> None:
        self.answers.take(bit)
        self.sender_heard = bit
