"""What a provider saves when a payment fails: errors as well, or successes only.

    every-result   an error is a result like any other: the same key gets the same error for ever
    successes      an error is not saved: the same key runs the payment again

Each can go wrong, for a 500 does not say whether the card was charged. If it was not, a saved error
keeps it so, until the client takes a new key. If it was, a new key charges again, and so does a
provider that saved nothing. The safe move is to find out first.

Modelled: the provider fails on one call, before or after the charge; a call is handled in one step.
A client takes a new key once. Not modelled: failed work that is finished later (Stripe's API v2).
Sources: Stripe API Reference, "Idempotent requests" (v1 saves errors, too) and "Advanced error
handling" (server errors); Checkout.com documentation, "Idempotency".
"""

from typing import Literal, NamedTuple

from deliverycheck.lang import Channel, Message, Protocol, Role, fault, require

client = Role("client")
provider = Role("provider")


class Call(NamedTuple):
    """A payment under its key: the first one, or a new one."""

    m: Message
    new_key: bool


class SavedError(Protocol):
    """Every result is saved, and the key is kept: an error before the charge is for ever."""

    claims = "exactly-once"
    faults = {"lose": 1, "fail_before": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "in-order": "violated",
        "eventual-effect": "violated",
    }

    saves: Literal["every-result", "successes"] = "every-result"
    after_error: Literal["same-key", "new-key"] = "same-key"

    unpaid: set[Message]
    new_key: set[Message]
    saved: dict[Call, Literal["charged", "error"]]
    calls: Channel[Call] = Channel(client, provider)
    answers: Channel[Message] = Channel(provider, client)
    errors: Channel[Message] = Channel(provider, client)

    @client
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.unpaid.add(m)

    @client
    def call(self, m: Message) -> None:
        require(m in self.unpaid and self.timed_out(m))
        self.calls.put(Call(m, m in self.new_key))

    @provider
    def charge(self, call: Call) -> None:
        self.calls.take(call)
        if call not in self.saved:
            self.effect(call.m)
            self.saved[call] = "charged"
        if self.saved[call] == "charged":
            self.answers.put(call.m)
        else:
            self.errors.put(call.m)

    @fault
    def fail_before(self, call: Call) -> None:
        """The provider fails before it has charged the card."""
        self.fail(call)

    @fault
    def fail_after(self, call: Call) -> None:
        """The provider charges the card, and fails after that."""
        self.fail(call)
        self.effect(call.m)

    def fail(self, call: Call) -> None:
        require(call not in self.saved)
        self.calls.take(call)
        if self.saves == "every-result":
            self.saved[call] = "error"
        self.errors.put(call.m)

    @client
    def hear(self, m: Message) -> None:
        self.answers.take(m)
        self.unpaid.discard(m)
        self.tell_done(m)

    @client
    def hear_error(self, m: Message) -> None:
        self.errors.take(m)
        if self.after_error == "new-key":
            self.new_key.add(m)


class NewKeyAfterError(SavedError):
    """A new key after an error: nothing stays undone, and what was done is done again."""

    faults = {"lose": 1, "fail_after": 1}
    expects = {"no-duplicate-effect": "violated", "in-order": "violated"}

    after_error = "new-key"


class SavedSuccess(SavedError):
    """Only successes are saved: the same key after an error is a new payment."""

    faults = {"lose": 1, "fail_after": 1}
    expects = {"no-duplicate-effect": "violated", "in-order": "violated"}

    saves = "successes"
