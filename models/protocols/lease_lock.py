"""A lock with a time to live: its holder may be paused, and write when the lock is another's.

Two workers take one job after the other, each under a lock that ends by itself after its ttl, so
that a holder that crashes does not block the rest. But a holder that is merely paused (garbage
collection, a virtual machine that is moved) does not know that its lock has ended (`expire`): it
wakes and writes, after another has written the same job and the next.

    guard = "check"  the worker looks whether the lock is still its own, then writes: the pause can
                     come between the two
    guard = "token"  each lock comes with a number greater than all before; the resource remembers
                     the greatest it has seen and refuses writes that bear a smaller one

A fencing token keeps old writes out. It does not make a job run once: a worker that has written and
is paused before it strikes the job off leaves it to the next, whose token is greater, and
which writes again. For that the resource has to know what it has done (`idempotent`). Where every
write can be told by its job, that alone is enough; a token helps where a write is only a new value.

Sources: Kleppmann, "How to do distributed locking" (2016), sections "Protecting a resource with a
lock" and "Making the lock safe with fencing"; Burrows, "The Chubby lock service" (OSDI 2006),
section 2.4 (sequencers). The lock is released by its own token only, as Redis' documentation
"Distributed Locks with Redis" asks for. One resource, one lock; the lock service never fails.
"""

from typing import Literal

from deliverycheck.lang import Message, Natural, Protocol, Role, Steps, require

client = Role("client")
worker = Role("worker", crashes=True, replicas="workers")
service = Role("service")


class LeaseLock(Protocol):
    """Lock, work, release: a pause longer than the ttl lets an old write come after a new one."""

    claims = "at-least-once"
    faults = {"crash": 1, "expire": 1}
    expects = {
        "no-duplicate-effect": "violated",
        "no-stale-effect": "violated",
        "in-order": "holds",
        "no-deadlock": "holds",
    }

    workers: int = 2
    guard: Literal["none", "check", "token"] = "none"
    idempotent: bool = False

    open: Message | None  # the job that is to be done
    locked: Message | None  # the job that the lock was taken for
    issued: Natural  # the token of the lock's holder, or of the last one
    seen: Natural  # the resource's: the greatest token that has written
    written: set[Message]  # the resource's, too

    @client
    def submit(self, m: Message) -> None:
        require(self.open is None)
        self.accept(m)
        self.open = m

    @worker
    def work(self, m: Message) -> Steps:
        require(self.open == m and self.locked is None)
        self.issued += 1
        token: Natural = self.issued
        self.locked = m
        yield "locked"  # a pause here: the lock may end meanwhile
        if self.guard == "check":
            if self.locked != m or self.issued != token:
                return
            yield "checked"  # and here just as well
        if self.guard == "token":
            if token < self.seen:
                return
            self.seen = token
        if not self.idempotent or m not in self.written:
            self.effect(m)
        if self.idempotent:
            self.written.add(m)
        yield "written"  # a pause or a crash here: done, and nobody knows
        if self.open == m:
            self.open = None
        if self.issued == token:
            self.locked = None

    @service
    def end_lock(self, m: Message) -> None:
        """The ttl is over: the holder has crashed, or takes too long."""
        require(self.locked == m and self.expired(m))
        self.locked = None


class CheckedLock(LeaseLock):
    """Checks the lock before it writes: narrower, but a pause after the check is enough."""

    faults = {"expire": 1}

    guard = "check"


class FencedLock(LeaseLock):
    """Writes under a fencing token: none comes late, but a job can still be done twice."""

    expects = {"no-duplicate-effect": "violated", "no-stale-effect": "holds", "in-order": "holds"}

    guard = "token"


class FencedIdempotentLock(FencedLock):
    """The resource knows the token and the job: nothing late, and nothing twice."""

    expects = {"no-duplicate-effect": "holds", "no-stale-effect": "holds", "in-order": "holds"}

    idempotent = True
