"""Representatives: of all states that differ only in what messages are called, one.

Where a state consists of blocks (`explore.places`), these are put into order; else every
permutation is tried, and the smallest word is taken. Three functions are written as Python source:

    least(s)  -> r           the representative
    placed(s) -> (r, index)  the same, and which permutation makes r out of s
    size(s)   -> n           how many states have the same representative
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from deliverycheck.explore.packing import Packing
from deliverycheck.explore.permuting import Permutation, permutations_of
from deliverycheck.explore.places import Places, places_of
from deliverycheck.explore.sorting import by_sorting
from deliverycheck.system.symmetry import Symmetry


@dataclass(frozen=True, slots=True)
class Canonical:
    """The generated functions, and what they were made from."""

    permutations: tuple[Permutation, ...]
    """By the index that `placed` gives."""
    places: tuple[Places, ...] | None
    """By class; None where all permutations are tried."""
    least: Callable[[int], int]
    placed: Callable[[int], tuple[int, int]]
    size: Callable[[int], int]
    source: str


def canonical(packing: Packing, symmetry: Symmetry, *, trying: bool = False) -> Canonical:
    """The representatives of a system's states under its symmetry.

    `trying`: try all permutations in any case. Raises TooMany if there are more orders of the
    messages than can be listed.
    """
    every = permutations_of(packing, symmetry)
    places = None if trying else places_of(packing, symmetry)
    tables: dict[str, object] = {}
    if places is None:
        lines = _by_trying(packing, every, tables)
    else:
        lines = by_sorting(packing, places, tables)
    source = "\n".join(lines) + "\n"
    # The text is our own, made from numbers; no name or label of a model goes into it.
    exec(compile(source, f"<representatives of {packing.system.name}>", "exec"), tables)  # noqa: S102
    return Canonical(
        every,
        places,
        cast("Callable[[int], int]", tables["least"]),
        cast("Callable[[int], tuple[int, int]]", tables["placed"]),
        cast("Callable[[int], int]", tables["size"]),
        source,
    )


def _by_trying(
    packing: Packing, every: Sequence[Permutation], tables: dict[str, object]
) -> Iterator[str]:
    """The functions that try all permutations; the tables they need are added to `tables`."""
    slots = packing.slots
    sources = sorted({move.source for one in every for move in one.moves})
    read = [f"    v{at} = s >> {slots[at].offset} & {slots[at].mask}" for at in sources]
    images = [_image(packing, one, f"T{number}", tables) for number, one in enumerate(every)]
    yield "def least(s):"
    yield from read
    yield "    r = s"
    for image in images[1:]:
        yield f"    t = {image}"
        yield "    if t < r: r = t"
    yield "    return r"
    yield "def placed(s):"
    yield from read
    yield "    r = s; n = 0"
    for number, image in enumerate(images[1:], 1):
        yield f"    t = {image}"
        yield f"    if t < r: r = t; n = {number}"
    yield "    return r, n"
    yield "def size(s):"
    yield from read
    yield f"    return len({{{', '.join(images)}}})"


def _image(packing: Packing, one: Permutation, prefix: str, tables: dict[str, object]) -> str:
    """What a permutation makes of a word whose fields are read already."""
    slots = packing.slots
    moved = sum(slots[move.target].mask << slots[move.target].offset for move in one.moves)
    parts = [f"s & {((1 << packing.bits) - 1) & ~moved}"]
    for move in one.moves:
        offset = slots[move.target].offset
        if move.codes is None:
            parts.append(f"v{move.source} << {offset}")
        else:
            table = f"{prefix}_{move.target}"
            tables[table] = tuple(code << offset for code in move.codes)
            parts.append(f"{table}[v{move.source}]")
    return " | ".join(parts)
