"""Kafka's automatic commits: what `poll` commits, and what has been processed by then.

`enable_auto_commit` commits inside `poll`: each poll commits what earlier polls have returned. As
long as the loop processes every record before it polls again, that is "process, then commit": a
crash repeats, nothing is lost. Hand the records to another thread, and the next poll commits what
may not be processed yet: a crash loses it. (Documents differ on whether a poll commits the records
it is about to return; Jepsen, which first said so, took it back after readers' objections.)

Modelled: one partition, one record for each poll, every poll commits (auto.commit.interval.ms is
always over). Not modelled: commits at close and at a rebalance.

Sources: Apache Kafka documentation, "Consumer Configs" (enable.auto.commit); class documentation
of KafkaConsumer, "Automatic Offset Committing" and "Multi-threaded Processing"; Jepsen, "Bufstream
0.1.0", section "Updates".
"""

from typing import Literal

from deliverycheck.lang import Message, Steps, Volatile, require
from deliverycheck.lang.parts import Log, Offset, reader


class KafkaAutoCommit(Log):
    """Processed inside the poll loop: at least once, as the documentation says."""

    claims = "at-least-once"
    faults = {"crash": 1}
    expects = {"no-duplicate-effect": "violated", "in-order": "holds", "no-stale-effect": "holds"}

    enable_auto_commit: bool = True
    processing: Literal["in_the_loop", "another_thread"] = "in_the_loop"

    joined: Volatile[bool]
    busy: Volatile[bool]  # the loop does not poll while it processes
    position: Volatile[Offset]
    handed_over: Volatile[set[Message]]

    @reader
    def join(self) -> None:
        require(not self.joined)
        self.joined = True
        self.position = self.committed

    @reader
    def poll(self, m: Message) -> Steps:
        """Commit what earlier polls returned, and fetch the next record."""
        require(m in self.records and self.records[m] == self.position)
        self.begin_poll()
        self.position += 1
        if self.processing == "another_thread":
            self.handed_over.add(m)
        else:
            self.busy = True
            yield "polled"
            self.effect(m)
            self.busy = False

    @reader
    def poll_in_vain(self) -> None:
        require(self.position == len(self.records) and self.position != self.committed)
        self.begin_poll()

    def begin_poll(self) -> None:
        """What comes first in each poll."""
        require(self.joined and not self.busy)
        if self.enable_auto_commit:
            self.committed = self.position

    @reader
    def process(self, m: Message) -> None:
        """The other thread comes to it, in any order."""
        require(m in self.handed_over)
        self.handed_over.discard(m)
        self.effect(m)


class KafkaAutoCommitThread(KafkaAutoCommit):
    """Processed by another thread: committed before it is done, and a crash loses it."""

    processing = "another_thread"
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "violated",
        "eventual-effect": "violated",
        "in-order": "violated",
    }
