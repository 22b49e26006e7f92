"""Reading JSON that may hold anything: every surprise is a documented error with its place."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from deliverycheck.errors import Diagnostic, InputError

LARGEST = 8_000_000
"""Characters of a document."""

LONGEST = 200
"""Characters of a document that an error repeats."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A place in a document: its path, for messages, and what stands there."""

    file: str | None
    path: str
    value: object

    def wrong(self, text: str) -> InputError:
        """The error that says what is wrong here."""
        where = _short(self.path) or "the document"
        remedy = "The file was written by another version, or changed since."
        return InputError(Diagnostic("DC304", f"{where}: {_short(text)}", remedy, self.file))

    def get(self, key: str) -> Reader:
        """The value under a key, which must be there."""
        found = self.object()
        if key not in found:
            raise self.wrong(f"there is no `{key}`")
        return Reader(self.file, f"{self.path}.{key}".lstrip("."), found[key])

    def only(self, *keys: str) -> Reader:
        """This object, which must have no other keys: what is not read would be believed."""
        for key in self.object():
            if key not in keys:
                raise self.wrong(f"`{key}` is not known here")
        return self

    def object(self) -> Mapping[str, object]:
        """A JSON object."""
        value = self.value
        if not isinstance(value, dict):
            raise self.wrong("an object is needed here")
        return cast("Mapping[str, object]", value)

    def entries(self) -> list[tuple[str, Reader]]:
        """The keys of an object with what stands under them."""
        return [(key, self.get(key)) for key in self.object()]

    def items(self) -> list[Reader]:
        """The items of a list."""
        value = self.value
        if not isinstance(value, list):
            raise self.wrong("a list is needed here")
        values = cast("Sequence[object]", value)
        return [Reader(self.file, f"{self.path}[{at}]", v) for at, v in enumerate(values)]

    def text(self) -> str:
        """A text."""
        if not isinstance(self.value, str):
            raise self.wrong("a text is needed here")
        if not self.value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in self.value):
            raise self.wrong("half a character is no text")  # it could not be digested, or printed
        return self.value

    def optional_text(self) -> str | None:
        """A text, or nothing."""
        return None if self.value is None else self.text()

    def number(self, low: int | None = None, high: int | None = None) -> int:
        """An integer within limits, if any are given."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self.wrong("an integer is needed here")
        if (low is not None and self.value < low) or (high is not None and self.value > high):
            raise self.wrong(f"{self.value} is not possible here")
        return self.value

    def choice(self, *allowed: str) -> str:
        """One of some texts."""
        text = self.text()
        if text not in allowed:
            raise self.wrong(f"`{text}` is none of {', '.join(allowed)}")
        return text

    def schema(self, wanted: str) -> None:
        """Demand that the document says it is of a schema."""
        found = self.get("schema").value
        if found != wanted:
            # what is no text is not shown: it may be too deep for that
            shown = f"`{found}`" if isinstance(found, str) else "no text"
            raise self.wrong(f"the schema is {shown}, not `{wanted}`")


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."


def _without_repetition(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object has a key twice")
    return found


def document_of(text: str, file: str | None = None) -> Reader:
    """The document in a text. Raises InputError if it is too large, or no JSON."""
    top = Reader(file, "", None)
    if len(text) > LARGEST:
        raise top.wrong("the file is too large")
    try:
        return Reader(file, "", json.loads(text, object_pairs_hook=_without_repetition))
    except (ValueError, RecursionError) as error:
        raise top.wrong(f"this is not JSON: {error}") from None
