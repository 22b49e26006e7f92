"""Sliding windows: several messages on their way at once, with few sequence numbers to tell them by."""

from typing import Annotated

from deliverycheck.lang import Message, Range, inf, require
from deliverycheck.lang.parts import (
    Number,
    Numbered,
    NumberedWindow,
    window_receiver,
    window_sender,
)

Place = Annotated[int, Range(0, "window")]


class GoBackN(NumberedWindow):
    """The receiver keeps nothing that comes out of turn: W numbers and one more are enough."""

    claims = "exactly-once"
    faults = {"lose": inf}
    expects = {"in-order": "holds", "no-stale-effect": "holds", "no-deadlock": "holds"}

    modulus: int = 3

    next: Place

    @window_sender
    def send(self) -> None:
        """The next message of the window goes out."""
        require(self.next < len(self.sent))
        self.packets.put(Numbered(self.sent[self.next], self.wrapped(self.base + self.next)))
        self.next += 1

    @window_sender
    def go_back(self, m: Message) -> None:
        """No answer came in time: all of the window once more, from the oldest on."""
        require(self.next > 0 and self.sent[self.next - 1] == m and self.timed_out(m))
        self.next = 0

    @window_receiver
    def receive(self, packet: Numbered) -> None:
        self.packets.take(packet)
        if packet.number == self.expected:
            self.effect(packet.m)
            self.expected = self.wrapped(self.expected + 1)
        if self.answers.has_room(self.expected):
            self.answers.put(self.expected)

    @window_sender
    def hear(self, number: Number) -> None:
        self.answers.take(number)
        for _ in range(self.window):
            if self.base != number and len(self.sent) > 0:
                self.slide()
                self.next = max(self.next - 1, 0)


class GoBackNTooFewNumbers(GoBackN):
    """As many numbers as places."""

    modulus = 2
    expects = {"no-duplicate-effect": "violated"}


class SelectiveRepeat(NumberedWindow):
    """The receiver keeps what comes out of turn: two windows of numbers are needed."""

    claims = "exactly-once"
    faults = {"lose": inf}
    expects = {"in-order": "holds", "no-stale-effect": "holds", "no-deadlock": "holds"}

    modulus: int = 4

    acknowledged: set[Number]
    kept: dict[Number, Message]

    @window_sender
    def send(self, m: Message, place: Place) -> None:
        require(place < len(self.sent) and self.sent[place] == m)
        number = self.wrapped(self.base + place)
        require(number not in self.acknowledged and self.timed_out(m))
        self.packets.put(Numbered(m, number))

    @window_receiver
    def receive(self, packet: Numbered) -> None:
        self.packets.take(packet)
        if self.distance(packet.number, self.expected) < self.window:
            self.kept[packet.number] = packet.m
        if self.answers.has_room(packet.number):
            self.answers.put(packet.number)

    @window_receiver
    def deliver(self, m: Message) -> None:
        require(self.kept.get(self.expected) == m)
        self.effect(m)
        self.kept.pop(self.expected)
        self.expected = self.wrapped(self.expected + 1)

    @window_sender
    def hear(self, number: Number) -> None:
        self.answers.take(number)
        if self.distance(number, self.base) < len(self.sent):
            self.acknowledged.add(number)

    @window_sender
    def advance(self) -> None:
        require(self.base in self.acknowledged)
        self.acknowledged.remove(self.base)
        self.slide()


class SelectiveRepeatTooFewNumbers(SelectiveRepeat):
    """One number too few."""

    modulus = 3
    expects = {"no-duplicate-effect": "violated"}
