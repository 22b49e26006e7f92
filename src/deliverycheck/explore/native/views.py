"""The arrays as the rest of the house knows them: states by number, numbers by state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import overload

from deliverycheck.explore.native.space import Space, joined


class States(Sequence[int]):
    """The packed states, in order of discovery."""

    def __init__(self, space: Space) -> None:
        self._space = space

    def __len__(self) -> int:
        return self._space.count

    @overload
    def __getitem__(self, at: int) -> int: ...
    @overload
    def __getitem__(self, at: slice) -> list[int]: ...
    def __getitem__(self, at: int | slice) -> int | list[int]:
        if isinstance(at, slice):
            return [self._space.state(n) for n in range(*at.indices(len(self)))]
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        return self._space.state(at % len(self))

    def __iter__(self) -> Iterator[int]:
        for first in range(0, len(self), 4096):
            yield from joined(self._space, first, min(first + 4096, len(self)))


class Places(Mapping[int, int]):
    """By packed state its number."""

    def __init__(self, space: Space) -> None:
        self._space = space

    def __len__(self) -> int:
        return self._space.count

    def __iter__(self) -> Iterator[int]:
        return iter(States(self._space))

    def __getitem__(self, state: int) -> int:
        number = self._space.number_of(state)
        if number is None:
            raise KeyError(state)
        return number
