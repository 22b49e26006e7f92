"""Groups: many sequences of integers, one after the other in one buffer."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload


@dataclass(frozen=True, slots=True)
class Groups(Sequence[Sequence[int]]):
    """Behaves as a sequence of sequences; a group is a view, made when it is asked for."""

    members: memoryview
    starts: memoryview
    """Where each group starts in `members`, and, at last, where the last one ends."""

    def __len__(self) -> int:
        return len(self.starts) - 1

    @overload
    def __getitem__(self, at: int) -> Sequence[int]: ...

    @overload
    def __getitem__(self, at: slice) -> list[Sequence[int]]: ...

    def __getitem__(self, at: int | slice) -> Sequence[int] | list[Sequence[int]]:
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        first = at % len(self)
        return self.members[self.starts[first] : self.starts[first + 1]]


def group_of(groups: Sequence[Sequence[int]], member: int) -> Sequence[int]:
    """The last group that has a member. Each group is in ascending order.

    Raises ValueError if none has it.
    """
    for group in reversed(groups):
        at = bisect_left(group, member)
        if at < len(group) and group[at] == member:
            return group
    raise ValueError(f"no group has {member}")


def flags_in(size: int, groups: Sequence[Sequence[int]]) -> bytearray:
    """Flags for so many states, set for those that are in a group."""
    flags = bytearray(size)
    for group in [groups.members] if isinstance(groups, Groups) else groups:
        if isinstance(group, memoryview):
            from deliverycheck.explore.native import loops  # heavy; so was what made the view

            loops.flag(flags, group)
        else:
            for state in group:
                flags[state] = 1
    return flags
