"""The consuming side of Kafka: a group, an offset, and when the offset is committed.

Reading takes nothing away from the log; what makes progress is the committed offset. A member of
the group is assigned the partition, processes a record and commits the offset after it. Committed
first, a crash loses the record; committed afterwards, a crash repeats it.

With `expire` the group takes the partition from a member that is only slow (session.timeout.ms,
max.poll.interval.ms). Generations keep such a member from committing, not from finishing what it
works on: with `readers = 2` the record is processed twice, and even after later ones. Only a store
that takes result and offset together turns it away (`kafka_stored_offset.py`).

Modelled: one partition, one record at a time, commits that arrive (a lost one is a crash before
it). Not modelled: batches, several partitions, static membership, the rebalance protocol beyond
"another member has it now". A member's assignment ends with the record and begins with the next,
which stands for a poll loop that may be interrupted between any two. `rebalances` bounds the
generations: allow as many as there may be crashes and expiries together. Automatic commits are in
`kafka_auto_commit.py`, offsets that are gone in `kafka_offset_reset.py`.

Sources: Apache Kafka documentation, "Design", Message Delivery Semantics (save the position before
or after processing, or with the output); the class documentation of KafkaConsumer, "Manual Offset
Control" and "Detecting Consumer Failures"; "Consumer Configs".
"""

from typing import Annotated, Literal, TypeAlias

from deliverycheck.lang import Message, Range, Steps, require
from deliverycheck.lang.parts import Log, broker, reader

Generation: TypeAlias = Annotated[int, Range(0, "rebalances")]


class KafkaConsumer(Log):
    """Process, then commit: nothing is lost, and a crash in between processes twice."""

    claims = "at-least-once"
    faults = {"crash": 1}
    expects = {
        "no-duplicate-effect": "violated",
        "in-order": "holds",
        "no-stale-effect": "holds",
        "no-deadlock": "holds",
    }

    commit: Literal["before", "after"] = "after"
    rebalances: int = 1

    in_hand: Message | None  # the record that the member with the assignment works on
    generation: Generation

    @reader
    def poll(self, m: Message) -> Steps:
        require(self.in_hand is None and self.is_next(m))
        self.in_hand = m
        generation: Generation = self.generation
        if self.commit == "before":
            self.answer_for(m)
        yield "polled"
        self.effect(m)
        yield "processed"
        if self.generation == generation:  # or the commit is refused
            self.in_hand = None
            if self.commit == "after":
                self.answer_for(m)

    @broker
    def rebalance(self, m: Message) -> None:
        """The member is gone, or took too long: another one may have the partition."""
        require(self.in_hand == m and self.expired(m))
        require(self.generation < self.rebalances)
        self.in_hand = None
        self.generation += 1


class KafkaCommitFirst(KafkaConsumer):
    """Commit, then process: never twice, and a crash in between loses the record."""

    commit = "before"
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "holds",
        "eventual-effect": "violated",
    }
