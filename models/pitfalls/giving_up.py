"""A sender that gives up after some attempts, and what it says then.

Retries without an end are at least once; a sender that stops is not. If it says so, nothing is lost
in silence: the application knows that it has to do something. But "failed" is no more than "I do
not know": the message may have been applied, and only the answers were lost. An application that
takes it for a no and sends the same thing again as a new message does it twice.
(Kafka's `delivery.timeout.ms`, `retries` and the like; a webhook that is tried for three days.)

Modelled: the worker can crash between its steps, requests and answers can be lost. Not modelled:
how long the sender waits between its attempts.

Sources: Apache Kafka documentation, "Producer Configs" (delivery.timeout.ms, retries); Stripe
documentation, "Receive Stripe events in your webhook endpoint" (retries).
"""

from typing import Annotated

from deliverycheck.lang import Message, Range, Steps, always, require
from deliverycheck.lang.parts import RetryUntilAcknowledged, sender, worker


class GivesUpSilently(RetryUntilAcknowledged):
    """Given up without a word: the message is lost, and nobody knows."""

    claims = "at-least-once"
    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "violated",
        "eventual-effect": "violated",
    }

    retries: int = 1

    repeated: dict[Message, Annotated[int, Range(0, "retries")]]

    @sender
    def send(self, m: Message) -> None:
        """Send, and send again when no answer came in time, but not for ever."""
        require(m not in self.repeated or self.repeated[m] < self.retries)
        super().send(m)
        self.repeated[m] = self.repeated[m] + 1 if m in self.repeated else 0

    @sender
    def give_up(self, m: Message) -> None:
        """No answer to the last attempt either."""
        require(m in self.outbox and m in self.repeated and self.repeated[m] == self.retries)
        require(self.timed_out(m))
        self.outbox.discard(m)

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"
        self.effect(m)
        yield "applied"
        self.replies.put(m)


class GivesUp(GivesUpSilently):
    """Given up and reported: not lost in silence, but what is "failed" may have happened."""

    expects = {
        "no-loss": "violated",
        "no-silent-loss": "holds",
        "no-duplicate-effect": "violated",
        "eventual-effect": "holds",
        "failed-is-not-done": "violated",
    }

    @sender
    def give_up(self, m: Message) -> None:
        super().give_up(m)
        self.tell_failed(m)

    @always
    def failed_is_not_done(self, m: Message) -> bool:
        return self.ledger.told(m) != "failed" or self.ledger.effects(m) == 0
