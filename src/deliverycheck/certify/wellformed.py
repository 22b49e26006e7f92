"""What must be right about a certificate's terms before anything is asked about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from deliverycheck.certify.liveness.fair import Unit
from deliverycheck.certify.meaning import TooLarge
from deliverycheck.system.certificates import Class, Stage
from deliverycheck.system.model import System
from deliverycheck.system.terms import App, IllTyped, Term, kind_of, variables_of

DEEPEST = 400
"""Levels of a term."""

MOST_NODES = 1_000_000
"""Nodes of the terms together, each written out in full."""

MOST_LEVELS = 60
"""Levels of classes or stages inside each other."""


class Refused(Exception):
    """The certificate proves nothing: why, in words."""


def demand(fits: bool, reason: str) -> None:
    """Raise Refused with the reason where something does not fit."""
    if not fits:
        raise Refused(reason)


def demand_terms(system: System, terms: Iterable[Term]) -> None:
    """Raise Refused unless all terms are truth values about variables of the system.

    Raises TooLarge for terms too deep or too large to be walked through.
    """
    nodes = 0
    for number, term in enumerate(terms):
        nodes += _size(term)
        if nodes > MOST_NODES:
            raise TooLarge("its terms are too large")
        for var in variables_of(term):
            at = system.index.get(var.name)
            known = at is not None and system.variables[at].sort == var.sort
            demand(known, f"term {number} speaks of {var.name}: {var.sort}, which there is not")
        try:
            kind = kind_of(term)
        except IllTyped as error:
            raise Refused(f"term {number}: {error}") from None
        demand(kind == "bool", f"term {number} is no truth value")


def demand_parts(
    units: Sequence[Unit], parts: Iterable[Class | Stage], most: int
) -> list[Class | Stage]:
    """All classes or stages, inner ones too. Raises Refused where they cannot be right.

    Each has a helpful assumption that there is, and none is divided that needs no division: a
    weak assumption is possible in all of a class. Raises TooLarge if there are too many.
    """
    found: list[Class | Stage] = []
    level = list(parts)
    for _ in range(MOST_LEVELS + 1):
        found += level
        if len(found) > most:
            raise TooLarge(f"there are more than {most} classes or stages")
        for part in level:
            known = 0 <= part.helpful < len(units)
            demand(known, f"there is no fairness assumption {part.helpful}")
            unit = units[part.helpful]
            demand(unit.strong or not part.inner, f"{unit} needs no inner classes or stages")
        level = [inner for part in level for inner in part.inner]
        if not level:
            return found
    raise TooLarge("classes or stages are nested too deep")


def _size(term: Term) -> int:
    """The nodes of a term written out in full; found without writing it out."""
    sizes: dict[int, tuple[int, int]] = {}  # by identity: nodes and levels
    stack = [term]
    while stack:
        here = stack[-1]
        args = here.args if isinstance(here, App) else ()
        missing = [arg for arg in args if id(arg) not in sizes]
        if missing:
            stack += missing
            continue
        stack.pop()
        below = [sizes[id(arg)] for arg in args]
        levels = 1 + max((levels for _, levels in below), default=0)
        if levels > DEEPEST + 1:
            raise TooLarge("its terms are too deep")
        sizes[id(here)] = (1 + sum(nodes for nodes, _ in below), levels)
    return sizes[id(term)][0]
