"""WS-ReliableMessaging: numbered messages, acknowledged in ranges of numbers (OASIS WS-RM 1.2).

The source gives each message of a sequence a number (MessageNumber) and sends it until it finds it
in a SequenceAcknowledgement. The destination drops a number that it has had in this sequence. That
holds for as long as the sequence lives. When it expires, or is no longer known to the destination
(the faults SequenceTerminated and UnknownSequence), a new one begins, with numbers from 1 and
nothing received; what was not acknowledged is sent there anew (`sequence_expires`).

An acknowledgement says that the destination has received the message, not that the application has
it. Whether either end keeps its state through a crash is left to the implementation: persistence
is out of scope. With all of it in memory (`WsrmVolatile`), acknowledged messages are lost and
others delivered twice.

Messages are SOAP over any transport, so they can be lost, copied and overtaken. A number stands for
its message, since the two are the same within a sequence. Not modelled: the assurance InOrder,
which withholds a message until all lower numbers are delivered; AckRequested and Nack, which only
have a message sent again sooner; creating and closing a sequence.

Sources: OASIS WS-ReliableMessaging 1.2 (2009), sections "Delivery Assurances", "Sequences",
"Sequence Acknowledgement" and "Faults"; WS-ReliableMessaging 1.0 (2005), on persistence.
"""

from deliverycheck.lang import Channel, Message, Protocol, Role, Steps, Volatile, fault, require

source = Role("source")
destination = Role("destination", crashes=True)


class _Sequence(Protocol):
    """A source that keeps what it has to send, and a destination."""

    faults = {"lose": 1, "crash": 1}

    persistent: bool = True

    unacknowledged: set[Message]
    received: set[Message]  # the numbers of this sequence that the destination has had
    undelivered: set[Message]
    numbered: Channel[Message] = Channel(source, destination)
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
        self.numbered.put(m)

    @source
    def on_acknowledgement(self, m: Message) -> None:
        self.acknowledgements.take(m)
        self.unacknowledged.discard(m)
        self.tell_done(m)

    @destination
    def receive(self, m: Message) -> Steps:
        self.numbered.take(m)
        if m not in self.received:
            self.received.add(m)
            self.undelivered.add(m)
            if self.persistent:
                self.take_over(m)
        yield "received"
        self.acknowledgements.put(m)

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
        require(len(self.received) > 0)
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
