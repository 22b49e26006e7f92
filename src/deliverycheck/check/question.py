"""A question: which model, with what settings, in what environment, and what is expected of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deliverycheck.lang.protocol import Protocol
from deliverycheck.system.guarantees import GUARANTEES, NOT_YET, STANDARD, Claim, Expectation


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about a model."""

    cls: type[Protocol]
    name: str
    source: str
    messages: int
    settings: Mapping[str, object]
    faults: Mapping[str, float]
    claims: Claim | None
    expects: Mapping[str, Expectation]
    judged_by: str = "what the model claims and expects"

    def expected(self, prop: str) -> Expectation | None:
        """The verdict that is expected of a property, if any is."""
        if prop in self.expects:
            return self.expects[prop]
        if prop not in (*STANDARD, *NOT_YET):
            return "holds"  # what a model states itself, it means
        if self.claims is not None and prop in GUARANTEES[self.claims]:
            return "holds"
        return None

    @property
    def unchecked(self) -> tuple[str, ...]:
        """Promised or expected properties that this version cannot judge."""
        return tuple(prop for prop in NOT_YET if self.expected(prop) is not None)
