"""Redis lists as a job queue: LPUSH on one side, and what the other side does with what it pops.

    BRPOP   the item is taken off the list and sent to the worker: from here on the reply and the
            worker's memory are all there is of it.
    LMOVE   (formerly RPOPLPUSH) the same command puts the item on a second list, `processing`.
            LREM removes it there when the work is done, and a reaper pushes back what has been
            there for too long.

Rules: Redis documentation, pages LMOVE and RPOPLPUSH, section "Pattern: Reliable queue".

Modelled: both lists with their order, the reply on its way to a worker (`lose`), workers that die,
a reaper that is too quick (`delay`). Not modelled: the producer's own network; persistence and
failover of Redis (see redis_streams.py); a reaper that dies half-way. LREM is one step with the
end of the work: to lose it is to crash before it.
"""

from typing import Annotated

from deliverycheck.lang import AtMost, Fifo, Message, Protocol, Role, Steps, require

producer = Role("producer")
redis = Role("redis")
worker = Role("worker", crashes=True, replicas="workers")


class _RedisList(Protocol):
    """The list, the reply on its way, and a worker; both commands share them."""

    workers: int = 1

    waiting: Annotated[list[Message], AtMost("messages")]
    replies: Fifo[Message] = Fifo(redis, worker, capacity=1)

    @producer
    def submit(self, m: Message) -> None:
        """LPUSH: the job is on the list, behind all others."""
        self.accept(m)
        self.waiting.append(m)

    @redis
    def serve(self, m: Message) -> None:
        """A worker that waits in BRPOP gets the job that has been there longest."""
        require(len(self.waiting) > 0 and self.waiting[0] == m)
        self.waiting.pop(0)
        self.replies.put(m)

    @worker
    def work(self, m: Message) -> Steps:
        self.replies.take(m)
        yield "received"  # with BRPOP, a crash here: the job was in this memory and nowhere else
        self.effect(m)
        yield "done"
        self.remove(m)

    def remove(self, m: Message) -> None:
        """Nothing to remove: BRPOP has taken it off the list long ago."""


class RedisListBrpop(_RedisList):
    """Popped is gone: a crash or a lost reply loses the job, and nothing ever runs twice."""

    claims = "at-most-once"
    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "holds",
        "in-order": "holds",
        "eventual-effect": "violated",
    }


class RedisListLmove(_RedisList):
    """Nothing is lost while a reaper looks after `processing`; a job may run twice."""

    claims = "at-least-once"
    faults = {"lose": 1, "crash": 1}
    expects = {"no-duplicate-effect": "violated", "in-order": "violated", "no-deadlock": "holds"}

    reaper: bool = True

    processing: set[Message]

    @redis
    def serve(self, m: Message) -> None:
        """LMOVE: off one list and onto the other, in one command."""
        super().serve(m)
        self.processing.add(m)

    @redis
    def reap(self, m: Message) -> None:
        """The reaper pushes back what nobody has removed in time."""
        require(self.reaper and m in self.processing and self.timed_out(m))
        self.processing.discard(m)
        self.waiting.append(m)

    def remove(self, m: Message) -> None:
        """LREM; there is nothing to remove where the reaper was faster."""
        self.processing.discard(m)


class RedisListNoReaper(RedisListLmove):
    """The job stays in `processing`, where nothing in the design ever looks: as good as lost."""

    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "holds",
        "in-order": "holds",
        "eventual-effect": "violated",
    }

    reaper = False
