"""Cubes: what several variables may be, one by one; and few of them to tell two sets apart.

A variable is seen through classes of its values: the first so many, each for itself, and the rest
in one. A place is a class for each variable that is looked at; a cube is a set of classes for each
of them, as bits.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeAlias, assert_never

from deliverycheck.system import build
from deliverycheck.system.model import State, System, Variable
from deliverycheck.system.sorts import BoolSort, EnumSort, IntSort, Sort, Value
from deliverycheck.system.terms import Term, Var

Place: TypeAlias = tuple[int, ...]
Cube: TypeAlias = tuple[int, ...]

MOST_CLASSES = 33
"""Classes of one variable, at most."""

HIGH = 4
"""A number without end that was seen as high as this is likely to grow for ever."""

LOW = 2
"""Then this, and all that is greater, is one class."""


def number_of(sort: Sort, value: Value) -> int:
    """The place of a value in its sort, counted from 0."""
    match sort:
        case BoolSort():
            return int(value)
        case EnumSort(labels):
            return labels.index(str(value))
        case IntSort(low, _):
            return int(value) - low
    assert_never(sort)


def last_of(sort: Sort) -> int | None:
    """The number of a sort's last value; None if it has no end."""
    match sort:
        case BoolSort():
            return 1
        case EnumSort(labels):
            return len(labels) - 1
        case IntSort(low, high):
            return None if high is None else high - low
    assert_never(sort)


@dataclass(frozen=True, slots=True)
class View:
    """Which variables are looked at, and how closely: the values from number `last` on are one."""

    system: System
    last: tuple[tuple[int, int], ...]
    """For each variable that is looked at, its number and the number of its last class."""

    def places(self, columns: Sequence[Sequence[int]], count: int) -> list[Place]:
        """Where so many states are seen to be, given by the numbers of their values, variable by
        variable."""
        if not self.last:
            return [()] * count
        seen = ([min(last, n) for n in columns[at]] for at, last in self.last)
        return list(zip(*seen, strict=True))

    def term(self, cubes: Collection[Cube]) -> Term:
        """That a state is seen in one of the cubes."""
        return build.any_of(*map(self._cube, cubes))

    def _cube(self, cube: Cube) -> Term:
        parts = (
            _among(self.system.variables[at], classes, last)
            for (at, last), classes in zip(self.last, cube, strict=True)
        )
        return build.all_of(*parts)

    def tell_apart(self, these: Sequence[Place], those: Collection[Place]) -> list[Cube]:
        """Cubes that hold all of these places and none of those."""
        # A cube is one number here, so that to lie in it is a matter of two operations.
        firsts = self._firsts()
        others = [_row(place, firsts) for place in those]
        found: list[int] = []
        for place in these:
            one = _row(place, firsts)
            if all(one & ~cube for cube in found):
                found.append(self._widened(one, others, firsts))
        pairs = [
            (first, (2 << last) - 1) for first, (_, last) in zip(firsts, self.last, strict=True)
        ]
        return [tuple(cube >> first & whole for first, whole in pairs) for cube in found]

    def _firsts(self) -> list[int]:
        """For each variable that is looked at, the bit of its first class in a row of all."""
        return list(accumulate((last + 1 for _, last in self.last), initial=0))[:-1]

    def _widened(self, cube: int, others: Sequence[int], firsts: Sequence[int]) -> int:
        """The cube with whole variables left out, then single classes added, while that goes."""
        for first, (_, last) in zip(firsts, self.last, strict=True):
            everything = ((2 << last) - 1) << first
            for bits in (everything, *(1 << first + part for part in range(last + 1))):
                tried = cube | bits
                if tried != cube and all(other & ~tried for other in others):
                    cube = tried
        return cube


def _row(place: Place, firsts: Sequence[int]) -> int:
    return sum(1 << first + part for first, part in zip(firsts, place, strict=True))


def closest(variable: Variable, seen: int) -> int:
    """The number of the last class where a variable, seen so high, is looked at closely."""
    end = last_of(variable.sort)
    if end is None:
        return seen if seen < HIGH else LOW
    return min(end, MOST_CLASSES - 1) if isinstance(variable.sort, IntSort) else end


def numbers(system: System, state: State) -> tuple[int, ...]:
    """The numbers of a state's values."""
    return tuple(number_of(v.sort, x) for v, x in zip(system.variables, state, strict=True))


def _among(variable: Variable, classes: int, last: int) -> Term:
    """The variable's value is in one of the classes."""
    var, sort = Var(variable.name, variable.sort), variable.sort
    chosen = [part for part in range(last + 1) if classes >> part & 1]
    if len(chosen) > last:
        return build.TRUE
    match sort:
        case BoolSort():
            return var if chosen == [1] else build.negate(var)
        case EnumSort(labels):
            meant = {label for number, label in enumerate(labels) if min(number, last) in chosen}
            same = {label: build.equal(var, build.label(label, sort)) for label in labels}
            if 2 * len(meant) <= len(labels):
                return build.any_of(*(same[label] for label in labels if label in meant))
            return build.all_of(*(build.negate(same[x]) for x in labels if x not in meant))
        case IntSort(low, _):
            return build.any_of(*(_between(var, low, run, last) for run in _runs(chosen)))
    assert_never(sort)


def _runs(chosen: Sequence[int]) -> list[tuple[int, int]]:
    """Neighbouring classes, from the first to the last of them."""
    runs: list[tuple[int, int]] = []
    for part in chosen:
        if runs and runs[-1][1] == part - 1:
            runs[-1] = (runs[-1][0], part)
        else:
            runs.append((part, part))
    return runs


def _between(var: Var, low: int, run: tuple[int, int], last: int) -> Term:
    first, final = run
    parts: list[Term] = []
    if first == final and 0 < first < last:
        return build.equal(var, build.integer(low + first))
    if first > 0:
        parts.append(build.at_most(build.integer(low + first), var))
    if final < last:
        parts.append(build.at_most(var, build.integer(low + final)))
    return build.all_of(*parts)
