"""Apache Pulsar's shared subscription, and what a transaction adds.

A shared subscription hands each message to one of its consumers and keeps it until it is
acknowledged. If the consumer's connection is gone, or the acknowledgement timeout is over
(`expire`, `consumers = 2`), another one gets it. So a consumer that dies between its work and its
acknowledgement, or takes too long, makes a duplicate. Key_Shared is the same for each key.

A transaction (`acknowledge = "in_transaction"`) joins the messages that are produced with the
acknowledgement of the one that was consumed: both or neither. It covers what is written to Pulsar,
nothing else. The acknowledgement of somebody who is late conflicts with the other's and aborts his
transaction.

Modelled: a subscription without an order, the output as the effect, the end of a transaction as one
step; readers of the output see committed messages only, as Pulsar's consumers do.

Sources: Apache Pulsar documentation, "Messaging" (shared subscriptions, acknowledgement timeout)
and "Transactions" (pending acknowledgements, conflicts).
"""

from typing import Literal

from deliverycheck.lang import Message, Steps
from deliverycheck.lang.parts import LeasedQueue, consumer


class PulsarShared(LeasedQueue):
    """Work, then acknowledge: nothing is lost, and a consumer that dies makes a duplicate."""

    claims = "at-least-once"
    faults = {"crash": 1}
    expects = {
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "no-deadlock": "holds",
    }

    acknowledge: Literal["after", "in_transaction"] = "after"

    @consumer
    def receive(self, m: Message) -> Steps:
        self.lease(m)
        yield "received"
        if self.acknowledge == "in_transaction":
            if m in self.ready or m in self.leased:  # or the acknowledgement conflicts: aborted
                self.effect(m)
                self.settle(m)
        else:
            self.effect(m)
            yield "worked"
            self.settle(m)


class PulsarTransaction(PulsarShared):
    """Output and acknowledgement in one transaction: each message has one output."""

    acknowledge = "in_transaction"
    expects = {"no-duplicate-effect": "holds", "in-order": "violated"}
