"""The state machine of each actor: what it can be in, as to one message, and what it does there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mode:
    """What an actor can be in: what its own variables say, the rest of the world left out."""

    number: int
    """Its place in `Machine.modes`; those nearer to the start come first."""
    lines: tuple[str, ...]
    """What is so, in the model's words, such as `handle at received` or `m1 in outbox`."""
    initial: bool


@dataclass(frozen=True, slots=True)
class Move:
    """A step of an actor between two modes (of itself, or a fault that strikes it)."""

    source: int
    target: int
    step: str
    """As people name it, such as `send` or `handle at "received"`."""
    fault: str | None


@dataclass(frozen=True, slots=True)
class Machine:
    """The state machine of one actor, for one message."""

    actor: str
    modes: tuple[Mode, ...]
    moves: tuple[Move, ...]
