"""What an engine found out about one property."""

from __future__ import annotations

from dataclasses import dataclass

from deliverycheck.system.certificates import Certificate, Class
from deliverycheck.system.model import Property
from deliverycheck.system.verdicts import Evidence, Trace, Verdict


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with what it rests on."""

    prop: Property
    verdict: Verdict
    evidence: Evidence
    about: str = ""
    trace: Trace | None = None
    reason: str = ""
    certificate: Certificate | None = None
    """What others can check again; the explicit engine's is made when it is needed."""
    example: Trace | None = None
    """A run to what a `sometimes` property asks for."""
    nearest: int | None = None
    """Steps to the nearest state that would be doomed if what a bound cut off did not exist."""
    classes: tuple[tuple[Class, ...], ...] = ()
    """For each clause of a `leads-to` property that holds, what every fair run passes through."""
