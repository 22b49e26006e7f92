"""Look, charge, mark: the textbook's idempotent handler, and why it is not idempotent.

    if payment "PAY-123" not already processed:
        charge the card
        mark "PAY-123" as processed

Between the charge and the mark the worker can crash. The message comes again, the mark is not
there, and the card is charged a second time. With two workers not even a crash is needed: both
look before either has marked. In tests, with one worker and no crash, it always works.

`mark = "together"` puts the charge and the mark into one transaction: nothing can come in between.
"""

from typing import Literal

from deliverycheck.lang import Message, Steps
from deliverycheck.lang.parts import RetryUntilAcknowledged, worker


class CheckThenAct(RetryUntilAcknowledged):
    """Claims that a second copy does no harm; one crash at the wrong moment shows that it does."""

    claims = "exactly-once"
    faults = {"lose": 1, "crash": 1}
    expects = {"no-duplicate-effect": "violated"}

    mark: Literal["apart", "together"] = "apart"

    processed: set[Message]

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"
        if m not in self.processed:
            self.effect(m)
            if self.mark == "apart":
                yield "charged"  # a crash here: charged, but not marked
            self.processed.add(m)
            yield "marked"
        self.replies.put(m)
