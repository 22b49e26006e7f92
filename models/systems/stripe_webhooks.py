"""Stripe's webhooks: an event is posted until the endpoint answers with 2xx, for up to three days.

So nothing is lost while the endpoint comes back in time, but an event may come twice, and events
may come in any order: a handler that writes what the event says may write an older state over a
newer one. After three days Stripe gives up and tells nobody; what was given up can be listed, for
thirty days after the event.

    answer after the work    a crash before the answer, or a lost answer, repeats the work
    answer before the work   a crash between them loses it, for Stripe has its 2xx

Rules: Stripe documentation, "Receive Stripe events in your webhook endpoint" (Event delivery
behaviors; Best practices: handle duplicate events, quickly return a 2xx response) and "Process
undelivered webhook events".

Fault of its own: `outage`, the endpoint is down for as long as Stripe tries. `duplicate` is Stripe
sending twice, `delay` an endpoint slower than Stripe waits. Not modelled: signatures; two events
about one change; an endpoint that is switched off.
"""

from deliverycheck.lang import Message, fault, require
from deliverycheck.lang.parts import Webhook, endpoint, provider


class StripeWebhook(Webhook):
    """Answered after the work: nothing is lost in three days, but the work may be done twice."""

    claims = "at-least-once"
    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "no-stale-effect": "violated",
        "no-deadlock": "holds",
    }

    list_events: bool = False

    given_up: set[Message]

    @provider
    def deliver(self, m: Message) -> None:
        """Post, and post again when no 2xx came in time."""
        require(m in self.undelivered and self.timed_out(m))
        self.requests.put(m)

    @endpoint
    def catch_up(self, m: Message) -> None:
        """List the events whose delivery was given up, and process them."""
        require(self.list_events and m in self.given_up)
        self.given_up.discard(m)
        self.process(m)

    @fault
    def outage(self, m: Message) -> None:
        require(m in self.undelivered and m not in self.requests)
        self.undelivered.discard(m)
        self.given_up.add(m)


class StripeWebhookAnswersFirst(StripeWebhook):
    """A 2xx before the work: one crash loses the event, and a lost answer still doubles it."""

    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "eventual-effect": "violated",
    }

    answer = "before"


class StripeWebhookLogged(StripeWebhook):
    """With the ids of processed events kept beside their effects, each has its effect once."""

    expects = {
        "no-duplicate-effect": "holds",
        "in-order": "violated",
        "no-stale-effect": "violated",
        "no-deadlock": "holds",
    }

    log_event_ids = True


class StripeWebhookOutage(StripeWebhook):
    """Down for more than three days: the event is lost, unless somebody lists what was given up."""

    faults = {"outage": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "holds",
        "in-order": "violated",
        "eventual-effect": "violated",
    }


class StripeWebhookListed(StripeWebhookOutage):
    """The same with somebody who lists what was given up, and knows what was processed before."""

    expects = {"no-duplicate-effect": "holds", "in-order": "violated", "no-deadlock": "holds"}

    log_event_ids = True
    list_events = True
