"""Kafka's replication: what is committed, and what a change of leader takes away.

The leader appends, the follower fetches. What all in sync (the ISR) have is committed; readers see
nothing else. `acks = "all"` answers then, `acks = "1"` as soon as the leader has it. At a failover
what the new leader does not have is gone.

    failover          the follower takes over if it is in sync or `unclean_leader_election_enable`
    revive            else nobody does, until somebody brings the old leader back with its disk
    shrink            the follower leaves the ISR, the leader `commits_alone`; with
                      `min_insync_replicas` 2 it refuses acks=all, but commits until KIP-966
    power_loss        all machines at once: what is not on disk yet (`flush_messages`) is gone
    restart_follower  it cuts off its last record, though committed (`truncate_to`, before KIP-101)

Modelled: one partition, two replicas, an idempotent producer. With acks=all an answer that would
have to wait is left out; a retry fetches it. A deposed leader follows at once. Effect: it is read.

Sources: Apache Kafka documentation, "Design" (Replication), the settings by name; KIP-101, 966.
"""

from typing import Literal

from deliverycheck.lang import Message, fault, require
from deliverycheck.lang.parts import NumberedSender, leader


class KafkaReplication(NumberedSender):
    """Acknowledged by all in sync, clean elections: a failover loses and doubles nothing."""

    claims = "exactly-once"
    faults = {"failover": 1}
    expects = {"in-order": "holds", "no-stale-effect": "holds", "no-deadlock": "holds"}

    acks: Literal["1", "all"] = "all"
    min_insync_replicas: int = 1
    commits_alone: bool = True
    unclean_leader_election_enable: bool = False
    flush_messages: int = 9223372036854775807
    truncate_to: Literal["high_watermark", "leader_epoch"] = "leader_epoch"

    log: set[Message]  # the leader's, in the order of the numbers
    fetched: set[Message]  # what the follower has of it
    read: set[Message]  # what the reader has of it
    in_sync: bool = True
    online: bool = True

    def committed(self, m: Message) -> bool:
        return m in self.fetched or (self.commits_alone and not self.in_sync and m in self.log)

    def is_next(self, m: Message, there: set[Message]) -> bool:
        return m in self.log and m not in there and not self.earlier_missing(m, self.log, there)

    @leader
    def append(self, m: Message) -> None:
        require(self.online)
        self.requests.take(m)
        enough = self.acks == "1" or self.in_sync or self.min_insync_replicas < 2
        if enough and not self.earlier_missing(m, self.in_flight, self.log):
            self.log.add(m)
        if enough and m in self.log and (self.acks == "1" or self.committed(m)):
            self.responses.put(m)
            if self.acks == "all":
                self.take_over(m)

    @leader
    def fetch(self, m: Message) -> None:
        require(self.online and self.is_next(m, self.fetched))
        self.fetched.add(m)
        self.in_sync = self.in_sync or all(k in self.fetched for k in self.log)

    @leader
    def consume(self, m: Message) -> None:
        require(self.online and self.committed(m) and self.is_next(m, self.read))
        self.read.add(m)
        self.effect(m)

    def lose(self, m: Message) -> None:
        self.log.discard(m)
        self.fetched.discard(m)
        self.read.discard(m)

    @fault
    def failover(self) -> None:
        if self.in_sync or self.unclean_leader_election_enable:
            for m in self.messages:
                if m not in self.fetched:
                    self.lose(m)
            self.in_sync = True
        else:
            self.online = False

    @fault
    def revive(self) -> None:
        require(not self.online)
        self.online = True

    @fault
    def shrink(self) -> None:
        require(any(m not in self.fetched for m in self.log))
        self.in_sync = False

    @fault
    def power_loss(self, m: Message) -> None:
        require(m in self.log and self.flush_messages > 1)
        for k in self.messages:
            if k in self.log and self.number[k] >= self.number[m]:
                self.lose(k)

    @fault
    def restart_follower(self, m: Message) -> None:
        require(self.truncate_to == "high_watermark" and m in self.fetched)
        require(all(self.number[k] <= self.number[m] for k in self.fetched))
        self.fetched.discard(m)


class KafkaAcksLeader(KafkaReplication):
    """Acknowledged by the leader alone: a failover loses what was reported done."""

    acks = "1"
    expects = {"no-loss": "violated", "no-silent-loss": "violated", "eventual-effect": "violated"}
