"""Kafka's exactly-once: read a record, write another, and commit the offset with it.

The offset of the input and the output record belong to one transaction, so a crash leaves both or
neither, and the next member begins where the last one really ended. Three things have to hold:

* Whoever reads the output asks for `isolation_level = "read_committed"`. With "read_uncommitted",
  the default, it sees the outputs of transactions that were aborted, and their repetitions.
* The commit is refused to a member whose partition was given to another (`fencing`): by the
  group's generation (KIP-447), or by one transactional.id for each input partition (before).
  Without either, both members commit, and the older one may even set the offset back.
* What is done inside stays inside Kafka. A call to somebody else (`output = "outside"`) is not
  undone when the transaction is, and is made again when it is repeated.

Modelled: one input partition, one record for each transaction, the end of a transaction as one step
(coordinator and markers are in `kafka_transactions.py`), a reader of the output that never fails.
`rebalances` bounds the generations: allow as many as crashes and expiries together.

Sources: KIP-98; KIP-447, "Producer scalability for exactly once semantics" (fencing by the group);
Apache Kafka documentation, "Design", Message Delivery Semantics, and "Consumer Configs"
(isolation.level); the class documentation of KafkaProducer (sendOffsetsToTransaction).
"""

from typing import Annotated, Literal, TypeAlias

from deliverycheck.lang import Message, Range, Steps, require
from deliverycheck.lang.parts import Log, broker, reader

Generation: TypeAlias = Annotated[int, Range(0, "rebalances")]


class KafkaExactlyOnce(Log):
    """From Kafka to Kafka, read committed, fenced: each record has one output."""

    claims = "exactly-once"
    faults = {"crash": 1}
    expects = {"in-order": "holds", "no-stale-effect": "holds", "no-deadlock": "holds"}

    isolation_level: Literal["read_committed", "read_uncommitted"] = "read_committed"
    fencing: Literal["generation", "none"] = "generation"
    output: Literal["kafka", "outside"] = "kafka"
    rebalances: int = 1

    in_hand: Message | None  # the record that the member with the assignment works on
    generation: Generation

    @reader
    def transform(self, m: Message) -> Steps:
        require(self.in_hand is None and self.is_next(m))
        self.in_hand = m
        generation: Generation = self.generation
        yield "begun"
        if self.output == "outside" or self.isolation_level == "read_uncommitted":
            self.effect(m)  # seen already, whatever becomes of the transaction
        yield "written"
        if self.fencing == "none" or self.generation == generation:
            if self.output == "kafka" and self.isolation_level == "read_committed":
                self.effect(m)
            self.answer_for(m)  # output and offset: one transaction
        if self.generation == generation:
            self.in_hand = None

    @broker
    def rebalance(self, m: Message) -> None:
        """The member is gone, or took too long; its transaction is aborted."""
        require(self.in_hand == m and self.expired(m))
        require(self.generation < self.rebalances)
        self.in_hand = None
        self.generation += 1


class KafkaReadUncommitted(KafkaExactlyOnce):
    """Somebody reads what is not committed, and sees the aborted output as well."""

    isolation_level = "read_uncommitted"
    expects = {"no-duplicate-effect": "violated", "in-order": "holds"}


class KafkaOutsideCall(KafkaExactlyOnce):
    """A call to the outside, inside a transaction: a crash before the commit makes it twice."""

    output = "outside"
    expects = {"no-duplicate-effect": "violated", "in-order": "holds"}


class KafkaUnfenced(KafkaExactlyOnce):
    """Nobody fences the member that was only slow: both commit, and the output is there twice."""

    fencing = "none"
    readers = 2
    faults = {"expire": 1}
    expects = {"no-duplicate-effect": "violated", "in-order": "holds"}
