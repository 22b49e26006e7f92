"""Apache Flink's two-phase commit sink: the transaction is part of the checkpoint.

Between two checkpoints the sink writes into an open transaction. The checkpoint's barrier closes it
(pre-commit), and its handle is stored in the checkpoint with the source's offset. When all have
stored theirs, the sink is told and commits. After a failure the job begins at the last checkpoint:
it commits the transactions that are in it, aborts the others, and reads again from the offset.

So a commit may come twice, and must be repeatable; a notification may be lost, for the next
checkpoint or the restart brings it; and a transaction must live as long as the job may be down:

    transaction_timeout   the broker aborts a transaction that waits for its commit (the job is down
                          for too long); the source's offset is past it, and the data is lost

Modelled: one source, one sink, a job that fails as a whole, a checkpoint (in one step) for each
record; a reader of the result that never fails. Not modelled: unaligned checkpoints, rescaling.

Sources: Apache Flink documentation, "Kafka" (DeliveryGuarantee, its caveats on transaction timeouts
and read_committed), the class documentation of TwoPhaseCommitSinkFunction; Flink's article "An
Overview of End-to-End Exactly-Once Processing in Apache Flink" (2018).
"""

from typing import Literal

from deliverycheck.lang import Channel, Message, Role, Steps, Volatile, fault, require
from deliverycheck.lang.parts import Log, Offset

job = Role("job", crashes=True)
coordinator = Role("coordinator")


class FlinkSink(Log):
    """Committed with the checkpoint, repeatable, read committed: each record has one result."""

    claims = "exactly-once"
    faults = {"lose": 1, "crash": 1}
    expects = {"in-order": "holds", "no-stale-effect": "holds", "no-deadlock": "holds"}

    delivery_guarantee: Literal["exactly_once", "at_least_once"] = "exactly_once"
    isolation_level: Literal["read_committed", "read_uncommitted"] = "read_committed"
    commit_is_repeatable: bool = True
    source_replays: bool = True

    running: Volatile[bool]
    position: Volatile[Offset]
    written: Volatile[Message | None]  # in the open transaction, which is aborted with the job
    pre_committed: set[Message]  # in the checkpoint
    visible: set[Message]
    handed_out: Offset  # by the source, so far
    notifications: Channel[Message] = Channel(coordinator, job)

    @job
    def restart(self) -> None:
        require(not self.running)
        self.running = True
        self.position = self.committed if self.source_replays else self.handed_out

    @job
    def write(self, m: Message) -> None:
        require(self.running and self.written is None)
        require(m in self.records and self.records[m] == self.position)
        self.position += 1
        if not self.source_replays:
            self.handed_out = self.position
        self.written = m
        if self.isolation_level == "read_uncommitted" or not self.exactly_once():
            self.effect(m)

    def exactly_once(self) -> bool:
        return self.delivery_guarantee == "exactly_once"

    @job
    def checkpoint(self, m: Message) -> None:
        """The source's offset and the transaction, together."""
        require(self.written == m)
        self.written = None
        self.committed = self.position
        if self.exactly_once():
            self.pre_committed.add(m)

    @coordinator
    def notify(self, m: Message) -> None:
        """This checkpoint is complete; said again with the next one, or after a restart."""
        require(m in self.pre_committed and self.timed_out(m))
        self.notifications.put(m)

    @job
    def commit(self, m: Message) -> Steps:
        require(self.running)
        self.notifications.take(m)
        require(all(self.records[m] <= self.records[k] for k in self.pre_committed))
        if self.isolation_level == "read_committed" and m in self.pre_committed:
            if m not in self.visible or not self.commit_is_repeatable:
                self.effect(m)
            self.visible.add(m)
        yield "committed"  # a crash here: the checkpoint still says it is to be committed
        self.pre_committed.discard(m)

    @fault
    def transaction_timeout(self, m: Message) -> None:
        require(m in self.pre_committed and m not in self.visible)
        self.pre_committed.discard(m)


class FlinkAtLeastOnce(FlinkSink):
    """Written at once, without transactions: what came after the last checkpoint comes again."""

    delivery_guarantee = "at_least_once"
    faults = {"crash": 1}
    expects = {"no-duplicate-effect": "violated", "in-order": "holds"}


class FlinkCommitOnce(FlinkSink):
    """A commit that cannot be repeated safely: a crash after it does it twice."""

    commit_is_repeatable = False
    expects = {"no-duplicate-effect": "violated", "in-order": "holds"}
