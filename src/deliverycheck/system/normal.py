"""Normal forms: terms by numbers, where terms that differ only in their order have one number.

It keeps to equivalences that hold for all values, so two terms with one number mean the same; that
two numbers mean two things is not said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias, assert_never

from deliverycheck.system.mentions import NOTHING, Renaming, Unlike
from deliverycheck.system.sorts import EnumSort, Value
from deliverycheck.system.terms import App, Const, Term, Var

Key: TypeAlias = tuple[str | int | tuple[int, int], ...]
"""An operator, or what a leaf is, with the numbers below it; in a sum, each with its factor."""


class Forms:
    """The numbers of terms, the same for everybody who asks here.

    A term can be asked for with its messages renamed: then it is the term that has in the renamed
    state the value that it has in the state itself.
    """

    def __init__(self) -> None:
        self.keys: list[Key] = []
        """By number."""
        self._numbers: dict[Key, int] = {}
        self._known: dict[tuple[int, str | None], dict[Term, int]] = {}
        self._renamings: list[Renaming] = []  # kept alive, so that no other one gets its identity
        self.true = self._number(("truth", True))
        self.false = self._number(("truth", False))

    def of(self, term: Term, renaming: Renaming = NOTHING, like: str | None = None) -> int:
        """The number of a term; `like`: the variable whose labels its value is among.

        Raises Unlike if labels of different variables meet in it that are renamed in different
        ways.
        """
        if (id(renaming), like) not in self._known:
            self._renamings.append(renaming)
        known = self._known.setdefault((id(renaming), like), {})
        if term not in known:
            known[term] = self._of(term, renaming, like)
        return known[term]

    def _of(self, term: Term, renaming: Renaming, like: str | None) -> int:
        match term:
            case Const(bool() as value):
                return self.true if value else self.false
            case Const(value):
                return self._number(("constant", _renamed(value, renaming, like)))
            case Var(name, sort):
                if isinstance(sort, EnumSort) and like is not None:
                    _demand_alike(renaming, name, like)
                return self._number(("variable", renaming.variables.get(name, name)))
            case App("eq", (left, right)):
                meet = next((name for part in (left, right) for name in _labelled(part)), None)
                return self._equal(*(self.of(part, renaming, meet) for part in (left, right)))
            case App("ite", (test, then, other)):
                return self._choice(
                    self.of(test, renaming),
                    self.of(then, renaming, like),
                    self.of(other, renaming, like),
                )
            case App(op, args):
                return self._application(op, [self.of(arg, renaming) for arg in args])
        assert_never(term)

    def _number(self, key: Key) -> int:
        number = self._numbers.setdefault(key, len(self.keys))
        if number == len(self.keys):
            self.keys.append(key)
        return number

    def _application(self, op: str, parts: list[int]) -> int:
        match op, parts:
            case "not", [part]:
                return self._not(part)
            case (("and" | "or"), _):
                return self._join(op, parts)
            case (("min" | "max"), _):
                flat = {inner for part in parts for inner in self._inside(op, part)}
                return flat.pop() if len(flat) == 1 else self._number((op, *sorted(flat)))
            case "add", [left, right]:
                return self._sum(self._plus(left, right, 1))
            case "sub", [left, right]:
                return self._sum(self._plus(left, right, -1))
            case "le", [left, right]:
                return self._at_least(self._plus(right, left, -1))
            case "lt", [left, right]:
                less = self._plus(right, left, -1)
                less[None] = less.get(None, 0) - 1
                return self._at_least(less)
            case _:
                raise ValueError(f"no operator `{op}` with {len(parts)} arguments")

    def _not(self, part: int) -> int:
        match self.keys[part]:
            case ("not", int() as inner):
                return inner
            case ("truth", value):
                return self.false if value else self.true
            case _:
                return self._number(("not", part))

    def _join(self, op: str, parts: list[int]) -> int:
        neutral, ruling = (self.true, self.false) if op == "and" else (self.false, self.true)
        flat = {inner for part in parts for inner in self._inside(op, part)} - {neutral}
        if ruling in flat or any(self._not(part) in flat for part in flat):
            return ruling
        if len(flat) == 1:
            return flat.pop()
        return self._number((op, *sorted(flat))) if flat else neutral

    def _inside(self, op: str, part: int) -> Iterator[int]:
        """The parts of a part that has the same operator; else itself."""
        key = self.keys[part]
        if key[0] == op:
            yield from (inner for inner in key[1:] if isinstance(inner, int))
        else:
            yield part

    def _equal(self, left: int, right: int) -> int:
        if "sum" in (self.keys[left][0], self.keys[right][0]):
            gap = self._plus(left, right, -1)
            turned = {part: -times for part, times in gap.items()}
            return self._number(("zero", min(self._sum(gap), self._sum(turned))))
        if left == right:
            return self.true
        for one, other in ((left, right), (right, left)):
            if one in (self.true, self.false):
                return other if one == self.true else self._not(other)
        return self._number(("eq", *sorted((left, right))))

    def _choice(self, test: int, then: int, other: int) -> int:
        match self.keys[test]:
            case ("not", int() as inner):
                test, then, other = inner, other, then
            case _:
                pass
        if test in (self.true, self.false):
            return then if test == self.true else other
        return then if then == other else self._number(("ite", test, then, other))

    # Sums: how often each part is in it; the number itself under None.

    def _plus(self, left: int, right: int, times: int) -> dict[int | None, int]:
        total = self._parts(left)
        for part, count in self._parts(right).items():
            total[part] = total.get(part, 0) + times * count
        return total

    def _parts(self, number: int) -> dict[int | None, int]:
        match self.keys[number]:
            case ("constant", int() as value):
                return {None: value}
            case ("sum", int() as constant, *rest):
                pairs = [pair for pair in rest if isinstance(pair, tuple)]
                return {None: constant, **dict(pairs)}
            case _:
                return {number: 1}

    def _sum(self, total: Mapping[int | None, int]) -> int:
        constant = total.get(None, 0)
        pairs = sorted((p, count) for p, count in total.items() if p is not None and count)
        if not pairs:
            return self._number(("constant", constant))
        if pairs == [(pairs[0][0], 1)] and constant == 0:
            return pairs[0][0]
        return self._number(("sum", constant, *pairs))

    def _at_least(self, total: Mapping[int | None, int]) -> int:
        """That a sum is not negative."""
        number = self._sum(total)
        match self.keys[number]:
            case ("constant", int() as value):
                return self.true if value >= 0 else self.false
            case _:
                return self._number(("natural", number))


def _renamed(value: Value, renaming: Renaming, like: str | None) -> Value:
    if not isinstance(value, str) or like is None:
        return value
    return renaming.labels.get(like, {}).get(value, value)


def _labelled(term: Term) -> Iterator[str]:
    """The variables whose labels the value of a term is among."""
    match term:
        case Var(name, EnumSort()):
            yield name
        case App("ite", (_, then, other)):
            yield from _labelled(then)
            yield from _labelled(other)
        case _:
            pass


def _demand_alike(renaming: Renaming, one: str, other: str) -> None:
    if renaming.labels.get(one, {}) != renaming.labels.get(other, {}):
        raise Unlike(f"{one} is compared with {other}, which holds other things")
