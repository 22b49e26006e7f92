"""The names of steps, taken apart: `handle(m1)@received` is `handle`, `m1` and `received`."""

from __future__ import annotations

import re
from dataclasses import dataclass

CALL = re.compile(r"(\w+)\((.*)\)(?:@(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Parted:
    """The parts of a step's name; one that is written in no such way is a method by itself."""

    method: str
    choices: tuple[str, ...] = ()
    place: str | None = None

    @property
    def short(self) -> str:
        """The name without the choices: `handle@received`."""
        return self.method + ("" if self.place is None else f"@{self.place}")


def parted(name: str) -> Parted:
    """The parts of the name of an action."""
    call = CALL.fullmatch(name)
    if call is None:
        return Parted(name)
    return Parted(call[1], tuple(call[2].split(", ")) if call[2] else (), call[3])
