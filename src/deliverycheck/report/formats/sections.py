"""Sections: a document in pieces, of which the least needed go first where room is short."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MOST_TITLES = 12
"""Sections that are left out are named one by one, up to so many."""


@dataclass(frozen=True, slots=True)
class Section:
    """A piece of a document, with its heading."""

    title: str
    """What it is called where it is left out: words with labels in them, not escaped."""
    body: str
    rank: int
    """0: it stays; what has a higher rank is left out earlier."""


def fitted(
    sections: Sequence[Section],
    room: int,
    size: Callable[[str], int],
    missing: Callable[[Sequence[str], int], str],
) -> str:
    """The document with as many of its sections as there is room for.

    What is left out is told at the end, by `missing`, which is given titles and how many more there
    are. Of two sections with the same rank the last goes first; those of rank 0 stay.
    """
    gap = "\n\n"
    order = sorted(range(len(sections)), key=lambda at: (-sections[at].rank, -at))
    used = sum(size(one.body) + size(gap) for one in sections) - size(gap) + size("\n")
    gone: list[int] = []
    note = ""
    for at in order:
        if used + (size(gap + note) if note else 0) <= room or not sections[at].rank:
            break
        insort(gone, at)
        used -= size(sections[at].body) + size(gap)
        note = missing([sections[n].title for n in gone[:MOST_TITLES]], len(gone) - MOST_TITLES)
    left_out = set(gone)
    bodies = [one.body for at, one in enumerate(sections) if at not in left_out]
    return gap.join([*bodies, note] if note else bodies) + "\n"
