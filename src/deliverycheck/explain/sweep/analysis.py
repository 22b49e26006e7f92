"""Analysis: what follows from a table of verdicts. Pure functions, which ask no engine.

A table gives for each place (for each axis, the number of its value) the verdict there. `holds` and
`violated` are known; all other verdicts are not, and nothing is concluded from them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from typing import TypeAlias

from deliverycheck.check.variation import Place

Partial: TypeAlias = tuple[int | None, ...]
"""Some axes fixed to a value; None leaves an axis open."""

KNOWN = ("holds", "violated")


def changes(place: Place, base: Place) -> frozenset[tuple[int, int]]:
    """What makes the one place of the other: axes with their new values."""
    pairs = enumerate(zip(place, base, strict=True))
    return frozenset((axis, to) for axis, (to, was) in pairs if to != was)


def flip(table: Mapping[Place, str], axis: int, base: Place) -> tuple[Place, Place] | None:
    """Two places that differ along one axis only: in the first it holds, in the second it is
    violated. Those nearest to the base; None if there are none."""
    pairs = [
        (one, two)
        for one, two in _beside(table, axis)
        if (table[one], table[two]) == ("holds", "violated")
    ]
    return min(
        pairs, key=lambda pair: (sum(len(changes(one, base)) for one in pair), pair), default=None
    )


def is_redundant(tables: Iterable[Mapping[Place, str]], axis: int) -> bool:
    """Whether an axis changes nothing: all else equal, every verdict is known and the same.

    Where both sides are `vacuous` nothing changes either; of what is not known, nobody can tell.
    """
    return all(
        table[one] == table[two] and table[one] in (*KNOWN, "vacuous")
        for table in tables
        for one, two in _beside(table, axis)
    )


def sufficient(good: Collection[Place], sizes: Sequence[int]) -> list[Partial]:
    """The minimal sets of fixed values with which all places are good, whatever the others are.

    These are the prime implicants (Quine 1955) of being good, for values other than yes and no. Few
    fixed values come first.
    """

    @cache
    def suffices(partial: Partial) -> bool:
        if None not in partial:
            return partial in good
        axis = partial.index(None)
        return all(suffices(_with(partial, axis, value)) for value in range(sizes[axis]))

    values = [(None, *range(size)) for size in sizes]
    enough = [one for one in product(*values) if suffices(one)]
    least = [one for one in enough if not any(suffices(wider) for wider in _wider(one))]
    return sorted(least, key=lambda one: (_fixed(one), _order(one)))


def least_changes(good: Iterable[Place], base: Place) -> list[Place]:
    """The good places to which no part of the changes from the base leads already."""
    by_change = {place: changes(place, base) for place in good}
    found = by_change.values()
    return [place for place, made in by_change.items() if not any(one < made for one in found)]


def turns(verdicts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where a property turns, along values in order: the number of a value with which it holds, and
    that of a neighbour with which it is violated."""
    for at in range(len(verdicts) - 1):
        match verdicts[at : at + 2]:
            case ["holds", "violated"]:
                yield at, at + 1
            case ["violated", "holds"]:
                yield at + 1, at
            case _:
                pass


def _beside(table: Mapping[Place, str], axis: int) -> Iterator[tuple[Place, Place]]:
    """All places with those that differ from them along one axis only."""
    lines: dict[Partial, list[Place]] = {}
    for place in table:
        lines.setdefault(_with(place, axis, None), []).append(place)
    for line in lines.values():
        yield from ((one, two) for one in line for two in line if one != two)


def _with(partial: Partial, axis: int, value: int | None) -> Partial:
    return (*partial[:axis], value, *partial[axis + 1 :])


def _wider(partial: Partial) -> Iterator[Partial]:
    """The sets with one fixed value less."""
    for axis, value in enumerate(partial):
        if value is not None:
            yield _with(partial, axis, None)


def _fixed(partial: Partial) -> int:
    return sum(value is not None for value in partial)


def _order(partial: Partial) -> list[tuple[int, int]]:
    return [(axis, value) for axis, value in enumerate(partial) if value is not None]
