"""Roles: who acts. A role marks its actions; other decorators mark faults and properties."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

Method = TypeVar("Method", bound=Callable[..., object])

Steps: TypeAlias = Iterator[str]
"""The return type of a process: each `yield "place"` ends an atomic step and names the place."""

Part: TypeAlias = Literal["action", "fault", "always", "sometimes", "leads-to"]

MARK = "__deliverycheck__"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a decorator wrote on a method: its part in the model, and the role that acts."""

    part: Part
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """An actor of the protocol; use it as a decorator to make a method one of its actions.

    `crashes`: whether the environment's `crash` fault may strike it. `replicas`: how many of it
    run side by side (a number, or the name of a setting), each with its own volatile state.
    """

    name: str
    crashes: bool = False
    replicas: int | str = 1

    def __call__(self, method: Method) -> Method:
        """Make `method` an action of this role."""
        return _mark(method, Mark("action", self))


def fault(method: Method) -> Method:
    """Make `method` a fault of the environment; its budget goes by the method's name."""
    return _mark(method, Mark("fault"))


def always(method: Method) -> Method:
    """Make `method` (returning bool) a property that every reachable state must have."""
    return _mark(method, Mark("always"))


def sometimes(method: Method) -> Method:
    """Make `method` (returning bool) a property that some reachable state must have."""
    return _mark(method, Mark("sometimes"))


def leads_to(method: Method) -> Method:
    """Make `method` (returning two truth values) a promise: the first leads to the second.

    Whenever the first holds, the second holds in the same state or a later one, in every run that
    is fair: `return self.ledger.accepted(m), self.ledger.told(m) == "done"`.
    """
    return _mark(method, Mark("leads-to"))


def mark_of(method: object) -> Mark | None:
    """What a decorator of this module wrote on `method`, if any did."""
    found = getattr(method, MARK, None)
    return found if isinstance(found, Mark) else None


def _mark(method: Method, mark: Mark) -> Method:
    if mark_of(method) is not None:
        raise TypeError(f"`{getattr(method, '__name__', method)}` is marked twice")
    setattr(method, MARK, mark)
    return method
