"""The sending side of Kafka: a buffer, retries, and sequence numbers.

The producer keeps each record until it is acknowledged, and sends it again (`retries`). A retry
alone makes duplicates, and what was in flight behind it overtakes it. With `enable_idempotence`
each batch has a number; the leader appends none twice, and none before its predecessor. With
`acks = "0"` nothing is kept and nothing heard: a record is reported done as soon as it is sent.

Modelled: one partition, its leader without failures (`kafka_replication.py` has those), one record
per batch, one ordered connection. `lose` takes one request or response; it also stands for a
request that the leader refused for a moment. The effect is the append. Not modelled: batches of
many records, other partitions, and that the leader knows the last five batches only (no more than
that may be in flight). What happens to the numbers when a session ends is in `kafka_sessions.py`.

A leader that knows nothing of a producer takes any first number, as Kafka was released for years.
So while a partition is young, the second batch can be taken after the first was refused, and then
the first is out of order for ever: `KafkaFirstContact`.

Sources: Apache Kafka documentation, "Producer Configs" (acks, retries, enable.idempotence,
max.in.flight.requests.per.connection); KIP-98, "Idempotent Producer Guarantees"; for the first
number KAFKA-15591 with pull request 23234 of apache/kafka, which mends it.
"""

from typing import Literal

from deliverycheck.lang import Message, require
from deliverycheck.lang.parts import NumberedSender, leader, publisher


class KafkaProducer(NumberedSender):
    """Kafka's defaults: once, in order, and done is only said of what was appended."""

    claims = "exactly-once"
    faults = {"lose": 1}
    expects = {
        "in-order": "holds",
        "no-stale-effect": "holds",
        "honest-ack": "holds",
        "no-deadlock": "holds",
    }

    acks: Literal["0", "1", "all"] = "all"
    retries: int = 2147483647
    enable_idempotence: bool = True
    max_in_flight_requests_per_connection: int = 5
    unknown_producer: Literal["from_zero", "any_number"] = "from_zero"

    known: set[Message]  # whose numbers the leader remembers

    def may_send(self) -> bool:
        return len(self.in_flight) < self.max_in_flight_requests_per_connection

    @publisher
    def send(self, m: Message) -> None:
        super().send(m)
        if self.acks == "0":
            self.in_flight.discard(m)
            self.tell_done(m)

    @publisher
    def retry(self, m: Message) -> None:
        if self.retries > 0:
            super().retry(m)
        else:
            require(m in self.in_flight and self.timed_out(m))
            self.in_flight.discard(m)
            self.tell_failed(m)

    @leader
    def append(self, m: Message) -> None:
        self.requests.take(m)
        missing = self.earlier_missing(m, self.in_flight, self.known)
        overtaken = any(self.number[m] < self.number[k] for k in self.known)
        if len(self.known) == 0 and self.unknown_producer == "any_number":
            missing = False
        refused = self.enable_idempotence and m not in self.known and (missing or overtaken)
        if not refused:
            if not self.enable_idempotence or m not in self.known:
                self.effect(m)
            self.known.add(m)
            if self.acks != "0":
                self.responses.put(m)


class KafkaFirstContact(KafkaProducer):
    """A new partition and a leader that takes any first number: one refusal, and one is lost."""

    unknown_producer = "any_number"
    expects = {"no-loss": "violated", "no-silent-loss": "violated", "eventual-effect": "violated"}


class KafkaRetriesOnly(KafkaProducer):
    """Retries without numbers: a lost response doubles, and a retry comes too late."""

    enable_idempotence = False
    expects = {
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "no-stale-effect": "violated",
        "honest-ack": "holds",
    }


class KafkaAcksNone(KafkaRetriesOnly):
    """Nothing is heard and nothing kept: what the network loses was reported done."""

    acks = "0"
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "honest-ack": "violated",
        "eventual-effect": "violated",
        "in-order": "holds",
    }
