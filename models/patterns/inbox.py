"""Outbox and inbox: the producer's relay repeats, and the consumer remembers what it has seen.

    producer  one transaction: the change, and the event into `outbox`
    relay     publish the event; delete it from the outbox
    consumer  one transaction: insert the event's id into `inbox`, do the work; then acknowledge

The outbox makes sure that no event is lost, at the price of duplicates; the inbox throws those
away. It is the transaction that counts: id and work are there together or not at all. And it is the
retention of its rows: cleaned up after some days, they are no help against an event that comes
later than that. (`forget=1`: most of NServiceBus's persisters keep the ids for 7 days unless told
otherwise, the one for Service Fabric for an hour.)

Modelled: a queue without an order, which keeps a message until it is acknowledged; the relay and
the consumer can crash between their steps. With `consumers = 2` both may have the same message at
the same time, as when a lease runs out on a living holder. Several copies that wait at the same
time are one. The relay waits for the broker's confirmation. Not modelled: messages that the work
sends on (two_hops.py), and work outside of the consumer's own database, which no inbox protects
(pitfalls/check_then_act.py).

Sources: Particular Software, NServiceBus documentation, "Outbox" and "Outbox with NHibernate
persistence" (of two handlers at the same time one is rolled back); O. Dudycz, "Outbox, Inbox
patterns and delivery guarantees explained", event-driven.io, 2020.
"""

from deliverycheck.lang import Message, Role, Steps, fault, require
from deliverycheck.lang.parts import RedeliveringQueue, consumer, producer

relay = Role("relay", crashes=True)


class Inbox(RedeliveringQueue):
    """Outbox and inbox: what comes again is in the inbox already, and is only acknowledged."""

    claims = "exactly-once"
    faults = {"crash": 1}
    expects = {"in-order": "violated"}

    outbox: set[Message]
    inbox: set[Message]

    @producer
    def submit(self, m: Message) -> None:
        """The change and its event, in one transaction."""
        self.accept(m)
        self.outbox.add(m)

    @relay
    def pass_on(self, m: Message) -> Steps:
        require(m in self.outbox)
        self.queue.add(m)
        yield "published"  # a crash here: published, and still in the outbox
        self.outbox.discard(m)

    @consumer
    def handle(self, m: Message) -> Steps:
        require(m in self.queue)
        self.work(m)
        yield "applied"  # a crash here: applied, but not acknowledged
        self.queue.discard(m)

    def work(self, m: Message) -> None:
        """One transaction: the id is unique in the inbox."""
        if m not in self.inbox:
            self.inbox.add(m)
            self.effect(m)


class NoInbox(Inbox):
    """The outbox alone: nothing is lost, and a relay or a consumer that dies makes duplicates."""

    expects = {"no-duplicate-effect": "violated", "in-order": "violated"}

    def work(self, m: Message) -> None:
        """Whatever comes is new."""
        self.effect(m)


class ExpiringInbox(Inbox):
    """Rows that are cleaned up: an event that comes again after that is taken for a new one."""

    faults = {"crash": 1, "forget": 1}
    expects = {"no-duplicate-effect": "violated", "in-order": "violated"}

    @fault
    def forget(self, m: Message) -> None:
        """The row is older than the retention period, and cleaned up."""
        require(m in self.inbox)
        self.inbox.discard(m)
