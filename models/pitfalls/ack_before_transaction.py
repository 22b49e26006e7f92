"""Acknowledge, then one transaction: the right handler, and the answer still too early.

The worker says "done" as soon as it has the message, and applies it in a transaction that marks it
as processed as well. The mark keeps a second copy from doing harm, whoever sends it; but after the
answer nobody will send one. A crash between answer and transaction loses the message, and the
application believes that it is done.

So a transaction around effect and mark is half of the matter: the answer has to come after it.
(Compare `ack_before_work.py`, which has no mark, and `guarantees/at_least_once_idempotent.py`.)
"""

from deliverycheck.lang import Message, Steps
from deliverycheck.lang.parts import RetryUntilAcknowledged, worker


class AckBeforeTransaction(RetryUntilAcknowledged):
    """Effect and mark in one transaction, and the answer still too early: lost, if never twice."""

    claims = "at-least-once"
    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "honest-ack": "violated",
        "no-duplicate-effect": "holds",
        "in-order": "violated",
        "eventual-effect": "violated",
    }

    processed: set[Message]

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"
        self.replies.put(m)
        yield "acknowledged"  # a crash here: promised, but never done
        if m not in self.processed:
            self.effect(m)
            self.processed.add(m)  # no yield in between: one transaction
