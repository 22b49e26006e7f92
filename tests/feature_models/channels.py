"""Every kind of channel: bags with and without a limit, queues, and a connection."""

from typing import Annotated, NamedTuple

from deliverycheck.lang import Channel, Connection, Fifo, Message, Protocol, Range, Role, require

source = Role("source", crashes=True)
target = Role("target", crashes=True)


class Part(NamedTuple):
    """Half of a message."""

    message: Message
    last: bool


class Limited(Protocol):
    """At most two copies of a message in flight; the setting says so."""

    faults = {"lose": 1, "duplicate": 1}

    room: int = 2

    sent: Channel[Message] = Channel(source, target, copies="room")
    got: Annotated[int, Range(0, 3)]

    @source
    def send(self, m: Message) -> None:
        require(self.sent.has_room(m) and len(self.sent) < 3)
        self.sent.put(m)

    @target
    def receive(self, m: Message) -> None:
        require(self.got < 3 and m in self.sent)
        self.sent.take(m)
        self.got += 1


class Crowded(Protocol):
    """Nobody takes anything: a full channel blocks."""

    sent: Channel[Message] = Channel(source, target, copies=2)

    @source
    def send(self, m: Message) -> None:
        self.sent.put(m)


class Parts(Protocol):
    """Records in an unbounded bag."""

    faults = {"lose": 1, "duplicate.parts": 1}

    halves: dict[Message, bool]
    parts: Channel[Part] = Channel(source, target)
    whole: set[Message]

    @source
    def split(self, m: Message) -> None:
        require(m not in self.halves)
        self.halves[m] = False
        self.parts.put(Part(m, False))
        self.parts.put(Part(m, self.halves[m] or True))

    @target
    def join(self, part: Part) -> None:
        self.parts.take(part)
        if part.last:
            self.whole.add(part.message)
        elif Part(part.message, True) in self.parts:
            self.halves[part.message] = True


class Line(Protocol):
    """A queue with a capacity: two messages in order."""

    faults = {"lose": 1, "duplicate": 1, "reorder": 1}

    line: Fifo[Message] = Fifo(source, target, capacity=2)
    last: Message | None

    @source
    def send(self, m: Message) -> None:
        require(m not in self.line)
        self.line.put(m)

    @target
    def receive(self, m: Message) -> None:
        self.line.take(m)
        self.last = m


class OpenLine(Protocol):
    """A queue of records without a capacity: the instance has a bound of its own."""

    faults = {"reorder": 1}

    line: Fifo[Part] = Fifo(source, target)
    seen: set[Message]

    @source
    def send(self, m: Message) -> None:
        require(len(self.line) == 0 or Part(m, True) in self.line)
        self.line.put(Part(m, m in self.seen))
        self.seen.add(m)

    @target
    def receive(self, part: Part) -> None:
        self.line.take(part)


class Dialogue(Protocol):
    """Two directions of one connection: a break empties both."""

    faults = {"lose": 1, "crash": 1}

    asks: Connection[Message] = Connection(source, target)
    answers: Connection[Message] = Connection(target, source)
    open_: set[Message]

    @source
    def ask(self, m: Message) -> None:
        require(m not in self.open_)
        self.open_.add(m)
        self.asks.put(m)

    @target
    def answer(self, m: Message) -> None:
        self.asks.take(m)
        self.answers.put(m)

    @source
    def hear(self, m: Message) -> None:
        self.answers.take(m)
        self.open_.discard(m)

    @source
    def repeat(self, m: Message) -> None:
        require(m in self.open_ and self.timed_out(m))
        self.asks.put(m)
