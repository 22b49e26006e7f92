"""The alternating bit protocol: on a link that keeps the order, one bit tells new from old.

The sender repeats its message, with a bit, until it hears that bit. The receiver applies a packet
whose bit it has not just seen, and repeats the last bit it saw. Whatever is lost is sent again;
whatever comes again bears the old bit. (Bartlett, Scantlebury, Wilkinson 1969.)

Nothing here waits for a timer: both sides may send at any time, as long as the link has room. So
all that is needed for a message to arrive is fairness: who can send, does so in the end (weak), and
the link does not drop for ever what is sent again and again (strong). Lamport's specification of
the protocol asks for just that: WF of sending, SF of receiving.
"""

from typing import NamedTuple

from deliverycheck.lang import Channel, Fifo, Message, Protocol, Role, inf, require

sender = Role("sender")
receiver = Role("receiver")


class Packet(NamedTuple):
    """A message with the bit that tells it from the one before."""

    m: Message
    bit: bool


class AlternatingBit(Protocol):
    """One message at a time, neither lost nor doubled, in order, however often the link drops."""

    claims = "exactly-once"
    faults = {"lose": inf}
    expects = {"in-order": "holds", "no-stale-effect": "holds", "no-deadlock": "holds"}

    sending: Message | None
    bit: bool  # of the message that is being sent
    seen: bool  # of the packet that was applied last
    # room for a packet and its repeat
    packets: Channel[Packet] = Fifo(sender, receiver, capacity=2)
    answers: Channel[bool] = Fifo(receiver, sender, capacity=2)

    @sender
    def submit(self, m: Message) -> None:
        require(self.sending is None)
        self.accept(m)
        self.sending = m
        self.bit = not self.bit

    @sender
    def send(self, m: Message) -> None:
        require(self.sending == m)
        self.packets.put(Packet(m, self.bit))

    @receiver
    def receive(self, packet: Packet) -> None:
        self.packets.take(packet)
        if packet.bit != self.seen:
            self.effect(packet.m)
            self.seen = packet.bit

    @receiver
    def answer(self) -> None:
        self.answers.put(self.seen)

    @sender
    def hear(self, bit: bool) -> None:
        self.answers.take(bit)
        if bit == self.bit and self.sending is not None:
            self.tell_done(self.sending)
            self.sending = None


class DeadLink(AlternatingBit):
    """The same on a link that may drop everything for ever: still safe, but nothing need arrive."""

    fairness = "weak"
    expects = {"eventual-effect": "violated"}


class AlternatingBitUnordered(AlternatingBit):
    """The same where packets overtake each other, as datagrams do: an old one passes for a new one.

    A copy of the first message waits until its bit comes round, and is applied in the place of the
    next; an old answer passes for the answer to what never arrived. Nothing need be lost for that.
    """

    faults = {"lose": inf, "duplicate": inf}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "honest-ack": "violated",
        "no-duplicate-effect": "violated",
        "no-stale-effect": "violated",
        "eventual-effect": "violated",
        "in-order": "holds",  # of first effects
    }

    packets: Channel[Packet] = Channel(sender, receiver, copies=2)
    answers: Channel[bool] = Channel(receiver, sender, copies=2)
