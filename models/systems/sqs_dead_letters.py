"""Amazon SQS and messages that cannot be processed: retention, and a dead-letter queue.

A message whose handler fails is received again and again, until it is older than the retention
period of the queue (four days unless set) and is deleted, unseen. With a redrive policy, SQS moves
it to a dead-letter queue after `max_receive_count` receives, where a person may look at it. On a
standard queue it keeps the time at which it was first sent, and the retention of the dead-letter
queue counts from there: no longer than the source's, it may end before anybody looks.

Modelled: receive, work, delete; a message that its handler cannot take (`poison`), with an
operator who repairs the handler in the end; receive counts, counted at receive as SQS does, so
that crashes count as well, and a parked message may have had its effect, even twice; retention as
a fault. The limit is 2 here, since only the number of failures depends on it. No redrive.

Sources: Amazon SQS Developer Guide, "Using dead-letter queues in Amazon SQS", "Setting-up
dead-letter queue retention in Amazon SQS"; API Reference, "SetQueueAttributes".
"""

from typing import Annotated, Literal

from deliverycheck.lang import Message, Range, Role, Steps, always, fault, require
from deliverycheck.lang.parts import LeasedQueue, broker, consumer

operator = Role("operator")


class SqsPoison(LeasedQueue):
    """Without a dead-letter queue: what fails until its retention ends is lost without a word."""

    claims = "at-least-once"
    faults = {"poison": 1, "retention_ends": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "eventual-effect": "violated",
        "no-duplicate-effect": "holds",
        "in-order": "violated",
    }

    fails: Literal["before", "after"] = "before"  # the effect: a handler may fail half-way

    poisoned: set[Message]

    @consumer
    def handle(self, m: Message) -> Steps:
        self.lease(m)
        yield "received"
        if m in self.poisoned and self.fails == "before":
            return
        self.effect(m)
        yield "applied"
        if m not in self.poisoned:
            self.settle(m)

    @operator
    def repair(self, m: Message) -> None:
        """A handler that can take the message is deployed."""
        require(m in self.poisoned)
        self.poisoned.discard(m)

    @fault
    def poison(self, m: Message) -> None:
        """The handler turns out to be unable to take this message."""
        require(m in self.ready)
        self.poisoned.add(m)

    @fault
    def retention_ends(self, m: Message) -> None:
        """The message that keeps failing is older than the queue keeps messages."""
        require(m in self.ready and m in self.poisoned)
        self.ready.discard(m)


class SqsDeadLetters(SqsPoison):
    """After `max_receive_count` receives it is parked, be the message or the worker to blame."""

    faults = {"poison": 1, "crash": 1, "retention_ends": 1}
    expects = {
        "no-silent-loss": "holds",
        "nothing-parked": "violated",
        "no-duplicate-effect": "violated",
        "in-order": "violated",
    }

    max_receive_count: int = 2
    dead_letter_retention: Literal["longer", "same"] = "longer"  # compared with the source queue

    receives: dict[Message, Annotated[int, Range(1, "max_receive_count")]]
    dead: set[Message]
    old: set[Message]

    def lease(self, m: Message) -> None:
        require(self.receives.get(m, 0) < self.max_receive_count)
        self.receives[m] = self.receives.get(m, 0) + 1
        super().lease(m)

    @broker
    def move(self, m: Message) -> None:
        """Received often enough, and still here: to the dead-letter queue."""
        require(m in self.ready and self.receives.get(m, 0) == self.max_receive_count)
        self.ready.discard(m)
        self.dead.add(m)

    @operator
    def inspect(self, m: Message) -> None:
        """Somebody looks at the dead letter."""
        require(m in self.dead)
        self.dead.discard(m)
        self.park(m)

    @fault
    def retention_ends(self, m: Message) -> None:
        """Counted from the first sending, the source queue's retention period is over."""
        require(m in self.dead)
        self.old.add(m)
        if self.dead_letter_retention == "same":
            self.dead.discard(m)

    @always
    def nothing_parked(self, m: Message) -> bool:
        return not self.ledger.parked(m)
