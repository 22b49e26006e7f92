"""Sidekiq: a job is popped from Redis, or moved to a private queue while it runs.

Without Sidekiq Pro a job is fetched with BRPOP, and from then on it is in the memory of the process
and nowhere else; to acknowledge it does nothing. With `super_fetch` (Pro) it stays in a private
queue, and is pushed back when the heartbeat of its process has stopped; a job that had to be
recovered too often (3 times in 72 hours, here `recoveries`) goes to the dead set. So does a job
that raised an error more than `retry` times (25, here 1), until the dead set is trimmed. At a
shutdown the process pushes back what has not finished in time, whatever it has done by then.

Rules: Sidekiq wiki: Reliability, Error Handling, Best Practices; lib/sidekiq/fetch.rb (BasicFetch);
issue sidekiq/sidekiq#4633 (poison pills).

Faults of its own: `error` (the next run of a job raises, before its effect), `shutdown` (the next
run is cut off after its effect, and pushed back), `trim` (of the dead set: six months or 10,000
jobs). With `expire` a heartbeat stops although the process lives. Not modelled: the client's
network, failures of Redis, the order of a queue.
"""

from typing import Annotated

from deliverycheck.lang import Message, Range, Steps, always, fault, require
from deliverycheck.lang.parts import RequeueingQueue, broker, consumer


class SidekiqBasicFetch(RequeueingQueue):
    """A process that is killed takes its jobs along; one that is shut down may repeat them."""

    claims = "at-least-once"
    faults = {"crash": 1, "shutdown": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "eventual-effect": "violated",
    }

    super_fetch: bool = False
    retry: int = 1
    recoveries: int = 1

    raising: set[Message]  # what the next run of a job will come to
    stopping: set[Message]
    retries: dict[Message, Annotated[int, Range(0, "retry")]]
    recovered: dict[Message, Annotated[int, Range(0, "recoveries")]]
    dead: set[Message]

    @consumer
    def perform(self, m: Message) -> Steps:
        self.lease(m)
        if not self.super_fetch:
            self.settle(m)  # BRPOP: Redis knows no more of it
        yield "fetched"
        if m in self.raising:
            self.raising.discard(m)
            self.settle(m)
            self.try_again(m)
            return
        self.effect(m)
        yield "applied"
        self.settle(m)
        if m in self.stopping:
            self.stopping.discard(m)
            self.ready.add(m)

    def try_again(self, m: Message) -> None:
        """The job raised: another run, unless it had all of them."""
        tried = self.retries.get(m, 0)
        if tried < self.retry:
            self.retries[m] = tried + 1
            self.ready.add(m)
        else:
            self.bury(m)

    @broker
    def end_lease(self, m: Message) -> None:
        """The heartbeat of the process has stopped: its private queue is pushed back."""
        super().end_lease(m)
        times = self.recovered.get(m, 0)
        if times < self.recoveries:
            self.recovered[m] = times + 1
        else:
            self.ready.discard(m)
            self.bury(m)

    def bury(self, m: Message) -> None:
        """Into the dead set, where a person may find it."""
        self.dead.add(m)
        self.park(m)

    @fault
    def error(self, m: Message) -> None:
        require(m in self.ready and m not in self.raising)
        self.raising.add(m)

    @fault
    def shutdown(self, m: Message) -> None:
        require(m in self.ready and m not in self.stopping)
        self.stopping.add(m)

    @fault
    def trim(self, m: Message) -> None:
        require(m in self.dead)
        self.dead.discard(m)

    @always
    def dead_jobs_are_kept(self) -> bool:
        return all(m in self.dead for m in self.messages if self.ledger.parked(m))


class SidekiqSuperFetch(SidekiqBasicFetch):
    """Nothing is lost any more, except what the dead set forgets; jobs run twice as before."""

    expects = {"no-duplicate-effect": "violated", "in-order": "violated", "no-deadlock": "holds"}

    super_fetch = True
