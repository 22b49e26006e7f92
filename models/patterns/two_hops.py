"""A chain of two hops, each of them as careful as can be: is the chain, too?

    source --> middle --> target      m comes in, and the message that m gives rise to goes out

Middle repeats its output until target has answered, and both remember what they have seen. All
depends on the name that the output bears. If it is made from the name of the input, a repetition
bears the same name, and target throws it away. If it is drawn anew by each dispatch, target sees
two different messages: each hop does its part, and the chain does the work twice.

`AtMostOnceAfter` is a chain of unequal hops: middle repeats nothing, and target remembers nothing,
behind a source that repeats. It is neither of the two: the first hop doubles, the second loses.

Modelled: a queue that keeps m until middle acknowledges it; in middle, inbox and outgoing message
are one transaction, then it acknowledges; it can crash in between. The way to target and back can
lose a message. Target's transaction and answer are one step, since a lost answer tells the same
story as a crash before it. A name that is drawn anew is one that target has never seen, so it finds
nothing in its inbox. Not modelled: any effect of m in middle itself.

Sources: Particular Software, NServiceBus documentation, "Outbox" (outgoing messages are stored with
their ids, and dispatched under the same ids again); T. Masternak, S. Pobiega, "Token-based
deduplication", exactly-once.github.io, 2020 (names that are drawn anew by each dispatch);
J. Saltzer, D. Reed, D. Clark, "End-to-end arguments in system design", 1984.
"""

from typing import Literal

from deliverycheck.lang import Channel, Message, Protocol, Role, Steps, require

source = Role("source")
middle = Role("middle", crashes=True)
target = Role("target")


class AtMostOnceAfter(Protocol):
    """At most once after at least once: the chain doubles, and it loses."""

    claims = "exactly-once"
    faults = {"lose": 1, "crash": 1}
    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "no-duplicate-effect": "violated",
        "in-order": "violated",
        "eventual-effect": "violated",
    }

    queue: set[Message]
    outputs: Channel[Message] = Channel(middle, target)

    @source
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.queue.add(m)

    @middle
    def handle(self, m: Message) -> Steps:
        require(m in self.queue)
        self.outputs.put(m)
        yield "sent"  # a crash here: sent, and the queue delivers m again
        self.queue.discard(m)

    @target
    def receive(self, m: Message) -> None:
        self.outputs.take(m)
        self.effect(m)


class TwoHops(AtMostOnceAfter):
    """The output bears a name made from the input's: two careful hops make a careful chain."""

    expects = {"in-order": "violated"}

    output_id: Literal["from-input", "fresh"] = "from-input"

    inbox: set[Message]  # of middle
    outgoing: set[Message]
    seen: set[Message]  # the inbox of target
    answers: Channel[Message] = Channel(target, middle)

    @middle
    def handle(self, m: Message) -> Steps:
        require(m in self.queue)
        if m not in self.inbox:
            self.inbox.add(m)
            self.outgoing.add(m)  # one transaction
        yield "stored"  # a crash here: the queue delivers m again
        self.queue.discard(m)

    @middle
    def dispatch(self, m: Message) -> None:
        """Send the output, and send it again when no answer came in time."""
        require(m in self.outgoing and self.timed_out(m, self.outputs, self.answers))
        self.outputs.put(m)

    @target
    def receive(self, m: Message) -> None:
        self.outputs.take(m)
        if self.output_id == "fresh" or m not in self.seen:
            self.effect(m)
            self.seen.add(m)
        self.answers.put(m)

    @middle
    def hear(self, m: Message) -> None:
        self.answers.take(m)
        self.outgoing.discard(m)


class FreshOutputId(TwoHops):
    """A new name for each dispatch: what is sent again is new to target."""

    expects = {"no-duplicate-effect": "violated", "in-order": "violated"}

    output_id = "fresh"
