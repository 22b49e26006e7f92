"""A question: which model, with what settings, in what environment, and what is expected of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deliverycheck.lang.protocol import Protocol, Receiving
from deliverycheck.system.guarantees import GUARANTEES, STANDARD, Claim, Expectation


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
    fairness: Receiving = "strong"
    """How fair receiving from a channel is (see `Protocol.fairness`)."""

    def expected(self, prop: str) -> Expectation | None:
        """The verdict that is expected of a property, if any is."""
        if prop in self.expects:
            return self.expects[prop]
        if prop not in STANDARD:
            return "holds"  # what a model states itself, it means
        if self.claims is not None and prop in GUARANTEES[self.claims]:
            return "holds"
        return None
