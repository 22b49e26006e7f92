"""What is told to a solver, and asked of it, in SMT-LIB; and what every question needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from deliverycheck.export import smtlib
from deliverycheck.export.smtlib_terms import both, written
from deliverycheck.system.model import System
from deliverycheck.system.terms import Term


@dataclass(frozen=True, slots=True)
class Query:
    """Assertions that must contradict what was asserted so far; and what it means if not."""

    asked: str
    refusal: str


@dataclass(frozen=True, slots=True)
class Asserted:
    """Declarations, definitions and assertions that stay."""

    text: str


def asserted(*texts: str) -> str:
    """The commands that assert some texts."""
    return "\n".join(f"(assert {text})" for text in texts)


def all_hold(system: System, terms: Iterable[Term], moment: int) -> str:
    """That all terms hold at a moment."""
    return both(written(system, term, moment) for term in terms)


def a_state(system: System, moment: int) -> Iterator[Asserted]:
    """A state of the system, about which nothing is known."""
    yield Asserted("\n".join(smtlib.declarations(system, moment)))
    yield Asserted(asserted(smtlib.domains(system, moment)))
