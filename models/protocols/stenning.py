"""Stenning's protocol: with numbers that never come round, no order is needed of the network.

The sender numbers its messages 1, 2, 3, ... and repeats each until it hears its number; the
receiver applies what bears the next number and answers with the last one it applied. A packet may
be lost, doubled, or overtaken by any other, however late: its number has been used and will not be
used again, so it is known to be old. The price is a header that grows without end; where packets
can be doubled and overtake each other, no finite number of headers is enough (Wang and Zuck, PODC
1989).

Here one message is under way at a time: Stenning's window of one. As in the alternating bit, each
side may send at any time. The numbers need no bound of their own: there are as many as messages.
A channel has room for two copies of each packet, so that one can be old while the other is new.

Source: N. V. Stenning, A data transfer protocol, Computer Networks 1 (1976), 99-110.
"""

from typing import Annotated, NamedTuple

from deliverycheck.lang import Channel, Message, Protocol, Range, Role, inf, require

sender = Role("sender")
receiver = Role("receiver")

Count = Annotated[int, Range(0, "messages")]


class Letter(NamedTuple):
    """A message with its number."""

    m: Message
    number: Count


class Stenning(Protocol):
    """Exactly once and in order over a network that loses, doubles and reorders without limit."""

    claims = "exactly-once"
    faults = {"lose": inf, "duplicate": inf}
    expects = {"in-order": "holds", "no-stale-effect": "holds", "honest-ack": "holds"}

    sending: Message | None
    number: Count  # of the message that is being sent
    applied: Count  # the number of the last message applied
    letters: Channel[Letter] = Channel(sender, receiver, copies=2)
    answers: Channel[Count] = Channel(receiver, sender, copies=2)

    def after(self, number: int) -> int:
        """The number that comes next."""
        return number + 1

    @sender
    def submit(self, m: Message) -> None:
        require(self.sending is None)
        self.accept(m)
        self.sending = m
        self.number = self.after(self.number)

    @sender
    def send(self, m: Message) -> None:
        require(self.sending == m)
        self.letters.put(Letter(m, self.number))

    @receiver
    def receive(self, letter: Letter) -> None:
        self.letters.take(letter)
        if letter.number == self.after(self.applied):
            self.effect(letter.m)
            self.applied = letter.number

    @receiver
    def answer(self) -> None:
        self.answers.put(self.applied)

    @sender
    def hear(self, number: Count) -> None:
        self.answers.take(number)
        if number == self.number and self.sending is not None:
            self.tell_done(self.sending)
            self.sending = None


class StenningTwoNumbers(Stenning):
    """The alternating bit on the same network: an old copy, or an old answer, passes for the new.

    The receiver's first answer ("nothing yet") passes for the answer to the second message, which
    is reported and never applied; an old copy of the first is applied in the place of the second.
    """

    expects = {
        "no-loss": "violated",
        "no-silent-loss": "violated",
        "honest-ack": "violated",
        "no-duplicate-effect": "violated",
        "no-stale-effect": "violated",
        "eventual-effect": "violated",
        "in-order": "holds",  # of first effects
    }

    def after(self, number: int) -> int:
        return 1 - number
