"""ALO(N, R, C): the measuring protocol.

At least once with stable ids over a bounded, unordered channel that loses and duplicates without
limit; the mark is written after the effect. Not a teaching model: no ledger, no timers.
"""

from math import inf
from typing import Annotated, Literal

from deliverycheck.lang import Channel, Message, Protocol, Range, Role, Steps, always, require

sender = Role("sender")
worker = Role("worker", crashes=True)


class Alo(Protocol):
    """N messages, at most R tries each, at most C copies of each message in flight."""

    faults = {"lose": inf, "duplicate.requests": inf, "crash": inf}

    tries_limit: int = 2
    copies: int = 2

    state: dict[Message, Literal["waiting", "done", "gave-up"]]
    tries: dict[Message, Annotated[int, Range(1, "tries_limit")]]
    requests: Channel[Message] = Channel(sender, worker, copies="copies")
    replies: Channel[Message] = Channel(worker, sender, copies="copies")
    marked: set[Message]
    effects: dict[Message, Annotated[int, Range(1, 2)]]

    @sender
    def send(self, m: Message) -> None:
        require(m not in self.state)
        self.requests.put(m)
        self.state[m] = "waiting"
        self.tries[m] = 1

    @sender
    def resend(self, m: Message) -> None:
        require(self.state.get(m) == "waiting" and self.tries[m] < self.tries_limit)
        self.requests.put(m)
        self.tries[m] += 1

    @sender
    def give_up(self, m: Message) -> None:
        require(self.state.get(m) == "waiting" and self.tries[m] == self.tries_limit)
        self.state[m] = "gave-up"

    @sender
    def get_ack(self, m: Message) -> None:
        require(self.state.get(m) == "waiting")
        self.replies.take(m)
        self.state[m] = "done"

    @sender
    def drop_ack(self, m: Message) -> None:
        require(self.state.get(m) in ("done", "gave-up"))
        self.replies.take(m)

    @worker
    def handle(self, m: Message) -> Steps:
        self.requests.take(m)
        yield "taken"
        if m not in self.marked:
            self.effects[m] = min(2, self.effects.get(m, 0) + 1)
        yield "applied"
        self.marked.add(m)
        if self.replies.has_room(m):
            self.replies.put(m)

    @always
    def at_most_one_effect(self, m: Message) -> bool:
        return self.effects.get(m, 0) <= 1
