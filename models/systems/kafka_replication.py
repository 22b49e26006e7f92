"""Kafka's replication: what is committed, and what a change of leader takes away.

The leader appends, the follower fetches. A record is committed once every replica in sync (the ISR)
has it, and readers see committed records only. `acks = "all"` answers then, `acks = "1"` as soon as
the leader has it. At a failover what the new leader does not have is gone.

    failover          the leader dies: the follower takes over if it is in sync, or if
                      `unclean_leader_election_enable`; otherwise the partition is offline
    revive            somebody brings the old leader back with its disk (nobody has to)
    shrink            the follower leaves the ISR; with `min_insync_replicas` 1 the leader commits
                      alone, with 2 it refuses what asks for acks=all
    power_loss        all machines at once: what is not on disk yet (`flush_messages`) is gone
    restart_follower  it cuts its log to what it knew to be committed, which lags by a record
                      (`truncate_to` "high_watermark", before KIP-101)

Modelled: one partition, two replicas, an idempotent producer (nothing is appended twice, nor before
an earlier record that is unanswered). With acks=all an answer that would have to wait is left out;
the client's retry fetches it. A deposed leader follows at once. The effect is that a reader, which
never fails, reads the record; if the log was cut, it goes on at the end. Not modelled: KIP-966.

Sources: Apache Kafka documentation, "Design" (Replication), "Producer Configs" (acks) and "Topic
Configs" (min.insync.replicas, unclean.leader.election.enable, flush.messages); KIP-101.
"""

from typing import Literal

from deliverycheck.lang import Message, fault, require
from deliverycheck.lang.parts import Number, NumberedSender, leader


class KafkaReplication(NumberedSender):
    """Acknowledged by all in sync, clean elections: a failover loses and doubles nothing."""

    claims = "exactly-once"
    faults = {"lose": 1, "failover": 1}
    expects = {"in-order": "holds", "no-stale-effect": "holds", "no-deadlock": "holds"}

    acks: Literal["1", "all"] = "all"
    min_insync_replicas: int = 1
    unclean_leader_election_enable: bool = False
    flush_messages: int = 9223372036854775807
    truncate_to: Literal["high_watermark", "leader_epoch"] = "leader_epoch"

    log: dict[Message, Number]  # the leader's, with the place of each record from 1 on
    fetched: Number  # so much of it has the follower
    read: Number  # and so much the reader
    in_sync: bool = True
    online: bool = True

    def committed(self) -> int:
        return self.fetched if self.in_sync else len(self.log)

    @leader
    def append(self, m: Message) -> None:
        require(self.online)
        self.requests.take(m)
        enough = self.acks == "1" or self.in_sync or self.min_insync_replicas < 2
        missing = any(self.number[k] < self.number[m] and k not in self.log for k in self.in_flight)
        if m not in self.log and not missing and enough:
            self.log[m] = len(self.log) + 1
        end = len(self.log) if self.acks == "1" else self.committed()
        if m in self.log and self.log[m] <= end and enough:
            self.responses.put(m)
            if self.acks == "all":
                self.take_over(m)

    @leader
    def fetch(self) -> None:
        require(self.online and self.fetched < len(self.log))
        self.fetched += 1
        self.in_sync = self.in_sync or self.fetched == len(self.log)

    @leader
    def consume(self, m: Message) -> None:
        require(self.online and m in self.log)
        require(self.log[m] == self.read + 1 and self.log[m] <= self.committed())
        self.read += 1
        self.effect(m)

    def cut(self, end: int) -> None:
        for m in self.messages:
            if m in self.log and self.log[m] > end:
                self.log.pop(m)
        self.fetched = end
        self.read = min(self.read, end)
        self.in_sync = True

    @fault
    def failover(self) -> None:
        if self.in_sync or self.unclean_leader_election_enable:
            self.cut(self.fetched)
        else:
            self.online = False

    @fault
    def revive(self) -> None:
        require(not self.online)
        self.online = True

    @fault
    def shrink(self) -> None:
        require(self.fetched < len(self.log))
        self.in_sync = False

    @fault
    def power_loss(self, end: Number) -> None:
        require(end < len(self.log) and self.flush_messages > 1)
        self.cut(end)

    @fault
    def restart_follower(self) -> None:
        require(self.fetched > 0 and self.truncate_to == "high_watermark")
        self.fetched -= 1


class KafkaAcksLeader(KafkaReplication):
    """Acknowledged by the leader alone: a failover loses what was reported done."""

    acks = "1"
    expects = {"no-loss": "violated", "no-silent-loss": "violated", "eventual-effect": "violated"}
