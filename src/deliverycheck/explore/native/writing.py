"""LLVM's language, as far as it is needed: blocks of instructions, and terms as values in them.

Integers and labels are `i64` (labels by their codes), truth values `i1`. Within a block and those
that follow from it, a term is computed once. (LLVM Language Reference Manual)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import assert_never

from deliverycheck.explore.packing import WORD, Packing, code_of
from deliverycheck.system.sorts import BoolSort, IntSort
from deliverycheck.system.terms import App, Const, Op, Term, Var

COMBINED: Mapping[Op, str] = {
    "and": "and i1",
    "or": "or i1",
    "add": "add i64",
    "sub": "sub i64",
}
"""Operators that are one instruction on the type of their result."""

COMPARED: Mapping[Op, str] = {"lt": "slt", "le": "sle", "min": "slt", "max": "sgt"}
"""How integers are compared, for the result itself or to choose one of them."""


@dataclass(slots=True)
class Text:
    """The instructions of a function, in order, and the next free names."""

    lines: list[str] = field(default_factory=list[str])
    names: Callable[[], int] = field(default_factory=lambda: count().__next__)

    def add(self, line: str) -> None:
        """One more instruction."""
        self.lines.append("  " + line)

    def value(self, instruction: str) -> str:
        """The name of an instruction's result."""
        name = f"%x{self.names()}"
        self.add(f"{name} = {instruction}")
        return name

    def label(self) -> str:
        """A name for a block."""
        return f"b{self.names()}"

    def begin(self, label: str) -> None:
        """What comes now belongs to that block."""
        self.lines.append(f"{label}:")

    def jump(self, label: str) -> None:
        """Go on in that block."""
        self.add(f"br label %{label}")

    def split(self, test: str, yes: str, no: str) -> None:
        """Go on in one of two blocks."""
        self.add(f"br i1 {test}, label %{yes}, label %{no}")


@dataclass(frozen=True, slots=True)
class Known:
    """The values that are at hand in a block: by word of the state, and by term."""

    text: Text
    packing: Packing
    words: tuple[str, ...]
    """The values that hold the words of the state."""
    terms: dict[Term, str]

    def inside(self) -> Known:
        """The same for a block that follows; what it finds out stays in it."""
        return Known(self.text, self.packing, self.words, dict(self.terms))

    def value(self, term: Term) -> str:
        """The value of a term, computed here unless it is at hand."""
        found = self.terms.get(term)
        if found is None:
            found = self.terms[term] = self._computed(term)
        return found

    def all_of(self, terms: tuple[Term, ...]) -> str:
        """Whether all of several terms hold."""
        return self._chain("and", [self.value(term) for term in terms])

    def code(self, at: int) -> str:
        """The code of the variable numbered `at`, as it lies in the state."""
        slot = self.packing.slots[at]
        word, shift = divmod(slot.offset, WORD)
        moved = self.words[word]
        if shift:
            moved = self.text.value(f"lshr i64 {moved}, {shift}")
        return self.text.value(f"and i64 {moved}, {slot.mask}")

    def _computed(self, term: Term) -> str:
        match term:
            case Const(value, sort):
                if isinstance(sort, BoolSort):
                    return "true" if value else "false"
                return str(value if isinstance(sort, IntSort) else code_of(sort, value))
            case Var(name, sort):
                at = self.packing.system.index[name]
                code = self.code(at)
                if isinstance(sort, BoolSort):
                    return self.text.value(f"icmp ne i64 {code}, 0")
                low = self.packing.slots[at].low
                return self.text.value(f"add i64 {code}, {low}") if low else code
            case App(op, args):
                kind = "i1" if _is_truth(args[-1]) else "i64"
                return self._applied(op, kind, [self.value(arg) for arg in args])
        assert_never(term)

    def _applied(self, op: Op, kind: str, args: list[str]) -> str:
        value = self.text.value
        match op, args:
            case "not", [a]:
                return value(f"xor i1 {a}, true")
            case "ite", [test, a, b]:
                return value(f"select i1 {test}, {kind} {a}, {kind} {b}")
            case "eq", [a, b]:
                return value(f"icmp eq {kind} {a}, {b}")
            case (("lt" | "le"), [a, b]):
                return value(f"icmp {COMPARED[op]} i64 {a}, {b}")
            case (("min" | "max"), [a, b]):
                test = value(f"icmp {COMPARED[op]} i64 {a}, {b}")
                return value(f"select i1 {test}, i64 {a}, i64 {b}")
            case _:
                return self._chain(op, args)

    def _chain(self, op: Op, args: list[str]) -> str:
        """An operator between any number of arguments; without any, what changes nothing."""
        if not args:
            return "true" if op == "and" else "false"
        result = args[0]
        for arg in args[1:]:
            result = self.text.value(f"{COMBINED[op]} {result}, {arg}")
        return result


def _is_truth(term: Term) -> bool:
    match term:
        case Const(_, sort) | Var(_, sort):
            return isinstance(sort, BoolSort)
        case App(("add" | "sub" | "min" | "max"), _):
            return False
        case App("ite", (_, result, _)):
            return _is_truth(result)
        case App():
            return True
    assert_never(term)
