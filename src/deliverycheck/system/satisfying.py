"""Satisfying: whether any values at all make a term true, reachable or not.

A backtracking search, one variable after the other, on terms that simplify as they are filled in.
It says yes or no only where it is certain; where it is not worth going on, it says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf

from deliverycheck.system import build
from deliverycheck.system.ranges import Range, narrowed, range_of
from deliverycheck.system.sorts import IntSort, Value, values
from deliverycheck.system.terms import App, Const, Term, Var, variables_of

MOST_NODES = 3_000
"""Terms that are looked at for one question."""


def satisfiable(term: Term, nodes: int = MOST_NODES) -> bool | None:
    """Whether some values of its variables make a term true; None where that was not found out."""
    try:
        return _Search(nodes).some(build.substitute(term, {}))
    except RecursionError:
        return None


class _Search:
    def __init__(self, nodes: int) -> None:
        self.left = nodes

    def some(self, term: Term) -> bool | None:
        """Whether some values make the term true."""
        self.left -= 1
        if isinstance(term, Const):
            return bool(term.value)
        if self.left < 0:
            return None
        if isinstance(term, App) and term.op == "or":
            return _first_yes(self.some(part) for part in term.args)
        known = narrowed(term)
        if any(low > high for low, high in known.values()):
            return False
        parts = [_settled(part, known) for part in _parts(term)]
        together = build.all_of(*parts)
        if together != term:
            return self.some(together)
        groups = _independent(_parts(term))
        if len(groups) > 1:
            return _all_yes(self.some(build.all_of(*group)) for group in groups)
        return self._one_by_one(term, known)

    def _one_by_one(self, term: Term, known: Mapping[str, Range]) -> bool | None:
        """Try the values of one variable."""
        variable = _chosen(term)
        choices, all_of_them = _choices(variable, term, known)
        found = _first_yes(
            self.some(build.substitute(term, {variable.name: build.constant(value, variable.sort)}))
            for value in choices
        )
        return None if found is False and not all_of_them else found


def _first_yes(answers: Iterator[bool | None]) -> bool | None:
    unsure = False
    for answer in answers:
        if answer:
            return True
        unsure = unsure or answer is None
    return None if unsure else False


def _all_yes(answers: Iterator[bool | None]) -> bool | None:
    unsure = False
    for answer in answers:
        if answer is False:
            return False
        unsure = unsure or answer is None
    return None if unsure else True


def _parts(term: Term) -> tuple[Term, ...]:
    return term.args if isinstance(term, App) and term.op == "and" else (term,)


def _settled(part: Term, known: Mapping[str, Range]) -> Term:
    """A comparison that the ranges of its variables contradict is false."""
    match part:
        case App("lt" | "le" as op, (left, right)):
            (low, _), (_, high) = range_of(left, known), range_of(right, known)
            impossible = low >= high if op == "lt" else low > high
        case App("not", (App("lt" | "le" as op, (left, right)),)):
            (_, high), (low, _) = range_of(left, known), range_of(right, known)
            impossible = high < low if op == "lt" else high <= low
        case App("eq", (left, right)):
            (low, high), (least, most) = range_of(left, known), range_of(right, known)
            impossible = low > most or least > high
        case _:
            return part
    return build.FALSE if impossible else part


def _independent(parts: tuple[Term, ...]) -> list[list[Term]]:
    """The parts in groups that share no variable."""
    groups: list[tuple[set[str], list[Term]]] = []
    for part in parts:
        names, members = {v.name for v in variables_of(part)}, [part]
        apart: list[tuple[set[str], list[Term]]] = []
        for others, group in groups:
            if names.isdisjoint(others):
                apart.append((others, group))
            else:
                names, members = names | others, [*group, *members]
        groups = [*apart, (names, members)]
    return [group for _, group in groups]


def _chosen(term: Term) -> Var:
    """A variable of the part with the fewest; those without an end come last."""

    def order(variables: list[Var]) -> tuple[bool, int]:
        return all(map(_is_endless, variables)), len(variables)

    rows = [list(dict.fromkeys(variables_of(part))) for part in _parts(term)]
    few = min((row for row in rows if row), key=order)
    return next((v for v in few if not _is_endless(v)), few[0])


def _choices(variable: Var, term: Term, known: Mapping[str, Range]) -> tuple[Iterator[Value], bool]:
    """Values to try, and whether there is no need of others."""
    sort = variable.sort
    if not isinstance(sort, IntSort):
        return iter(values(sort)), True
    low, high = known.get(variable.name, (sort.low, inf if sort.high is None else sort.high))
    if high < inf:
        return iter(range(int(low), int(high) + 1)), True
    # Where all that is said is x + a <= y + b, values beyond the sum of all constants allow no
    # more than those up to it: what makes it true is a shortest path (Bellman 1958).
    lows = [v.sort.low for v in variables_of(term) if isinstance(v.sort, IntSort)]
    enough = max(int(low), *lows) + sum(_constants(term)) + len(set(variables_of(term)))
    return iter(range(int(low), enough + 1)), _is_difference(term)


def _is_endless(variable: Var) -> bool:
    return isinstance(variable.sort, IntSort) and variable.sort.high is None


def _constants(term: Term) -> Iterator[int]:
    match term:
        case Const(int() as value):
            yield abs(value)
        case App(_, args):
            for arg in args:
                yield from _constants(arg)
        case _:
            pass


def _is_difference(term: Term) -> bool:
    """Whether a term compares nothing but endless variables, each with a constant added."""
    match term:
        case App("and" | "or" | "not", args):
            return all(map(_is_difference, args))
        case App("eq" | "lt" | "le", args):
            return all(map(_is_shifted, args))
        case _:
            return isinstance(term, Const)


def _is_shifted(term: Term) -> bool:
    match term:
        case App("add" | "sub", (Var() as variable, Const())) | (Var() as variable):
            return _is_endless(variable)
        case _:
            return isinstance(term, Const)
