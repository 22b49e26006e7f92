"""Azure Service Bus queues: receive modes, locks, and duplicate detection by MessageId.

In ReceiveAndDelete mode a message is settled when it is sent. In PeekLock mode it is locked until
the receiver completes it; when the lock or the link is lost first, the message is received again,
and Complete fails. With duplicate detection, a send with a MessageId that was seen within the
history window is reported as accepted, and dropped, whatever else it contains.

Modelled: sends over a network, repeated until they are accepted; the end of the window (ten minutes
for most ways to create a queue) as a fault (`forget`); two messages that were given the same
MessageId by mistake; the end of a lock as a lease (`expire`: the work takes longer). After
`max_delivery_count` deliveries (10 unless set; 2 here) the message is parked in the dead-letter
queue, which does not expire. Not modelled: sessions, partitions, Defer, scheduled messages.

Sources: Azure Service Bus documentation, "Duplicate detection", "Message transfers, locks, and
settlement", "Overview of Service Bus dead-letter queues"; .NET reference, "ServiceBusReceiveMode",
"QueueProperties.MaxDeliveryCount".
"""

from typing import Annotated, Literal

from deliverycheck.lang import Message, Range, Steps, always, require
from deliverycheck.lang.parts import DeduplicatingQueue, broker, consumer


class ServiceBus(DeduplicatingQueue):
    """PeekLock and duplicate detection: repeated sends do no harm, a crash after the work does."""

    claims = "at-least-once"
    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-silent-loss": "holds",
        "honest-ack": "holds",
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "nothing-parked": "holds",
    }

    requires_duplicate_detection: bool = True
    receive_mode: Literal["PeekLock", "ReceiveAndDelete"] = "PeekLock"
    max_delivery_count: int = 2
    one_message_id: bool = False  # for both messages, by mistake

    delivery_count: dict[Message, Annotated[int, Range(1, "max_delivery_count")]]

    def same_id(self, m: Message, k: Message) -> bool:
        return self.requires_duplicate_detection and (m == k or self.one_message_id)

    def lease(self, m: Message) -> None:
        require(self.delivery_count.get(m, 0) < self.max_delivery_count)
        super().lease(m)
        if self.receive_mode == "PeekLock":
            self.delivery_count[m] = self.delivery_count.get(m, 0) + 1
        else:
            self.settle(m)

    @consumer
    def handle(self, m: Message) -> Steps:
        self.lease(m)
        yield "received"
        self.effect(m)
        if self.receive_mode == "PeekLock":
            yield "applied"  # a crash here: done, and it comes again
            self.leased.discard(m)  # Complete; without a lock it fails, and the message stays

    @broker
    def dead_letter(self, m: Message) -> None:
        """Delivered often enough, and never completed."""
        require(m in self.ready and self.delivery_count.get(m, 0) == self.max_delivery_count)
        self.ready.discard(m)
        self.park(m)

    @always
    def nothing_parked(self, m: Message) -> bool:
        return not self.ledger.parked(m)


class ServiceBusReceiveAndDelete(ServiceBus):
    """Settled when it is sent: what a crashed receiver had in hand is lost."""

    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "eventual-effect": "violated",
        "honest-ack": "holds",
        "no-duplicate-effect": "holds",
        "in-order": "violated",
        "nothing-parked": "holds",
    }

    receive_mode = "ReceiveAndDelete"


class ServiceBusNoDetection(ServiceBus):
    """Without duplicate detection, a lost answer to a send is enough for a duplicate."""

    faults = {"lose": 1}

    requires_duplicate_detection = False


class ServiceBusOneMessageId(ServiceBus):
    """Two messages with one MessageId: the second is accepted, dropped and never missed."""

    faults = {"lose": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "honest-ack": "violated",
        "eventual-effect": "violated",
        "no-duplicate-effect": "holds",
    }

    one_message_id = True
