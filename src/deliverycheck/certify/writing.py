"""Terms as Python: an expression about the state, of which Python makes a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias, assert_never

from deliverycheck.system.model import State
from deliverycheck.system.terms import App, Const, Op, Term, Var

# `Any`: what a term yields is settled by its kind, which is checked before anything is compiled.
Evaluator: TypeAlias = Callable[[State], Any]
"""A term as a function of the state."""

SIGNS = {"eq": "==", "lt": "<", "le": "<=", "add": "+", "sub": "-"}

DEEP = 40
"""Levels of a term that are written as one expression: Python's parser has limits of its own."""

SHORT = 2_000
"""Characters of an expression that is kept for the next certificate about the same system."""

MEANT: dict[str, object] = {"__builtins__": {}, "min": min, "max": max}
"""All that an expression may name beside its state and what it is given."""


@dataclass(frozen=True, slots=True)
class Text:
    """An expression about `s`, the state, and `k`, what is given; its nodes, and its levels."""

    text: str
    nodes: int
    levels: int = 1


class Writer:
    """Writes terms as Python. Labels, numbers, and what is nested too deep, are given to it.

    So nothing but places of the state and our own operators is ever written into an expression.
    """

    def __init__(self, index: Mapping[str, int]) -> None:
        self._index = index
        self._place: dict[object, int] = {}
        self._given: list[object] = []

    def function(self, text: str) -> Evaluator:
        """What was written, as a function."""
        whole = f"lambda k: lambda s: {text}"
        make = _made(whole) if len(whole) <= SHORT else _made.__wrapped__(whole)
        return make(self._given)

    def written(self, term: Term) -> Text:
        """A term as an expression, in parentheses where it needs them."""
        match term:
            case Const(bool() as truth):
                return Text("True" if truth else "False", 1)
            case Const(value):
                return Text(self._name_of(value), 1)
            case Var(name):
                return Text(f"s[{self._index[name]}]", 1)
            case App(op, args):
                parts = [self.written(arg) for arg in args]
                nodes = 1 + sum(part.nodes for part in parts)
                levels = 1 + max((part.levels for part in parts), default=0)
                text = f"({_applied(op, [part.text for part in parts])})"
                if levels < DEEP:
                    return Text(text, nodes, levels)
                return Text(f"{self._name_of(self.function(text))}(s)", nodes)
        assert_never(term)

    def _name_of(self, given: object) -> str:
        if given not in self._place:
            self._place[given] = len(self._given)
            self._given.append(given)
        return f"k[{self._place[given]}]"


@lru_cache(maxsize=10_000)
def _made(text: str) -> Callable[[list[object]], Evaluator]:
    """An expression as a function of what it is given. Certificates have most of them in common."""
    made: Callable[[list[object]], Evaluator] = eval(text, MEANT)  # noqa: S307 - see `Writer`
    return made


def _applied(op: Op, args: list[str]) -> str:
    match op:
        case "and":
            return " and ".join(args) or "True"
        case "or":
            return " or ".join(args) or "False"
        case "not":
            (inner,) = args
            return f"not {inner}"
        case "ite":
            condition, then, other = args
            return f"{then} if {condition} else {other}"
        case "eq" | "lt" | "le" | "add" | "sub":
            left, right = args
            return f"{left} {SIGNS[op]} {right}"
        case "min" | "max":
            left, right = args
            return f"{op}({left}, {right})"
    assert_never(op)
