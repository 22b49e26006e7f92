"""Webhooks: a provider posts events to an endpoint over the network."""

from __future__ import annotations

from typing import Literal

from deliverycheck.lang.channels import Channel
from deliverycheck.lang.domains import Message
from deliverycheck.lang.protocol import Protocol
from deliverycheck.lang.roles import Role, Steps

provider = Role("provider")
endpoint = Role("endpoint", crashes=True)


class Webhook(Protocol):
    """The endpoint, and the way there and back; when to post, and again, is the provider's half.

    `answer`: before or after the work. `log_event_ids`: the endpoint keeps the ids of the events
    it has processed, in the transaction of their effect.
    """

    answer: Literal["before", "after"] = "after"
    log_event_ids: bool = False

    undelivered: set[Message]
    processed: set[Message]
    requests: Channel[Message] = Channel(provider, endpoint)
    answers: Channel[Message] = Channel(endpoint, provider)

    @provider
    def occur(self, m: Message) -> None:
        """Something happens at the provider, who owes the endpoint an event from here on."""
        self.accept(m)
        self.undelivered.add(m)

    @endpoint
    def handle(self, m: Message) -> Steps:
        """Take the event, do the work, and answer, in the order that was chosen."""
        self.requests.take(m)
        yield "received"
        if self.answer == "before":
            self.answers.put(m)
            yield "answered"
        self.process(m)
        if self.answer == "after":
            yield "processed"
            self.answers.put(m)

    @provider
    def hear(self, m: Message) -> None:
        """A 2xx answer: the event is delivered."""
        self.answers.take(m)
        self.undelivered.discard(m)

    def process(self, m: Message) -> None:
        """The work, unless it is known to be done."""
        if not self.log_event_ids:
            self.effect(m)
        elif m not in self.processed:
            self.effect(m)
            self.processed.add(m)
