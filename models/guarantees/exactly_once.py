"""Exactly once: both sides track each message through a handshake of four steps.

    publish   sender -> worker   here is m
    received  worker -> sender   I have it, and its effect has happened
    release   sender -> worker   you may forget it
    complete  worker -> sender   forgotten

The worker remembers m from its effect until the release, the sender which half it is in. So the
memory of both stays small, unlike a set of processed messages that grows for ever; the price is
twice the messages and more durable writes. (The same four steps as MQTT 3.1.1, section 4.3.3.)

Forgetting is only safe if no copy is still on its way. One copy too many or one timer too early
does no harm; both together do (`duplicate=1 delay=1`, or `delay=2`): the copy of the publish
arrives after the release and looks like a new message. On an ordered link, where nothing that was
sent before the release can arrive after it, that cannot happen; here the four channels are
unordered, as datagrams are.

"Exactly once" is said of effects. That the handler is *invoked* exactly once cannot be had as soon
as the worker can crash.
"""

from deliverycheck.lang import Channel, Message, Protocol, Role, Steps, require

sender = Role("sender")
worker = Role("worker", crashes=True)


class ExactlyOnce(Protocol):
    """Neither loss nor duplicates, as long as no old copy outlives the handshake."""

    claims = "exactly-once"
    faults = {"lose": 1, "crash": 1}

    unreceived: set[Message]
    unreleased: set[Message]
    remembered: set[Message]
    publishes: Channel[Message] = Channel(sender, worker)
    receiveds: Channel[Message] = Channel(worker, sender)
    releases: Channel[Message] = Channel(sender, worker)
    completes: Channel[Message] = Channel(worker, sender)

    @sender
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.unreceived.add(m)

    @sender
    def publish(self, m: Message) -> None:
        """Publish, and publish again when nothing was heard in time."""
        require(m in self.unreceived and self.timed_out(m))
        self.publishes.put(m)

    @worker
    def on_publish(self, m: Message) -> Steps:
        self.publishes.take(m)
        yield "published"
        if m not in self.remembered:
            self.effect(m)
            self.remembered.add(m)  # no yield in between: one transaction
        yield "applied"
        self.receiveds.put(m)

    @sender
    def on_received(self, m: Message) -> None:
        """The worker has it: from here on the message is never published again."""
        self.receiveds.take(m)
        if m in self.unreceived:
            self.unreceived.discard(m)
            self.unreleased.add(m)

    @sender
    def release(self, m: Message) -> None:
        """Release, and release again when nothing was heard in time."""
        require(m in self.unreleased and self.timed_out(m))
        self.releases.put(m)

    @worker
    def on_release(self, m: Message) -> Steps:
        self.releases.take(m)
        yield "released"
        self.remembered.discard(m)
        yield "forgotten"
        self.completes.put(m)

    @sender
    def on_complete(self, m: Message) -> None:
        self.completes.take(m)
        self.unreleased.discard(m)
        self.tell_done(m)
