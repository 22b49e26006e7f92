"""Permuting: what becomes of a packed state when messages change places, as data for any engine.

A renaming of messages moves the fields of a state and recodes what they hold. The renamings that
leave a system unchanged form a group: all orders of each class of messages that are alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from math import factorial, prod
from typing import TypeAlias

from deliverycheck.explore.packing import Packing, code_of
from deliverycheck.system.mentions import Renaming
from deliverycheck.system.sorts import EnumSort
from deliverycheck.system.symmetry import Exchange, Symmetry

Codes: TypeAlias = tuple[int, ...]
"""By code: the code that takes its place. It is as long as the sort has values."""

Clauses: TypeAlias = Mapping[str, tuple[int, ...]]
"""By property, by clause: the clause that it becomes."""

MOST = 720
"""Permutations that are listed: those of six messages."""


class TooMany(ValueError):
    """There are more permutations than can be listed; says how many."""


@dataclass(frozen=True, slots=True)
class Move:
    """What the slot `target` holds afterwards: what `source` held before, recoded by `codes`.

    Slots are numbered like the system's variables. None: the code stays as it is.
    """

    target: int
    source: int
    codes: Codes | None


@dataclass(frozen=True, slots=True)
class Permutation:
    """One order of the messages: what it makes of a state and of the clauses."""

    moves: tuple[Move, ...]
    """Only of slots that hold something else afterwards, in the order of their targets."""
    clauses: Clauses
    """Of the properties that may be asked of representatives."""

    def of(self, packing: Packing, word: int) -> int:
        """The packed state with its messages in the other places."""
        found = word
        for move in self.moves:
            source, target = packing.slots[move.source], packing.slots[move.target]
            code = (word >> source.offset) & source.mask
            found &= ~(target.mask << target.offset)
            found |= (code if move.codes is None else move.codes[code]) << target.offset
        return found


def permutation_of(packing: Packing, exchange: Exchange) -> Permutation:
    """What an exchange of two messages makes of packed states."""
    return Permutation(tuple(_moves(packing, exchange.renaming)), exchange.clauses)


def _moves(packing: Packing, renaming: Renaming) -> Iterator[Move]:
    system = packing.system
    back = {other: name for name, other in renaming.variables.items()}
    for target, variable in enumerate(system.variables):
        source = system.index[back.get(variable.name, variable.name)]
        labels = renaming.labels.get(system.variables[source].name, {})
        codes: Codes | None = None
        if labels and isinstance(variable.sort, EnumSort):
            known = variable.sort.labels
            codes = tuple(code_of(variable.sort, labels.get(label, label)) for label in known)
        if source != target or codes is not None:
            yield Move(target, source, codes)


def after(first: Permutation, second: Permutation) -> Permutation:
    """The second permutation of what the first one makes."""
    inner = {move.target: move for move in first.moves}
    outer = {move.target: move for move in second.moves}
    moves: list[Move] = []
    for target in sorted(inner.keys() | outer.keys()):
        last = outer.get(target, Move(target, target, None))
        move = inner.get(last.source, Move(last.source, last.source, None))
        codes = _one_after_other(move.codes, last.codes)
        if move.source != target or codes is not None:
            moves.append(Move(target, move.source, codes))
    clauses = {
        name: tuple(second.clauses[name][number] for number in numbers)
        for name, numbers in first.clauses.items()
    }
    return Permutation(tuple(moves), clauses)


def _one_after_other(first: Codes | None, second: Codes | None) -> Codes | None:
    if first is None or second is None:
        return second if first is None else first
    both = tuple(second[code] for code in first)
    return None if both == tuple(range(len(both))) else both


def nothing_moved(symmetry: Symmetry) -> Permutation:
    """The permutation that leaves every message in its place."""
    counts = {n: len(to) for one in symmetry.exchanges[:1] for n, to in one.clauses.items()}
    return Permutation((), {name: tuple(range(count)) for name, count in counts.items()})


def permutations_of(packing: Packing, symmetry: Symmetry) -> tuple[Permutation, ...]:
    """Every order of the messages of every class, the one that changes nothing first.

    An order is given by which message comes to the first place of its class, which to the second,
    and so on; orders follow each other as those of `itertools.permutations`, those of the last
    class fastest. Raises TooMany.
    """
    total = prod(factorial(len(alike)) for alike in symmetry.classes)
    if total > MOST:
        sizes = " and ".join(str(len(alike)) for alike in symmetry.classes)
        raise TooMany(f"{total:,} orders of {sizes} messages are more than {MOST}")
    found: tuple[Permutation, ...] = (nothing_moved(symmetry),)
    exchanges = iter([permutation_of(packing, exchange) for exchange in symmetry.exchanges])
    for alike in symmetry.classes:
        own = _orders(nothing_moved(symmetry), [next(exchanges) for _ in alike[1:]])
        found = tuple(after(one, other) for one in found for other in own)
    return found


def _orders(start: Permutation, exchanges: list[Permutation]) -> list[Permutation]:
    """All orders that exchanges of neighbours make."""
    first = tuple(range(len(exchanges) + 1))
    found = {first: start}
    work = [first]
    for order in work:  # grows while it is walked through
        for at, exchange in enumerate(exchanges):
            other = (*order[:at], order[at + 1], order[at], *order[at + 2 :])
            if other not in found:
                found[other] = after(found[order], exchange)
                work.append(other)
    return [found[order] for order in permutations(first)]
