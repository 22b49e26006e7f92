"""The Two Generals: no number of confirmations makes two sides sure of each other.

Two generals can only win together, and their messengers may be caught. They agree on a plan of
`confirmations` messages: the first general sends message 1, the other answers with 2, and so on,
each the confirmation of the one before. Who has sent or received the last message attacks at dawn.
Whatever the number is: if the last messenger is caught, its sender attacks and the other does not.
And if the sender of the last message is to wait until he knows that it arrived, it never comes to
an attack of both: he waits for ever. (Akkoyunlu, Ekanadham and Huber 1975; Gray, Notes on Data Base
Operating Systems, 1978, where it is told of generals.)

Each general may send his messenger again as often as he likes before dawn, which does not help. No
messenger is on his way when dawn comes: he has arrived or was caught. So without a fault they
always agree, and all disagreement is the network's.

There is no message of an application here, so none of the delivery properties is asked. It is why
a sender cannot be told "surely done": after the last word of any handshake one side does not know.
"""

from typing import Annotated

from deliverycheck.lang import Channel, Protocol, Range, Role, always, require, sometimes

first = Role("first")
second = Role("second")
sun = Role("sun")

Word = Annotated[int, Range(0, "confirmations")]


class TwoGenerals(Protocol):
    """Who has sent or received the last message attacks: one messenger caught, and one is alone."""

    faults = {"lose": 1}
    expects = {"agree": "violated"}

    confirmations: int = 3

    first_knows: Word  # the last message that he has sent or received
    second_knows: Word
    dawn: bool
    there: Channel[Word] = Channel(first, second, copies=1)
    back: Channel[Word] = Channel(second, first, copies=1)

    def first_attacks(self) -> bool:
        return self.first_knows == self.confirmations

    def second_attacks(self) -> bool:
        return self.second_knows == self.confirmations

    @first
    def send(self, word: Word) -> None:
        """The odd messages are his, each when he has the one before; again while no answer came."""
        require(not self.dawn and word % 2 == 1 and self.first_knows in (word - 1, word))
        self.there.put(word)
        self.first_knows = word

    @second
    def hear(self, word: Word) -> None:
        self.there.take(word)
        self.second_knows = max(self.second_knows, word)

    @second
    def reply(self, word: Word) -> None:
        """The even ones are his."""
        require(not self.dawn and word > 0 and word % 2 == 0)
        require(self.second_knows in (word - 1, word))
        self.back.put(word)
        self.second_knows = word

    @first
    def hear_reply(self, word: Word) -> None:
        self.back.take(word)
        self.first_knows = max(self.first_knows, word)

    @sun
    def rise(self) -> None:
        """No messenger is on his way any more; who is to attack does so now."""
        require(not self.dawn and len(self.there) == 0 and len(self.back) == 0)
        self.dawn = True

    @always
    def agree(self) -> bool:
        """At dawn both attack, or neither does."""
        return not self.dawn or self.first_attacks() == self.second_attacks()

    @sometimes
    def attack(self) -> bool:
        """It can come to an attack of both."""
        return self.first_attacks() and self.second_attacks()


class TwoCautiousGenerals(TwoGenerals):
    """Who sent the last message waits for a confirmation, which is not in the plan: he never
    attacks, and the other is alone even if no messenger is caught."""

    expects = {"agree": "violated", "attack": "violated"}

    def first_attacks(self) -> bool:
        return self.first_knows == self.confirmations and self.confirmations % 2 == 0

    def second_attacks(self) -> bool:
        return self.second_knows == self.confirmations and self.confirmations % 2 == 1
