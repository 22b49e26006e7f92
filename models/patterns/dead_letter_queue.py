"""A message that always fails, and what the queue does with it: dead letters.

    never          deliver it again and again: where the order is kept, nothing behind it moves
    drop           give up after some deliveries and forget it: lost
    dead-letter    give up and put it aside for a person: parked

To park it is a dual write again. Published to the dead-letter queue and then acknowledged, a crash
in between parks it twice; acknowledged first, it is lost by one.

Modelled: a queue that keeps the order, and one consumer, which applies and acknowledges a good
message in one step. A message is poisonous from some moment on, until somebody repairs the handler,
which nothing forces. Of the deliveries that are allowed (maxReceiveCount, delivery-limit) only the
last is here. Sources: Amazon SQS Developer Guide, "Using dead-letter queues in Amazon SQS";
RabbitMQ documentation, "Dead Letter Exchanges" (section Safety), "Quorum Queues" (poison messages).
"""

from typing import Annotated, Literal

from deliverycheck.lang import (
    AtMost,
    Message,
    Protocol,
    Role,
    Steps,
    always,
    fault,
    leads_to,
    require,
)

producer = Role("producer")
consumer = Role("consumer", crashes=True)


class DeadLetterQueue(Protocol):
    """Nothing is lost and nothing waits behind a poisonous message, but it may be parked twice."""

    claims = "at-least-once"
    faults = {"crash": 1, "poison": 1}
    expects = {"no-duplicate-effect": "holds", "in-order": "holds", "parked-once": "violated"}

    give_up: Literal["never", "drop", "dead-letter"] = "dead-letter"
    dead_letter: Literal["publish-then-ack", "ack-then-publish"] = "publish-then-ack"

    queue: Annotated[list[Message], AtMost("messages")]
    poisonous: set[Message]
    dead: dict[Message, Literal["once", "more than once"]]  # the dead-letter queue

    @producer
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.queue.append(m)

    @consumer
    def handle(self, m: Message) -> Steps:
        require(len(self.queue) > 0 and self.queue[0] == m)
        if m not in self.poisonous:
            self.effect(m)
            self.queue.pop(0)
        elif self.give_up == "never":
            pass  # it is delivered again
        elif self.give_up == "drop":
            self.queue.pop(0)
        elif self.dead_letter == "publish-then-ack":
            self.bury(m)
            yield "published"  # a crash here: a dead letter, and still in the queue
            self.queue.pop(0)
        else:
            self.queue.pop(0)
            yield "acknowledged"  # a crash here: in neither of the two queues
            self.bury(m)

    def bury(self, m: Message) -> None:
        self.dead[m] = "more than once" if m in self.dead else "once"
        self.park(m)

    @fault
    def poison(self, m: Message) -> None:
        """From here on the handler fails on this message."""
        self.poisonous.add(m)

    @fault
    def repair(self, m: Message) -> None:
        """Somebody repairs the handler."""
        require(m in self.poisonous)
        self.poisonous.discard(m)

    @leads_to
    def others_go_on(self, m: Message) -> tuple[bool, bool]:
        return self.ledger.accepted(m), self.ledger.effects(m) > 0 or m in self.poisonous

    @always
    def parked_once(self) -> bool:
        return all(self.dead[m] == "once" for m in self.dead)


class AckThenPublish(DeadLetterQueue):
    """Acknowledged first: never parked twice, but a crash in between loses the message."""

    expects = {"no-loss": "violated", "no-silent-loss": "violated", "eventual-effect": "violated"}

    dead_letter = "ack-then-publish"


class DropPoison(DeadLetterQueue):
    """Dropped after so many deliveries: the others go on, and one is lost without a word."""

    faults = {"poison": 1}
    expects = {"no-loss": "violated", "no-silent-loss": "violated", "eventual-effect": "violated"}

    give_up = "drop"


class EndlessRedelivery(DeadLetterQueue):
    """Delivered for ever: not lost, since somebody may repair it, but all behind it is stuck."""

    faults = {"poison": 1, "repair": 1}
    expects = {"no-loss": "holds", "eventual-effect": "violated", "others-go-on": "violated"}

    give_up = "never"
