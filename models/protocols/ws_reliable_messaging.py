"""WS-ReliableMessaging: numbered messages, acknowledged in ranges of numbers (OASIS WS-RM 1.2).

The source gives each message of a sequence a number (MessageNumber) and sends it until it finds it
in a SequenceAcknowledgement. The destination drops a number that it has had in this sequence. That
holds for as long as the sequence lives. When it expires (`sequence_expires`), a new one begins, in
which nothing was received. What still comes under the old identifier is answered with a fault
(UnknownSequence, SequenceTerminated) and not delivered; what was not acknowledged is sent anew.

An acknowledgement says that the destination has received the message, not that the application has
it. Whether either end keeps its state through a crash is left to the implementation. With all of it
in memory (`WsrmVolatile`), acknowledged messages are lost and others delivered twice.

Messages are SOAP over any transport, so they can be lost, copied and overtaken. A number stands for
its message, since the two are the same within a sequence. Both ends go over to a new one in one
step; an old acknowledgement that is under way still counts. Not modelled: the assurance InOrder,
which withholds a message until all lower numbers are delivered; AckRequested and Nack, which only
have a message sent again sooner; creating and closing.

Sources: OASIS WS-ReliableMessaging 1.2 (2009), sections "Delivery Assurances", "Sequences",
"Sequence Acknowledgement" and "Faults"; WS-ReliableMessaging 1.0 (2005), on persistence.
"""

from typing import NamedTuple

from deliverycheck.lang import Channel, Message, Protocol, Role, Steps, Volatile, fault, require
from deliverycheck.lang.parts import Epoch

source = Role("source")
destination = Role("destination", crashes=True)


class Numbered(NamedTuple):
    """A message with the identifier of the sequence that its number counts in."""

    m: Message
    identifier: Epoch


class _Sequence(Protocol):
    """A source that keeps what it has to send, and a destination."""

    faults = {"lose": 1, "crash": 1}
    persistent: bool = True
    lives: int = 1  # how many sequences there are after the first

    identifier: Epoch  # of the sequence that lives
    unacknowledged: set[Message]
    received: set[Message]  # the numbers of this sequence that the destination has had
    undelivered: set[Message]
    numbered: Channel[Numbered] = Channel(source, destination)
    acknowledgements: Channel[Message] = Channel(destination, source)

    @source
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.unacknowledged.add(m)

    @source
    def send(self, m: Message) -> None:
        """Send, and send again when its number was in no acknowledgement in time."""
        require(m in self.unacknowledged)
        require(self.timed_out(m, self.numbered, self.acknowledgements))
        self.numbered.put(Numbered(m, self.identifier))

    @source
    def on_acknowledgement(self, m: Message) -> None:
        self.acknowledgements.take(m)
        self.unacknowledged.discard(m)
        self.tell_done(m)

    @destination
    def receive(self, numbered: Numbered) -> Steps:
        self.numbered.take(numbered)
        if numbered.identifier != self.identifier:
            return  # a fault: this sequence is unknown here
        if numbered.m not in self.received:
            self.received.add(numbered.m)
            self.undelivered.add(numbered.m)
            if self.persistent:
                self.take_over(numbered.m)
        yield "received"
        self.acknowledgements.put(numbered.m)

    @destination
    def deliver(self, m: Message) -> None:
        """Give the message to the application, in one step with what is kept of it."""
        require(m in self.undelivered)
        self.undelivered.discard(m)
        self.effect(m)


class WsrmPersistent(_Sequence):
    """ExactlyOnce: nothing lost and nothing twice, for as long as the sequence lives."""

    claims = "exactly-once"
    expects = {"honest-ack": "holds", "in-order": "violated", "no-deadlock": "holds"}

    @fault
    def sequence_expires(self) -> None:
        require(self.identifier < self.lives)
        self.identifier += 1
        self.received = set()


class WsrmVolatile(_Sequence):
    """All in memory: what was acknowledged is lost, and what was delivered comes twice."""

    claims = "at-least-once"
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "honest-ack": "violated",
        "no-duplicate-effect": "violated",
        "eventual-effect": "violated",
    }

    persistent = False

    received: Volatile[set[Message]]
    undelivered: Volatile[set[Message]]
