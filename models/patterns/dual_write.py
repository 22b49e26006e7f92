"""The dual write: a row in the database, an event at the broker, and no transaction over both.

    commit, then publish     a crash in between: the order stands, and nobody else ever hears of it
    publish, then commit     a crash in between: the others act on an order that does not exist

Swapping the two lines only swaps which half is missing. The second order shows even when nothing
fails: the event can be handled before the row is there. Publishing again from memory would help
the first one against a lost event, not against a crash.

Modelled: the service, whose process can die between the two writes, and the way to the broker, on
which an event can be lost. The commit is where an order is accepted; what was never committed was
never ordered, so an effect of it is a phantom. What the broker has stored it keeps. Its consumer
takes and applies an event in one step: what happens behind the broker is told by other models.
Not modelled: a publisher that waits for a confirmation (outbox.py); a caller that tries again, as a
message handler is tried again: then it is not the event that is missing, but the order is there
twice (NServiceBus calls the first of the two a zombie record).

Sources: microservices.io, "Pattern: Transactional outbox" (the problem that it solves); Particular
Software, NServiceBus documentation, "Outbox", section The consistency problem (zombie records and
ghost messages).
"""

from deliverycheck.lang import Channel, Message, Protocol, Role, Steps, require

service = Role("service", crashes=True)
broker = Role("broker")
consumer = Role("consumer")


class OneTransaction(Protocol):
    """The queue is a table of the same database: a crash strikes before both writes or after."""

    claims = "exactly-once"
    faults = {"crash": 1}
    expects = {"in-order": "violated"}

    queue: set[Message]

    @service
    def order(self, m: Message) -> Steps:
        self.accept(m)
        self.queue.add(m)
        yield "committed"  # a crash here: both

    @consumer
    def handle(self, m: Message) -> None:
        require(m in self.queue)
        self.queue.discard(m)
        self.effect(m)


class CommitThenPublish(OneTransaction):
    """Committed and never published: one crash, or one lost event, and the order is forgotten."""

    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "holds",
        "in-order": "violated",
        "eventual-effect": "violated",
    }

    events: Channel[Message] = Channel(service, broker)

    @service
    def order(self, m: Message) -> Steps:
        self.accept(m)
        yield "committed"  # a crash here: an order without an event
        self.events.put(m)

    @broker
    def store(self, m: Message) -> None:
        self.events.take(m)
        self.queue.add(m)


class PublishThenCommit(CommitThenPublish):
    """Published and never committed: the others act on an order that does not exist."""

    faults = {"crash": 1}
    expects = {
        "no-duplicate-effect": "holds",
        "no-phantom-effect": "violated",
        "in-order": "violated",
    }

    begun: set[Message]

    @service
    def order(self, m: Message) -> Steps:
        require(m not in self.begun)  # the customer asks once
        self.begun.add(m)
        self.events.put(m)
        yield "published"  # a crash here: an event without an order
        self.accept(m)
