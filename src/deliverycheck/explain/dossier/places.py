"""Where a model says what: lines of source, for tools that point at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a file; the file is named as the user named it, without folders of the machine."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Places:
    """The lines of a model, from 1."""

    model: Spot
    claim: Spot
    """Where its claim stands; of one without a claim, as `model`. Of a TOML design, in the TOML."""
    properties: Mapping[str, Spot]
    """By name: the properties that the model states itself."""
    expects: Mapping[str, Spot]
    """By name of the property: where an expectation stands."""
    steps: Mapping[str, Spot]
    """By method: where each step of the model begins."""
