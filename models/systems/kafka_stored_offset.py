"""The offset stored with the result, outside Kafka: one transaction for both.

The consumer keeps the offset where its results are, and seeks to it before it reads. Result and
offset change together, so a crash can come before both or after both. What remains is a member
that was only slow: the group has given its partition to another, and it still has a record in
hand. If its transaction stores only on the offset it began from, it finds a later one and does
nothing; if it just writes, the record is there twice, and the offset may even go back.

Modelled: one partition, one record at a time, and a store that never fails. The group's own
offsets are not used. A member's assignment ends with the record and begins with the next.

Sources: Apache Kafka documentation, "Design", Message Delivery Semantics (offset and output in the
same place); the class documentation of KafkaConsumer, "Storing Offsets Outside Kafka".
"""

from deliverycheck.lang import Message, Steps, require
from deliverycheck.lang.parts import Log, broker, reader


class KafkaStoredOffset(Log):
    """Result and offset in one transaction, if the offset is as expected: exactly once."""

    claims = "exactly-once"
    faults = {"crash": 1}
    expects = {"in-order": "holds", "no-stale-effect": "holds", "no-deadlock": "holds"}

    compare: bool = True  # store only if the offset there is the record's own

    in_hand: Message | None

    @reader
    def poll(self, m: Message) -> Steps:
        require(self.in_hand is None and self.is_next(m))
        self.in_hand = m
        yield "polled"
        if not self.compare or self.is_next(m):
            self.effect(m)
            self.answer_for(m)  # no yield in between: one transaction of the store
        if self.in_hand == m:
            self.in_hand = None

    @broker
    def rebalance(self, m: Message) -> None:
        require(self.in_hand == m and self.expired(m))
        self.in_hand = None


class KafkaStoredOffsetBlind(KafkaStoredOffset):
    """The same without the comparison: a member that was only slow overwrites what is stored."""

    compare = False
    readers = 2
    faults = {"expire": 1}
    expects = {
        "no-duplicate-effect": "violated",
        "in-order": "holds",
        "no-stale-effect": "violated",
    }
