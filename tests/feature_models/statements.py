"""Every statement: branches, loops with and without yields, and local names."""

# pyright: reportPossiblyUnboundVariable=false
# A loop over messages, of which there is at least one, binds its name.

from typing import Annotated, Literal

from deliverycheck.lang import Message, Protocol, Range, Role, Sort, Steps, require

one = Role("one", crashes=True)

Third = Annotated[int, Range(0, 3)]


class Slot(Sort, size=2):
    """Something to loop over."""


class Branches(Protocol):
    """if, elif, else, one after the other, and a return in the middle."""

    faults = {"crash": 1}

    n: Third
    name: Literal["low", "middle", "high"]

    @one
    def grow(self) -> None:
        if self.n == 3:
            self.n = 0
            return
        self.n += 1
        if self.n == 1:
            self.name = "low"
        elif self.n == 2:
            self.name = "middle"
        else:
            self.name = "high"
        if self.name == "high":
            pass
        else:
            require(self.n < 3)

    @one
    def early(self) -> Steps:
        if self.n == 0:
            return
        yield "looked"
        if self.n != 2:
            self.n = 0
            return
        yield "still"
        self.n = 1


class Whiles(Protocol):
    """Loops that yield in each round, with break and continue, and one inside the other."""

    faults = {"crash": 1}

    n: Third
    rounds: Third

    @one
    def count(self) -> Steps:
        self.n = 0
        while True:
            yield "top"
            if self.n == 3:
                break
            self.n += 1
            if self.n == 1:
                continue
            yield "bottom"
        self.rounds = 0

    @one
    def nest(self) -> Steps:
        outer: Third = 0
        while outer < 2:
            inner: Third = 0
            while inner < 2 and self.rounds < 3:
                inner += 1
                yield "inner"
            outer += 1
            yield "outer"
            self.rounds = outer if inner == 2 else 0

    @one
    def constant(self) -> None:
        i = 0
        while i < 3:
            i += 1
        require(self.n != i)
        self.n = i


class Fors(Protocol):
    """Loops over messages, ranges, tuples and sorts; break, continue, and the name that is left."""

    seen: set[Message]
    slots: set[Slot]
    total: Annotated[int, Range(0, 6)]
    free: Message | None

    @one
    def first_free(self) -> None:
        self.free = None
        for m in self.messages:
            if m in self.seen:
                continue
            self.free = m
            break

    @one
    def see(self) -> None:
        require(self.free is not None)
        for m in self.messages:
            if m == self.free:
                self.seen.add(m)
        self.free = None

    @one
    def sums(self) -> None:
        self.total = 0
        for i in range(4):
            if i == 2 and len(self.seen) == 0:
                break
            self.total += i
        for j in (1, 0):
            for k in range(j):
                self.total -= k

    @one
    def fill(self) -> None:
        last = Slot
        for slot in self.every(last):
            if slot not in self.slots:
                self.slots.add(slot)
                return
        self.slots.clear()

    @one
    def after_the_loop(self, m: Message) -> Steps:
        for k in self.messages:
            if k not in self.seen:
                break
        yield "found"
        self.seen.discard(k)
        require(m != k)


class Locals(Protocol):
    """Local names that are kept across yields, with and without a type, and reset afterwards."""

    faults = {"crash": 2}

    n: Third
    held: Message | None
    flag: bool

    @one
    def kept(self, m: Message) -> Steps:
        before: Third = self.n
        was = self.flag
        other = m
        require(before < 3)
        yield "kept"
        if was:
            other = self.messages[0]
        self.n = before + 1
        self.flag = not was
        before = 0
        yield "changed"
        self.held = other
        self.n = before

    @one
    def late(self, m: Message) -> Steps:
        found: Message | None = None
        yield "start"
        if self.held == m:
            found = self.held
        yield "looked"
        require(found is not None or self.flag)
        self.held = None if found is None else m

    @one
    def not_kept(self) -> None:
        x = self.n
        y = x + 1
        x = y + 1
        require(x <= 3)
        self.n = x - y
