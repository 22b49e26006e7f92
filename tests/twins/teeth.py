"""Twins of the models that hold: each lacks one mechanism and must fail for it."""

from typing import Literal

from deliverycheck.lang import Channel, Message, Protocol, Role, Steps, require
from deliverycheck.lang.parts import RetryUntilAcknowledged, sender, worker

solo = Role("worker", crashes=True)


class WithoutMark(RetryUntilAcknowledged):
    """at_least_once_idempotent that never marks."""

    expects = {"no-duplicate-effect": "violated"}
    processed: set[Message]

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"
        if m not in self.processed:
            self.effect(m)
        yield "applied"
        self.replies.put(m)


class WithoutLook(RetryUntilAcknowledged):
    """mark_before_effect that marks but does not look."""

    expects = {"no-duplicate-effect": "violated"}
    processed: set[Message]

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"
        self.processed.add(m)
        yield "marked"
        self.effect(m)
        yield "charged"
        self.replies.put(m)


class RelativeWrite(RetryUntilAcknowledged):
    """AbsoluteWrite whose second write flips the row back."""

    expects = {"no-duplicate-effect": "violated"}
    payment: dict[Message, Literal["open", "paid"]]

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"
        self.effect(m)
        self.payment[m] = "open" if self.payment.get(m) == "paid" else "paid"
        yield "applied"
        self.replies.put(m)


class SentTwice(Protocol):
    """at_most_once that sends each message twice, to be on the safe side."""

    expects = {"no-duplicate-effect": "violated"}
    pending: set[Message]
    requests: Channel[Message] = Channel(sender, solo)

    @sender
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.pending.add(m)

    @sender
    def send(self, m: Message) -> None:
        require(m in self.pending)
        self.pending.discard(m)
        self.requests.put(m)
        self.requests.put(m)

    @solo
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"
        self.effect(m)


class Unasked(RetryUntilAcknowledged):
    """A worker that starts before the message was accepted."""

    expects = {"no-phantom-effect": "violated"}

    @worker
    def handle(self, m: Message) -> Steps:
        self.effect(m)
        yield "applied"
        self.replies.put(m)


class ForgottenAtOnce(RetryUntilAcknowledged):
    """exactly_once whose worker forgets as soon as it has answered, without waiting for release."""

    expects = {"no-duplicate-effect": "violated"}
    remembered: set[Message]

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"
        if m not in self.remembered:
            self.effect(m)
            self.remembered.add(m)
        yield "applied"
        self.replies.put(m)
        self.remembered.discard(m)


class Stuck(RetryUntilAcknowledged):
    """A worker that waits for an order it will never get."""

    expects = {"no-deadlock": "violated", "no-loss": "violated"}
    go: bool

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"
        require(self.go)
        self.effect(m)
