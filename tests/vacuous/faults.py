"""Faults that are allowed but cannot happen, and bounds that are hit."""

from typing import Literal

from deliverycheck.lang import (
    Channel,
    Fifo,
    Message,
    Natural,
    Protocol,
    Role,
    Steps,
    Volatile,
    fault,
    require,
)

sender = Role("sender")
worker = Role("worker", crashes=True)


class NothingToLose(Protocol):
    """A network fault, and no network."""

    vain = "DC502"
    faults = {"lose": 1}

    sent: set[Message]

    @sender
    def send(self, m: Message) -> None:
        require(m not in self.sent)
        self.sent.add(m)


class NothingToLoseRepaired(NothingToLose):
    """There is one."""

    vain = ""

    asks: Channel[Message] = Channel(sender, worker, copies=1)

    @sender
    def send(self, m: Message) -> None:
        require(m not in self.sent)
        self.sent.add(m)
        self.asks.put(m)


class NothingToForget(Protocol):
    """A fault of the model's own that strikes marks nobody makes."""

    vain = "DC502"
    faults = {"forget": 1}

    sent: set[Message]
    marks: set[Message]

    @sender
    def send(self, m: Message) -> None:
        require(m not in self.sent)
        self.sent.add(m)

    @fault
    def forget(self, m: Message) -> None:
        require(m in self.marks)
        self.marks.discard(m)


class NothingToForgetRepaired(NothingToForget):
    """They are made."""

    vain = ""

    @sender
    def send(self, m: Message) -> None:
        require(m not in self.sent)
        self.sent.add(m)
        self.marks.add(m)


class NothingInMemory(Protocol):
    """A crash of a worker that works in one step and keeps nothing."""

    vain = "DC502"
    faults = {"crash": 1}

    done: set[Message]

    @worker
    def work(self, m: Message) -> None:
        require(m not in self.done)
        self.done.add(m)


class NothingInMemoryRepaired(Protocol):
    """It stops in the middle."""

    vain = ""
    faults = {"crash": 1}

    done: set[Message]

    @worker
    def work(self, m: Message) -> Steps:
        require(m not in self.done)
        yield "working"
        self.done.add(m)


class NothingToOvertake(Protocol):
    """At most one is in the line, so none overtakes another."""

    vain = "DC502"
    faults = {"reorder": 1}

    sent: set[Literal["first", "second"]]
    line: Fifo[Literal["first", "second"]] = Fifo(sender, worker, capacity=2)

    @sender
    def send(self, what: Literal["first", "second"]) -> None:
        require(what not in self.sent and len(self.line) == 0)
        self.sent.add(what)
        self.line.put(what)

    @worker
    def serve(self, what: Literal["first", "second"]) -> None:
        self.line.take(what)


class NothingToOvertakeRepaired(NothingToOvertake):
    """The next is sent while the first is under way."""

    vain = ""

    @sender
    def send(self, what: Literal["first", "second"]) -> None:
        require(what not in self.sent)
        self.sent.add(what)
        self.line.put(what)


class Endless(Protocol):
    """A number that grows for ever."""

    vain = "DC503"

    n: Natural

    @sender
    def grow(self) -> None:
        self.n += 1


class EndlessRepaired(Endless):
    """It starts anew."""

    vain = ""

    @sender
    def grow(self) -> None:
        self.n = 0 if self.n == 3 else self.n + 1


class PilesUp(Protocol):
    """Copies without end in a channel nobody empties as fast."""

    vain = "DC503"

    memory: Volatile[set[Message]]
    asks: Channel[Message] = Channel(sender, worker)

    @sender
    def send(self, m: Message) -> None:
        self.asks.put(m)

    @worker
    def receive(self, m: Message) -> None:
        self.asks.take(m)
        self.memory.add(m)


class PilesUpRepaired(PilesUp):
    """A full channel blocks."""

    vain = ""

    asks: Channel[Message] = Channel(sender, worker, copies=2)
