"""AWS Lambda, asynchronous invocation: an event queue that retries twice, and then lets go.

The caller gets 202 as soon as the event is queued. If the function fails, Lambda runs it again, at
most `maximum_retry_attempts` more times; what fails in the end, or grows older than
`maximum_event_age_in_seconds`, goes to the on-failure destination or dead-letter queue, if there is
one, and is otherwise discarded. The queue is eventually consistent: an event may be given to the
function twice although nothing failed, and may be dropped when the function cannot keep up.

Modelled: a function that crashes or times out, before or after its effect (`crash`); a second
delivery and an event that ages out as faults of the queue; the event queue in no order; one retry
where AWS has two, since only the number of failures depends on it. A destination that has the event
parks it. Not modelled: throttling, which postpones; the loss of the caller's request.

Sources: AWS Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous
invocation", "Configuring error handling settings for Lambda asynchronous invocations", "Capturing
records of Lambda asynchronous invocations".
"""

from typing import Annotated

from deliverycheck.lang import Message, Range, Steps, always, fault, require
from deliverycheck.lang.parts import LeasedQueue, broker, consumer, producer


class LambdaAsync(LeasedQueue):
    """No destination: accepted with 202, run twice or never, and nobody is told."""

    claims = "at-least-once"
    faults = {"crash": 2, "second_delivery": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "honest-ack": "violated",
        "eventual-effect": "violated",
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "no-deadlock": "violated",
    }

    maximum_retry_attempts: int = 1
    on_failure: bool = False  # a destination for what fails for good

    retries: dict[Message, Annotated[int, Range(1, "maximum_retry_attempts")]]

    @producer
    def submit(self, m: Message) -> None:
        """202: the event is in the queue."""
        super().submit(m)
        self.tell_done(m)

    @consumer
    def run(self, m: Message) -> Steps:
        self.lease(m)
        yield "started"
        self.effect(m)
        yield "applied"  # a timeout here: done, and counted as failed
        self.leased.discard(m)

    @broker
    def end_lease(self, m: Message) -> None:
        """The function failed: run it again, or let the event go."""
        require(m in self.leased and self.expired(m))
        self.leased.discard(m)
        if self.retries.get(m, 0) < self.maximum_retry_attempts:
            self.retries[m] = self.retries.get(m, 0) + 1
            self.ready.add(m)
        else:
            self.let_go(m)

    def let_go(self, m: Message) -> None:
        """To the destination, or nowhere."""
        if self.on_failure:
            self.park(m)

    @fault
    def second_delivery(self, m: Message) -> None:
        """The queue has not yet noticed that the event was given to the function."""
        require(m in self.leased)
        self.ready.add(m)

    @fault
    def age_out(self, m: Message) -> None:
        """The event is older than `maximum_event_age_in_seconds`, and has not run."""
        require(m in self.ready)
        self.ready.discard(m)
        self.let_go(m)

    @always
    def nothing_parked(self, m: Message) -> bool:
        return not self.ledger.parked(m)


class LambdaOnFailure(LambdaAsync):
    """With an on-failure destination, what was given up is parked: lost is nothing any more."""

    faults = {"crash": 2, "age_out": 1}
    expects = {
        "no-silent-loss": "holds",
        "honest-ack": "violated",
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "nothing-parked": "violated",
        "no-deadlock": "holds",
    }

    on_failure = True
