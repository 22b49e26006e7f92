"""What a code means, in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a code means: a title, and what to know and do."""

    title: str
    text: str
