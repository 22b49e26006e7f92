"""Spark Structured Streaming: batches that are planned before they run, and what the sink does.

Before a batch runs, its end is written to the offset log; afterwards its number goes to the commit
log. After a crash the batch runs again, with the same number and the same records. So it is up to
the sink what a second run does:

    append      foreachBatch that inserts: the rows are there twice
    batch_id    number and rows in one transaction, a number that is there already is skipped (the
                file sink's manifest does the same)
    merge       foreachBatch that merges by a key of the record: a row that is there stays as it is

The offset log is what makes the number worth something: without it (`offset_log = False`) the
second run of a batch takes in what has arrived since, and a sink that skips the number skips that,
too. Nor may the source have forgotten the records in the meantime (`retention`). With
`fail_on_data_loss`, the default of Kafka's source, the query stops at their batch, and again at
each new start: they are lost, and what comes after waits until somebody decides. Without it the
query goes on as if they had never been. Either way the writer hears nothing.

Modelled: one partition, a sink that takes a batch in one step, a driver that crashes. Not modelled:
stateful operators, continuous processing, several queries on one checkpoint.

Sources: Apache Spark documentation, Structured Streaming Programming Guide, "Fault Tolerance
Semantics" and "Using Foreach and ForeachBatch" (at least once; the batch id to deduplicate); Kafka
integration guide (failOnDataLoss).
"""

from typing import Literal

from deliverycheck.lang import Message, Steps, always, fault, require
from deliverycheck.lang.parts import Log, Offset, reader


class SparkBatchId(Log):
    """The sink stores the batch's number with its rows: each record is in it once."""

    claims = "exactly-once"
    faults = {"crash": 1}
    expects = {"in-order": "holds", "no-stale-effect": "holds", "no-deadlock": "holds"}

    sink: Literal["append", "batch_id", "merge"] = "batch_id"
    offset_log: bool = True
    fail_on_data_loss: bool = True

    planned: Offset  # the end of the batch that runs, or ran last
    batch: Offset  # how many batches are in the commit log
    stored_batch: Offset  # one above the number that the sink has
    rows: set[Message]
    gone: set[Message]

    @reader
    def run_batch(self) -> Steps:
        require(self.committed < len(self.records))
        if self.planned == self.committed or not self.offset_log:
            self.planned = len(self.records)
        yield "planned"
        if self.sink != "batch_id" or self.stored_batch <= self.batch:
            if self.fail_on_data_loss:
                require(not any(self.in_batch(m) for m in self.gone))  # else the query stops
            for place in range(len(self.messages)):
                if self.committed <= place < self.planned:
                    self.store(place)
            self.stored_batch = self.batch + 1
        yield "stored"
        self.committed = self.planned
        self.batch += 1

    def in_batch(self, m: Message) -> bool:
        return m in self.records and self.committed <= self.records[m] < self.planned

    def is_behind(self, m: Message) -> bool:
        return m in self.records and self.records[m] < self.committed

    def store(self, place: int) -> None:
        for m in self.messages:
            if m in self.records and self.records[m] == place and m not in self.gone:
                if self.sink != "merge" or m not in self.rows:
                    self.effect(m)
                self.rows.add(m)

    @fault
    def retention(self, m: Message) -> None:
        """The source drops the record before it was read, or before it is read again."""
        require(m in self.records and self.records[m] >= self.committed and m not in self.gone)
        self.gone.add(m)

    @always
    def nothing_skipped(self, m: Message) -> bool:
        return self.ledger.effects(m) > 0 or not self.is_behind(m)


class SparkAppend(SparkBatchId):
    """foreachBatch that only inserts: a batch that runs again is there twice."""

    sink = "append"
    expects = {"no-duplicate-effect": "violated", "in-order": "holds"}


class SparkWithoutOffsetLog(SparkBatchId):
    """The end of the batch is not written down before: skipped is more than was stored."""

    offset_log = False
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "nothing-skipped": "violated",
        "eventual-effect": "violated",
    }
