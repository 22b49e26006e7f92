"""Nodes: stored documents as data; each look into one says what is wrong with it, and where."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from deliverycheck.errors import Diagnostic, InputError
from deliverycheck.load.files import read_text

LARGEST = 50_000_000
"""Characters of a stored document."""

Node = Mapping[str, object]


def document_in(file: Path) -> Node:
    """The object a file holds. Raises InputError."""
    text = read_text(file)
    if len(text) > LARGEST:
        raise wrong(file, "the file is larger than any result")
    try:
        data: object = json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise wrong(file, f"this is not JSON: {error}") from None
    return as_object(file, data, "the document")


def _unique(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """An object; of a name that is there twice, one value would be passed over in silence."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ValueError(f"the name {twice[:80]!r} is there twice in one object")
    return found


def as_object(file: Path, value: object, where: str) -> Node:
    """The value, which must be an object. Raises InputError."""
    if not isinstance(value, dict):
        raise wrong(file, f"{where} is not an object")
    return cast("Node", value)


def as_list(file: Path, value: object, where: str) -> list[object]:
    """The value, which must be a list. Raises InputError."""
    if not isinstance(value, list):
        raise wrong(file, f"{where} is not a list")
    return cast("list[object]", value)


def as_text(file: Path, value: object, where: str) -> str:
    """The value, which must be a text. Raises InputError."""
    if not isinstance(value, str):
        raise wrong(file, f"{where} is not a text")
    return value


def wrong(file: Path, text: str) -> InputError:
    """What is said of a document that is not what it should be."""
    remedy = "Give a file written by `deliverycheck check --json`, or a run in ITF (*.itf.json)."
    return InputError(Diagnostic("DC301", text, remedy, str(file)))
