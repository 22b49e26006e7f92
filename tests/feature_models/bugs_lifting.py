"""Models on which the lifted system was, or is, not what CPython does: one bug per class.

Each may be mended by lifting it rightly or by refusing it at its line.
"""

from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

from deliverycheck.lang import (
    AtMost,
    Channel,
    Fifo,
    Message,
    Protocol,
    Range,
    Role,
    Steps,
    fault,
    require,
)

one = Role("one")

Small = Annotated[int, Range(0, 2)]
Third = Annotated[int, Range(0, 3)]


class PutOutside(Protocol):
    """bug: what a queue cannot carry is replaced by the last thing it can."""

    n: Third = 3
    line: Fifo[Small] = Fifo(one, one, capacity=2)

    @one
    def put(self) -> None:
        require(self.n > 1)
        self.line.put(self.n)
        self.n -= 1


class BagOutside(Protocol):
    """bug: what a bag cannot carry vanishes."""

    n: Third = 3
    sent: Channel[Small] = Channel(one, one)

    @one
    def put(self) -> None:
        self.sent.put(self.n)

    @one
    def count(self) -> None:
        require(len(self.sent) > 0)
        self.n = 0


class AddOutside(Protocol):
    """bug: what a set cannot hold vanishes, without DC150."""

    n: Third = 3
    numbers: set[Small]
    some: bool

    @one
    def add(self) -> None:
        self.numbers.add(self.n)
        self.some = len(self.numbers) > 0
        self.n = 3


class KeyOutside(Protocol):
    """bug: a value under a key outside the dict's keys vanishes, without DC150."""

    n: Third = 3
    d: dict[Small, bool]
    some: bool

    @one
    def put(self) -> None:
        self.d[self.n] = True
        self.some = self.n in self.d
        self.n = 3


class TakeThenAsk(Protocol):
    """bug: a timer asked after a `take` or `put` sees the channels as the step found them."""

    sent: Channel[Message] = Channel(one, one, copies=1)
    quiet: bool

    @one
    def send(self, m: Message) -> None:
        self.sent.put(m)

    @one
    def look(self, m: Message) -> None:
        self.sent.take(m)
        if self.timed_out(m):
            self.quiet = True


class MishapWithoutBudget(Protocol):
    """bug: a fault that no budget allows makes the model go wrong."""

    seen: set[Message]

    @one
    def add(self, m: Message) -> None:
        self.seen.add(m)

    @fault
    def forget(self, m: Message) -> None:
        self.seen.remove(m)


class MishapBeforeTimer(Protocol):
    """bug: an early timer that no `delay` budget allows makes the model go wrong."""

    sent: Channel[Message] = Channel(one, one, copies=1)
    n: dict[Message, bool]

    @one
    def send(self, m: Message) -> None:
        self.sent.put(m)
        self.n.pop(m, None)

    @one
    def take(self, m: Message) -> None:
        self.sent.take(m)
        self.n[m] = True

    @one
    def fire(self, m: Message) -> None:
        require(m in self.n or m in self.sent)
        require(self.timed_out(m))
        self.n.pop(m)


class AnyStopsEarly(Protocol):
    """bug: `any` and `all` stop at the first answer; a missing key after it does no harm."""

    d: dict[Message, bool]
    hit: bool

    @one
    def put(self, m: Message) -> None:
        self.d[m] = True

    @one
    def look(self) -> None:
        require(self.messages[0] in self.d)
        self.hit = any(self.d[m] for m in self.messages)


class ForgottenYieldFrom(Protocol):
    """bug: calling a helper with yields as a statement does nothing in Python."""

    n: Small

    def inner(self) -> Steps:
        self.n = 1
        yield "inside"
        self.n = 2

    @one
    def act(self) -> Steps:
        yield "begun"
        self.inner()


class NeedlessYieldFrom(Protocol):
    """bug: `yield from` a helper without yields raises TypeError in Python."""

    n: Small

    def inner(self) -> Any:
        self.n = 1

    @one
    def act(self) -> Steps:
        yield "begun"
        yield from self.inner()


def twice(step: Callable[[Any], None]) -> Callable[[Any], None]:
    """Do it twice."""

    @wraps(step)
    def both(self: Any) -> None:
        step(self)
        step(self)

    return both


class Decorated(Protocol):
    """bug: a decorator that wraps a step is looked through."""

    n: Small

    @one
    @twice
    def act(self) -> None:
        require(self.n < 1)
        self.n += 1


class NegativeIndex(Protocol):
    """bug: a negative index that depends on the state is said to be no index."""

    row: Annotated[list[Small], AtMost(2)]
    at: Small
    n: Small

    @one
    def act(self) -> None:
        self.row.append(1)
        self.n = self.row[self.at - 1]
        self.row.clear()


class UnboundLocal(Protocol):
    """bug: a local without a value after a `yield` has the first value of its type."""

    seen: set[Message]

    @one
    def act(self, m: Message) -> Steps:
        if m in self.seen:
            again = True
        yield "looked"
        if again:
            self.seen.add(m)
