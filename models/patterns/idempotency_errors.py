"""What a provider saves when a payment fails: the error as well, or successes only.

    every-result   an error is a result like any other: the same key gets the same error for ever
    successes      an error is not saved: the same key runs the payment again

Both can be right, and both can go wrong, for "500" does not say whether the card was charged. If it
was not, a saved error keeps the payment from ever being made, unless the client takes a new key. If
it was, a new key charges a second time, and so does a provider that saved nothing. The client's
only safe move after an error is to find out (AskProvider in claim_row.py), or to leave it to a
person.

Modelled: the provider fails on one request, before the charge (`fail_before`) or after it
(`fail_after`); a request is handled in one step, answers and errors are told apart. A client that
takes a new key does so once. Requests and answers can be lost. Not modelled: failures that the
provider completes later by itself, as Stripe's API v2 tries to; two requests at once
(idempotency_key.py).

Sources: Stripe API Reference, "Idempotent requests" (v1 saves errors, too; v2 completes what
failed); Stripe documentation, "Advanced error handling" (a server error is indeterminate);
Checkout.com documentation, "Idempotency" (only what succeeded is saved).
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
        "no-duplicate-effect": "holds",
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
        """Ask, and ask again when no answer came in time."""
        require(m in self.unpaid and self.timed_out(m))
        self.calls.put(Call(m, m in self.new_key))

    @provider
    def charge(self, call: Call) -> None:
        self.calls.take(call)
        if self.saved.get(call) == "error":
            self.errors.put(call.m)
            return
        if call not in self.saved:
            self.effect(call.m)
            self.saved[call] = "charged"
        self.answers.put(call.m)

    @fault
    def fail_before(self, call: Call) -> None:
        """The provider fails before it has charged the card."""
        require(call not in self.saved)
        self.calls.take(call)
        self.fail(call)

    @fault
    def fail_after(self, call: Call) -> None:
        """The provider charges the card, and fails after that."""
        require(call not in self.saved)
        self.calls.take(call)
        self.effect(call.m)
        self.fail(call)

    def fail(self, call: Call) -> None:
        """Answer 500, and save it or not."""
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
