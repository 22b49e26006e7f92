"""Properties that no values of the variables could break; each stands before its repair."""

from typing import Annotated, Literal

from deliverycheck.lang import (
    Message,
    Natural,
    Protocol,
    Range,
    Role,
    always,
    leads_to,
    require,
    sometimes,
)

sender = Role("sender")
worker = Role("worker")


class ByItsType(Protocol):
    """What the range of the field says already."""

    vain = "DC514"

    n: Annotated[int, Range(0, 3)]

    @sender
    def count(self) -> None:
        require(self.n < 3)
        self.n += 1

    @sender
    def begin_again(self) -> None:
        require(self.n == 3)
        self.n = 0

    @always
    def at_most_three(self) -> bool:
        return self.n <= 3


class ByItsTypeRepaired(ByItsType):
    """The range leaves room for a mistake."""

    vain = ""

    n: Annotated[int, Range(0, 4)]


class ByLogic(Protocol):
    """In it or not in it."""

    vain = "DC514"

    sent: set[Message]

    @sender
    def send(self, m: Message) -> None:
        require(m not in self.sent)
        self.sent.add(m)

    @always
    def sent_or_not(self, m: Message) -> bool:
        return m in self.sent or m not in self.sent


class ByLogicRepaired(ByLogic):
    """Sent, or still waiting."""

    vain = ""

    waiting: set[Message]

    @sender
    def wait(self, m: Message) -> None:
        require(m not in self.sent and m not in self.waiting)
        self.waiting.add(m)

    @sender
    def send(self, m: Message) -> None:
        require(m in self.waiting)
        self.waiting.discard(m)
        self.sent.add(m)

    @always
    def sent_or_not(self, m: Message) -> bool:
        return m not in self.sent or m not in self.waiting


class ByCases(Protocol):
    """What all cases together say, though no single one does."""

    vain = "DC514"

    phase: Literal["red", "green", "amber"]
    walking: bool

    @sender
    def change(self) -> None:
        self.phase = "green" if self.phase == "red" else "red"
        self.walking = self.phase == "green"

    @sender
    def warn(self) -> None:
        require(self.phase == "green")
        self.phase = "amber"

    @always
    def some_phase(self) -> bool:
        return (
            (self.phase == "red" and not self.walking)
            or (self.walking and self.phase != "amber")
            or self.phase in ("green", "amber")
        )


class ByCasesRepaired(ByCases):
    """One case is left out."""

    vain = ""

    @always
    def some_phase(self) -> bool:
        return (self.phase == "red" and not self.walking) or self.phase in ("green", "amber")


class ByItself(Protocol):
    """What leads to something is that something already."""

    vain = "DC514"

    on: bool
    seen: bool

    @sender
    def switch(self) -> None:
        self.on = not self.on

    @worker
    def look(self) -> None:
        require(self.on and not self.seen)
        self.seen = True

    @leads_to
    def on_is_noticed(self) -> tuple[bool, bool]:
        return self.on, self.on or self.seen


class ByItselfRepaired(ByItself):
    """It is seen, or switched off again."""

    vain = ""

    @leads_to
    def on_is_noticed(self) -> tuple[bool, bool]:
        return self.on, self.seen or not self.on


class AnyExample(Protocol):
    """An example that any state is."""

    vain = "DC514"

    n: Annotated[int, Range(0, 3)]

    @sender
    def count(self) -> None:
        self.n = 0 if self.n == 3 else self.n + 1

    @sometimes
    def some_number(self) -> bool:
        return self.n >= 0


class AnyExampleRepaired(AnyExample):
    """An example that has to be reached."""

    vain = ""

    @sometimes
    def some_number(self) -> bool:
        return self.n > 2


class WithoutEnd(Protocol):
    """Of numbers without end: one of two is the smaller, or they are equal."""

    vain = "DC514"

    low: Natural
    high: Natural

    @sender
    def grow(self) -> None:
        require(self.high < 2)
        self.low = self.high
        self.high += 1

    @sender
    def begin_again(self) -> None:
        require(self.high == 2)
        self.low = 0
        self.high = 0

    @always
    def one_is_smaller(self) -> bool:
        return self.low <= self.high or self.high <= self.low + 1


class WithoutEndRepaired(WithoutEnd):
    """The lower one is the smaller."""

    vain = ""

    @always
    def one_is_smaller(self) -> bool:
        return self.low <= self.high and self.high <= self.low + 1
