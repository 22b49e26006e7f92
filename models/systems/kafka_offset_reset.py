"""A Kafka group without an offset, and where it begins.

A group may have no offset for a partition: because it is new, because the partition was just added
and the group has yet to find it, or because it was away for longer than offsets are kept
(offsets.retention.minutes). Then `auto_offset_reset` decides: "latest" skips what is there already,
"earliest" processes it, for the second time where it was processed before.

Modelled: one partition, a record processed and committed in one step, for what is in between is
told in `kafka_consumer.py`.

Sources: Apache Kafka documentation, "Consumer Configs" (auto.offset.reset, with its warning about
partitions that are added) and "Broker Configs" (offsets.retention.minutes).
"""

from typing import Literal

from deliverycheck.lang import Message, fault, require
from deliverycheck.lang.parts import Log, reader


class KafkaOffsetGone(Log):
    """A group without an offset begins at the end: what was there is skipped."""

    claims = "at-least-once"
    faults = {"offsets_expire": 1}
    expects = {"no-loss": "violated", "no-silent-loss": "violated", "eventual-effect": "violated"}

    auto_offset_reset: Literal["latest", "earliest"] = "latest"

    known: bool = True  # the group has an offset

    @reader
    def reset(self) -> None:
        require(not self.known)
        self.known = True
        self.committed = 0 if self.auto_offset_reset == "earliest" else len(self.records)

    @reader
    def poll(self, m: Message) -> None:
        require(self.known and self.is_next(m))
        self.effect(m)
        self.answer_for(m)

    @fault
    def offsets_expire(self) -> None:
        """The group was away for longer than offsets are kept."""
        require(self.known)
        self.known = False


class KafkaNewPartition(KafkaOffsetGone):
    """A partition that the group has yet to find: what comes first is skipped, with no fault."""

    faults = {}
    known = False
