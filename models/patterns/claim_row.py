"""Claim first: a row "in progress" is committed before the work, which lies outside the database.

    insert claim(m), or find that somebody has it;  charge the card;  set claim(m) to done

Two consumers cannot both charge now: only one has the claim. But what is to become of a claim whose
holder has died? From the row nobody can tell whether the card was charged. So there are three
answers, and each gives up something else:

    treat-as-done        answer as if it had been charged: lost, if it had not
    expire-and-retry     charge again after a while: twice, if it had
    leave-it             wait for a person: neither, but as long as nobody comes, nothing

A fourth answer needs a provider that can be asked, as `AskProvider` does before it charges again,
or one that recognises the payment itself (idempotency_key.py).

Modelled: a queue that keeps a payment until it is acknowledged, and two consumers that may have the
same one, and can crash between claim, charge, mark and acknowledgement. The operator is an event
that may come (`operator=1`), but that nothing forces: a person who looks into the provider's books,
and sets the row to done or deletes it. So `no-loss` says that all can still be well, and
`eventual-effect` that it will. A claim that is taken for dead while its holder lives: `expire=1`.

Sources: B. Leach, "Implementing Stripe-like Idempotency Keys in Postgres", 2017 (recovery points,
`locked_at`, the completer); IETF draft-ietf-httpapi-idempotency-key-header-06, section 2.6.
"""

from typing import Literal

from deliverycheck.lang import Message, Steps, fault, require
from deliverycheck.lang.parts import RedeliveringQueue, consumer


class ClaimRow(RedeliveringQueue):
    """A dead holder's claim is left to a person: not lost, not doubled, but perhaps never done."""

    claims = "exactly-once"
    faults = {"crash": 1, "operator": 1}
    expects = {"honest-ack": "holds", "in-order": "violated", "eventual-effect": "violated"}

    consumers = 2

    dead_claim: Literal["treat-as-done", "expire-and-retry", "leave-it"] = "leave-it"

    claim: dict[Message, Literal["in progress", "in doubt", "done"]]
    charged: set[Message]  # the provider's books

    @consumer
    def handle(self, m: Message) -> Steps:
        require(m in self.queue)
        if m not in self.claim:
            self.claim[m] = "in progress"
            yield "claimed"  # a crash here: claimed, not charged
            yield from self.charge(m)
            self.claim[m] = "done"
            yield "marked"
        elif self.claim[m] != "done" and self.dead_claim != "treat-as-done":
            require(self.claim[m] == "in progress" and self.expired(m))  # its holder is gone
            if self.dead_claim == "expire-and-retry":
                self.claim.pop(m)
            else:
                self.claim[m] = "in doubt"
            return
        self.queue.discard(m)
        self.tell_done(m)

    def charge(self, m: Message) -> Steps:
        """The work outside of the database."""
        self.effect(m)
        self.charged.add(m)
        yield "charged"  # a crash here: charged, still claimed

    @fault
    def operator(self, m: Message) -> None:
        """Somebody compares the claim with the provider's books."""
        require(self.claim.get(m) == "in doubt")
        if m in self.charged:
            self.claim[m] = "done"
        else:
            self.claim.pop(m)


class TreatAsDone(ClaimRow):
    """What is claimed counts as done: a consumer that dies too early loses the payment."""

    faults = {"crash": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "holds",
        "honest-ack": "violated",
        "in-order": "violated",
        "eventual-effect": "violated",
    }

    dead_claim = "treat-as-done"


class ExpireAndRetry(ClaimRow):
    """A dead holder's claim is free again: what it had charged is charged once more."""

    faults = {"crash": 1}
    expects = {"no-duplicate-effect": "violated", "in-order": "violated"}

    dead_claim = "expire-and-retry"


class AskProvider(ExpireAndRetry):
    """The claim is free again, and the provider is asked before it is charged: all is well."""

    expects = {"no-duplicate-effect": "holds", "in-order": "violated"}

    def charge(self, m: Message) -> Steps:
        if m not in self.charged:
            yield from super().charge(m)
