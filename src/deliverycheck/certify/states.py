"""The order and the digest of a set of states, as REACH and RANK certificates state them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256

from deliverycheck.system.model import State


def line_of(state: State) -> str:
    """A state as a compact JSON list."""
    return json.dumps(state, ensure_ascii=True, separators=(",", ":"))


def states_digest(states: Iterable[State]) -> str:
    """SHA-256 over the states' lines, sorted as text, one a line, in hexadecimal."""
    return sha256("\n".join(sorted(map(line_of, states))).encode()).hexdigest()
