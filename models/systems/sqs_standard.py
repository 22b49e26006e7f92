"""Amazon SQS, standard queue: a message is hidden while somebody works on it, not gone.

ReceiveMessage hides a message for the visibility timeout; DeleteMessage removes it. If the
deletion does not come in time, the message is visible again. On a standard queue to hide it is no
guarantee: it may come a second time meanwhile, and even when it is deleted. SQS keeps copies on
several servers, and one that was away missed the deletion (or, as supposed here, the hiding).

Modelled: receive, work and delete as three steps; work that takes longer than the visibility
timeout (`slow_work`), with or without a heartbeat that extends it; a holder that stands still, the
heartbeat included (`expire`); a server that missed either (`server_away`). To send and to
store is one step: a repeated send is a second message here as anywhere without deduplication.
A lost call of DeleteMessage is, to SQS, a crash before it. Receipt handles are left out: only the
latest is sure to delete, but the work is done by then, and the verdicts stay the same.

Sources: Amazon SQS Developer Guide, "Amazon SQS visibility timeout", "Amazon SQS at-least-once
delivery", "Amazon SQS standard queues"; Amazon SQS API Reference, "DeleteMessage"; AWS SDK for C++
Developer Guide, "Setting Visibility Timeout in Amazon SQS" (no guarantee on standard queues).
"""

from typing import Literal

from deliverycheck.lang import Message, Steps, always, fault, require
from deliverycheck.lang.parts import LeasedQueue, broker, consumer


class SqsStandard(LeasedQueue):
    """Deleted after the work: nothing is lost; a crash or a lagging server makes it run twice."""

    claims = "at-least-once"
    faults = {"crash": 1, "server_away": 1}
    expects = {
        "no-silent-loss": "holds",
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "no-stale-effect": "violated",
        "hidden-while-held": "violated",
        "no-deadlock": "holds",
    }

    delete_message: Literal["before", "after"] = "after"
    change_message_visibility: bool = False  # a heartbeat extends the timeout during the work

    slow: set[Message]
    deleted: set[Message]

    @broker
    def end_lease(self, m: Message) -> None:
        """The visibility timeout ends: the message can be received again."""
        too_slow = m in self.slow and not self.change_message_visibility
        require(m in self.leased and (too_slow or self.expired(m)))
        self.leased.discard(m)
        self.ready.add(m)

    @consumer
    def handle(self, m: Message) -> Steps:
        self.lease(m)
        yield "received"
        if self.delete_message == "before":
            self.delete(m)
            yield "deleted"  # a crash here: gone, and nothing was done
        self.effect(m)
        if self.delete_message == "after":
            yield "applied"  # a crash here: done, and it comes again
            self.delete(m)

    def delete(self, m: Message) -> None:
        """DeleteMessage."""
        self.settle(m)
        self.deleted.add(m)

    @fault
    def slow_work(self, m: Message) -> None:
        """The work on this message takes longer than the visibility timeout."""
        require(m in self.leased)
        self.slow.add(m)

    @fault
    def server_away(self, m: Message) -> None:
        """A server that missed the hiding or the deletion is back: its copy can be received."""
        require(m in self.leased or m in self.deleted)
        self.deleted.discard(m)
        self.ready.add(m)

    @always
    def hidden_while_held(self, m: Message) -> bool:
        return not (m in self.leased and m in self.ready)


class SqsHeartbeat(SqsStandard):
    """The visibility timeout is extended during the work: slow work does no harm, a pause does."""

    faults = {"slow_work": 1, "expire": 1}
    expects = {**SqsStandard.expects, "hidden-while-held": "holds"}

    change_message_visibility = True
    consumers = 2


class SqsDeleteFirst(SqsStandard):
    """Deleted before the work: a crash loses the message, and a lagging server still doubles it."""

    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "eventual-effect": "violated",
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "no-stale-effect": "violated",
        "hidden-while-held": "violated",
        "no-deadlock": "violated",
    }

    delete_message = "before"
