"""GitHub's webhooks: an event is posted once, and whether it arrived is the receiver's affair.

The endpoint has ten seconds to answer (GitHub Enterprise Server gives it thirty). When it does not,
GitHub closes the connection and records the delivery as failed; nothing repeats it but a person, or
a script that asks the API for failed deliveries. A redelivery bears the same X-GitHub-Delivery, so
the receiver can know it again.

Slow is not lost: `delay` is an endpoint that answers after GitHub has stopped listening. Its work
is done all the same, and the record is wrong; it is the script, believing the record, that does it
again. (A server that drops its work when the connection closes is a crash.)

Rules: GitHub documentation, "Best practices for using webhooks" (Respond within 10 seconds, or for
Enterprise Server within 30; Use the X-GitHub-Delivery header) and "Handling failed webhook
deliveries".

Not modelled: the three days after which a delivery can no longer be looked up; signatures; an order
of events, of which there is none here.
"""

from deliverycheck.lang import Message, require
from deliverycheck.lang.parts import Webhook, provider


class _GithubWebhook(Webhook):
    """One attempt, its record, and perhaps a script."""

    redeliver_failed: bool = False

    attempted: set[Message]

    @provider
    def deliver(self, m: Message) -> None:
        """The only attempt that GitHub makes of its own accord."""
        require(m in self.undelivered and m not in self.attempted)
        self.attempted.add(m)
        self.requests.put(m)

    @provider
    def record_failure(self, m: Message) -> None:
        """Nobody has answered in time. That is all, unless the script finds it."""
        require(m in self.undelivered and m in self.attempted and self.timed_out(m))
        if self.redeliver_failed:
            self.requests.put(m)
        else:
            self.undelivered.discard(m)


class GithubWebhook(_GithubWebhook):
    """As it comes: one lost request or one crash loses the event, and nothing is done twice."""

    claims = "at-most-once"
    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "holds",
        "in-order": "violated",
        "eventual-effect": "violated",
    }


class GithubWebhookRedelivered(_GithubWebhook):
    """With a script that redelivers what failed, nothing is lost, and some of it is done twice."""

    claims = "at-least-once"
    faults = {"lose": 1, "crash": 1}
    expects = {"no-duplicate-effect": "violated", "in-order": "violated", "no-deadlock": "holds"}

    redeliver_failed = True


class GithubWebhookKnownAgain(GithubWebhookRedelivered):
    """With the X-GitHub-Delivery of each event kept beside its effect, once is enough."""

    expects = {"no-duplicate-effect": "holds", "in-order": "violated", "no-deadlock": "holds"}

    log_event_ids = True
