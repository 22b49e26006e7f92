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

Modelled: rows in their order; locks, as leases that end when the session of their worker has ended
and was rolled back. `expire` ends the session of a living worker
(`idle_in_transaction_session_timeout`, a failover, a commit that fails), or is a reaper that is too
early. Not modelled: ids that become visible in another order than they were drawn in; the network
between worker and server.
"""

from deliverycheck.lang import Message, Steps, require
from deliverycheck.lang.parts import OrderedQueue, broker, consumer


class SkipLockedQueue(OrderedQueue):
    """Work and deletion in one transaction: once each, though with two workers not in order."""

    claims = "exactly-once"
    faults = {"crash": 1}
    expects = {"in-order": "violated", "no-deadlock": "holds"}

    consumers: int = 2

    @consumer
    def work(self, m: Message) -> Steps:
        self.lease(m)  # the first row that nobody has locked, and lock it
        yield "locked"
        if m in self.ready or m in self.leased:  # not deleted by another: this can commit
            self.effect(m)
            self.settle(m)


class SkipLockedEffectElsewhere(SkipLockedQueue):
    """The call stays done when the transaction is rolled back: a crash in between repeats it."""

    expects = {"no-duplicate-effect": "violated", "in-order": "violated", "no-deadlock": "holds"}

    @consumer
    def work(self, m: Message) -> Steps:
        self.lease(m)
        yield "locked"
        self.effect(m)
        yield "called"  # a crash here: called, and to be called again
        self.settle(m)


class SkipLockedClaimRow(SkipLockedEffectElsewhere):
    """A committed claim with a reaper: nothing is lost, and it is no better than the lock was."""

    reaper: bool = True

    @broker
    def end_lease(self, m: Message) -> None:
        """The reaper resets what has been running for too long."""
        require(self.reaper)
        super().end_lease(m)


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
