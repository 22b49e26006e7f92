"""Decision diagrams: terms by what they are for every valuation, however they are written.

A diagram asks for the values of variables one after the other, always in the same order, and asks
nothing that makes no difference: so two terms mean the same exactly if they have the same diagram.
(Bryant 1986; for variables of more than two values: Srinivasan and others 1990.) They can get
large; then no answer is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from deliverycheck.system.normal import Forms
from deliverycheck.system.sorts import Value

MOST_NODES = 20_000
"""Nodes of all diagrams of one collection together."""

Node: TypeAlias = tuple[int, tuple[int, ...]]
"""Which variable is asked for, by its place in the order, and what follows for each value."""

Meaning: TypeAlias = Callable[..., Value]


class TooLarge(Exception):
    """The diagrams have become too large, or a variable has no last value."""


class Diagrams:
    """The diagrams of terms, told apart by numbers."""

    def __init__(self, forms: Forms, domains: Mapping[str, tuple[Value, ...]]) -> None:
        self.forms = forms
        self.domains = domains
        """By variable: its values. Those without an end are missing."""
        self._order: dict[str, int] = {}
        self._nodes: list[Node | None] = []
        self._leaves: dict[int, Value] = {}
        self._numbers: dict[object, int] = {}
        self._known: dict[int, int] = {}
        self._applied: dict[tuple[object, ...], int] = {}

    def of(self, form: int) -> int:
        """The diagram of the term with this number. Raises TooLarge."""
        if form not in self._known:
            self._known[form] = self._of(form)
        return self._known[form]

    def where(self, test: int, then: int, other: int) -> int:
        """The diagram that is `then` where `test` is true, else `other`."""
        return self._apply("ite", _chosen, test, then, other)

    def leaf(self, value: Value) -> int:
        """The diagram of a constant."""
        number = self._number((type(value), value), None)
        self._leaves[number] = value
        return number

    def variable(self, name: str) -> int:
        """The diagram of a variable."""
        values = self.domains.get(name)
        if values is None:
            raise TooLarge
        level = self._order.setdefault(name, len(self._order))
        return self._node(level, tuple(self.leaf(value) for value in values))

    def _of(self, form: int) -> int:
        match self.forms.keys[form]:
            case ("truth" | "constant", bool() | int() | str() as value):
                return self.leaf(value)
            case ("variable", str() as name):
                return self.variable(name)
            case ("not", int() as part):
                return self._apply("not", _not, self.of(part))
            case ("natural", int() as part):
                return self._apply("natural", _is_natural, self.of(part))
            case ("zero", int() as part):
                return self._apply("zero", _is_zero, self.of(part))
            case ("eq", int() as left, int() as right):
                return self._apply("eq", _equal, self.of(left), self.of(right))
            case ("ite", int() as test, int() as then, int() as other):
                return self.where(self.of(test), self.of(then), self.of(other))
            case ("sum", int() as constant, *pairs):
                total = self.leaf(constant)
                for part, times in (pair for pair in pairs if isinstance(pair, tuple)):
                    total = self._apply(("plus", times), _plus(times), total, self.of(part))
                return total
            case (str() as op, *parts):
                first, *rest = (self.of(part) for part in parts if isinstance(part, int))
                for part in rest:
                    first = self._apply(op, FOLDED[op], first, part)
                return first
            case key:
                raise ValueError(f"no term is written {key}")

    def _number(self, key: object, node: Node | None) -> int:
        number = self._numbers.setdefault(key, len(self._nodes))
        if number == len(self._nodes):
            if number >= MOST_NODES:
                raise TooLarge
            self._nodes.append(node)
        return number

    def _node(self, level: int, after: tuple[int, ...]) -> int:
        if all(one == after[0] for one in after):
            return after[0]
        return self._number((level, after), (level, after))

    def _apply(self, name: object, meaning: Meaning, *parts: int) -> int:
        """The diagram of an operator applied to diagrams."""
        key = (name, *parts)
        if key not in self._applied:
            if len(self._applied) >= 4 * MOST_NODES:
                raise TooLarge
            self._applied[key] = self._applied_to(name, meaning, parts)
        return self._applied[key]

    def _applied_to(self, name: object, meaning: Meaning, parts: tuple[int, ...]) -> int:
        if name == "ite" and parts[0] in self._leaves:
            return parts[1] if self._leaves[parts[0]] else parts[2]
        nodes = [self._nodes[part] for part in parts]
        asked = [node for node in nodes if node is not None]
        if not asked:
            return self.leaf(meaning(*(self._leaves[part] for part in parts)))
        level, after = min(asked, key=lambda node: node[0])
        rows = [
            node[1] if node is not None and node[0] == level else (part,) * len(after)
            for node, part in zip(nodes, parts, strict=True)
        ]
        following = (self._apply(name, meaning, *row) for row in zip(*rows, strict=True))
        return self._node(level, tuple(following))


def _both(a: bool, b: bool) -> bool:
    return a and b


def _either(a: bool, b: bool) -> bool:
    return a or b


def _smaller(a: int, b: int) -> int:
    return min(a, b)


def _larger(a: int, b: int) -> int:
    return max(a, b)


FOLDED: Mapping[str, Meaning] = {"and": _both, "or": _either, "min": _smaller, "max": _larger}
"""What operators of any number of parts mean for two of them."""


def _not(a: bool) -> bool:
    return not a


def _is_natural(a: int) -> bool:
    return a >= 0


def _is_zero(a: int) -> bool:
    return a == 0


def _equal(a: Value, b: Value) -> bool:
    return a == b


def _chosen(test: bool, then: Value, other: Value) -> Value:
    return then if test else other


def _plus(times: int) -> Meaning:
    def plus(a: int, b: int) -> int:
        return a + times * b

    return plus
