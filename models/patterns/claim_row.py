"""Claim first: a row "in progress" is committed before the work, which lies outside the database.

    insert claim(m), or find that somebody has it;  charge the card;  set claim(m) to done

Two workers cannot both charge now: only one of them has the claim. But what is to become of a claim
whose holder has died? From the row nobody can tell whether the card was charged. So there are three
answers, and each gives up something else:

    treat-as-done        answer as if it had been charged: lost, if it had not
    expire-and-retry     charge again after a while: twice, if it had
    wait-for-operator    leave it to a person: neither, as long as nobody comes

There is a fourth only if the work can be asked for: `AskProvider` looks the payment up before it
charges again. That takes a provider that can be asked, or that recognises the payment itself
(idempotency_key.py), and it moves the question there.

Modelled: a sender that repeats, a worker that can crash between claim, charge and mark; the
operator is an event that may come (`operator=1`), but that nothing forces: a person who looks at
the provider's books, and then sets the row to done or deletes it. In the engine's words `no-loss`
says that this is still possible, `eventual-effect` that it is sure to happen.
Not modelled: a claim that runs out on a living holder; `expire=1` shows it.

Sources: B. Leach, "Implementing Stripe-like Idempotency Keys in Postgres", 2017 (recovery points,
locked_at); IETF draft-ietf-httpapi-idempotency-key-header, section 2.6 (a request in progress).
"""

from typing import Literal

from deliverycheck.lang import Message, Steps, fault, require
from deliverycheck.lang.parts import RetryUntilAcknowledged, worker


class ClaimRow(RetryUntilAcknowledged):
    """A dead worker's claim is left to a person: neither lost nor doubled, but it may wait for ever."""

    claims = "exactly-once"
    faults = {"lose": 1, "crash": 1, "operator": 1}
    expects = {
        "no-loss": "holds",
        "no-duplicate-effect": "holds",
        "honest-ack": "holds",
        "eventual-effect": "violated",
    }

    dead_claim: Literal["treat-as-done", "expire-and-retry", "wait-for-operator"] = (
        "wait-for-operator"
    )

    claim: dict[Message, Literal["in progress", "in doubt", "done"]]
    charged: set[Message]  # the provider's books

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"
        if m not in self.claim:
            self.claim[m] = "in progress"
            yield "claimed"  # a crash here: claimed, not charged
            yield from self.charge(m)
            self.claim[m] = "done"
            yield "marked"
        elif self.claim[m] != "done" and self.dead_claim != "treat-as-done":
            if self.claim[m] == "in progress" and self.expired(m):  # its holder is gone
                self.doubt(m)
            return  # no answer: the sender will ask again
        self.replies.put(m)

    def charge(self, m: Message) -> Steps:
        """The work outside of the database."""
        self.effect(m)
        self.charged.add(m)
        yield "charged"  # a crash here: charged, still claimed

    def doubt(self, m: Message) -> None:
        """Was the card charged? The claim does not say."""
        if self.dead_claim == "expire-and-retry":
            self.claim.pop(m)
        else:
            self.claim[m] = "in doubt"

    @fault
    def operator(self, m: Message) -> None:
        """Somebody compares the claim with the provider's books."""
        require(self.claim.get(m) == "in doubt")
        if m in self.charged:
            self.claim[m] = "done"
        else:
            self.claim.pop(m)


class TreatAsDone(ClaimRow):
    """What is claimed counts as done: a worker that dies before the charge loses the payment."""

    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "holds",
        "honest-ack": "violated",
        "eventual-effect": "violated",
    }

    dead_claim = "treat-as-done"


class ExpireAndRetry(ClaimRow):
    """A claim whose holder is gone is free again: a worker that dies after the charge doubles it."""

    faults = {"lose": 1, "crash": 1}
    expects = {"no-duplicate-effect": "violated"}

    dead_claim = "expire-and-retry"


class AskProvider(ExpireAndRetry):
    """The claim is free again, and the provider is asked before it is charged: all is well."""

    expects = {"no-duplicate-effect": "holds"}

    def charge(self, m: Message) -> Steps:
        if m not in self.charged:
            yield from super().charge(m)
