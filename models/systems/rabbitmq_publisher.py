"""RabbitMQ, the publisher's side: with and without confirms.

`basic.publish` has no answer. In confirm mode the broker confirms a persistent message of a durable
queue once it is on disk (of a quorum queue: once a quorum has it). The broker does not know one
publish from another: what is published again because its confirm is missing is a second message.

Modelled: a connection that keeps the order and loses all that is in flight when it breaks; a
broker that has a message in memory before it is on disk, and crashes; a queue in the order of
arrival. Consumers take, work and acknowledge in one step: their half is in `rabbitmq.py`. A copy
that arrives when the first has been consumed stands where the first stood; where it finds the first
still in the queue, it is not counted. Not modelled: `basic.nack` of the broker's, unroutable
messages (confirmed, and dropped unless `mandatory`), transactions.

Sources: RabbitMQ documentation, "Consumer Acknowledgements and Publisher Confirms", sections
"When Will Published Messages Be Confirmed by the Broker?" and "Publisher Confirms and Guaranteed
Delivery"; "Reliability Guide", section "Data Safety on the Publisher Side".
"""

from typing import Annotated

from deliverycheck.lang import Connection, Message, Protocol, Range, Role, Steps, require

publisher = Role("publisher")
broker = Role("broker", crashes=True)
consumer = Role("consumer")


class RabbitNoConfirms(Protocol):
    """Publish and hope: what is lost on the way, or in the broker's memory, nobody misses."""

    claims = "at-least-once"
    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "honest-ack": "violated",
        "eventual-effect": "violated",
        "no-duplicate-effect": "holds",
        "in-order": "holds",
        "no-stale-effect": "holds",
        "no-deadlock": "violated",
    }

    ready: set[Message]
    place: dict[Message, Annotated[int, Range(0, "messages")]]
    publishes: Connection[Message] = Connection(publisher, broker)

    @publisher
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.publishes.put(m)
        self.tell_done(m)

    @broker
    def store(self, m: Message) -> Steps:
        self.publishes.take(m)
        yield "in memory"  # a crash here: gone
        self.ready.add(m)
        if m not in self.place:
            self.place[m] = len(self.place)
        self.confirm(m)

    def confirm(self, m: Message) -> None:
        """Nothing is confirmed."""

    @consumer
    def consume(self, m: Message) -> None:
        """The first of the queue."""
        require(m in self.ready and all(self.place[m] <= self.place[k] for k in self.ready))
        self.ready.discard(m)
        self.effect(m)


class RabbitConfirms(RabbitNoConfirms):
    """Published again until confirmed: nothing is lost, and a missing confirm makes a duplicate."""

    expects = {
        "no-silent-loss": "holds",
        "honest-ack": "holds",
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "no-stale-effect": "violated",
        "no-deadlock": "holds",
    }

    outbox: set[Message]
    confirms: Connection[Message] = Connection(broker, publisher)

    @publisher
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.publishes.put(m)
        self.outbox.add(m)

    @publisher
    def republish(self, m: Message) -> None:
        """No confirm came in time."""
        require(m in self.outbox and self.timed_out(m))
        self.publishes.put(m)

    def confirm(self, m: Message) -> None:
        self.take_over(m)
        self.confirms.put(m)

    @publisher
    def hear(self, m: Message) -> None:
        self.confirms.take(m)
        self.outbox.discard(m)
        self.tell_done(m)
