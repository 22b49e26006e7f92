"""Amazon SQS, FIFO queue, and a message that cannot be processed: it blocks its group.

While a message of a group is in flight or fails, none behind it is delivered. Without a dead-letter
queue the group waits until the retention period of the failing message ends. With one, the message
steps aside after `max_receive_count` receives, the group goes on, and what is redriven later comes
after what was sent after it: the documentation advises against it where the order matters.

Modelled: one message group, one consumer; a message that its handler cannot take (`poison`) until
the handler is repaired, which nobody need ever do; a dead letter that is redriven to the source
queue some time, as its last message, its receive count at zero again, and perhaps its work done
before. The limit is 1 here. Sending is one step (`sqs_fifo.py` has the network and deduplication);
retention is in `sqs_dead_letters.py`.

Sources: Amazon SQS Developer Guide, "FIFO queue delivery logic in Amazon SQS", "Using dead-letter
queues in Amazon SQS", "Learn how to configure a dead-letter queue redrive in Amazon SQS" (what is
redriven counts as a new message).
"""

from typing import Annotated

from deliverycheck.lang import Message, Range, Role, Steps, always, fault, inf, leads_to, require
from deliverycheck.lang.parts import OrderedQueue, broker, consumer

operator = Role("operator")


class SqsFifoPoison(OrderedQueue):
    """No dead-letter queue: one message that fails for ever stops all that come after it."""

    claims = "at-least-once"
    faults = {"poison": inf}
    expects = {
        "no-duplicate-effect": "holds",
        "in-order": "holds",
        "no-stale-effect": "holds",
        "eventual-effect": "violated",
        "others-get-their-effect": "violated",
        "no-deadlock": "holds",
    }

    poisoned: set[Message]

    def lease(self, m: Message) -> None:
        """The first of the group, while no other of the group is in flight."""
        require(len(self.leased) == 0)
        super().lease(m)

    @consumer
    def handle(self, m: Message) -> Steps:
        self.lease(m)
        yield "received"
        if m not in self.poisoned:
            self.effect(m)
            yield "applied"
            self.settle(m)

    @fault
    def poison(self, m: Message) -> None:
        """The handler can take this message no longer, or again."""
        require(m in self.ready)
        if m in self.poisoned:
            self.poisoned.discard(m)
        else:
            self.poisoned.add(m)

    @leads_to
    def others_get_their_effect(self, m: Message) -> tuple[bool, bool]:
        return (
            self.ledger.accepted(m) and m not in self.poisoned,
            self.ledger.effects(m) > 0 or m in self.poisoned,
        )


class SqsFifoDeadLetters(SqsFifoPoison):
    """With a dead-letter queue the group goes on, and what is redriven comes too late."""

    faults = {"crash": 1}
    expects = {
        "nothing-parked": "violated",
        "others-get-their-effect": "holds",
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "no-deadlock": "holds",
    }

    max_receive_count: int = 1

    receives: dict[Message, Annotated[int, Range(1, "max_receive_count")]]
    dead: set[Message]

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
        self.park(m)

    @operator
    def redrive(self, m: Message) -> None:
        """The cause is removed: back to the source queue, behind all that is there."""
        require(m in self.dead)
        self.dead.discard(m)
        self.receives.pop(m)
        for k in self.messages:
            if k in self.place and self.place[k] > self.place[m]:
                self.place[k] -= 1
        self.place[m] = len(self.place) - 1
        self.ready.add(m)

    @always
    def nothing_parked(self, m: Message) -> bool:
        return not self.ledger.parked(m)
