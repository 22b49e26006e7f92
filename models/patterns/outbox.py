"""The transactional outbox: the event is a row, written in the transaction of the change itself.

    service   one transaction: change the order, insert the event into `outbox`
    relay     read the next row; publish it; delete it (or mark it as sent)

The two writes of the relay are a dual write again, but one that can be repeated: the row stays
until it is dealt with. Publishing first costs duplicates, when the relay dies before it deletes;
deleting first loses the event in the same place. No order of the two gives both.

Rows are read in the order of their commits, and by one relay; so they are published in that order.
Several relays (`relays = 2`) that skip the rows others have locked go faster, and out of order.

Modelled: to publish an event and to apply it is one step, for the relay waits for the broker's
confirmation, the broker keeps the order and loses nothing, and its consumer is plain: what comes is
applied, nothing is remembered. Row locks are freed by the database when their relay is gone.
Not modelled: ids from a sequence (outbox_sequence.py), consumers that remember (inbox.py).

Sources: microservices.io, "Pattern: Transactional outbox" (the relay may publish an event more than
once) and "Pattern: Polling publisher"; PostgreSQL documentation, "SELECT", section The Locking
Clause (SKIP LOCKED shows an inconsistent view).
"""

from typing import Annotated, Literal

from deliverycheck.lang import Message, Protocol, Range, Role, Steps, require

service = Role("service")
relay = Role("relay", crashes=True, replicas="relays")
database = Role("database")

Position = Annotated[int, Range(0, "messages")]


class Outbox(Protocol):
    """Nothing is lost and the order is kept, but a relay that dies publishes again."""

    claims = "at-least-once"
    faults = {"crash": 1}
    expects = {
        "no-duplicate-effect": "violated",
        "in-order": "holds",
        "no-stale-effect": "holds",
    }

    relays: int = 1
    relay_order: Literal["publish-then-delete", "delete-then-publish"] = "publish-then-delete"

    last: Position
    outbox: dict[Message, Position]  # a row holds its place in the order of the commits

    @service
    def order(self, m: Message) -> None:
        """The change and its event, in one transaction."""
        self.accept(m)
        self.last += 1
        self.outbox[m] = self.last

    @relay
    def pass_on(self, m: Message) -> Steps:
        require(m in self.outbox and all(self.outbox[m] <= self.outbox[k] for k in self.outbox))
        if self.relay_order == "publish-then-delete":
            self.effect(m)
            yield "published"  # a crash here: published, and still in the outbox
            self.outbox.pop(m)
        else:
            self.outbox.pop(m)
            yield "deleted"  # a crash here: neither in the outbox nor published
            self.effect(m)


class DeleteThenPublish(Outbox):
    """The two lines swapped: never twice, but lost by one crash of the relay."""

    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "holds",
        "in-order": "holds",
        "eventual-effect": "violated",
    }

    relay_order = "delete-then-publish"


class SkipLockedRelays(Outbox):
    """Two relays, each with a row of its own: who is faster publishes first."""

    expects = {"no-duplicate-effect": "violated", "in-order": "violated"}

    relays = 2

    locked: set[Message]

    @relay
    def pass_on(self, m: Message) -> Steps:
        require(m in self.outbox and m not in self.locked)
        self.locked.add(m)
        yield "locked"
        self.effect(m)
        yield "published"
        self.outbox.pop(m)
        self.locked.discard(m)

    @database
    def unlock(self, m: Message) -> None:
        """The connection of the relay is gone: its transaction is rolled back."""
        require(m in self.locked and self.expired(m))
        self.locked.discard(m)
