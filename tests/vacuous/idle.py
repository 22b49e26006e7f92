"""Conditions that change nothing; each stands before its repair."""

from typing import Annotated, Literal

from deliverycheck.lang import (
    Channel,
    Message,
    Natural,
    Protocol,
    Range,
    Role,
    Steps,
    always,
    fault,
    require,
)

sender = Role("sender")
worker = Role("worker", crashes=True)


class KnownAlready(Protocol):
    """Whatever is in the outbox was accepted before."""

    vain = "DC515"

    taken: set[Message]
    outbox: set[Message]

    @sender
    def submit(self, m: Message) -> None:
        require(m not in self.taken)
        self.taken.add(m)
        self.outbox.add(m)

    @sender
    def send(self, m: Message) -> None:
        require(m in self.outbox and m in self.taken)
        self.outbox.discard(m)


class KnownAlreadyRepaired(KnownAlready):
    """It may be called back while it waits."""

    vain = ""

    @sender
    def call_back(self, m: Message) -> None:
        require(m in self.outbox)
        self.taken.discard(m)


class TypeSaysSo(Protocol):
    """A natural number is not negative."""

    vain = "DC515"

    n: Natural

    @sender
    def count(self) -> None:
        require(self.n >= 0)
        self.n = 0 if self.n == 2 else self.n + 1


class TypeSaysSoRepaired(TypeSaysSo):
    """It must be positive, but for the start."""

    vain = ""

    @sender
    def count(self) -> None:
        require(self.n > 0)
        self.n = 0 if self.n == 2 else self.n + 1

    @sender
    def begin(self) -> None:
        require(self.n == 0)
        self.n = 1


class TakenAnyway(Protocol):
    """To take something from a channel asks for it already."""

    vain = "DC515"

    sent: set[Message]
    asks: Channel[Message] = Channel(sender, worker, copies=1)

    @sender
    def ask(self, m: Message) -> None:
        require(m not in self.sent)
        self.sent.add(m)
        self.asks.put(m)

    @worker
    def handle(self, m: Message) -> None:
        require(m in self.asks)
        self.asks.take(m)


class TakenAnywayRepaired(TakenAnyway):
    """It asks for something else."""

    vain = ""

    @worker
    def handle(self, m: Message) -> None:
        require(m in self.sent)
        self.asks.take(m)

    @sender
    def regret(self, m: Message) -> None:
        require(m in self.sent)
        self.sent.discard(m)


class AlwaysDue(Protocol):
    """What is still in the outbox is not under way, so the timer is always due."""

    vain = "DC515"

    accepted_once: set[Message]
    outbox: set[Message]
    asks: Channel[Message] = Channel(sender, worker, copies=1)

    @sender
    def submit(self, m: Message) -> None:
        require(m not in self.accepted_once)
        self.accepted_once.add(m)
        self.outbox.add(m)

    @sender
    def send(self, m: Message) -> None:
        require(m in self.outbox and self.timed_out(m))
        self.outbox.discard(m)
        self.asks.put(m)

    @worker
    def handle(self, m: Message) -> None:
        self.asks.take(m)


class AlwaysDueRepaired(AlwaysDue):
    """It stays in the outbox until somebody answers for it."""

    vain = ""

    answers: Channel[Message] = Channel(worker, sender, copies=1)

    @sender
    def send(self, m: Message) -> None:
        require(m in self.outbox and self.timed_out(m))
        self.asks.put(m)

    @worker
    def handle(self, m: Message) -> None:
        self.asks.take(m)
        self.answers.put(m)

    @sender
    def hear(self, m: Message) -> None:
        self.answers.take(m)
        self.outbox.discard(m)


class AtItsPlace(Protocol):
    """Nobody else takes the mark away between the two steps."""

    vain = "DC515"

    marks: set[Message]
    done: set[Message]

    @worker
    def handle(self, m: Message) -> Steps:
        require(m not in self.done)
        self.marks.add(m)
        yield "marked"
        require(m in self.marks)
        self.done.add(m)


class AtItsPlaceRepaired(AtItsPlace):
    """Somebody does."""

    vain = ""

    @sender
    def clean(self, m: Message) -> None:
        require(m in self.marks)
        self.marks.discard(m)


class InAHelper(Protocol):
    """A condition in a helper that two steps call, and true for both."""

    vain = "DC515"

    phase: Literal["shut", "open", "done"]
    n: Annotated[int, Range(0, 2)]

    def while_open(self) -> None:
        """Only while it is open."""
        require(self.phase == "open" or self.n == 0)

    @sender
    def unlock(self) -> None:
        require(self.phase == "shut")
        self.while_open()
        self.phase = "open"

    @sender
    def count(self) -> None:
        require(self.n < 2 and self.phase != "shut")
        self.while_open()
        self.n += 1


class InAHelperRepaired(InAHelper):
    """It closes with what was counted."""

    vain = ""

    @sender
    def close(self) -> None:
        require(self.phase == "open")
        self.phase = "shut"


class InAFault(Protocol):
    """A fault asks for what is so whenever it can strike."""

    vain = "DC515"
    faults = {"forget": 1}

    marks: set[Message]
    done: set[Message]

    @worker
    def work(self, m: Message) -> None:
        require(m not in self.done)
        self.done.add(m)
        self.marks.add(m)

    @fault
    def forget(self, m: Message) -> None:
        require(m in self.marks and m in self.done)
        self.marks.discard(m)


class InAFaultRepaired(InAFault):
    """The mark comes before the work, or after it."""

    vain = ""

    @worker
    def work(self, m: Message) -> None:
        require(m not in self.done)
        self.done.add(m)

    @worker
    def mark(self, m: Message) -> None:
        require(m not in self.marks)
        self.marks.add(m)


class HalfAProperty(Protocol):
    """Half of the property is what the type says."""

    vain = "DC515"

    n: Annotated[int, Range(0, 3)]
    high: bool

    @sender
    def count(self) -> None:
        self.n = 0 if self.n == 3 else self.n + 1
        self.high = self.n == 3

    @always
    def high_at_three(self) -> bool:
        return self.n <= 3 and (self.high or self.n != 3)


class HalfAPropertyRepaired(HalfAProperty):
    """Both halves can be broken."""

    vain = ""

    @always
    def high_at_three(self) -> bool:
        return (not self.high or self.n == 3) and (self.high or self.n != 3)


class SaidTwice(Protocol):
    """Of each message the same is said twice, in other words."""

    vain = "DC515"

    sent: set[Message]
    done: set[Message]

    @sender
    def send(self, m: Message) -> None:
        require(m not in self.sent)
        self.sent.add(m)

    @worker
    def work(self, m: Message) -> None:
        require(m in self.sent and m not in self.done)
        self.done.add(m)

    @always
    def done_was_sent(self) -> bool:
        return all(
            (m not in self.done or m in self.sent) and not (m in self.done and m not in self.sent)
            for m in self.messages
        )


class SaidTwiceRepaired(SaidTwice):
    """It is said once, and something else."""

    vain = ""

    both: Annotated[int, Range(0, 3)]

    @always
    def done_was_sent(self) -> bool:
        return all((m not in self.done or m in self.sent) and self.both < 2 for m in self.messages)


class ProtectsTheNext(Protocol):
    """A condition that keeps the next one from failing is not idle, though it blocks no step."""

    vain = ""

    tries: dict[Message, Annotated[int, Range(0, 2)]]

    @sender
    def begin(self, m: Message) -> None:
        require(m not in self.tries)
        self.tries[m] = 2

    @sender
    def retry(self, m: Message) -> None:
        require(m in self.tries and self.tries[m] > 0)
        self.tries[m] -= 1


class OfAChoice(Protocol):
    """A condition on a parameter leaves out choices, though it is true of those that are left."""

    vain = ""

    n: Annotated[int, Range(0, 2)]

    @sender
    def move(self, to: Annotated[int, Range(0, 2)]) -> None:
        require(to != 1)
        self.n = to


class OfTheNextBranch(Protocol):
    """A condition that rules out a branch of what comes next."""

    vain = ""

    n: Annotated[int, Range(0, 2)]
    went: Literal["nowhere", "up", "down"]

    @sender
    def move(self) -> None:
        require(self.n > 0)
        if self.n == 0:
            self.went = "up"
        else:
            self.went = "down"
        self.n -= 1

    @sender
    def rise(self) -> None:
        require(self.n < 2)
        self.n += 1
