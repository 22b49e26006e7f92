"""A queue in a PostgreSQL table: SELECT ... FOR UPDATE SKIP LOCKED LIMIT 1, in order of the id.

    effect in the same transaction    the row is deleted in the transaction that does the work: both
                                      or neither
    effect elsewhere                  a call to somebody else inside the transaction: a rollback
                                      takes back the deletion, but not the call
    a row that says "running"         the claim is committed first and the work done without a lock;
                                      if the worker dies, only a reaper can tell

Rules: PostgreSQL documentation, SELECT, "The Locking Clause" (skipping locked rows gives an
inconsistent view of the data, but is fit for queue-like tables with several consumers); Explicit
Locking, "Row-Level Locks" (held until the transaction ends).

Modelled: rows with ids, workers, sessions that end with their worker and roll back. `expire` ends
the session of a living worker (`idle_in_transaction_session_timeout`, a failover, a commit that
fails), or is a reaper that is too early. Not modelled: ids that become visible in another order
than they were drawn in; the network between worker and server.
"""

from typing import Annotated

from deliverycheck.lang import Message, Protocol, Range, Role, Steps, require

client = Role("client")
postgres = Role("postgres")
worker = Role("worker", crashes=True, replicas="workers")


class SkipLockedQueue(Protocol):
    """Work and deletion in one transaction: once each, though with two workers not in order."""

    claims = "exactly-once"
    faults = {"crash": 1}
    expects = {"in-order": "violated", "no-deadlock": "holds"}

    workers: int = 2

    inserted: Annotated[int, Range(0, "messages")]
    ids: dict[Message, Annotated[int, Range(0, "messages")]]
    locked: set[Message]

    @client
    def insert(self, m: Message) -> None:
        self.accept(m)
        self.ids[m] = self.inserted
        self.inserted += 1

    @worker
    def work(self, m: Message) -> Steps:
        self.select(m)
        yield "locked"
        if m in self.ids:  # not deleted by another, so this transaction can commit
            self.effect(m)
            self.delete(m)

    def select(self, m: Message) -> None:
        """The first row that nobody has locked, and lock it."""
        require(m in self.ids and m not in self.locked)
        require(
            not any(
                self.ids[k] < self.ids[m]
                for k in self.messages
                if k in self.ids and k not in self.locked
            )
        )
        self.locked.add(m)

    def delete(self, m: Message) -> None:
        """The row goes, and its lock with it."""
        self.ids.pop(m, None)
        self.locked.discard(m)

    @postgres
    def let_go(self, m: Message) -> None:
        """The session has ended: its transaction is rolled back, and the row is free again."""
        require(m in self.locked and self.expired(m))
        self.locked.discard(m)


class SkipLockedEffectElsewhere(SkipLockedQueue):
    """The call stays done when the transaction is rolled back: a crash in between repeats it."""

    expects = {"no-duplicate-effect": "violated", "in-order": "violated", "no-deadlock": "holds"}

    @worker
    def work(self, m: Message) -> Steps:
        self.select(m)
        yield "locked"
        self.effect(m)
        yield "called"  # a crash here: called, and to be called again
        self.delete(m)


class SkipLockedClaimRow(SkipLockedEffectElsewhere):
    """A committed claim with a reaper: nothing is lost, and it is no better than the lock was."""

    reaper: bool = True

    @postgres
    def let_go(self, m: Message) -> None:
        """The reaper resets what has been running for too long."""
        require(self.reaper)
        super().let_go(m)


class SkipLockedNoReaper(SkipLockedClaimRow):
    """Without a reaper the row of a worker that died says "running" for ever."""

    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "holds",
        "in-order": "violated",
        "eventual-effect": "violated",
    }

    reaper = False
