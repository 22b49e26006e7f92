"""Facts: what a condition says about one variable, and conditions in one fixed form.

A fact is a variable with the values it may have, so that negation, union and intersection are
exact; every condition on one variable and constants is such a fact, however it was written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from deliverycheck.system import build
from deliverycheck.system.sorts import BoolSort, EnumSort, IntSort, Sort, Value
from deliverycheck.system.terms import App, Const, Term, Var

Spans: TypeAlias = tuple[tuple[int, int | None], ...]
"""Numbers from ... to ... (None: without end), in order, with gaps in between."""

Key: TypeAlias = tuple[int | str, ...]

_UNORDERED = ("eq", "add", "min", "max")


@dataclass(frozen=True, slots=True)
class Fact:
    """That a variable's value is among these; flags and labels are counted by position."""

    var: Var
    spans: Spans

    def negated(self) -> Fact:
        """That it is not among them."""
        found: list[tuple[int, int | None]] = []
        (start, last) = whole(self.var.sort)[0]
        for low, high in self.spans:
            if start < low:
                found.append((start, low - 1))
            if high is None:
                return Fact(self.var, tuple(found))
            start = high + 1
        if last is None or start <= last:
            found.append((start, last))
        return Fact(self.var, tuple(found))

    def meet(self, other: Fact) -> Fact:
        """Both facts, about the same variable."""
        found: list[tuple[int, int | None]] = []
        for low, high in self.spans:
            for start, last in other.spans:
                ends = [end for end in (high, last) if end is not None]
                end = min(ends) if ends else None
                if end is None or max(low, start) <= end:
                    found.append((max(low, start), end))
        return Fact(self.var, tuple(sorted(found, key=lambda span: span[0])))

    def join(self, other: Fact) -> Fact:
        """One fact or the other, about the same variable."""
        return self.negated().meet(other.negated()).negated()

    def within(self, other: Fact) -> bool:
        """Whether this fact implies the other, which is about the same variable."""
        return self.meet(other) == self

    def labels(self) -> tuple[str, ...]:
        """The labels, where the variable is an enumeration."""
        sort = self.var.sort
        names = sort.labels if isinstance(sort, EnumSort) else ()
        return tuple(name for at, name in enumerate(names) if _inside(at, self.spans))

    def told(self, avoid: Collection[str] = ()) -> tuple[bool, tuple[str, ...]]:
        """Whether to say which labels it has (or which it has not), and these labels.

        The shorter way is taken, but labels to `avoid` are not named if the other way does without.
        """
        sides = [(True, self.labels()), (False, self.negated().labels())]
        return min(
            sides, key=lambda side: (not set(side[1]).isdisjoint(avoid), len(side[1]), not side[0])
        )


def whole(sort: Sort) -> Spans:
    """All values of a sort, as one span."""
    match sort:
        case BoolSort():
            return ((0, 1),)
        case EnumSort(labels):
            return ((0, len(labels) - 1),)
        case IntSort(low, high):
            return ((low, high),)
    assert_never(sort)


def _inside(number: int, spans: Spans) -> bool:
    return any(low <= number and (high is None or number <= high) for low, high in spans)


def _position(sort: Sort, value: Value) -> int | None:
    """A value as a number; None for a label that the sort does not have."""
    if isinstance(value, int):
        return int(value)
    labels = sort.labels if isinstance(sort, EnumSort) else ()
    return labels.index(value) if value in labels else None


def fact_of(term: Term) -> Fact | None:
    """The fact a condition states, if it is about one variable and constants only."""
    match term:
        case Var(_, BoolSort()):
            return Fact(term, ((1, 1),))
        case App("not", (inner,)):
            fact = fact_of(inner)
            return fact and fact.negated()
        case App("eq", (Var() as var, Const(value))) | App("eq", (Const(value), Var() as var)):
            at = _position(var.sort, value)
            return _clipped(var, () if at is None else ((at, at),))
        case App("le", (Var() as var, Const(int() as value))):
            return _below(var, value)
        case App("lt", (Var() as var, Const(int() as value))):
            return _below(var, value - 1)
        case App("le", (Const(int() as value), Var() as var)):
            return _clipped(var, ((value, None),))
        case App("lt", (Const(int() as value), Var() as var)):
            return _clipped(var, ((value + 1, None),))
        case App("and" | "or" as op, (first, *rest)):
            found = fact_of(first)
            for other in map(fact_of, rest):
                if found is None or other is None or found.var != other.var:
                    return None
                found = found.meet(other) if op == "and" else found.join(other)
            return found
        case _:
            return None


def _below(var: Var, value: int) -> Fact:
    low = whole(var.sort)[0][0]
    return _clipped(var, ((low, value),) if low <= value else ())


def _clipped(var: Var, spans: Spans) -> Fact:
    return Fact(var, whole(var.sort)).meet(Fact(var, spans))


def term_of(fact: Fact, avoid: Collection[str] = ()) -> Term:
    """The fact as a condition: one form for one fact, whose labels are not those to `avoid`."""
    var, spans = fact.var, fact.spans
    if not spans or not fact.negated().spans:
        return build.truth(bool(spans))
    match var.sort:
        case BoolSort():
            return var if spans == ((1, 1),) else App("not", (var,))
        case EnumSort() as sort:
            positive, names = fact.told(avoid)
            parts = [App("eq", (var, build.label(name, sort))) for name in names]
            term = parts[0] if len(parts) == 1 else App("or", tuple(parts))
            return term if positive else App("not", (term,))
        case IntSort() as sort:
            terms = [_span(var, sort, *span) for span in spans]
            return terms[0] if len(terms) == 1 else App("or", tuple(terms))
    assert_never(var.sort)


def _span(var: Var, sort: IntSort, low: int, high: int | None) -> Term:
    least = App("le", (build.integer(low), var))
    if high is None or high == sort.high:
        return least
    most = App("le", (var, build.integer(high)))
    if low == sort.low:
        return most
    return App("eq", (var, build.integer(low))) if low == high else App("and", (least, most))


def key_of(term: Term) -> Key:
    """What to sort conditions by: nothing but how they are written."""
    match term:
        case Const(value):
            return (2, str(value))
        case Var(name):
            return (0, name)
        case App(op, args):
            return (1, op, *(part for arg in args for part in ("(", *map(str, key_of(arg)))), ")")
    assert_never(term)


def canonical(term: Term) -> Term:
    """The condition in its fixed form: negations inward, one part for each variable, sorted."""
    fact = fact_of(term)
    if fact is not None:
        return term_of(fact)
    match term:
        case App("not", (inner,)):
            return negation(canonical(inner))
        case App("and" | "or" as op, args):
            return _gathered(op, map(canonical, args))
        case App(op, args):
            parts = [canonical(arg) for arg in args]
            made = build.apply(op, tuple(sorted(parts, key=key_of) if op in _UNORDERED else parts))
            fact = fact_of(made)
            return made if fact is None else term_of(fact)
        case _:
            return term


def negation(term: Term) -> Term:
    """The opposite of a condition in its fixed form, in its fixed form."""
    fact = fact_of(term)
    if fact is not None:
        return term_of(fact.negated())
    match term:
        case App("and" | "or" as op, args):
            return _gathered("or" if op == "and" else "and", map(negation, args))
        case App("lt", (left, right)):
            return App("le", (right, left))
        case App("le", (left, right)):
            return App("lt", (right, left))
        case _:
            return build.negate(term)


def _gathered(op: str, terms: Iterable[Term]) -> Term:
    """Conditions joined by `and` or `or`, with one part for all facts about one variable."""
    flat = build.apply(op, tuple(terms))
    if not isinstance(flat, App) or flat.op != op:
        return flat
    facts: dict[str, Fact] = {}
    others: list[Term] = []
    for part in flat.args:
        fact = fact_of(part)
        if fact is None:
            others.append(part)
        elif fact.var.name in facts:
            known = facts[fact.var.name]
            facts[fact.var.name] = known.meet(fact) if op == "and" else known.join(fact)
        else:
            facts[fact.var.name] = fact
    parts = sorted([*others, *map(term_of, facts.values())], key=key_of)
    decides = build.truth(op == "or")
    kept = [part for part in parts if not isinstance(part, Const)]
    if decides in parts or not kept:
        return decides if decides in parts else build.truth(op == "and")
    return kept[0] if len(kept) == 1 else App("and" if op == "and" else "or", tuple(kept))
