"""Type hints that Python keeps as texts until somebody asks."""

from __future__ import annotations

from enum import Enum

from deliverycheck.lang import Protocol, Role, require

one = Role("one")


class Light(Enum):
    """A traffic light."""

    RED = 1
    GREEN = 2


class Crossing(Protocol):
    """Red, then green, then red again."""

    light: Light = Light.RED

    @one
    def go(self) -> None:
        require(self.light == Light.RED)
        self.light = Light.GREEN

    @one
    def stop(self) -> None:
        require(self.light == Light.GREEN)
        self.light = Light.RED
