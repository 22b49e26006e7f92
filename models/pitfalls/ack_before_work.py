"""Acknowledge first, work later: the reply goes out before the effect has happened.

Tempting, because the sender is free sooner. But the acknowledgement is a promise the worker may
not live to keep: it crashes, the sender has already struck the message from its outbox, and
nobody is left who knows of it. And the sender's retries still make duplicates: when the
acknowledgement is lost, the message comes again. The worst of both levels at once.

`acknowledge = "after"` works first and answers then: nothing is lost any more, and what remains are
the duplicates that at-least-once allows.
"""

from typing import Literal

from deliverycheck.lang import Message, Steps
from deliverycheck.lang.parts import RetryUntilAcknowledged, worker


class AckBeforeWork(RetryUntilAcknowledged):
    """Reported done before it is: one crash loses it, one lost acknowledgement doubles it."""

    claims = "at-least-once"
    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "honest-ack": "violated",
        "no-duplicate-effect": "violated",
        "eventual-effect": "violated",
    }

    acknowledge: Literal["before", "after"] = "before"

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"
        if self.acknowledge == "before":
            self.replies.put(m)
            yield "acknowledged"  # a crash here: promised, but never done
        self.effect(m)
        if self.acknowledge == "after":
            yield "applied"
            self.replies.put(m)
