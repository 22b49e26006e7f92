"""Values on which the lifted system was, or is, not what CPython says: one bug per class."""

from enum import Enum, IntEnum
from typing import Annotated, Literal, NamedTuple

from deliverycheck.lang import Fifo, Message, Protocol, Range, Role, fault, require

one = Role("one")

Small = Annotated[int, Range(0, 2)]


class Level(IntEnum):
    """Numbers with names."""

    LOW = 0
    HIGH = 1


class Shade(str, Enum):  # noqa: UP042 - StrEnum is the same, and newer
    """Texts with names."""

    RED = "red"
    BLUE = "blue"


class Pair(NamedTuple):
    """A record."""

    x: Small
    y: bool


class OrGivesItsOperand(Protocol):
    """bug: `a or b` is one of its operands in Python, not a truth value."""

    held: Message | None
    spare: Message | None
    hit: bool

    @one
    def hold(self, m: Message) -> None:
        self.held = m

    @one
    def use(self, m: Message) -> None:
        require((self.held or self.spare) == m)
        self.hit = True


class OrOfASetting(Protocol):
    """bug: `self.retries or 2` is 2 where the setting is 0."""

    retries: int = 0

    n: Small = 2

    @one
    def use(self) -> None:
        require(self.n == (self.retries or 2))
        self.n = 0


class TruthIsANumber(Protocol):
    """bug: True == 1 in Python; refuse the comparison or agree."""

    flag: bool = True
    hit: bool

    @one
    def use(self) -> None:
        require(self.flag == 1)
        self.hit = True


class TruthAmongNumbers(Protocol):
    """bug: True in {1} in Python."""

    numbers: set[Small]
    hit: bool

    @one
    def add(self) -> None:
        self.numbers.add(1)

    @one
    def use(self) -> None:
        self.hit = True in self.numbers


class NumberedEnum(Protocol):
    """bug: a member of an IntEnum equals its number in Python."""

    level: Level = Level.HIGH
    hit: bool

    @one
    def turn(self) -> None:
        self.level = Level.LOW

    @one
    def use(self) -> None:
        require(self.level == 1)
        self.hit = True


class TextEnum(Protocol):
    """bug: a member of a `str` Enum equals its text in Python (here a setting)."""

    shade: Shade = Shade.RED
    hit: bool

    @one
    def use(self) -> None:
        require(self.shade == "red")
        self.hit = True


class PresentNone(Protocol):
    """bug: a key whose value is None is there; the observed state says it is not."""

    d: dict[Message, Message | None]

    @one
    def put(self, m: Message) -> None:
        self.d[m] = None


class PresentNoRecord(Protocol):
    """bug: a dict of `Record | None` gives two variables of one name (DC701, no line)."""

    d: dict[Message, Pair | None]

    @one
    def put(self, m: Message) -> None:
        self.d[m] = Pair(1, True)


class SameLabels(Protocol):
    """bug: 1 and "1" get the same label, so they become one value."""

    x: Literal[1, "1"] = 1

    @one
    def turn(self) -> None:
        require(self.x == 1)
        self.x = "1"


class DashInQueue(Protocol):
    """bug: "-" is also the label of a queue's empty cell."""

    line: Fifo[Literal["-", "+"]] = Fifo(one, one, capacity=2)

    @one
    def put(self) -> None:
        self.line.put("-")


class NoneSaid(Protocol):
    """bug: a field that is said to start as None starts with the first option."""

    x: Literal["a", None] = None  # noqa: PYI061 - the point of it

    @one
    def turn(self) -> None:
        require(self.x is None)
        self.x = "a"


class NamedLikeTheLedger(Protocol):
    """bug: `order`, `accepted[m1]`, ... of the model and of the ledger are one variable."""

    accepted: set[Message]
    order: Literal["up", "down"]

    @one
    def use(self, m: Message) -> None:
        self.accepted.add(m)
        self.order = "down"


class NamedLikeTheLedgerToo(Protocol):
    """bug: the same, with the ledger in use: DC701 without a line."""

    accepted: set[Message]

    @one
    def use(self, m: Message) -> None:
        self.accept(m)
        self.accepted.add(m)


class FaultNamedDelay(Protocol):
    """bug: a fault of the model's own with the name of a built-in one."""

    faults = {"delay": 1}

    hit: bool

    @one
    def use(self, m: Message) -> None:
        require(self.timed_out(m))

    @fault
    def delay(self) -> None:
        self.hit = True


class MaybeFlagEqual(Protocol):
    """bug: `bool | None` and `bool` are said never to be equal (DC108)."""

    answer: bool | None
    flag: bool

    @one
    def use(self) -> None:
        self.flag = self.answer == self.flag

    @one
    def reply(self, answer: bool) -> None:
        self.answer = answer


class MaybeNumber(Protocol):
    """bug: a number that was found not to be None still cannot be counted with (DC108)."""

    n: Small | None

    @one
    def use(self) -> None:
        if self.n is None:
            self.n = 0
        elif self.n < 2:
            self.n += 1


class MaybeFlagTruth(Protocol):
    """bug: `bool | None` has a truth value in Python: None is false (DC108)."""

    answer: bool | None

    @one
    def use(self) -> None:
        if self.answer:
            self.answer = False
        else:
            self.answer = True
