"""The catalogue: what models say of themselves. Nothing is explored; `check` holds them to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deliverycheck.system.guarantees import Claim, Expectation


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting with its value, and what else it may be where that is a closed list."""

    name: str
    value: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A model or a design: its claim, its environment, its settings, the verdicts it expects."""

    model: str
    source: str
    about: str
    claims: Claim | None
    messages: int
    faults: Mapping[str, float]
    settings: tuple[Setting, ...]
    expected: Mapping[str, Expectation | None]
    """By property; None where the model leaves it open."""


@dataclass(frozen=True, slots=True)
class Family:
    """The models of one file, and the designs that use them."""

    file: str
    title: str
    text: str
    """What the file says of all of them: what is modelled, what is not, and from which sources."""
    entries: tuple[Entry, ...]
