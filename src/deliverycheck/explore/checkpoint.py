"""Checkpoints: a search kept on disk, so that a process that is killed loses little.

A checkpoint is a folder of two files. States are only ever appended to `states`; `checkpoint.json`
says how many of its bytes count, what they hash to, and what else is known. It is written beside
and renamed, after the states are safely on disk: so at any moment there is a whole checkpoint, the
last one or the one before. What lies in `states` beyond it is the work of a process that was killed
while it wrote; it is cut off.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from deliverycheck.errors import Diagnostic, InputError
from deliverycheck.explore.packing import Packing, words_of
from deliverycheck.system.digest import digest_of

SCHEMA = "deliverycheck/checkpoint/1"
STATES, REST = "states", "checkpoint.json"

AT_ONCE = 1 << 24
"""Bytes that are read or hashed at one go."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where to keep a search, and how many seconds of work may be lost."""

    folder: Path
    every: float = 60.0


@dataclass(frozen=True, slots=True)
class Kept:
    """A search as it was kept: what `Explored` holds, with the states as bytes."""

    states: bytearray
    levels: list[int]
    expanded: int
    transitions: int
    hits: frozenset[str]


class Keeper:
    """Keeps one search, and finds what was kept of it before."""

    def __init__(self, checkpoint: Checkpoint, packing: Packing) -> None:
        self.folder = checkpoint.folder
        self.every = checkpoint.every
        self.width = 8 * words_of(packing)
        self.digest = digest_of(replace(packing.system, properties=()))
        self.written = 0, sha256()
        """States that are on disk already, and their hash: one value, so that an interruption at
        any moment finds both or neither changed."""
        self.last = time.monotonic()

    @property
    def count(self) -> int:
        """States that are on disk already."""
        return self.written[0]

    def load(self) -> Kept | None:
        """What was kept of this search; None if nothing was.

        Raises InputError for a checkpoint that is damaged, or of another search.
        """
        try:
            text = (self.folder / REST).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self.refused(f"cannot be read: {error.strerror}") from None
        rest = self._sound(text)
        if rest["system"] != self.digest or rest["width"] != self.width:
            raise self.refused("is of another model, other settings or other faults")
        states, known = bytearray(), sha256()
        for part in self._states(rest["count"] * self.width):
            known.update(part)
            states += part
        if known.hexdigest() != rest["sha256"]:
            raise self.refused("is damaged: its states are not those that were kept")
        self.written = rest["count"], known
        return Kept(
            states, rest["levels"], rest["expanded"], rest["transitions"], frozenset(rest["hits"])
        )

    def is_due(self) -> bool:
        """Whether more work than may be lost was done since the last time."""
        return time.monotonic() - self.last >= self.every

    def save(
        self,
        more: bytes,
        levels: Sequence[int],
        expanded: int,
        transitions: int,
        hits: frozenset[str],
    ) -> None:
        """Keep a search; `more` are the states that were found since the last time.

        Raises InputError where that cannot be written.
        """
        count, known = self.written[0] + len(more) // self.width, self.written[1].copy()
        known.update(more)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / STATES).open("ab") as file:
                file.truncate(self.count * self.width)
                file.write(more)
                file.flush()
                os.fsync(file.fileno())
            self.written = count, known
            rest = {
                "schema": SCHEMA,
                "system": self.digest,
                "width": self.width,
                "count": count,
                "sha256": known.hexdigest(),
                "levels": list(levels),
                "expanded": expanded,
                "transitions": transitions,
                "hits": sorted(hits),
            }
            beside = self.folder / (REST + ".new")
            with beside.open("w", encoding="utf-8") as file:
                file.write(json.dumps(rest | {"seal": _seal(rest)}, indent=1) + "\n")
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.folder / REST)
        except OSError as error:
            raise self.refused(f"cannot be written: {error.strerror}") from None
        self.last = time.monotonic()

    def _sound(self, text: bytes) -> Mapping[str, Any]:
        """What the text of a checkpoint says. Raises InputError unless it is as it was written."""
        try:
            rest: dict[str, Any] = json.loads(text)
            seal = rest.pop("seal")
        except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
            raise self.refused("is damaged") from None
        if rest.get("schema") != SCHEMA:
            raise self.refused(f"is not of the kind {SCHEMA}: it is of another version")
        if seal != _seal(rest):
            raise self.refused("is damaged")
        return rest

    def _states(self, size: int) -> Iterator[bytes]:
        """The first bytes of the states, in parts."""
        try:
            with (self.folder / STATES).open("rb") as file:
                while size:
                    part = file.read(min(size, AT_ONCE))
                    if not part:
                        raise self.refused("is damaged: states are missing")
                    size -= len(part)
                    yield part
        except OSError as error:
            raise self.refused(f"is damaged: {error.strerror}") from None

    def refused(self, why: str) -> InputError:
        """The error of a checkpoint from which a search cannot go on."""
        text = f"the checkpoint in `{self.folder}` {why}"
        remedy = "Name another folder for --checkpoint, or remove this one to begin anew."
        return InputError(Diagnostic("DC013", text, remedy))


def _seal(rest: Mapping[str, Any]) -> str:
    return sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
