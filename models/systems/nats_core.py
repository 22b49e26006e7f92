"""Core NATS: publish to whoever is connected now, and keep nothing.

The server has no memory of a message: who is not subscribed at that moment does not get it, and a
subscriber that reads too slowly is cut off once `max_pending` is reached. To know more, an
application asks for a reply and repeats its request (`NatsRequestReply`); or it uses JetStream.

Modelled: publisher and server in one step; one subscriber and its connection, with room for
`max_pending` messages (bytes in NATS). A break of the connection loses what is in flight (`lose`);
a subscriber that is away (`disconnect`) or cut off misses what is published until it subscribes
again. What waits for a slow subscriber when it is cut off still arrives here. Not modelled: queue
groups, and the error that a request without a responder gets.

Sources: NATS documentation, "Core NATS", "What is NATS" (quality of service), "Slow Consumers",
"Request-Reply".
"""

from deliverycheck.lang import Connection, Message, Protocol, Role, Steps, fault, require

publisher = Role("publisher")
server = Role("server")
subscriber = Role("subscriber", crashes=True)


class NatsCore(Protocol):
    """At most once: lost by a break, by a crash, or by a subscriber that is slow or away."""

    claims = "at-most-once"
    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "eventual-effect": "violated",
        "in-order": "holds",
        "no-stale-effect": "holds",
        "no-deadlock": "violated",
    }

    max_pending: int = 1

    cut_off: bool
    pending: Connection[Message] = Connection(server, subscriber, capacity="max_pending")

    @publisher
    def publish(self, m: Message) -> None:
        self.accept(m)
        self.route(m)

    def route(self, m: Message) -> None:
        """To the subscriber, if it is there and has room."""
        if not self.cut_off:
            if self.pending.has_room(m):
                self.pending.put(m)
            else:
                self.cut_off = True  # a slow consumer

    @subscriber
    def handle(self, m: Message) -> Steps:
        self.pending.take(m)
        yield "received"  # a crash here: gone
        self.effect(m)

    @fault
    def disconnect(self) -> None:
        """The subscriber is away for a while."""
        require(not self.cut_off)
        self.cut_off = True

    @subscriber
    def subscribe(self) -> None:
        """Connect again, for what comes from now on."""
        require(self.cut_off)
        self.cut_off = False


class NatsRequestReply(NatsCore):
    """A request that is repeated until its reply comes is lost no more, and may run twice."""

    expects = {
        "no-loss": "holds",
        "no-silent-loss": "holds",
        "eventual-effect": "holds",
        "honest-ack": "holds",
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "no-deadlock": "holds",
    }

    waiting: set[Message]
    replies: Connection[Message] = Connection(subscriber, publisher)

    @publisher
    def publish(self, m: Message) -> None:
        super().publish(m)
        self.waiting.add(m)

    @publisher
    def repeat(self, m: Message) -> None:
        """No reply came in time."""
        require(m in self.waiting and self.timed_out(m))
        self.route(m)

    @subscriber
    def handle(self, m: Message) -> Steps:
        self.pending.take(m)
        yield "received"
        self.effect(m)
        yield "applied"
        self.replies.put(m)

    @publisher
    def hear(self, m: Message) -> None:
        self.replies.take(m)
        self.waiting.discard(m)
        self.tell_done(m)
