"""MQTT from a publisher over the server to a subscriber: each hop has a QoS of its own.

The server passes a message on with the QoS it was published with, or with that of the subscription,
whichever is lower (OASIS MQTT 5.0, section 3.8.4). What the publisher was promised ends at the
server: its PUBACK says that the server has the message, and nothing of the subscriber. Published
with QoS 1 and subscribed to with QoS 0, a message is neither safe from loss nor from duplicates:
the first hop repeats, the second forgets.

`subscription` is the QoS of the second hop. The server keeps a message until it has passed it on,
or with QoS 1 until the subscriber's PUBACK, and reads the next one then. Each hop is as in
`mqtt_qos.py`: a connection, one message at a time, a repeat only after a reconnect, which is the
timer of that hop. Receiving and storing a message, or receiving and handling it, is one step.
"""

from typing import Literal

from deliverycheck.lang import Connection, Message, Protocol, Role, Steps, require

publisher = Role("publisher")
server = Role("server", crashes=True)
subscriber = Role("subscriber", crashes=True)


class MqttTwoHops(Protocol):
    """QoS 1 on both hops: at least once from end to end."""

    claims = "at-least-once"
    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-duplicate-effect": "violated",
        "honest-ack": "holds",
        "in-order": "holds",
        "no-deadlock": "holds",
    }

    subscription: Literal[0, 1] = 1

    sending: Message | None
    stored: Message | None
    publishes: Connection[Message] = Connection(publisher, server, capacity=1)
    pubacks: Connection[Message] = Connection(server, publisher, capacity=1)
    forwards: Connection[Message] = Connection(server, subscriber, capacity=1)
    receipts: Connection[Message] = Connection(subscriber, server, capacity=1)

    @publisher
    def submit(self, m: Message) -> None:
        require(self.sending is None)
        self.accept(m)
        self.sending = m

    @publisher
    def publish(self, m: Message) -> None:
        require(self.sending == m and self.timed_out(m, self.publishes, self.pubacks))
        self.publishes.put(m)

    @server
    def on_publish(self, m: Message) -> Steps:
        require(self.stored is None or self.stored == m)
        self.publishes.take(m)
        self.stored = m
        self.take_over(m)
        yield "stored"
        self.pubacks.put(m)

    @publisher
    def on_puback(self, m: Message) -> None:
        self.pubacks.take(m)
        if self.sending == m:
            self.sending = None
            self.tell_done(m)

    @server
    def forward(self, m: Message) -> None:
        require(self.stored == m and self.timed_out(m, self.forwards, self.receipts))
        self.forwards.put(m)
        if self.subscription == 0:
            self.stored = None

    @subscriber
    def on_forward(self, m: Message) -> Steps:
        self.forwards.take(m)
        self.effect(m)
        if self.subscription == 1:
            yield "applied"
            self.receipts.put(m)

    @server
    def on_receipt(self, m: Message) -> None:
        self.receipts.take(m)
        if self.stored == m:
            self.stored = None


class MqttDowngraded(MqttTwoHops):
    """Published with QoS 1, subscribed to with QoS 0: lost after PUBACK, and doubled as well."""

    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "violated",
        "eventual-effect": "violated",
        "honest-ack": "holds",
        "in-order": "holds",
    }

    subscription = 0
