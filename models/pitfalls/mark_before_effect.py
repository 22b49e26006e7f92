"""Look, mark, charge: the same two lines the other way round.

Now a second copy always finds the mark, so nothing is charged twice. But when the worker crashes
between the mark and the charge, the copy that comes again finds the mark as well, and is answered
as if all were done: the payment is lost, and the sender is told that it succeeded. Swapping two
lines has turned at-least-once into at-most-once.

`mark = "together"` puts both into one transaction, and then neither comes without the other.
"""

from typing import Literal

from deliverycheck.lang import Message, Steps
from deliverycheck.lang.parts import RetryUntilAcknowledged, worker


class MarkBeforeEffect(RetryUntilAcknowledged):
    """Never twice, but lost by one crash, with an acknowledgement on top."""

    claims = "at-most-once"
    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "honest-ack": "violated",
        "eventual-effect": "violated",
    }

    mark: Literal["before", "together"] = "before"

    processed: set[Message]

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"
        if m not in self.processed:
            self.processed.add(m)
            if self.mark == "before":
                yield "marked"  # a crash here: marked, but never charged
            self.effect(m)
            yield "charged"
        self.replies.put(m)
