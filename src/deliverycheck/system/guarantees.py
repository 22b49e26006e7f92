"""Guarantees: conjunctions of properties, by the names everybody uses.

The three delivery assurances of WS-ReliableMessaging 1.2, section 2.4, said of effects: exactly
once is *effectively* once. That a handler is invoked exactly once is another claim, and cannot be
had as soon as the receiver can crash.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

Claim: TypeAlias = Literal["at-most-once", "at-least-once", "exactly-once"]
Expectation: TypeAlias = Literal["holds", "violated"]

STANDARD = (
    "no-loss",
    "no-silent-loss",
    "honest-ack",
    "no-duplicate-effect",
    "no-phantom-effect",
    "in-order",
    "no-stale-effect",
    "eventual-effect",
    "no-deadlock",
)
"""The properties every model that speaks to the ledger is checked for."""

GUARANTEES: Mapping[Claim, tuple[str, ...]] = {
    "at-most-once": ("no-duplicate-effect", "no-phantom-effect"),
    "at-least-once": ("no-loss", "eventual-effect", "no-phantom-effect"),
    "exactly-once": ("no-loss", "no-duplicate-effect", "eventual-effect", "no-phantom-effect"),
}
"""What each guarantee promises."""
