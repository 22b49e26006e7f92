"""An outbox read by position: ids from a sequence, and a relay that asks for `id > last`.

A sequence hands out its numbers at once, outside of any transaction. So the transaction that drew
the lower number may commit after the one that drew the higher. The relay in between sees only the
higher one, publishes it and moves its position past both; the lower one is never read. No fault is
needed, only two orders at the same time, and in tests there is rarely more than one.

`OutboxByCommit` draws the number where it is sure to be the next that commits: behind a lock that
is held until the commit. Reading the database's log in place of the table has the same effect.

Modelled: a transaction is two steps, to draw the number and to commit; it is accepted by the
commit. The relay publishes and then moves its position, so that its own crash costs a duplicate
and no more; it publishes in the order of the numbers, not of the commits. To publish an event and
to apply it is one step (see outbox.py).
Not modelled: transactions that roll back (their gaps do no harm here), several relays (outbox.py).

Sources: PostgreSQL documentation, "Sequence Manipulation Functions" (nextval is never rolled back)
and "Logical Decoding"; O. Dudycz, "How Postgres sequences issues can impact your messaging
guarantees", event-driven.io, 2022.
"""

from typing import Annotated

from deliverycheck.lang import Message, Protocol, Range, Role, Steps, require

service = Role("service")
relay = Role("relay", crashes=True)

Position = Annotated[int, Range(0, "messages")]


class OutboxBySequence(Protocol):
    """A lower number that commits later is skipped: lost without any fault."""

    claims = "at-least-once"
    faults = {"crash": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "eventual-effect": "violated",
    }

    locked: bool = False

    sequence: Position  # drawn last
    last: Position  # published last
    ids: dict[Message, Position]
    committed: set[Message]

    @service
    def draw(self, m: Message) -> None:
        """Insert the row under the next number; nobody else sees it yet."""
        require(m not in self.ids)
        require(not self.locked or all(k in self.committed for k in self.ids))
        self.sequence += 1
        self.ids[m] = self.sequence

    @service
    def commit(self, m: Message) -> None:
        require(m in self.ids)
        self.accept(m)
        self.committed.add(m)

    def unread(self, m: Message) -> bool:
        """Whether the relay sees a row that it has not passed."""
        return m in self.committed and self.ids[m] > self.last

    @relay
    def pass_on(self, m: Message) -> Steps:
        """SELECT ... WHERE id > last ORDER BY id LIMIT 1."""
        require(self.unread(m))
        require(all(self.ids[m] <= self.ids[k] for k in self.messages if self.unread(k)))
        self.effect(m)
        yield "published"  # a crash here: published, and read once more
        self.last = self.ids[m]


class OutboxByCommit(OutboxBySequence):
    """The number is drawn under a lock that is held until the commit: nothing is skipped."""

    expects = {
        "no-duplicate-effect": "violated",
        "in-order": "holds",
        "no-stale-effect": "holds",
    }

    locked = True
