"""MQTT with QoS 0 and QoS 1: send and forget, or keep until the acknowledgement is there.

MQTT runs on a connection that keeps the order and loses nothing while it lasts (5.0, section 4.2).
When it breaks, whatever was on its way is gone (`lose`). So a client need not repeat on a timer:
it does so when it has reconnected (4.4), which here is `timed_out`: nothing is on its way any more.

    QoS 0  PUBLISH, and no answer (4.3.1)
    QoS 1  PUBLISH until PUBACK comes (4.3.2); what comes again after its PUBACK is a new message

One message is in flight at a time (Receive Maximum 1), which keeps the order (4.6). The message is
its own packet identifier. The client's session survives a restart. Reading a packet is fused with
taking it off the connection: a crash before it is no more than a break with the packet on its way.
Not modelled: subscriptions, retained messages, message expiry, and the DUP flag, which tells a
receiver nothing that it may rely on (3.3.1.1).

Sources: OASIS MQTT Version 5.0 and Version 3.1.1, the sections named; both number them alike.
"""

from typing import Literal

from deliverycheck.lang import Connection, Message, Protocol, Role, Steps, require

client = Role("client")
server = Role("server", crashes=True)


class _Client(Protocol):
    """The application hands over one message at a time."""

    faults = {"lose": 1, "crash": 1}

    sending: Message | None
    publishes: Connection[Message] = Connection(client, server, capacity=1)

    @client
    def submit(self, m: Message) -> None:
        require(self.sending is None)
        self.accept(m)
        self.sending = m


class MqttQos0(_Client):
    """At most once: a break of the connection or a crash loses the message, and nobody knows."""

    claims = "at-most-once"
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "eventual-effect": "violated",
        "in-order": "holds",
        "no-stale-effect": "holds",
    }

    @client
    def publish(self, m: Message) -> None:
        require(self.sending == m)
        self.publishes.put(m)
        self.sending = None

    @server
    def on_publish(self, m: Message) -> Steps:
        self.publishes.take(m)
        yield "received"
        self.effect(m)


class MqttQos1(_Client):
    """At least once: kept until PUBACK, so not lost; a lost PUBACK has the work done twice."""

    claims = "at-least-once"
    expects = {
        "no-duplicate-effect": "violated",
        "honest-ack": "holds",
        "in-order": "holds",
        "no-stale-effect": "holds",
        "no-deadlock": "holds",
    }

    puback: Literal["after the work", "before the work"] = "after the work"

    pubacks: Connection[Message] = Connection(server, client, capacity=1)

    @client
    def publish(self, m: Message) -> None:
        """Publish, and publish again after a reconnect without PUBACK."""
        require(self.sending == m and self.timed_out(m))
        self.publishes.put(m)

    @server
    def on_publish(self, m: Message) -> Steps:
        self.publishes.take(m)
        if self.puback == "before the work":
            self.pubacks.put(m)
            yield "acknowledged"  # a crash here: ownership was accepted, and nobody owns it
        self.effect(m)
        if self.puback == "after the work":
            yield "applied"  # a crash here: done, and the client will publish it again
            self.pubacks.put(m)

    @client
    def on_puback(self, m: Message) -> None:
        self.pubacks.take(m)
        if self.sending == m:
            self.sending = None
            self.tell_done(m)


class MqttEarlyPuback(MqttQos1):
    """A library that acknowledges before the application has done the work: lost, yet done."""

    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "honest-ack": "violated",
        "no-duplicate-effect": "violated",
        "eventual-effect": "violated",
        "in-order": "holds",
    }

    puback = "before the work"
