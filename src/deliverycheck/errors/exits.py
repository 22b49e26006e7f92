"""Exit codes: what a script learns from a run."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The documented exit codes."""

    AS_EXPECTED = 0
    NOT_AS_EXPECTED = 1
    BAD_INPUT = 2
    UNDETERMINED = 3
    VACUOUS_OR_WARNED = 4
    INTERNAL = 70
    INTERRUPTED = 130
