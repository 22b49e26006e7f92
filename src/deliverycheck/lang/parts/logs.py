"""Logs: one partition of a log that keeps its records, and how far its reader has got."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from deliverycheck.lang.domains import Message, Range
from deliverycheck.lang.protocol import Protocol
from deliverycheck.lang.roles import Role

writer = Role("writer")
reader = Role("reader", crashes=True, replicas="readers")

Offset: TypeAlias = Annotated[int, Range(0, "messages")]
"""A place in the log, counted from 0."""


class Log(Protocol):
    """Records in the order they were appended; reading takes nothing away.

    `committed` is what the log's service keeps for its readers: the place of the first record
    they have not yet answered for. To accept a message and to append it is one step here.
    """

    readers: int = 1

    records: dict[Message, Offset]
    committed: Offset

    @writer
    def submit(self, m: Message) -> None:
        """The application hands the message over, and it is in the log."""
        self.accept(m)
        self.records[m] = len(self.records)

    def is_next(self, m: Message) -> bool:
        """Whether `m` is the first record that was not yet answered for."""
        return m in self.records and self.records[m] == self.committed

    def answer_for(self, m: Message) -> None:
        """Answer for everything up to `m`."""
        self.committed = self.records[m] + 1
