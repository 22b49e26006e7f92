"""Look, charge, mark, all of it under a lock: and the lock is a lease.

Two consumers that hold a lock while they look, charge and mark can no longer get in between each
other. But a lock has to come free when its holder dies, so it runs out after a time; and a holder
that is merely slow (a long collection of garbage, a page fault) does not notice. Then a second one
holds the lock too, looks, finds no mark, and charges. Nobody has crashed.

Modelled: two consumers that may have the same message, and a lock for each message that runs out
when its holder is gone, or with `expire=1` while it lives. To look and to charge is one step; it is
the gap between charge and mark that matters. Not modelled: a fencing token, which the resource
would have to check.

Source: M. Kleppmann, "How to do distributed locking", 2016.
"""

from deliverycheck.lang import Message, Role, Steps, require
from deliverycheck.lang.parts import RedeliveringQueue, consumer

locks = Role("locks")


class CheckUnderLock(RedeliveringQueue):
    """One lock that runs out on a living holder, and the card is charged twice without a crash."""

    claims = "exactly-once"
    faults = {"expire": 1}
    expects = {"no-duplicate-effect": "violated"}

    consumers = 2

    locked: set[Message]
    processed: set[Message]

    @consumer
    def handle(self, m: Message) -> Steps:
        require(m in self.queue and m not in self.locked)
        self.locked.add(m)
        yield "locked"
        if m not in self.processed:
            self.effect(m)
            yield "charged"
            self.processed.add(m)
        self.locked.discard(m)
        self.queue.discard(m)

    @locks
    def run_out(self, m: Message) -> None:
        """The time of the lock is over."""
        require(m in self.locked and self.expired(m))
        self.locked.discard(m)
