"""Models with a step that never does anything, or that a bound keeps from happening."""

from deliverycheck.lang import Channel, Message, Natural, Protocol, Role, require

sender = Role("sender")
worker = Role("worker")


class TooFar(Protocol):
    """A jump beyond every number that is looked at."""

    vain = "DC503 DC512"

    n: Natural
    landed: bool

    @sender
    def walk(self) -> None:
        require(self.n < 2)
        self.n += 1

    @sender
    def jump(self) -> None:
        require(self.n == 1)
        self.n += 40
        self.landed = True


class TooFarRepaired(TooFar):
    """A jump within them."""

    vain = ""

    @sender
    def jump(self) -> None:
        require(self.n == 1)
        self.n += 2
        self.landed = True

    @sender
    def turn_back(self) -> None:
        require(self.landed)
        self.n = 0
        self.landed = False


class Burst(Protocol):
    """More copies at once than are ever looked at."""

    vain = "DC503 DC512"

    sent: set[Message]
    asks: Channel[Message] = Channel(sender, worker)

    @sender
    def submit(self, m: Message) -> None:
        require(m not in self.sent)
        self.sent.add(m)

    @sender
    def flood(self, m: Message) -> None:
        require(m in self.sent)
        self.sent.discard(m)
        for _ in range(20):
            self.asks.put(m)


class BurstRepaired(Burst):
    """Two copies, and somebody takes them."""

    vain = ""

    @sender
    def flood(self, m: Message) -> None:
        require(m in self.sent and m not in self.asks)
        self.sent.discard(m)
        for _ in range(2):
            self.asks.put(m)

    @worker
    def receive(self, m: Message) -> None:
        self.asks.take(m)


class WritesTheSame(Protocol):
    """A step that writes what is there already."""

    vain = "DC512"

    on: bool

    @sender
    def switch(self) -> None:
        self.on = not self.on

    @sender
    def keep_on(self) -> None:
        require(self.on)
        self.on = True


class WritesTheSameRepaired(WritesTheSame):
    """It writes the other value."""

    vain = ""

    @sender
    def keep_on(self) -> None:
        require(not self.on)
        self.on = True


class StrikesNothing(Protocol):
    """A message is struck from a set it is never in."""

    vain = "DC512"

    sent: set[Message]
    waiting: set[Message]

    @sender
    def send(self, m: Message) -> None:
        require(m not in self.sent)
        self.sent.add(m)

    @sender
    def clean(self, m: Message) -> None:
        require(m in self.sent)
        self.waiting.discard(m)


class StrikesNothingRepaired(StrikesNothing):
    """It is in that set while it is sent."""

    vain = ""

    @sender
    def send(self, m: Message) -> None:
        require(m not in self.sent)
        self.sent.add(m)
        self.waiting.add(m)


class ThereAndBack(Protocol):
    """A step that takes back what it does."""

    vain = "DC512"

    n: Natural

    @sender
    def up(self) -> None:
        require(self.n < 3)
        self.n += 1

    @sender
    def touch(self) -> None:
        require(self.n > 0)
        self.n -= 1
        self.n += 1


class ThereAndBackRepaired(ThereAndBack):
    """It takes back less."""

    vain = ""

    @sender
    def touch(self) -> None:
        require(self.n > 1)
        self.n -= 2
        self.n += 1
