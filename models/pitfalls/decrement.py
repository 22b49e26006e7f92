"""Take 100 off the balance, or set the payment to paid: not every effect bears repeating.

    balance = balance - 100          relative: a second copy takes another hundred
    payment["PAY-123"] = "paid"      absolute: a second copy writes what is already there

The absolute write is idempotent by its nature, without any table of processed messages: the state
it writes is the mark. It stays so only while nobody else writes the same row in between.
"""

from typing import Literal

from deliverycheck.lang import Message, Natural, Steps, always
from deliverycheck.lang.parts import RetryUntilAcknowledged, worker


class Decrement(RetryUntilAcknowledged):
    """A relative change: every copy that arrives takes another hundred."""

    claims = "at-least-once"
    faults = {"lose": 1, "crash": 1}
    expects = {"no-duplicate-effect": "violated", "taken-once-each": "violated"}

    hundreds_taken: Natural

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"
        self.hundreds_taken += 1
        self.effect(m)
        yield "applied"
        self.replies.put(m)

    @always
    def taken_once_each(self) -> bool:
        return self.hundreds_taken <= sum(1 for m in self.messages if self.ledger.accepted(m))


class AbsoluteWrite(RetryUntilAcknowledged):
    """An absolute value: the second copy writes what is already there, which changes nothing."""

    claims = "exactly-once"
    faults = {"lose": 1, "crash": 1}

    payment: dict[Message, Literal["open", "paid"]]

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"
        if self.payment.get(m) != "paid":
            self.effect(m)  # the row changes: that is the effect
        self.payment[m] = "paid"
        yield "applied"
        self.replies.put(m)
