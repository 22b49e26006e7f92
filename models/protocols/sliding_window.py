"""Sliding windows: several messages on their way at once, and few numbers to tell them by.

The sender may run ahead of the answers by `window` messages. Numbers are counted modulo `modulus`,
so they come round, and a repetition must not look like the message that bears its number next.
How many numbers that takes depends on what the receiver does with what comes out of turn:

    Go-Back-N          drops it; the sender goes back and repeats the window    window + 1
    Selective Repeat   keeps it; the sender repeats only what is not answered   2 * window

Both links keep the order and may lose anything. Where packets overtake each other (`reorder`), no
modulus is large enough for ever: an old packet waits until its number comes round.

Nothing here waits for a timer: the sender may go back, or repeat, at any time. Each link has `room`
for one packet. With more, the first packet of a window that is sent again and again could always be
lost in the queue behind others, and never at the head, where strong fairness has it arrive.

Not modelled: negative answers (REJ, SREJ), answers on top of data the other way, window updates.
Sources: RFC 3366 (Advice to Link Designers on Link ARQ), section 1.4.2; Tanenbaum, Computer
Networks, chapter 3, sliding window protocols.
"""

from deliverycheck.lang import Message, inf, require
from deliverycheck.lang.parts import Number, Numbered, NumberedWindow, Place, far_end, near_end


class GoBackN(NumberedWindow):
    """The receiver takes only what is next: one number more than places is enough."""

    claims = "exactly-once"
    faults = {"lose": inf}
    expects = {"in-order": "holds", "no-stale-effect": "holds", "honest-ack": "holds"}

    modulus = 3

    next: Place  # in the window, to be sent

    @near_end
    def send(self) -> None:
        require(self.next < len(self.sent))
        self.packets.put(Numbered(self.sent[self.next], self.number_at(self.next)))
        self.next += 1

    @near_end
    def go_back(self) -> None:
        """No answer, or none in time: all of the window again, from the oldest on."""
        require(self.next > 0)
        self.next = 0

    @far_end
    def receive(self, packet: Numbered) -> None:
        """Apply what is expected, drop all else; answer with what is expected then."""
        self.packets.take(packet)
        if packet.number == self.expected:
            self.apply(packet.m)
        self.answer(self.expected)

    @near_end
    def hear(self, number: Number) -> None:
        """All before this number has arrived."""
        self.answers.take(number)
        for _ in range(self.window):
            if self.base != number and len(self.sent) > 0:
                self.slide()
                self.next = max(self.next - 1, 0)


class GoBackNOneNumberTooFew(GoBackN):
    """As many numbers as places: a repeated window looks like the next one and is applied again."""

    modulus = 2
    expects = {
        "no-duplicate-effect": "violated",
        "no-stale-effect": "violated",
        "in-order": "holds",
    }


class SelectiveRepeat(NumberedWindow):
    """The receiver keeps what is early: it takes two windows of numbers to tell early from old."""

    claims = "exactly-once"
    faults = {"lose": inf}
    expects = {"in-order": "holds", "no-stale-effect": "holds", "honest-ack": "holds"}

    answered: set[Number]
    early: dict[Number, Message]

    @near_end
    def send(self, m: Message, place: Place) -> None:
        """Anything in the window that was not answered, at any time, as often as there is room."""
        require(place < len(self.sent) and self.sent[place] == m)
        require(self.number_at(place) not in self.answered)
        self.packets.put(Numbered(m, self.number_at(place)))

    @far_end
    def receive(self, packet: Numbered) -> None:
        """Keep what is in the window; answer also for what is not: its answer was lost."""
        self.packets.take(packet)
        if (packet.number - self.expected) % self.modulus < self.window:
            self.early[packet.number] = packet.m
            self.take_over(packet.m)
        self.answer(packet.number)

    @far_end
    def deliver(self, m: Message) -> None:
        require(self.early.get(self.expected) == m)
        self.early.pop(self.expected)
        self.apply(m)

    @near_end
    def hear(self, number: Number) -> None:
        self.answers.take(number)
        if (number - self.base) % self.modulus < len(self.sent):
            self.answered.add(number)

    @near_end
    def advance(self) -> None:
        require(self.base in self.answered)
        self.answered.discard(self.base)
        self.slide()
