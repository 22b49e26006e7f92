"""Every expression."""

from typing import Annotated

from deliverycheck.lang import (
    AtMost,
    Channel,
    Message,
    Protocol,
    Range,
    Role,
    always,
    require,
    sometimes,
)

one = Role("one")

Third = Annotated[int, Range(0, 3)]

STEP = 1


class Compared(Protocol):
    """Chains, short circuits, choices, extremes."""

    a: Third
    b: Third
    d: dict[Message, Third]

    @one
    def chain(self) -> None:
        require(0 <= self.a < 3 > self.b)
        self.a += STEP

    @one
    def lift(self) -> None:
        require(self.a == 3 != self.b)
        self.b = min(self.b + 2, 3)
        self.a = 0

    @one
    def guarded(self, m: Message) -> None:
        require(m not in self.d or self.d[m] < self.a)
        self.d[m] = max(self.d[m] if m in self.d and self.a != 2 else 0, self.a - 1, 0)

    @one
    def negated(self, m: Message) -> None:
        require(not ((m in self.d and self.d[m] == 0) or self.a == 0) and m in self.d)
        self.a = self.b if self.a > self.b else self.a - 1 if self.a == 3 else self.a


class Remainders(Protocol):
    """Counting in circles: of sums, of differences that may be negative, of numbers far apart."""

    modulus: int = 3

    a: Third
    b: Annotated[int, Range(-4, 9)]
    row: Annotated[list[Third], AtMost(3)]

    @one
    def turn(self) -> None:
        self.a = (self.a + 1) % self.modulus

    @one
    def apart(self) -> None:
        require((self.b - self.a) % self.modulus != STEP % 2 or self.b % 2 == 0)
        self.b = self.b % 5 - self.a % 4

    @one
    def jump(self) -> None:
        require(self.b < 7)
        self.b += 3

    @one
    def note(self) -> None:
        require(len(self.row) < 3)
        self.row.append((len(self.row) + self.a) % 4)


class Quantified(Protocol):
    """any, all, len, sum with filters over messages, containers and ranges."""

    seen: set[Message]
    d: dict[Message, Third]
    row: Annotated[list[Third], AtMost(2)]
    sent: Channel[Message] = Channel(one, one, copies=1)
    n: Annotated[int, Range(-3, 6)]

    @one
    def see(self, m: Message) -> None:
        require(all(k in self.seen for k in self.messages if k in self.d))
        self.seen.add(m)
        self.d[m] = len(self.seen)

    @one
    def push(self) -> None:
        require(len(self.row) < 2 and any(k in self.d for k in self.seen))
        self.row.append(sum(1 for k in self.seen if self.d[k] > 1))

    @one
    def total(self) -> None:
        self.n = sum(x for x in self.row) - sum(self.d[k] for k in self.d)

    @one
    def pairs(self) -> None:
        require(any(x < y for x in self.row for y in range(2) if x != y))
        self.row.pop(0)

    @one
    def send(self, m: Message) -> None:
        require(m not in self.sent and m in self.d and 1 not in self.row)
        self.sent.put(m)

    @one
    def receive(self, m: Message) -> None:
        require(len(self.sent) == len(self.seen))
        self.sent.take(m)
        self.seen.discard(m)
        self.d.pop(m, None)
        self.n = -self.n if -self.n >= -3 else 0

    @always
    def known_are_seen(self) -> bool:
        return not any(m in self.seen and m not in self.d for m in self.messages)

    @sometimes
    def all_in_flight(self) -> bool:
        return all(m in self.sent for m in self.messages)


class Membership(Protocol):
    """in and not in, with things that depend on the state."""

    numbers: set[Third]
    n: Third
    pick: Message | None
    known: set[Message]
    log: dict[Third, Message]

    @one
    def step(self) -> None:
        require(self.n not in self.numbers)
        self.numbers.add(self.n)
        self.n = 3 - self.n if self.n in (0, 2) else 2 if 3 in self.numbers else 0

    @one
    def choose(self, m: Message) -> None:
        require(self.pick is None and m not in self.known)
        self.pick = m

    @one
    def learn(self) -> None:
        require(self.pick is not None and self.pick not in self.known)
        for m in self.messages:
            if m == self.pick:
                self.known.add(m)
                self.log[self.n] = m

    @one
    def clear(self) -> None:
        require(self.pick in self.known and self.n in self.log)
        self.numbers.discard(self.n)
        self.pick = None if self.log[self.n] == self.pick else self.log.get(self.n)
        self.known = set()

    @always
    def logged(self) -> bool:
        return all(self.log[at] in self.messages for at in range(4) if at in self.log)
