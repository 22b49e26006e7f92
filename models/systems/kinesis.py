"""Amazon Kinesis Data Streams: a record put twice, and a checkpoint that lags.

Two retries make duplicates. The producer that has heard nothing calls PutRecord again, and each
call makes a record with a sequence number of its own. The consumer (Kinesis Client Library) begins
where its last checkpoint stands, so whatever was processed after it is processed again when a
worker dies, a lease moves to another worker, or shards are split and merged. Checkpoint first, and
the same loses records.

The documentation's way out is an effect that repeats itself: cut the records into fixed pieces and
name the object after the shard and the first sequence number, so that a repetition writes the same
object again. That helps against the consumer's repetitions, not the producer's: a record that was
put twice is in two places. For those the record needs a key of its own.

Modelled: the two ends apart. The producer with a stream whose every record is processed once; the
consumer with one shard, one record for each checkpoint. `expire` moves the lease while the worker
still works (`readers = 2`); its checkpoint is refused then, unless the new worker is at the same
record. Not modelled: batches, resharding (to a record, a lease that moves), retention.

Source: Amazon Kinesis Data Streams Developer Guide, "Handle duplicate records" (producer retries,
consumer retries, resilience to duplicates).
"""

from typing import Literal

from deliverycheck.lang import Message, Steps, require
from deliverycheck.lang.parts import Log, RetryUntilAcknowledged, broker, reader, worker


class KinesisProducer(RetryUntilAcknowledged):
    """PutRecord, repeated until it succeeds: the record may be in the stream twice."""

    claims = "at-least-once"
    faults = {"lose": 1}
    expects = {"no-duplicate-effect": "violated", "honest-ack": "holds", "no-deadlock": "holds"}

    deduplicate_by: Literal["nothing", "sequence_number", "key_in_the_record"] = "nothing"

    keys: set[Message]

    @worker
    def put_record(self, m: Message) -> None:
        """A record of its own, with a new sequence number; and somebody processes it."""
        self.requests.take(m)
        if self.deduplicate_by != "key_in_the_record" or m not in self.keys:
            self.effect(m)  # a sequence number that was never seen before tells nothing
        self.keys.add(m)
        self.replies.put(m)


class KinesisProducerKeyed(KinesisProducer):
    """The application finds its own key in the record, and skips what it has had."""

    deduplicate_by = "key_in_the_record"
    expects = {"no-duplicate-effect": "holds", "in-order": "violated"}


class KinesisConsumer(Log):
    """Checkpoint after processing: nothing is lost, and a worker that dies makes a duplicate."""

    claims = "at-least-once"
    faults = {"crash": 1}
    expects = {"no-duplicate-effect": "violated", "in-order": "holds", "no-deadlock": "holds"}

    checkpoint: Literal["before", "after"] = "after"
    output: Literal["append", "object_named_by_sequence_number"] = "append"

    leased: Message | None  # the record that the worker with the lease is at
    objects: set[Message]

    @reader
    def process_records(self, m: Message) -> Steps:
        require(self.leased is None and self.is_next(m))
        self.leased = m
        if self.checkpoint == "before":
            self.answer_for(m)
        yield "fetched"
        if self.output == "append" or m not in self.objects:
            self.effect(m)
        self.objects.add(m)
        yield "written"
        if self.leased == m:
            self.leased = None
            self.answer_for(m)

    @broker
    def move_lease(self, m: Message) -> None:
        """The worker no longer renews the lease: another one takes the shard."""
        require(self.leased == m and self.expired(m))
        self.leased = None


class KinesisCheckpointFirst(KinesisConsumer):
    """Checkpoint, then process: a worker that dies in between loses the record."""

    checkpoint = "before"
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "holds",
        "eventual-effect": "violated",
    }


class KinesisNamedObjects(KinesisConsumer):
    """The same object is written again: a repetition changes nothing."""

    output = "object_named_by_sequence_number"
    expects = {"no-duplicate-effect": "holds", "in-order": "holds", "no-stale-effect": "holds"}
