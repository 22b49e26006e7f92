"""Models in which nothing can happen at the start; each stands before its repair.

`vain` is what is found in vain, here and in the other files of this folder.
"""

from typing import Literal

from deliverycheck.lang import Channel, Message, Protocol, Role, always, require

sender = Role("sender")
worker = Role("worker")


class NeverReady(Protocol):
    """Both steps need what only the second one gives."""

    vain = "DC510"

    ready: bool
    sent: set[Message]

    @sender
    def send(self, m: Message) -> None:
        require(self.ready)
        self.sent.add(m)

    @sender
    def prepare(self) -> None:
        require(all(m in self.sent for m in self.messages))
        self.ready = True

    @always
    def prepared_first(self, m: Message) -> bool:
        return self.ready or m not in self.sent


class NeverReadyRepaired(NeverReady):
    """It is prepared before anything is sent."""

    vain = ""

    @sender
    def prepare(self) -> None:
        require(not self.ready)
        self.ready = True


class BothWait(Protocol):
    """Each waits for the other's word."""

    vain = "DC510"

    pings: Channel[Message] = Channel(sender, worker, copies=1)
    pongs: Channel[Message] = Channel(worker, sender, copies=1)

    @sender
    def ping(self, m: Message) -> None:
        self.pongs.take(m)
        self.pings.put(m)

    @worker
    def pong(self, m: Message) -> None:
        self.pings.take(m)
        self.pongs.put(m)


class BothWaitRepaired(BothWait):
    """One of them begins."""

    vain = ""

    begun: set[Message]

    @sender
    def begin(self, m: Message) -> None:
        require(m not in self.begun)
        self.begun.add(m)
        self.pings.put(m)


class WrongStart(Protocol):
    """The circle of phases is entered nowhere."""

    vain = "DC510"

    phase: Literal["off", "open", "shut"] = "off"

    @sender
    def shut(self) -> None:
        require(self.phase == "open")
        self.phase = "shut"

    @sender
    def reopen(self) -> None:
        require(self.phase == "shut")
        self.phase = "open"


class WrongStartRepaired(WrongStart):
    """It starts open."""

    vain = ""

    phase: Literal["off", "open", "shut"] = "open"
