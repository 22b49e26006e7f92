"""Records, sets, dicts and lists, of scalars, of messages and of each other."""

from typing import Annotated, Literal, NamedTuple

from deliverycheck.lang import AtMost, Message, Protocol, Range, Role, always, require

one = Role("one")

Small = Annotated[int, Range(0, 2)]


class Packet(NamedTuple):
    """A message with a number."""

    message: Message
    part: Small


class Envelope(NamedTuple):
    """A record in a record, with a part that may be missing."""

    packet: Packet
    urgent: bool
    answers: Message | None


class Mark(NamedTuple):
    """A record without fields."""


class Records(Protocol):
    """Records that are read, compared, replaced, and absent."""

    first: Packet
    letter: Envelope
    spare: Packet | None
    mark: Mark
    urgent: bool

    @one
    def number(self) -> None:
        require(self.first.part < 2)
        self.first = Packet(self.first.message, self.first.part + 1)

    @one
    def address(self, m: Message) -> None:
        require(self.first.part == 2)
        self.first = Packet(m, 0)
        self.mark = Mark()

    @one
    def seal(self) -> None:
        self.letter = Envelope(self.first, not self.letter.urgent, self.letter.packet.message)
        self.urgent = self.letter.urgent

    @one
    def keep(self) -> None:
        require(self.spare is None or self.spare != self.letter.packet)
        self.spare = self.letter.packet

    @one
    def use(self) -> None:
        require(self.spare is not None and self.spare.part > 0)
        self.spare = None


class Sets(Protocol):
    """Sets of messages, numbers, truth values and records."""

    seen: set[Message]
    numbers: set[Small]
    answers: set[bool]
    packets: set[Packet]
    size: Small

    @one
    def see(self, m: Message) -> None:
        self.seen.add(m)
        self.size = len(self.seen)

    @one
    def count(self) -> None:
        self.numbers.add(self.size)
        self.answers.add(len(self.numbers) > 1)

    @one
    def pack(self, m: Message, part: Small) -> None:
        require(m in self.seen and part in self.numbers)
        self.packets.add(Packet(m, part))

    @one
    def unpack(self, m: Message) -> None:
        require(m in self.seen and any(p.message == m and p.part > 0 for p in self.packets))
        self.packets.discard(Packet(m, self.size))
        self.seen.remove(m)

    @one
    def clear(self) -> None:
        require(len(self.packets) == 2 or True in self.answers)
        self.packets.clear()
        self.numbers = set()


class Dicts(Protocol):
    """Dicts with scalar, record and optional values; keys that depend on the state."""

    phase: dict[Message, Literal["open", "paid"]]
    tries: dict[Message, Small]
    slots: dict[Small, Packet]
    cursor: Small
    paid: Small

    @one
    def begin(self, m: Message) -> None:
        require(m not in self.phase)
        self.phase[m] = "open"
        self.tries[m] = 0

    @one
    def again(self, m: Message) -> None:
        require(m in self.tries and self.tries[m] < 2)
        self.tries[m] += 1
        self.slots[self.tries[m]] = Packet(m, self.tries[m])

    @one
    def pay(self, m: Message) -> None:
        require(self.phase.get(m) == "open" and self.tries.get(m, 0) > 0)
        self.phase[m] = "paid"
        self.paid = sum(1 for k in self.phase if self.phase[k] == "paid")

    @one
    def turn(self) -> None:
        self.cursor = 0 if self.cursor == 2 else self.cursor + 1

    @one
    def empty(self) -> None:
        require(self.cursor in self.slots)
        gone = self.slots.pop(self.cursor)
        left = self.tries.pop(gone.message, None)
        self.paid = 0 if left is None else gone.part

    @one
    def forget(self, m: Message) -> None:
        require(self.phase.get(m, "open") == "paid")
        self.phase.pop(m)

    @always
    def each_slot_holds_its_number(self) -> bool:
        return all(self.slots[at].part == at for at in self.slots)


class Lists(Protocol):
    """Bounded lists of numbers, messages and records, indexed from both ends."""

    longest: int = 2

    row: Annotated[list[Small], AtMost("longest")]
    queue: Annotated[list[Message], AtMost(2)]
    packets: Annotated[list[Packet], AtMost(2)]
    at: Small
    head: Message | None

    @one
    def append(self, m: Message) -> None:
        require(m not in self.queue and len(self.row) < self.longest)
        self.queue.append(m)
        self.row.append(len(self.queue))

    @one
    def pack(self) -> None:
        require(len(self.packets) < 2 and len(self.queue) > 0)
        self.packets.append(Packet(self.queue[-1], self.row[0]))

    @one
    def move(self) -> None:
        self.at = len(self.row) - 1 if len(self.row) > 0 else 0

    @one
    def swap(self) -> None:
        require(len(self.row) == 2 and self.at == 1)
        was = self.row[self.at]
        self.row[self.at] = self.row[0]
        self.row[0] = was
        self.row[-1] = 0

    @one
    def serve(self) -> None:
        require(len(self.queue) > 0 and len(self.row) > 0)
        head = self.queue.pop(0)
        last = self.row.pop()
        self.head = head if last > 0 else None

    @one
    def unpack(self) -> None:
        require(len(self.packets) == 2 and self.packets[0].part <= self.packets[1].part)
        last = self.packets.pop(-1)
        self.head = last.message
        self.packets.clear()
