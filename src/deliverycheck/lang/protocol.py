"""Protocol: the base class of every model, with the words a model may say to the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar
from typing import Protocol as Structural

from deliverycheck.lang.channels import Channel
from deliverycheck.lang.domains import Message, Sort
from deliverycheck.lang.ledger import Ledger
from deliverycheck.system.guarantees import Claim, Expectation

S = TypeVar("S", bound=Sort)

Receiving: TypeAlias = Literal["strong", "weak"]
"""How much may be relied upon that what is sent on a channel arrives."""


class Surroundings(Structural):
    """What a running model asks of whoever runs it: the sizes of sorts, and its timers."""

    def every(self, sort: type[Sort]) -> tuple[Sort, ...]:
        """All things of a sort."""
        ...

    def timer(self, fault: str, subject: Sort, among: tuple[Channel[Any], ...] = ()) -> bool:
        """Whether a timer about `subject` fires now; early firing spends `fault`.

        `among`: the channels it listens to; none: everything.
        """
        ...


class Protocol:
    """A message protocol as a state machine. Subclass it; see the files under `models/`.

    Annotated fields are the state; fields no step assigns are settings. Methods marked by a role
    are actions; a `yield` ends an atomic step.
    """

    claims: ClassVar[Claim | None] = None
    """The guarantee this design promises."""
    faults: ClassVar[Mapping[str, float]] = {}
    """The environment it is meant for: how often each fault may happen (a number, or `inf`)."""
    fairness: ClassVar[Receiving] = "strong"
    """`strong`: what is sent again and again arrives in the end; `weak`: only what stays in the
    channel does, so a link may drop for ever. Processes go on in any case (weakly fair), nothing
    forces a fault to happen, or an application to hand over a message."""
    expects: ClassVar[Mapping[str, Expectation]] = {}
    """Verdicts known in advance, by property; they go before what the claim promises."""

    ledger: Ledger
    """Only properties (`@always`, `@sometimes`) may read it."""
    surroundings: Surroundings

    def accept(self, m: Message) -> None:
        """The application hands `m` over: from here on the promise counts. Happens once."""
        self.ledger.record_acceptance(m)

    def effect(self, m: Message) -> None:
        """The effect of `m` happens, durably, in this step."""
        self.ledger.record_effect(m)

    def tell_done(self, m: Message) -> None:
        """The sender tells the application that `m` is done."""
        self.ledger.answers[m] = "done"

    def tell_failed(self, m: Message) -> None:
        """The sender tells the application that it gave up on `m`."""
        self.ledger.answers[m] = "failed"

    def park(self, m: Message) -> None:
        """`m` is put aside for a person (a dead letter)."""
        self.ledger.set_aside.add(m)

    def take_over(self, m: Message) -> None:
        """A durable holder takes over `m`: from here on telling `done` is honest."""
        self.ledger.holders.add(m)

    def timed_out(self, m: Sort, *among: Channel[Any]) -> bool:
        """Whether the timer for `m` fires: nothing about `m` is under way any more.

        While a copy is in a channel or a process works on it, firing spends a `delay` fault. Where
        channels are named, only they count, and the roles at their ends: the timer of one hop
        does not wait for what happens on another.
        """
        return self.surroundings.timer("delay", m, among)

    def expired(self, m: Sort) -> bool:
        """Whether the lease on `m` has run out: its holder is gone.

        While the holder may still answer, running out spends an `expire` fault.
        """
        return self.surroundings.timer("expire", m)

    @property
    def messages(self) -> tuple[Message, ...]:
        """All messages."""
        return self.every(Message)

    def every(self, sort: type[S]) -> tuple[S, ...]:
        """All things of a sort, in their fixed order."""
        return tuple(thing for thing in self.surroundings.every(sort) if isinstance(thing, sort))
