"""Helper methods: as statements, expressions, with yields, with values, and through super()."""

from typing import Annotated

from deliverycheck.lang import Message, Protocol, Range, Role, Steps, require

one = Role("one", crashes=True)

Third = Annotated[int, Range(0, 3)]


class Helped(Protocol):
    """A step that is written in pieces."""

    faults = {"crash": 1}

    n: Third
    seen: set[Message]
    extra: int = 1

    def bump(self, by: int) -> None:
        """A statement."""
        require(self.n + by <= 3)
        self.n += by

    def is_new(self, m: Message) -> bool:
        """An expression."""
        return m not in self.seen

    def both_new(self, a: Message, b: Message) -> bool:
        return self.is_new(a) and self.is_new(b)

    def rank(self, m: Message) -> int:
        """A value, with an early return out of a loop."""
        at = self.extra
        for k in self.messages:
            at = at - 1
            if k == m:
                return at + 1
        return self.extra

    def visit(self, m: Message) -> Steps:
        """Part of a process, with names of its own."""
        n = m in self.seen
        yield "visiting"
        if n:
            return
        self.seen.add(m)
        yield "visited"

    @one
    def add(self, m: Message) -> None:
        require(self.both_new(m, self.messages[0]))
        self.bump(1)
        if self.is_new(m):
            self.seen.add(m)

    @one
    def twice(self) -> None:
        self.bump(self.extra)
        self.bump(1)

    @one
    def place(self, m: Message) -> None:
        at = self.rank(m)
        other = self.rank(self.messages[0])
        require(self.n != at + other)
        self.n = at + other

    @one
    def tour(self, m: Message) -> Steps:
        n = self.n > 1
        yield "begun"
        yield from self.visit(m)
        self.n = 0 if n else 1
        yield "toured"
        self.seen.discard(m)


class Extended(Helped):
    """Overrides a helper and a process, and calls both originals."""

    limit: int = 2

    def bump(self, by: int) -> None:
        require(self.n < self.limit)
        super().bump(by)

    def visit(self, m: Message) -> Steps:
        yield "entered"
        yield from super().visit(m)
        yield "left"

    @one
    def twice(self) -> None:
        super().twice()
        self.n = min(self.n, self.limit)


class Shortened(Extended):
    """Only a setting differs."""

    extra = 0
    limit = 3


class Answers(Protocol):
    """Values out of helpers, also into fields and items."""

    table: dict[Message, Third]
    best: Message | None

    def lowest(self) -> Message | None:
        found: Message | None = None
        for m in self.messages:
            if found is not None:
                continue
            if m in self.table:
                found = m
        return found

    def next_of(self, m: Message) -> int:
        if m not in self.table:
            return 0
        if self.table[m] == 3:
            return 1
        return self.table[m] + 1

    @one
    def set_next(self, m: Message) -> None:
        self.table[m] = self.next_of(m)

    @one
    def choose(self) -> None:
        self.best = self.lowest()

    @one
    def remove(self) -> None:
        best = self.lowest()
        require(best is not None and best == self.best)
        for m in self.messages:
            if m == best:
                self.table.pop(m)
