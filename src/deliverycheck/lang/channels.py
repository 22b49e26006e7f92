"""Channels: how messages travel. The faults of a channel are the environment's, not the model's.

As a class attribute a channel is a declaration; each running model has its own copy with contents.
"""

from __future__ import annotations

from typing import Generic, Self, TypeVar

from deliverycheck.lang.roles import Role

Item = TypeVar("Item")


class Blocked(Exception):
    """The step cannot be taken in this state: it is not enabled."""


def require(condition: bool) -> None:
    """The step is enabled only where `condition` holds."""
    if not condition:
        raise Blocked


class Channel(Generic[Item]):
    """An unordered channel from one role to another: any item in flight may arrive next.

    `copies` bounds how many copies of one item can be in flight; a full channel blocks `put`.
    Without it the number is unbounded, and an engine that has to bound it says so.
    """

    ordered = False

    def __init__(self, source: Role, target: Role, *, copies: int | str | None = None) -> None:
        self.source = source
        self.target = target
        self.limit = copies
        self.items: list[Item] = []
        self.room: int | None = None

    def put(self, item: Item) -> None:
        """Send one copy of `item`; blocks while there is no room for it."""
        require(self.has_room(item))
        self.items.append(item)

    def take(self, item: Item) -> None:
        """Receive one copy of `item`; blocks while it cannot arrive."""
        require(item in self.items)
        self.items.remove(item)

    def has_room(self, item: Item) -> bool:
        """Whether another copy of `item` can be sent now."""
        return self.room is None or self.items.count(item) < self.room

    def __contains__(self, item: Item) -> bool:
        return item in self.items

    def __len__(self) -> int:
        return len(self.items)

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        copy = self.open(self.room)
        copy.items = list(self.items)
        return copy

    def open(self, room: int | None) -> Self:
        """An empty channel declared like this one, with `limit` resolved to a number."""
        fresh = type(self)(self.source, self.target)
        fresh.limit = self.limit
        fresh.room = room
        return fresh


class Fifo(Channel[Item]):
    """An ordered channel: only the item at the head can be taken.

    `capacity` bounds how many items are in flight in all.
    """

    ordered = True

    def __init__(self, source: Role, target: Role, *, capacity: int | str | None = None) -> None:
        super().__init__(source, target, copies=capacity)

    def take(self, item: Item) -> None:
        """Receive `item`; blocks while it is not at the head."""
        require(self.items[:1] == [item])
        self.items.pop(0)

    def has_room(self, item: Item) -> bool:  # noqa: ARG002 - the base class asks per item
        """Whether another item can be sent now."""
        return self.room is None or len(self.items) < self.room


class Connection(Fifo[Item]):
    """One direction of a connection: ordered, and single items are never lost.

    The fault `lose` breaks the connection between the two roles: whatever is in flight in either
    direction is gone at once.
    """
