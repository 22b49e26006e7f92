"""Models whose mistakes stand in the base class, in another file."""
# mypy: ignore-errors
# ruff: noqa: D101, I001
# pyright: basic

from deliverycheck.lang import require
from refused.base import Base, one


class ByForm(Base):
    @one
    def act(self) -> None:
        self.form()


class ByMeaning(Base):
    @one
    def act(self) -> None:
        self.meaning()


class ByValue(Base):
    @one
    def act(self) -> None:
        require(self.value() == 1)
