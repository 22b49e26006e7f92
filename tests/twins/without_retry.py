"""at_least_once without its outbox: one send, then nothing to repeat from."""

from deliverycheck.lang import Channel, Message, Protocol, Role, Steps, require

sender = Role("sender")
worker = Role("worker", crashes=True)


class WithoutRetry(Protocol):
    """Must lose."""

    claims = "at-least-once"
    faults = {"lose": 1, "crash": 1}
    expects = {"no-loss": "violated"}

    outbox: set[Message]
    requests: Channel[Message] = Channel(sender, worker)
    replies: Channel[Message] = Channel(worker, sender)

    @sender
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.outbox.add(m)

    @sender
    def send(self, m: Message) -> None:
        require(m in self.outbox)
        self.outbox.discard(m)
        self.requests.put(m)

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "received"
        self.effect(m)
        yield "applied"
        self.replies.put(m)
