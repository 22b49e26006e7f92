"""The digest of a set of states, as REACH certificates state it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256

from deliverycheck.system.model import State


def states_digest(states: Iterable[State]) -> str:
    """SHA-256 over the states as compact JSON lists, sorted as text, one a line, in hexadecimal."""
    lines = sorted(json.dumps(s, ensure_ascii=True, separators=(",", ":")) for s in states)
    return sha256("\n".join(lines).encode()).hexdigest()
