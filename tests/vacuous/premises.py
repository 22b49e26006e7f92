"""Properties whose premise is never true; each stands before its repair."""

from typing import Annotated, Literal

from deliverycheck.lang import (
    Channel,
    Message,
    Protocol,
    Range,
    Role,
    Steps,
    always,
    leads_to,
    require,
)

sender = Role("sender")
worker = Role("worker")


class NeverFails(Protocol):
    """If it fails it is clean, but nothing ever fails."""

    vain = "DC513"

    phase: Literal["fresh", "busy", "failed"]
    clean: bool

    @worker
    def work(self) -> None:
        require(self.phase == "fresh")
        self.phase = "busy"

    @worker
    def tidy(self) -> None:
        require(self.phase == "busy")
        self.phase = "fresh"
        self.clean = not self.clean

    @always
    def failed_is_clean(self) -> bool:
        return self.phase != "failed" or self.clean


class NeverFailsRepaired(NeverFails):
    """It may fail, once it is clean."""

    vain = ""

    @worker
    def fail(self) -> None:
        require(self.phase == "busy" and self.clean)
        self.phase = "failed"


class NeverAsked(Protocol):
    """What is asked twice is answered twice, but nothing is asked twice."""

    vain = "DC513"

    asked: Annotated[int, Range(0, 2)]
    answered: Annotated[int, Range(0, 2)]

    @sender
    def ask(self) -> None:
        require(self.asked == 0)
        self.asked += 1

    @worker
    def answer(self) -> None:
        require(self.answered < self.asked)
        self.answered += 1

    @leads_to
    def both_answered(self) -> tuple[bool, bool]:
        return self.asked == 2, self.answered == 2


class NeverAskedRepaired(NeverAsked):
    """It may be asked twice."""

    vain = ""

    @sender
    def ask(self) -> None:
        require(self.asked < 2)
        self.asked += 1


class NeverLost(Protocol):
    """A premise about each message, true of none."""

    vain = "DC513"

    sent: set[Message]
    lost: set[Message]

    @sender
    def send(self, m: Message) -> None:
        require(m not in self.sent)
        self.sent.add(m)

    @sender
    def find(self, m: Message) -> None:
        self.lost.discard(m)
        self.sent.discard(m)

    @always
    def lost_was_sent(self, m: Message) -> bool:
        return m not in self.lost or m in self.sent


class NeverLostRepaired(NeverLost):
    """What was sent may be lost."""

    vain = ""

    @sender
    def lose_one(self, m: Message) -> None:
        require(m in self.sent)
        self.lost.add(m)


class NoEffect(Protocol):
    """Claims that nothing is done twice, and does nothing."""

    vain = "DC513"
    claims = "at-most-once"

    asks: Channel[Message] = Channel(sender, worker, copies=1)

    @sender
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.asks.put(m)

    @worker
    def handle(self, m: Message) -> None:
        self.asks.take(m)


class NoEffectRepaired(NoEffect):
    """The worker does what it is there for."""

    vain = ""

    @worker
    def handle(self, m: Message) -> None:
        self.asks.take(m)
        self.effect(m)


class NeverTold(Protocol):
    """Expects an honest answer, and gives none."""

    vain = "DC513"
    expects = {"honest-ack": "holds"}

    asks: Channel[Message] = Channel(sender, worker, copies=1)

    @sender
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.asks.put(m)

    @worker
    def handle(self, m: Message) -> Steps:
        self.asks.take(m)
        yield "received"
        self.effect(m)


class NeverToldRepaired(NeverTold):
    """The answer comes after the effect."""

    vain = ""

    @worker
    def handle(self, m: Message) -> Steps:
        self.asks.take(m)
        yield "received"
        self.effect(m)
        yield "applied"
        self.tell_done(m)
