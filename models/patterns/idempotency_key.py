"""An idempotency key: the client names the payment, and the provider remembers it.

    client    POST /charges with `Idempotency-Key`; again with the same key until it is answered
    provider  unknown key: charge, and save the result under the key; known: send the saved result;
              key in use by a request that is still running: 409, try again

All rests on the key. It belongs to the payment, and has to be stored before the first call; one per
attempt (`key = "per-attempt"`) makes every repetition a new payment. And the provider does not keep
it for ever: Stripe may remove keys after 24 hours. A client that repeats from a queue with a
backlog comes later than that (`prune=1`).

Modelled: charge and saved result are one step at the provider (that is its promise); its servers
do not crash, the client can, with an answer in its hand. Requests and answers can be lost, and
with `delay` the client asks again while the first request is running. A 409 is not sent: it would
only say "ask again", which the client does anyway; `conflict = "run-both"` shows what it is
good for. A key per attempt is one that nobody has seen
before, so the provider never finds it. Not modelled: parameters that differ under one key (an
error), and results that are errors (idempotency_errors.py).

Sources: Stripe API Reference, "Idempotent requests"; Stripe documentation, "Advanced error
handling"; IETF draft-ietf-httpapi-idempotency-key-header, sections 2.3 (expiry), 2.6 and 2.7 (409).
"""

from typing import Literal

from deliverycheck.lang import Channel, Message, Protocol, Role, Steps, fault, require

client = Role("client", crashes=True, replicas="clients")
provider = Role("provider", replicas="servers")


class IdempotencyKey(Protocol):
    """One key for the payment: charged once, however often the client has to ask."""

    claims = "exactly-once"
    faults = {"lose": 1, "crash": 1}
    expects = {"honest-ack": "holds", "in-order": "violated"}

    clients: int = 1
    servers: int = 1
    key: Literal["per-payment", "per-attempt"] = "per-payment"
    conflict: Literal["409", "run-both"] = "409"

    unpaid: set[Message]
    running: set[Message]  # keys that are in use
    saved: set[Message]  # keys with a result
    requests: Channel[Message] = Channel(client, provider)
    answers: Channel[Message] = Channel(provider, client)

    @client
    def submit(self, m: Message) -> None:
        """The payment and its key are stored, before anybody is called."""
        self.accept(m)
        self.unpaid.add(m)

    @client
    def call(self, m: Message) -> None:
        """Ask, and ask again when no answer came in time."""
        require(m in self.unpaid and self.timed_out(m))
        self.requests.put(m)

    @provider
    def charge(self, m: Message) -> Steps:
        self.requests.take(m)
        if self.key == "per-payment":
            if m in self.running and self.conflict == "409":
                return  # 409: the other request will answer
            if m in self.saved:
                self.answers.put(m)
                return
            self.running.add(m)
        yield "running"
        self.effect(m)
        self.saved.add(m)
        self.running.discard(m)
        yield "charged"
        self.answers.put(m)

    @client
    def hear(self, m: Message) -> Steps:
        self.answers.take(m)
        yield "heard"  # a crash here: charged, and the client does not know it
        self.unpaid.discard(m)
        self.tell_done(m)

    @fault
    def prune(self, m: Message) -> None:
        """The key is older than 24 hours, and removed."""
        require(m in self.saved)
        self.saved.discard(m)


class KeyPerAttempt(IdempotencyKey):
    """A new key for each attempt: whatever makes the client ask again makes it pay again."""

    expects = {"no-duplicate-effect": "violated", "in-order": "violated"}

    key = "per-attempt"


class PrunedKey(IdempotencyKey):
    """The client asks again when the key is gone: a new payment to the provider."""

    faults = {"lose": 1, "crash": 1, "prune": 1}
    expects = {"no-duplicate-effect": "violated", "in-order": "violated"}
