"""Sorting: the blocks of a state put into order, as Python source.

A block is gathered into one word, its key: the message's own fields as they lie in the slots of the
first place, and in each slot that all share the form in which it holds the message. So keys are as
wide as states. What two messages with equal keys are called makes no difference: any order of these
will do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import factorial, prod

from deliverycheck.explore.packing import Packing
from deliverycheck.explore.places import Holder, Places


@dataclass(frozen=True, slots=True)
class Gathered:
    """Fields that lie equally far from the first place's, for every place."""

    mask: int
    """Where they lie for the first place."""
    shifts: tuple[int, ...]
    """By place: how much further up they lie there; less than nothing where it is further down."""


@dataclass(frozen=True, slots=True)
class Held:
    """A shared slot, and where the keys keep in which form it holds a message (0: it does not).

    That is where the slot lies: there are fewer forms than codes.
    """

    holder: Holder
    shift: int
    mask: int


def gathered(packing: Packing, places: Places) -> tuple[Gathered, ...]:
    """The messages' own fields, together where they can be moved together."""
    masks: Counter[tuple[int, ...]] = Counter()
    for row in places.own:
        first = packing.slots[row[0]]
        shifts = tuple(packing.slots[at].offset - first.offset for at in row)
        masks[shifts] += first.mask << first.offset
    return tuple(Gathered(mask, shifts) for shifts, mask in masks.items())


def held(packing: Packing, places: Places) -> tuple[Held, ...]:
    """The shared slots, with where the keys keep their forms."""
    return tuple(
        Held(one, packing.slots[one.slot].offset, (1 << len(one.forms).bit_length()) - 1)
        for one in places.holders
    )


def by_sorting(
    packing: Packing, places: Sequence[Places], tables: dict[str, object]
) -> Iterator[str]:
    """The functions that put blocks into order; the tables they need are added to `tables`."""
    classes = [_Class(packing, one, f"C{number}", tables) for number, one in enumerate(places)]
    tables["ties"] = _ties
    yield "def least(s):"
    for one in classes:
        yield from one.keys()
        yield f"    if {one.disorder()}:"
        yield f"        {one.listed()} = sorted(({one.listed()}))"
        yield f"        s = {one.built()}"
    yield "    return s"
    yield "def placed(s):"
    yield "    n = 0"
    for number, one in enumerate(classes):
        yield from one.keys()
        yield f"    n *= {factorial(one.count)}"
        yield f"    if {one.disorder()}:"
        yield f"        k = ({one.listed()})"
        yield f"        o = sorted(range({one.count}), key=k.__getitem__)"
        yield f"        n += C{number}_order[tuple(o)]"
        yield f"        {one.listed()} = sorted(k)"
        yield f"        s = {one.built()}"
    yield "    return s, n"
    yield "def size(s):"
    yield "    n = 1"
    for one in classes:
        yield from one.keys()
        yield f"    n *= {factorial(one.count)} // ties({one.listed()})"
    yield "    return n"


class _Class:
    """The text for one class of messages."""

    def __init__(
        self, packing: Packing, places: Places, name: str, tables: dict[str, object]
    ) -> None:
        self.packing = packing
        self.name = name
        self.count = places.count
        self.gathered = gathered(packing, places)
        self.held = held(packing, places)
        moved = 0
        for at in (*(at for row in places.own for at in row), *(h.slot for h in places.holders)):
            moved |= packing.slots[at].mask << packing.slots[at].offset
        self.fixed = ((1 << packing.bits) - 1) & ~moved
        orders = permutations(range(self.count))
        tables[f"{name}_order"] = {order: number for number, order in enumerate(orders)}
        for number, one in enumerate(self.held):
            self._tables(number, one, tables)

    def _tables(self, number: int, one: Held, tables: dict[str, object]) -> None:
        """What a shared slot's code adds to the keys, and a key's form to the word."""
        slot = self.packing.slots[one.holder.slot]
        codes = {code for row in one.holder.forms for code in row}
        free = [0 if c in codes else c << slot.offset for c in range(slot.mask + 1)]
        tables[f"{self.name}_free{number}"] = tuple(free)
        for place in range(self.count):
            keys = [0] * (slot.mask + 1)
            words = [0] * (one.mask + 1)
            for form, row in enumerate(one.holder.forms, 1):
                keys[row[place]] = form << one.shift
                words[form] = row[place] << slot.offset
            tables[f"{self.name}_key{number}_{place}"] = tuple(keys)
            tables[f"{self.name}_word{number}_{place}"] = tuple(words)

    def keys(self) -> Iterator[str]:
        """Read the shared slots and the keys out of the word."""
        for number, one in enumerate(self.held):
            slot = self.packing.slots[one.holder.slot]
            yield f"    h{number} = s >> {slot.offset} & {slot.mask}"
        for place in range(self.count):
            parts = [f"{_down('s', by)} & {mask}" for by, mask in self._masks(place)]
            parts += [f"{self.name}_key{n}_{place}[h{n}]" for n in range(len(self.held))]
            yield f"    k{place} = {' | '.join(parts) or '0'}"

    def _masks(self, place: int) -> Iterator[tuple[int, int]]:
        """How far up the fields of a place lie from the first one's, and where those lie."""
        masks: Counter[int] = Counter()
        for one in self.gathered:
            masks[one.shifts[place]] += one.mask
        yield from masks.items()

    def disorder(self) -> str:
        """That the keys are not in order."""
        return " or ".join(f"k{place} < k{place - 1}" for place in range(1, self.count))

    def listed(self) -> str:
        """The keys by place."""
        return ", ".join(f"k{place}" for place in range(self.count))

    def built(self) -> str:
        """The word with the blocks where their keys are now."""
        parts = [f"s & {self.fixed}"]
        parts += [f"{self.name}_free{n}[h{n}]" for n in range(len(self.held))]
        for place in range(self.count):
            key = f"k{place}"
            parts += [_down(f"({key} & {mask})", -by) for by, mask in self._masks(place)]
            for n, one in enumerate(self.held):
                parts.append(f"{self.name}_word{n}_{place}[{key} >> {one.shift} & {one.mask}]")
        return " | ".join(parts)


def _down(text: str, shift: int) -> str:
    if not shift:
        return text
    return f"{text} >> {shift}" if shift > 0 else f"{text} << {-shift}"


def _ties(*keys: int) -> int:
    """In how many ways equal keys can change places with each other."""
    return prod(map(factorial, Counter(keys).values()))
