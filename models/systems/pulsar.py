"""Apache Pulsar: deduplication by producer name and sequence id, and what acknowledges a message.

A producer keeps its messages until the broker confirms them and sends them again, in order, when
the connection was broken. With `broker_deduplication_enabled` (off by default) the broker keeps the
highest sequence id for each producer name, and drops what is not above it. That holds across
restarts only if the application itself keeps the name and numbers the messages by what they are,
such as an offset of their source (`identity`); a generated name is a new producer each time.

    restart        the producer's process starts again, and sends what it has no answer for
    send_timeout   the client gives up on a message, which may have been stored (the documentation
                   advises to have no timeout, that is 0)
    forget_name    the broker forgets a producer that was silent for too long

Modelled: one topic without failures (the broker's snapshots of the ids survive a failover), one
message for each request. To a reader of the topic each stored message has its effect at once.

Source: Apache Pulsar documentation, "Message deduplication" (the cookbook: producer name, sequence
id, send timeout, brokerDeduplicationProducerInactivityTimeoutMinutes); subscriptions are in
`pulsar_subscription.py`.
"""

from typing import Annotated, Literal, TypeAlias

from deliverycheck.lang import Connection, Message, Protocol, Range, Role, fault, require

client = Role("client")
broker = Role("broker")

SequenceId: TypeAlias = Annotated[int, Range(0, "messages")]


class PulsarDeduplication(Protocol):
    """Name and sequence ids kept by the application: once, in order, across restarts."""

    claims = "exactly-once"
    faults = {"restart": 1}
    expects = {"in-order": "holds", "no-stale-effect": "holds", "honest-ack": "holds"}

    broker_deduplication_enabled: bool = True
    identity: Literal["of_the_application", "generated"] = "of_the_application"

    sequence_id: dict[Message, SequenceId]
    waiting: set[Message]
    pending: set[Message]
    known: set[Message]  # by the broker, of this producer; the highest of their ids counts
    sends: Connection[Message] = Connection(client, broker, capacity=2)
    receipts: Connection[Message] = Connection(broker, client, capacity=2)

    @client
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.sequence_id[m] = len(self.sequence_id)
        self.waiting.add(m)

    @client
    def send(self, m: Message) -> None:
        require(m in self.waiting and not self.broken())
        require(all(self.sequence_id[m] <= self.sequence_id[k] for k in self.waiting))
        self.waiting.discard(m)
        self.pending.add(m)
        self.sends.put(m)

    @broker
    def store(self, m: Message) -> None:
        self.sends.take(m)
        above = all(self.sequence_id[k] < self.sequence_id[m] for k in self.known)
        if above or not self.broker_deduplication_enabled:
            self.effect(m)
            self.known.add(m)
        self.receipts.put(m)

    @client
    def confirm(self, m: Message) -> None:
        self.receipts.take(m)
        if m in self.pending:
            self.pending.discard(m)
            self.tell_done(m)

    @client
    def reconnect(self) -> None:
        """The connection was broken: all that is pending goes out again, in order."""
        require(self.broken())
        self.begin_again()

    def broken(self) -> bool:
        return len(self.pending) > 0 and len(self.sends) == 0 and len(self.receipts) == 0

    def begin_again(self) -> None:
        for m in self.messages:
            if m in self.pending:
                self.waiting.add(m)
        self.pending.clear()

    @fault
    def restart(self) -> None:
        require(len(self.pending) > 0 and len(self.sends) == 0)
        self.begin_again()
        if self.identity == "generated":
            self.known.clear()

    @fault
    def forget_name(self) -> None:
        require(len(self.known) > 0)
        self.known.clear()

    @fault
    def send_timeout(self, m: Message) -> None:
        require(m in self.pending)
        self.pending.discard(m)
        self.tell_failed(m)


class PulsarGeneratedName(PulsarDeduplication):
    """A new name after each restart: what was in doubt is stored again."""

    identity = "generated"
    expects = {"no-duplicate-effect": "violated", "in-order": "holds"}
