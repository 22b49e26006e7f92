"""Containers that Python shares or merges, and the lifted system did or does not: one bug each."""

from typing import Annotated

from deliverycheck.lang import Message, Protocol, Range, Role

one = Role("one")

Small = Annotated[int, Range(0, 2)]


class SharedSet(Protocol):
    """bug: one set under two names stays one in CPython; the lifted copy goes its own way."""

    a: set[Message]
    b: set[Message]

    @one
    def share(self) -> None:
        self.a = self.b

    @one
    def add(self, m: Message) -> None:
        self.a.add(m)


class SharedLocal(Protocol):
    """bug: an empty set with a local name, given to two fields."""

    a: set[Message]
    b: set[Message]

    @one
    def share(self, m: Message) -> None:
        new: set[Message] = set()
        self.a = new
        self.b = new
        self.a.add(m)


class SetAsArgument(Protocol):
    """bug: a container given to a helper is a copy of what it was."""

    a: set[Message]
    hit: bool

    def look(self, box: set[Message], m: Message) -> None:
        self.a.add(m)
        if m in box:
            self.hit = True

    @one
    def act(self, m: Message) -> None:
        self.look(self.a, m)


class SetInTuple(Protocol):
    """bug: a container in a tuple is a copy of what it was."""

    a: set[Message]
    hit: bool

    @one
    def act(self, m: Message) -> None:
        pair = (self.a, m)
        self.a.add(m)
        self.hit = m in pair[0]


class SetLiteral(Protocol):
    """bug: `{a, b}` is lifted as a tuple: equal elements count twice."""

    x: Small
    y: Small
    n: Small

    @one
    def act(self) -> None:
        self.n = len({self.x, self.y})


class SetLiteralEqual(Protocol):
    """bug: `{a, b} == {b, a}` is compared in order."""

    x: Small
    y: Small = 1
    hit: bool

    @one
    def act(self) -> None:
        self.hit = {self.x, self.y} == {self.y, self.x}
