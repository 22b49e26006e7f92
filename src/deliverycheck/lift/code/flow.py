"""The linear code of a method: what there is to do, one instruction after the other.

run a statement | demand | branch | ask a timer | jump | loop over | enter, leave a helper |
stop at a yield | end
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from deliverycheck.lift.code.refusal import Refusal

Function = Callable[..., object]

TIMERS = {"timed_out": "delay", "expired": "expire"}


@dataclass(frozen=True, slots=True)
class Scope:
    """One inlined body: the names on the way to it, and the function whose names it sees."""

    path: tuple[str, ...]
    function: Function
    owner: type
    parameters: tuple[str, ...]
    callers: tuple[Function, ...] = ()
    """The functions on the way here, to see when one calls itself."""


@dataclass(eq=False, slots=True)
class Label:
    """A place in the code, known once the code before it is written."""

    at: int = -1


@dataclass(frozen=True, slots=True)
class Run:
    """Perform a simple statement."""

    node: ast.stmt
    scope: Scope


@dataclass(frozen=True, slots=True)
class Demand:
    """Go on only where the test holds; elsewhere the step is not enabled."""

    test: ast.expr
    scope: Scope


@dataclass(frozen=True, slots=True)
class Branch:
    """Go on where the test holds, elsewhere at `otherwise`."""

    test: ast.expr
    scope: Scope
    otherwise: Label
    loop: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Go on where the timer fires, elsewhere at `otherwise`."""

    fault: str
    subject: ast.expr
    scope: Scope
    otherwise: Label
    among: tuple[ast.expr, ...] = ()
    """The channels it listens to; none: everything."""


@dataclass(frozen=True, slots=True)
class Jump:
    """Go on at `to`."""

    to: Label


@dataclass(frozen=True, slots=True)
class Loop:
    """Start to go through the things of `iterable`."""

    iterable: ast.expr
    scope: Scope
    loop: Label


@dataclass(frozen=True, slots=True)
class Next:
    """Bind the next thing of the loop, or go on at `exhausted`."""

    target: str
    node: ast.AST
    scope: Scope
    loop: Label
    exhausted: Label


@dataclass(frozen=True, slots=True)
class Enter:
    """Bind a helper's parameters."""

    call: ast.Call
    scope: Scope
    callee: Scope
    node: ast.FunctionDef


@dataclass(frozen=True, slots=True)
class Give:
    """Keep the value a helper returns."""

    value: ast.expr | None
    scope: Scope


@dataclass(frozen=True, slots=True)
class Leave:
    """Forget a helper's names; its value goes to `target`, if it is wanted."""

    callee: Scope
    target: ast.expr | None
    scope: Scope


@dataclass(frozen=True, slots=True)
class Stop:
    """A yield: the step ends, and the process stands at `place`."""

    place: str
    node: ast.AST


@dataclass(frozen=True, slots=True)
class Blocked:
    """Not enabled."""


@dataclass(frozen=True, slots=True)
class End:
    """The body is done."""


Instruction: TypeAlias = (
    Run | Demand | Branch | Ask | Jump | Loop | Next | Enter | Give | Leave | Stop | Blocked | End
)


@dataclass(slots=True)
class Flow:
    """The linear code of one method."""

    code: list[Instruction]
    scope: Scope
    refusals: list[tuple[Refusal, Function]] = field(default_factory=list[tuple[Refusal, Function]])

    def places(self) -> dict[str, int]:
        """Each place's name with the code that follows it."""
        return {i.place: at + 1 for at, i in enumerate(self.code) if isinstance(i, Stop)}
