"""Kafka's transactions: open, committed or aborted, and the readers who wait for the oldest.

A transactional producer writes its record, and then commits. Readers of committed records stop
before the oldest open transaction (the last stable offset). So a producer that dies in between
holds up everybody behind it, until the coordinator aborts its transaction: when it comes back with
the same transactional.id, or after `transaction_timeout_ms`. Whoever was fenced or timed out in
this way cannot commit any more.

A request may be slow, and arrive when its transaction has ended. If the same epoch is used for one
transaction after another, the partition takes the record: it belongs to no transaction that anyone
will ever end, and readers wait for ever (a hanging transaction). With an epoch for each
transaction (`transaction_version = 2`, KIP-890) it is refused.

Modelled: one partition, one record for each transaction, each by a producer of its own. The promise
counts from the commit; a producer that dies is one that never commits. A reader follows the log
without failing. Not modelled: several partitions, the two phases of the coordinator, the answers to
the producer, idempotence. The order is that of the log, not that of the commits.

Sources: KIP-98 (fencing, transaction timeout, last stable offset); KIP-890, "Transactions
Server-Side Defense" (hanging transactions, an epoch for each transaction); Apache Kafka
documentation, "Consumer Configs" (isolation.level), "Producer Configs" (transaction.timeout.ms).
"""

from typing import Annotated, Literal, TypeAlias

from deliverycheck.lang import Channel, Message, Protocol, Range, Role, require

producer = Role("producer")
broker = Role("broker")
reader = Role("reader")

Place: TypeAlias = Annotated[int, Range(0, "messages")]


class KafkaTransactions(Protocol):
    """What is committed is read once, and nothing else is; no transaction stays open."""

    claims = "exactly-once"
    faults = {"lose": 1, "delay": 1}
    expects = {"in-order": "violated", "no-deadlock": "holds"}

    isolation_level: Literal["read_committed", "read_uncommitted"] = "read_committed"
    transaction_timeout_ms: int = 60000  # 0: the coordinator never ends a transaction
    transaction_version: Literal[1, 2] = 2

    status: dict[Message, Literal["open", "committed", "aborted", "hanging"]]
    records: dict[Message, Place]
    position: Place  # of the reader
    requests: Channel[Message] = Channel(producer, broker)

    @producer
    def write(self, m: Message) -> None:
        require(m not in self.status)
        self.status[m] = "open"
        self.requests.put(m)

    @broker
    def append(self, m: Message) -> None:
        self.requests.take(m)
        if self.status[m] == "open" or self.transaction_version == 1:
            self.records[m] = len(self.records)
            if self.status[m] == "aborted":
                self.status[m] = "hanging"

    @producer
    def commit(self, m: Message) -> None:
        """The application commits what was written; not if the transaction was ended before."""
        require(m in self.records and self.status[m] == "open")
        self.accept(m)
        self.status[m] = "committed"

    @broker
    def abort(self, m: Message) -> None:
        """After a while by the coordinator; or another instance begins, or the client gives up."""
        require(m in self.status and self.status[m] == "open")
        require(self.transaction_timeout_ms > 0 and self.timed_out(m))
        self.status[m] = "aborted"

    @reader
    def read(self, m: Message) -> None:
        require(m in self.records and self.records[m] == self.position)
        if self.isolation_level == "read_committed":
            require(self.status[m] == "committed" or self.status[m] == "aborted")
        self.position += 1
        if self.isolation_level == "read_uncommitted" or self.status[m] == "committed":
            self.effect(m)


class KafkaDirtyRead(KafkaTransactions):
    """Reads what is not committed, and may never be."""

    isolation_level = "read_uncommitted"
    expects = {"no-phantom-effect": "violated", "no-duplicate-effect": "holds"}


class KafkaOpenTransaction(KafkaTransactions):
    """No timeout: a producer that dies between writing and committing stops all readers."""

    transaction_timeout_ms = 0
    faults = {"lose": 1}
    expects = {"no-loss": "holds", "eventual-effect": "violated"}


class KafkaHangingTransaction(KafkaTransactions):
    """One epoch for several transactions: a late request opens one that nobody will end."""

    transaction_version = 1
    expects = {"no-loss": "violated", "no-silent-loss": "violated", "eventual-effect": "violated"}
