"""Models with a step that is never possible; each stands before its repair."""

from typing import Annotated, Literal

from deliverycheck.lang import Channel, Message, Protocol, Range, Role, Steps, require

sender = Role("sender")
worker = Role("worker", replicas="workers")


class WrongField(Protocol):
    """What is handed over is noted in one field, and looked for in another."""

    vain = "DC511"

    outbox: set[Message]
    inbox: set[Message]
    done: set[Message]

    @sender
    def submit(self, m: Message) -> None:
        require(m not in self.outbox)
        self.outbox.add(m)

    @sender
    def finish(self, m: Message) -> None:
        require(m in self.inbox)
        self.inbox.discard(m)
        self.done.add(m)


class WrongFieldRepaired(WrongField):
    """It is looked for where it was noted."""

    vain = ""

    @sender
    def finish(self, m: Message) -> None:
        require(m in self.outbox and m not in self.done)
        self.done.add(m)


class AfterReturn(Protocol):
    """A place behind a `return`."""

    vain = "DC511"

    workers: int = 1

    done: set[Message]

    @worker
    def handle(self, m: Message) -> Steps:
        require(m not in self.done)
        yield "begun"
        self.done.add(m)
        return
        yield "marked"


class AfterReturnRepaired(AfterReturn):
    """Only one of the two ways returns early."""

    vain = ""

    @worker
    def handle(self, m: Message) -> Steps:
        yield "begun"
        if m in self.done:
            return
        self.done.add(m)
        yield "marked"


class NeverSent(Protocol):
    """Nobody answers on the channel that is listened to."""

    vain = "DC511"

    workers: int = 1

    sent: set[Message]
    asks: Channel[Message] = Channel(sender, worker, copies=1)
    answers: Channel[Message] = Channel(worker, sender, copies=1)

    @sender
    def ask(self, m: Message) -> None:
        require(m not in self.sent)
        self.sent.add(m)
        self.asks.put(m)

    @worker
    def answer(self, m: Message) -> None:
        self.asks.take(m)

    @sender
    def hear(self, m: Message) -> None:
        self.answers.take(m)


class NeverSentRepaired(NeverSent):
    """The worker answers."""

    vain = ""

    @worker
    def answer(self, m: Message) -> None:
        self.asks.take(m)
        self.answers.put(m)


class NeverBoth(Protocol):
    """Two lamps of which at most one is on; the guard asks for both, which no type forbids."""

    vain = "DC511"

    red: bool = True
    green: bool
    broken: bool

    @sender
    def change(self) -> None:
        self.red = self.green
        self.green = not self.red

    @sender
    def notice(self) -> None:
        require(self.red and self.green)
        self.broken = True


class NeverBothRepaired(NeverBoth):
    """It asks for neither red nor broken."""

    vain = ""

    @sender
    def notice(self) -> None:
        require(self.green and not self.broken)
        self.broken = True


class PastTheEnd(Protocol):
    """The counter stops at two, and three is waited for."""

    vain = "DC511"

    n: Annotated[int, Range(0, 3)]
    full: bool

    @sender
    def count(self) -> None:
        require(self.n < 2)
        self.n += 1

    @sender
    def fill(self) -> None:
        require(self.n > 2)
        self.full = True
        self.n = 0


class PastTheEndRepaired(PastTheEnd):
    """The counter goes on to three."""

    vain = ""

    @sender
    def count(self) -> None:
        require(self.n < 3)
        self.n += 1


class NoWayOn(Protocol):
    """The process waits at its place for an order nobody gives."""

    vain = "DC511"

    workers: int = 1

    order: Literal["wait", "go"]
    done: set[Message]

    @worker
    def handle(self, m: Message) -> Steps:
        require(m not in self.done)
        yield "received"
        require(self.order == "go")
        self.done.add(m)


class NoWayOnRepaired(NoWayOn):
    """Somebody gives the order, and takes it back."""

    vain = ""

    @sender
    def let_go(self) -> None:
        self.order = "wait" if self.order == "go" else "go"


class NeverAgain(Protocol):
    """The second round is only for what is done, and what is done comes no more."""

    vain = "DC511"

    workers: int = 1

    left: set[Message]
    done: set[Message]

    @sender
    def submit(self, m: Message) -> None:
        require(m not in self.done)
        self.left.add(m)

    @worker
    def handle(self, m: Message) -> Steps:
        require(m in self.left)
        self.left.discard(m)
        if m in self.done:
            yield "again"
        self.done.add(m)


class NeverAgainRepaired(NeverAgain):
    """What is done comes again."""

    vain = ""

    @sender
    def submit(self, m: Message) -> None:
        require(m not in self.left)
        self.left.add(m)


class NeverDue(Protocol):
    """The worker never lets a message go, so no timer is ever due."""

    vain = "DC511"

    workers: int = 2

    given: set[Message]
    late: set[Message]
    asks: Channel[Message] = Channel(sender, worker, copies=1)

    @sender
    def give(self, m: Message) -> None:
        require(m not in self.given)
        self.given.add(m)
        self.asks.put(m)

    @worker
    def hold(self, m: Message) -> Steps:
        self.asks.take(m)
        while True:
            yield "held"
            yield "still held"

    @sender
    def complain(self, m: Message) -> None:
        require(m in self.given and self.timed_out(m))
        self.late.add(m)


class NeverDueRepaired(NeverDue):
    """The worker lets it go in the end."""

    vain = ""

    @worker
    def hold(self, m: Message) -> Steps:
        self.asks.take(m)
        yield "held"
        yield "still held"


class SwitchedOff(Protocol):
    """What a setting switches off is not in vain: another setting switches it on."""

    vain = ""

    workers: int = 1
    mode: Literal["short", "long"] = "short"
    again: bool = False

    done: set[Message]

    @worker
    def handle(self, m: Message) -> Steps:
        require(m not in self.done)
        yield "begun"
        if self.mode == "long":
            yield "marked"
        self.done.add(m)

    @worker
    def redo(self, m: Message) -> None:
        require(self.again)
        require(m in self.done)
        self.done.discard(m)
