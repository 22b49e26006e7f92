"""One message at a time: the next one is sent when the last one is answered.

A sender with one message under way keeps the order, as far as first effects go, on any network: the
second message does not exist for the worker before the first is done. What it does not keep away
are late copies. When the sender does not wait long enough (`delay=1`), a copy of an old message can
still arrive after a newer one has been applied, and write over it.

Modelled: at least once as in guarantees/at_least_once.py, with a window of one; with `window = 2`
it is that model. Not modelled: a link that keeps the order itself (protocols/alternating_bit.py).

Source: Apache Kafka documentation, "Producer Configs" (max.in.flight.requests.per.connection: with
more than one, retries may change the order).
"""

from deliverycheck.lang import Message, Steps, require
from deliverycheck.lang.parts import RetryUntilAcknowledged, sender, worker


class OneAtATime(RetryUntilAcknowledged):
    """In order, and applied twice: the window does nothing about duplicates."""

    claims = "at-least-once"
    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-duplicate-effect": "violated",
        "in-order": "holds",
        "no-stale-effect": "holds",
    }

    window: int = 1

    @sender
    def submit(self, m: Message) -> None:
        require(len(self.outbox) < self.window)
        super().submit(m)

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"
        self.effect(m)
        yield "applied"
        self.replies.put(m)
