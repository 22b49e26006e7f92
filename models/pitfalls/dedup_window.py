"""The mark expires: deduplication with a window, and a copy that comes after it.

Brokers and payment providers remember what they have seen for minutes or a day, not for ever. As
long as every repetition comes within the window, this is at-least-once made safe. But a sender
that repeats from a durable outbox has no such limit: after an outage, or a long weekend, the copy
arrives when its mark is gone, and the work runs a second time.
"""

from deliverycheck.lang import Message, Steps, fault, require
from deliverycheck.lang.parts import RetryUntilAcknowledged, worker


class DedupWindow(RetryUntilAcknowledged):
    """Safe while the mark lives: one forgotten mark and one repetition make a duplicate."""

    claims = "exactly-once"
    faults = {"lose": 1, "crash": 1, "forget": 1}
    expects = {"no-duplicate-effect": "violated"}

    processed: set[Message]

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"
        if m not in self.processed:
            self.effect(m)
            self.processed.add(m)  # no yield in between: one transaction
        yield "applied"
        self.replies.put(m)

    @fault
    def forget(self, m: Message) -> None:
        """The window closes: the mark of this message is removed."""
        require(m in self.processed)
        self.processed.discard(m)
