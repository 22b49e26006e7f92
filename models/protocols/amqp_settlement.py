"""AMQP 1.0: when a delivery is settled decides what it guarantees (OASIS AMQP 1.0, part 2, 2.6).

To settle a delivery is to forget it: its delivery-tag leaves that end's unsettled map (2.6.12).

    snd-settle-mode settled  the sender settles as it sends; there is no answer     (2.8.2)
    rcv-settle-mode first    the receiver settles as it answers                     (2.8.3)
    rcv-settle-mode second   the receiver settles once it hears that the sender has

When the connection breaks (`lose`), the link can be resumed on the next one, and both ends tell
their unsettled maps (2.6.13): what the receiver has in its map is not handled again. With `first`,
what it has settled looks like what it never got; with `second` it does not. For that, each end has
to keep its map, and the broker has to resume links: Azure Service Bus ("Message transfers, locks,
and settlement") and Solace ("AMQP 1.0 Protocol Conformance", 2.1.2) do not.

A timer stands for the reconnect. One delivery at a time (link-credit 1), its tag is the message. A
sender without its map starts a new link, where the receiver's old map means nothing. To handle a
transfer and to enter it in the map is one step. Not modelled: outcomes other than accepted; mode
mixed; what a break leaves in the receiver's map, which the next exchange of maps removes.
"""

from typing import Literal

from deliverycheck.lang import Connection, Message, Protocol, Role, Steps, fault, require

sender = Role("sender")
receiver = Role("receiver", crashes=True)


class _Link(Protocol):
    faults = {"lose": 1, "crash": 1}

    snd_settle_mode: Literal["unsettled", "settled"] = "unsettled"
    rcv_settle_mode: Literal["first", "second"] = "first"
    link_recovery: bool = True
    without_map: Literal["forget", "send again"] = "send again"

    unsettled: Message | None  # the sender's map
    handled: set[Message]  # the receiver's map
    transfers: Connection[Message] = Connection(sender, receiver, capacity=1)
    answers: Connection[Message] = Connection(receiver, sender, capacity=1)
    settlements: Connection[Message] = Connection(sender, receiver, capacity=1)

    @sender
    def submit(self, m: Message) -> None:
        require(self.unsettled is None)
        self.accept(m)
        self.unsettled = m

    @sender
    def transfer(self, m: Message) -> None:
        """Send; when the answer is missing after a reconnect, send or resume."""
        require(self.unsettled == m and self.timed_out(m))
        self.transfers.put(m)
        if self.snd_settle_mode == "settled":
            self.unsettled = None

    @receiver
    def handle(self, m: Message) -> Steps:
        self.transfers.take(m)
        if m not in self.handled or not self.link_recovery:
            self.effect(m)
        if self.snd_settle_mode == "unsettled":
            if self.rcv_settle_mode == "second":
                self.handled.add(m)
            yield "handled"
            self.answers.put(m)

    @sender
    def on_accepted(self, m: Message) -> None:
        self.answers.take(m)
        if self.unsettled == m:
            self.unsettled = None
            self.tell_done(m)
        if self.rcv_settle_mode == "second":
            self.settlements.put(m)

    @receiver
    def on_settled(self, m: Message) -> None:
        self.settlements.take(m)
        self.handled.discard(m)

    @fault
    def sender_forgets(self, m: Message) -> None:
        """The sender comes back without its map, and maybe without the message."""
        require(self.unsettled == m)
        if self.without_map == "forget":
            self.unsettled = None
        else:
            self.handled.discard(m)

    @fault
    def receiver_forgets(self, m: Message) -> None:
        require(m in self.handled)
        self.handled.discard(m)


class AmqpExactlyOnce(_Link):
    """rcv-settle-mode second: exactly once, while both ends keep their maps and resume the link."""

    claims = "exactly-once"
    expects = {"in-order": "holds", "no-stale-effect": "holds", "no-deadlock": "holds"}

    rcv_settle_mode = "second"


class AmqpAtLeastOnce(_Link):
    """rcv-settle-mode first: an answer that is lost has the delivery sent and handled again."""

    claims = "at-least-once"
    expects = {"no-duplicate-effect": "violated", "honest-ack": "holds", "in-order": "holds"}


class AmqpAtMostOnce(_Link):
    """snd-settle-mode settled: a break loses what is on its way, and nobody knows."""

    claims = "at-most-once"
    faults = {"lose": 1}
    expects = {"no-loss": "violated", "no-silent-loss": "violated", "eventual-effect": "violated"}

    snd_settle_mode = "settled"
