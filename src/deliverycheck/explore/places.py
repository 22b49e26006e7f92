"""Places: the parts of a state that belong to one message each, where there is no more to it.

Mostly all that a state says of a message lies in slots of its own, or is that a slot which all
share holds it. Then the messages of a class can be put into order as whole blocks: two states that
differ only by a renaming have the same blocks, so the same sorted state. Where a label is about two
messages, or a message's own slot holds messages, there are no such blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from deliverycheck.explore.packing import Packing
from deliverycheck.explore.permuting import Move, permutation_of
from deliverycheck.system.sorts import EnumSort
from deliverycheck.system.symmetry import Symmetry


@dataclass(frozen=True, slots=True)
class Holder:
    """A slot that all messages share: it holds one of them in one of some forms, or none."""

    slot: int
    forms: tuple[tuple[int, ...], ...]
    """By form, by place: the code that says so. All other codes are about none of them."""


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a class of messages, as blocks that can be put into order."""

    count: int
    own: tuple[tuple[int, ...], ...]
    """Rows of slots, one for each place: what they hold belongs to the message there."""
    holders: tuple[Holder, ...]


def places_of(packing: Packing, symmetry: Symmetry) -> tuple[Places, ...] | None:
    """The places of each class; None where states do not consist of such blocks."""
    found: list[Places] = []
    exchanges = iter([permutation_of(packing, exchange).moves for exchange in symmetry.exchanges])
    for alike in symmetry.classes:
        one = _places(packing, [next(exchanges) for _ in alike[1:]])
        if one is None:
            return None
        found.append(one)
    return tuple(found) if _apart(found) else None


def _apart(found: Sequence[Places]) -> bool:
    """Whether no block of one class says anything of a message of another class."""
    own = [{at for row in one.own for at in row} for one in found]
    shared = [{holder.slot for holder in one.holders} for one in found]
    codes = [
        {(h.slot, code) for h in one.holders for row in h.forms for code in row} for one in found
    ]
    return all(
        own[a].isdisjoint(own[b] | shared[b])
        and own[b].isdisjoint(shared[a])
        and codes[a].isdisjoint(codes[b])
        for a, b in combinations(range(len(found)), 2)
    )


def _places(packing: Packing, exchanges: Sequence[Sequence[Move]]) -> Places | None:
    moved = [{move.target: move for move in moves} for moves in exchanges]
    rows: list[tuple[int, ...]] = []
    holders: list[Holder] = []
    seen: set[int] = set()
    for slot in range(len(packing.slots)):
        here = [moves.get(slot) for moves in moved]
        if slot in seen or not any(here):
            continue
        if all(move is None or move.source == slot for move in here):
            sort = packing.system.variables[slot].sort
            size = len(sort.labels) if isinstance(sort, EnumSort) else 0
            still = tuple(range(size))
            maps = [still if m is None or m.codes is None else m.codes for m in here]
            forms = _rows([dict(enumerate(codes)) for codes in maps], range(size))
            if forms is None:
                return None
            holders.append(Holder(slot, forms))
            continue
        row = _rows([{m.target: m.source for m in moves.values()} for moves in moved], [slot])
        if row is None or len(row) != 1:
            return None
        if any(m.codes for moves in moved for at in row[0] if (m := moves.get(at)) is not None):
            return None
        seen.update(row[0])
        rows += row
    return Places(len(exchanges) + 1, tuple(rows), tuple(holders))


def _rows(
    exchanges: Sequence[dict[int, int]], things: Sequence[int]
) -> tuple[tuple[int, ...], ...] | None:
    """Things that change places like messages do, in rows by place; None if some do otherwise.

    What is not in an exchange stays. Of each row at least one thing is named. The exchange
    numbered k takes what is at place k to place k + 1, and the other way round, and nothing else.
    """
    rows: list[tuple[int, ...]] = []
    seen: set[int] = set()
    for thing in things:
        if thing in seen or all(one.get(thing, thing) == thing for one in exchanges):
            continue
        row = _row(exchanges, thing)
        if row is None or not seen.isdisjoint(row):
            return None
        seen.update(row)
        rows.append(row)
    return tuple(rows)


def _row(exchanges: Sequence[dict[int, int]], thing: int) -> tuple[int, ...] | None:
    first = _first(exchanges, thing)
    if first is None:
        return None
    row = [first]
    for one in exchanges:
        row.append(one.get(row[-1], row[-1]))
    if len(set(row)) < len(row):
        return None
    for at, one in enumerate(exchanges):
        wanted = [*row[:at], row[at + 1], row[at], *row[at + 2 :]]
        if [one.get(other, other) for other in row] != wanted:
            return None
    return tuple(row)


def _first(exchanges: Sequence[dict[int, int]], thing: int) -> int | None:
    """What is at the first place among those that a thing changes places with.

    With two places, either will do: the lower number.
    """
    orbit = {thing}
    work = [thing]
    for other in work:  # grows while it is walked through
        new = {one.get(other, other) for one in exchanges} - orbit
        orbit |= new
        work += new
    if len(exchanges) == 1:
        return min(orbit)
    first, second = exchanges[:2]
    ends = [one for one in orbit if first.get(one, one) != one and second.get(one, one) == one]
    return ends[0] if len(ends) == 1 else None
