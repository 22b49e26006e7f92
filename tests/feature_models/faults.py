"""Timers, replicas, volatile fields, crashes, faults of the model's own, the ledger, settings."""

from enum import Enum
from typing import Annotated, Literal

from deliverycheck.lang import (
    Channel,
    Message,
    Protocol,
    Range,
    Role,
    Steps,
    Volatile,
    always,
    fault,
    require,
    sometimes,
)

asker = Role("asker", crashes=True)
between = Role("between")
helper = Role("helper", crashes=True, replicas="helpers")


class Mode(Enum):
    """How to answer."""

    EAGER = "eager"
    LAZY = "lazy"


class Timers(Protocol):
    """Timers in require and if, under or and not, and a lease."""

    faults = {"lose": 1, "crash": 1, "delay": 1}

    helpers: int = 1

    asked: set[Message]
    late: set[Message]
    lease: Message | None
    asks: Channel[Message] = Channel(asker, helper)
    answers: Channel[Message] = Channel(helper, asker)

    @asker
    def ask(self, m: Message) -> None:
        require(m not in self.asked or (self.timed_out(m) and m not in self.late))
        self.asked.add(m)
        self.asks.put(m)

    @asker
    def look(self, m: Message) -> None:
        require(m in self.asked)
        if self.timed_out(m):
            self.late.add(m)
        else:
            self.late.discard(m)

    @asker
    def hear(self, m: Message) -> None:
        self.answers.take(m)
        self.asked.discard(m)
        self.late.discard(m)

    @helper
    def answer(self, m: Message) -> Steps:
        self.asks.take(m)
        require(self.lease is None or self.lease != m)
        self.lease = m
        yield "leased"
        self.answers.put(m)
        self.lease = None

    @helper
    def free(self, m: Message) -> None:
        require(self.lease == m and self.expired(m))
        self.lease = None

    @asker
    def patient(self, m: Message) -> Steps:
        require(m in self.asked)
        yield "waiting"
        while not self.timed_out(m):
            yield "still"
        self.asked.discard(m)


class Hops(Protocol):
    """Timers of one hop each: they do not wait for what happens on the other."""

    faults = {"lose": 1, "crash": 1, "delay": 1}

    helpers: int = 1

    asked: set[Message]
    passed: set[Message]
    asks: Channel[Message] = Channel(asker, between)
    heard: Channel[Message] = Channel(between, asker)
    onward: Channel[Message] = Channel(between, helper)
    noted: Volatile[set[Message]]

    @asker
    def ask(self, m: Message) -> None:
        require(m not in self.passed and self.timed_out(m, self.asks, self.heard))
        self.asked.add(m)
        self.asks.put(m)

    @between
    def relay(self, m: Message) -> Steps:
        self.asks.take(m)
        yield "relaying"
        self.passed.add(m)
        self.heard.put(m)

    @between
    def again(self, m: Message) -> None:
        require(m in self.passed and self.timed_out(m, self.onward))
        self.onward.put(m)

    @asker
    def hear(self, m: Message) -> None:
        self.heard.take(m)

    @helper
    def work(self, m: Message) -> Steps:
        self.onward.take(m)
        self.noted.add(m)
        yield "working"
        self.passed.discard(m)
        self.noted.discard(m)


class Grabbed(Protocol):
    """A fault of two steps has a message in its hands, too: timers and leases wait for it."""

    faults = {"grab": 1}

    helpers: int = 1

    asks: Channel[Message] = Channel(asker, helper)
    open_: set[Message]
    late: set[Message]
    lapsed: set[Message]

    @asker
    def ask(self, m: Message) -> None:
        require(m not in self.open_)
        self.open_.add(m)
        self.asks.put(m)

    @asker
    def wait(self, m: Message) -> None:
        require(m in self.open_ and self.timed_out(m))
        self.late.add(m)

    @asker
    def lapse(self, m: Message) -> None:
        require(m in self.open_ and m not in self.asks and self.expired(m))
        self.lapsed.add(m)

    @helper
    def answer(self, m: Message) -> None:
        self.asks.take(m)
        self.open_.discard(m)

    @fault
    def grab(self, m: Message) -> Steps:
        self.asks.take(m)
        yield "grabbed"
        self.asks.put(m)


class Replicas(Protocol):
    """Two workers, each with a memory of its own that a crash wipes."""

    faults = {"crash": 2}

    helpers: int = 2

    cache: Volatile[set[Message]]
    depth: Volatile[Annotated[int, Range(0, 2)]]
    jobs: Channel[Message] = Channel(asker, helper, copies=1)
    done: set[Message]

    @asker
    def post(self, m: Message) -> None:
        self.jobs.put(m)

    @helper
    def work(self, m: Message) -> Steps:
        self.jobs.take(m)
        self.depth = 1
        yield "taken"
        if m not in self.cache:
            self.cache.add(m)
            yield "cached"
            self.done.add(m)
        self.depth = 2 if len(self.cache) == 2 else 0

    @helper
    def evict(self, m: Message) -> None:
        require(self.depth == 2)
        self.cache.discard(m)
        self.depth -= 1


class Ledgered(Protocol):
    """Every word to the ledger, and properties that read every record."""

    claims = "at-least-once"
    faults = {"lose": 1, "bounce": 1}

    helpers: int = 1

    work: Channel[Message] = Channel(asker, helper)
    open_: set[Message]
    back: set[Message]

    @asker
    def submit(self, m: Message) -> None:
        self.accept(m)
        self.open_.add(m)
        self.work.put(m)

    @helper
    def handle(self, m: Message) -> Steps:
        self.work.take(m)
        self.take_over(m)
        yield "taken"
        self.effect(m)
        yield "applied"
        self.tell_done(m)

    @asker
    def give_up(self, m: Message) -> None:
        require(m in self.open_ and self.timed_out(m))
        self.open_.discard(m)
        if m in self.back:
            self.park(m)
        else:
            self.tell_failed(m)

    @fault
    def bounce(self, m: Message) -> None:
        self.work.take(m)
        self.back.add(m)

    @always
    def parked_bounced(self, m: Message) -> bool:
        return not self.ledger.parked(m) or m in self.back

    @always
    def effects_were_taken_over(self) -> bool:
        return all(self.ledger.taken_over(m) for m in self.messages if self.ledger.effects(m) > 0)

    @sometimes
    def failed_after_effect(self, m: Message) -> bool:
        return self.ledger.told(m) == "failed" and self.ledger.accepted(m)


class Settings(Protocol):
    """Settings of every kind, folded in before checking."""

    helpers: int = 1
    limit: int = 2
    strict: bool = False
    order: Literal["up", "down"] = "up"
    mode: Mode = Mode.EAGER

    n: Annotated[int, Range(0, "limit")]
    answered: bool

    @asker
    def step(self) -> None:
        require(not self.strict or not self.answered)
        if self.order == "up":
            require(self.n < self.limit)
            self.n += 1
        else:
            self.n = self.limit if self.n == 0 else self.n - 1

    @helper
    def answer(self) -> None:
        require(self.mode == Mode.EAGER or self.n == self.limit)
        self.answered = True


class Lazy(Settings):
    """A variant: two settings and one step differ."""

    mode = Mode.LAZY
    order = "down"

    @helper
    def answer(self) -> None:
        require(self.n != 1)
        super().answer()
