"""A base class with helpers that are refused, for a model in another file."""
# mypy: ignore-errors
# ruff: noqa: D101
# pyright: basic

from typing import Annotated

from deliverycheck.lang import Message, Protocol, Range, Role

one = Role("one")


class Base(Protocol):
    n: Annotated[int, Range(0, 2)]
    s: set[Message]

    def form(self) -> None:
        self.n = 1
        assert self.n == 1  # refused: DC104

    def meaning(self) -> None:
        self.n = 1
        self.nothing = 1  # refused: DC107

    def value(self) -> int:
        return self.nothing_either  # refused: DC107
