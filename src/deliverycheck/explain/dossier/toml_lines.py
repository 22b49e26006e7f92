"""Lines of TOML: where each key of a document stands, which `tomllib` does not tell.

The document must be one that `tomllib` has read: what is skipped here is not judged. The grammar
is that of TOML 1.0.0 (toml.io), as far as it takes to know a key from what only looks like one: in
a text of several lines, in a comment, in an array.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

Key = tuple[str, ...]
"""The names of a key from the outermost table inwards: `("expects", "no-loss")`."""

BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
NAME = re.compile(r'[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'')
TEXT = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
PLAIN = re.compile(r"[^,\]}\n#]*")
"""A number, a date or a truth value."""


def lines_of(text: str) -> Mapping[Key, int]:
    """The line, from 1, of every key outside of arrays; where one is given twice, the first."""
    reading = _Reading(text.replace("\r\n", "\n"))
    with suppress(RecursionError):  # too deep for any design: what was found till there, stands
        reading.document()
    return reading.found


@dataclass(slots=True)
class _Reading:
    """A document, and how far it was read."""

    text: str
    at: int = 0
    found: dict[Key, int] = field(default_factory=dict[Key, int])
    counted: tuple[int, int] = (0, 1)
    """A place in the text, and the line it is on; keys come in order, so counting goes on there."""

    def document(self) -> None:
        """Headers and pairs, to the end."""
        table: Key = ()
        self._skip(BLANK)
        while self.at < len(self.text):
            before = self.at
            if self._sees("["):
                self.at += 2 if self.text.startswith("[[", self.at) else 1
                table = self._key(())
                self._skip(re.compile(r"[ \t]*\]{1,2}"))
            else:
                self._pair(table)
            self._skip(BLANK)
            if self.at == before:
                return  # nothing that a TOML document could hold

    def _pair(self, table: Key) -> None:
        key = self._key(table)
        self._skip(re.compile(r"[ \t]*=[ \t]*"))
        self._value(key)

    def _key(self, table: Key) -> Key:
        """A dotted key, as it is known from the outside; the line of each of its parts is kept."""
        names: list[str] = []
        while True:
            self._skip(re.compile(r"[ \t]*"))
            name = NAME.match(self.text, self.at)
            if name is None:
                return (*table, *names)
            names.append(_unquoted(name[0]))
            self.found.setdefault((*table, *names), self._line())
            self.at = name.end()
            self._skip(re.compile(r"[ \t]*"))
            if not self._sees("."):
                return (*table, *names)
            self.at += 1

    def _line(self) -> int:
        before, line = self.counted
        self.counted = self.at, line + self.text.count("\n", before, self.at)
        return self.counted[1]

    def _value(self, key: Key | None) -> None:
        """A value; keys inside of it count where it has a key itself, so is in no array."""
        if self._sees("["):
            self._items("]", None)
        elif self._sees("{"):
            self._items("}", key)
        elif not self._skip(TEXT):
            self._skip(PLAIN)

    def _items(self, end: str, key: Key | None) -> None:
        """What stands in brackets or braces, separated by commas."""
        self.at += 1
        self._skip(BLANK)
        while self.at < len(self.text) and not self._sees(end):
            before = self.at
            if end == "]":
                self._value(None)
            elif key is None:
                nested = _Reading(self.text, self.at)
                nested._pair(())
                self.at = nested.at
            else:
                self._pair(key)
            self._skip(BLANK)
            if self._sees(","):
                self.at += 1
                self._skip(BLANK)
            if self.at == before:
                return
        self.at += 1

    def _sees(self, text: str) -> bool:
        return self.text.startswith(text, self.at)

    def _skip(self, what: re.Pattern[str]) -> bool:
        """Go on behind what is there, if it is; whether anything was."""
        match = what.match(self.text, self.at)
        if match is None or not match[0]:
            return False
        self.at = match.end()
        return True


def _unquoted(name: str) -> str:
    """A name as it is meant: TOML itself knows what its escapes mean."""
    if name[0] not in "\"'":
        return name
    return str(tomllib.loads(f"it = {name}")["it"])
