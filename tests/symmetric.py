"""Random systems that are the same whatever their messages are called, and what renaming them is.

Each step and clause is drawn once and written down for every message, its parts in any order. What
a renaming does is written down here once more, without the package's help.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from random import Random

from deliverycheck.system import build
from deliverycheck.system.mentions import Mention, Mentions
from deliverycheck.system.model import (
    Action,
    Bound,
    Check,
    Clause,
    Fairness,
    Property,
    PropertyKind,
    State,
    System,
    Variable,
)
from deliverycheck.system.sorts import BOOL, EnumSort, IntSort, Sort, Value
from deliverycheck.system.terms import App, Const, Term, Var

KINDS: tuple[PropertyKind, ...] = ("always", "sometimes", "possible", "at-rest")

FAIRNESS: tuple[Fairness, ...] = ("weak", "weak", "strong", "none")

SMALL = IntSort(0, 2)

WORDS = EnumSort(("m1", "m2", "w"))
"""Words of the author's, of which some look like messages and are none."""

Draw = Callable[[Random, str], Term]
"""What is drawn from some source of randomness, said of one message."""


@dataclass(frozen=True)
class Symmetric:
    """A system, the messages it is symmetric in, and which variables hold messages."""

    system: System
    messages: tuple[str, ...]
    holders: frozenset[str]

    @property
    def mentions(self) -> Mentions:
        """Where it mentions messages."""
        names: dict[str, Mention] = {}
        labels: dict[str, dict[str, Mention]] = {}
        for variable in self.system.variables:
            about = tuple(part for part in _parts(variable.name) if part in self.messages)
            if about:
                names[variable.name] = Mention(_hollow(variable.name, self.messages), about)
            if variable.name in self.holders:
                assert isinstance(variable.sort, EnumSort)
                labels[variable.name] = {
                    label: Mention(_hollow(label, self.messages), tuple(said))
                    for label in variable.sort.labels
                    if (said := [part for part in _parts(label) if part in self.messages])
                }
        return Mentions(self.messages, names, labels)

    def renamed(self, state: State, names: Mapping[str, str]) -> State:
        """The state with its messages called otherwise."""
        found: dict[str, Value] = {}
        for variable, value in zip(self.system.variables, state, strict=True):
            if variable.name in self.holders:
                value = _called(str(value), names)  # noqa: PLW2901 - the same, called otherwise
            found[_called(variable.name, names)] = value
        return tuple(found[variable.name] for variable in self.system.variables)

    def orbit(self, state: State) -> frozenset[State]:
        """All states that differ only in what messages are called."""
        return frozenset(
            self.renamed(state, dict(zip(self.messages, order, strict=True)))
            for order in permutations(self.messages)
        )


def _parts(text: str) -> list[str]:
    for mark in "[](),":
        text = text.replace(mark, " ")
    return text.split()


def _called(text: str, names: Mapping[str, str]) -> str:
    word, found = "", ""
    for letter in text + "\n":
        if letter.isalnum():
            word += letter
        else:
            found += names.get(word, word) + letter
            word = ""
    return found[:-1]


def _hollow(text: str, messages: Sequence[str]) -> str:
    return _called(text, dict.fromkeys(messages, "_"))


class _Drawing:
    """The variables of a random system, and terms over them."""

    def __init__(self, rng: Random, count: int) -> None:
        self.rng = rng
        self.messages = tuple(f"m{number}" for number in range(1, count + 1))
        self.noise = Random(rng.random())  # noqa: S311 - of the order of parts, not of meaning
        self.holder = EnumSort(("None", *self.messages))
        packets = tuple(f"p({m}, {bit})" for m in self.messages for bit in (0, 1))
        self.cell = EnumSort(("-", *packets))
        pairs = tuple(f"({a}, {b})" for a in self.messages for b in self.messages if a != b)
        self.pair = EnumSort(("-", *pairs))
        own: list[tuple[str, Sort]] = [("a", BOOL), ("b", SMALL), ("c", EnumSort(("u", "v")))]
        shared: list[tuple[str, Sort]] = [
            ("f", BOOL),
            ("n", SMALL),
            ("h", self.holder),
            ("q", self.cell),
            ("w", WORDS),
        ]
        self.own = dict(rng.sample(own, rng.choice((1, 2, 2))))
        self.shared = dict(rng.sample(shared, rng.choice((1, 2, 3))))
        if rng.random() < 0.15:
            self.shared["r"] = self.pair
        self.each = rng.random() < 0.12  # a message's own slot holds a message
        self.among = rng.random() < 0.12  # a slot for every two messages

    def variables(self) -> list[Variable]:
        found = [Variable(f"{name}[{m}]", s) for name, s in self.own.items() for m in self.messages]
        found += [Variable(name, sort) for name, sort in self.shared.items()]
        if self.each:
            found += [Variable(f"d[{m}]", self.holder) for m in self.messages]
        if self.among:
            found += [Variable(f"e[{a}][{b}]", BOOL) for a in self.messages for b in self.messages]
        self.noise.shuffle(found)
        return found

    def holders(self) -> frozenset[str]:
        names = {name for name in ("h", "q", "r") if name in self.shared}
        return frozenset(names | ({f"d[{m}]" for m in self.messages} if self.each else set()))

    # Terms. Random numbers are drawn the same way whatever the message is.

    def every(self, rng: Random, draw: Draw, others: Sequence[str], op: str) -> Term:
        """What is drawn once, of each of some messages."""
        seed = rng.random()
        terms = [draw(Random(seed), m) for m in others]  # noqa: S311 - a test's dice
        self.noise.shuffle(terms)
        if op in {"and", "or"}:
            return App("and" if op == "and" else "or", tuple(terms))
        total = terms[0]
        for term in terms[1:]:
            total = App("add", (total, term) if self.noise.random() < 0.5 else (term, total))
        return total

    def truth(self, rng: Random, m: str | None, depth: int = 2) -> Term:
        """A condition about one message, or about none."""
        kind = rng.random()
        if depth and kind < 0.3:
            terms = [self.truth(rng, m, depth - 1) for _ in range(rng.choice((2, 3)))]
            self.noise.shuffle(terms)
            return App(rng.choice(("and", "or")), tuple(terms))
        if depth and kind < 0.42:
            inner = self.truth(rng, m, depth - 1)
            return App("not", (inner,))
        if depth and kind < 0.55:
            others = [one for one in self.messages if one != m]
            op = rng.choice(("and", "or"))
            return self.every(rng, lambda r, one: self.truth(r, one, depth - 1), others, op)
        return self.atom(rng, m)

    def atom(self, rng: Random, m: str | None) -> Term:
        found: list[Term] = []
        for name, sort in self.shared.items():
            it = Var(name, sort)
            found += self.about(rng, it, m)
        for name, sort in self.own.items() if m else ():
            found += self.about(rng, Var(f"{name}[{m}]", sort), m)
        if m and self.each:
            found += self.about(rng, Var(f"d[{m}]", self.holder), m)
        if m and self.among:
            found.append(Var(f"e[{m}][{m}]", BOOL))
            found.append(
                self.every(rng, lambda _, one: Var(f"e[{m}][{one}]", BOOL), self.messages, "or")
            )
        if "b" in self.own:
            counted = self.every(rng, lambda _, one: Var(f"b[{one}]", SMALL), self.messages, "add")
            found.append(App("le", (counted, build.integer(rng.randint(0, 3)))))
        return rng.choice(found) if found else build.TRUE

    def about(self, rng: Random, it: Var, m: str | None) -> list[Term]:
        """Conditions about one variable."""
        bit = rng.randint(0, 1)
        number, word = rng.randint(0, 2), rng.randint(0, 1)
        if it.sort == BOOL:
            return [it]
        if it.sort == SMALL:
            return [App(rng.choice(("eq", "lt", "le")), (it, build.integer(number)))]
        if it.sort == self.holder:
            there = self.same(it, m or "None")
            return [self.same(it, "None"), there]
        if it.sort == self.cell:
            return [self.same(it, "-"), *([self.same(it, f"p({m}, {bit})")] if m else [])]
        if it.sort == self.pair:
            told = [self.same(it, "-")]
            if m:
                others = [one for one in self.messages if one != m]
                told.append(
                    self.every(rng, lambda _, one: self.same(it, f"({m}, {one})"), others, "or")
                )
            return told
        assert isinstance(it.sort, EnumSort)
        return [self.same(it, it.sort.labels[word])]

    def same(self, it: Var, label: str) -> Term:
        pair = (it, Const(label, it.sort))
        return App("eq", pair if self.noise.random() < 0.5 else pair[::-1])

    def change(self, rng: Random, m: str | None) -> tuple[dict[str, Term], Term]:
        """Updates of one or two variables, and what they need to stay within their domains."""
        names: list[tuple[str, Sort]] = list(self.shared.items())
        if m:
            names += 2 * [(f"{name}[{m}]", sort) for name, sort in self.own.items()]
            names += [(f"d[{m}]", self.holder)] if self.each else []
            names += [(f"e[{m}][{m}]", BOOL)] if self.among else []
        else:
            names += [(f"{name}[]", sort) for name, sort in self.own.items()]
        updates: dict[str, Term] = {}
        needs: Term = build.TRUE
        for name, sort in rng.sample(names, min(len(names), rng.choice((1, 2, 2)))):
            seed = rng.random()
            if name.endswith("[]"):  # of all messages at once
                for one in self.messages:
                    own = Random(seed)  # noqa: S311 - a test's dice
                    updates[name.replace("[]", f"[{one}]")] = self.value(own, "", sort, None)[0]
                continue
            updates[name], need = self.value(Random(seed), name, sort, m)  # noqa: S311 - a test's dice
            needs = App("and", (needs, need)) if need != build.TRUE else needs
        return updates, needs

    def value(self, rng: Random, name: str, sort: Sort, m: str | None) -> tuple[Term, Term]:
        """A new value for a variable, and what it needs."""
        bit = rng.randint(0, 1)
        if sort == BOOL:
            return (
                build.truth(bit == 1) if rng.random() < 0.6 else self.truth(rng, m, 1)
            ), build.TRUE
        if sort == SMALL:
            one = build.integer(1)
            more = Var(name, SMALL)
            kind = rng.randint(0, 3) if name else 3
            if kind == 0:
                return App("add", (more, one)), App("lt", (more, build.integer(2)))
            if kind == 1:
                return App("sub", (more, one)), App("lt", (build.integer(0), more))
            if kind == 2:
                step = App("add", (more, one) if self.noise.random() < 0.5 else (one, more))
                return App("min", (step, build.integer(2))), build.TRUE
            return Const(rng.randint(0, 2), SMALL), build.TRUE
        if sort == self.holder:
            test = self.truth(rng, m, 1)
            label = Const(m if m and rng.random() < 0.7 else "None", sort)
            kept = "None" if rng.random() < 0.5 or not name else None
            if rng.random() < 0.7:
                return label, build.TRUE
            return App(
                "ite", (test, label, Const(kept, sort) if kept else Var(name, sort))
            ), build.TRUE
        if sort == self.cell:
            return Const(f"p({m}, {bit})" if m and rng.random() < 0.7 else "-", sort), build.TRUE
        if sort == self.pair:
            if not m or rng.random() < 0.4:
                return Const("-", sort), build.TRUE
            held: Term = Var(name, sort) if name else Const("-", sort)
            if "h" not in self.shared:
                return Const("-", sort), build.TRUE
            for other in self.noise.sample(self.messages, len(self.messages)):
                if other != m:
                    test = self.same(Var("h", self.holder), other)
                    held = App("ite", (test, Const(f"({m}, {other})", sort), held))
            return held, build.TRUE
        assert isinstance(sort, EnumSort)
        return Const(sort.labels[rng.randint(0, 1)], sort), build.TRUE


def symmetric(rng: Random, count: int, *, wild: bool = False) -> Symmetric:
    """A random system that is symmetric in so many messages. A `wild` one may fail its checks."""
    drawing = _Drawing(rng, count)
    variables = tuple(drawing.variables())
    actions: list[Action] = []
    for number in range(rng.randint(3, 6)):
        seed, about = rng.random(), rng.random() < 0.8
        actions += [
            _action(drawing, Random(seed), number, m, wild=wild)  # noqa: S311 - a test's dice
            for m in (drawing.messages if about else (None,))
        ]
    drawing.noise.shuffle(actions)
    properties = tuple(_property(drawing, rng, kind) for kind in KINDS)
    names = [variable.name for variable in variables]
    draft = System(
        "symmetric", variables, (_start(drawing, rng, variables),), tuple(actions), properties
    )
    made = Symmetric(draft, drawing.messages, drawing.holders())
    if rng.random() < 0.3:
        first = dict(zip(names, draft.initial[0], strict=True))
        chosen = rng.choice(variables)
        first[chosen.name] = rng.choice(_domain(chosen.sort))
        every = sorted(made.orbit(tuple(first.values())) | set(draft.initial), key=repr)
        drawing.noise.shuffle(every)
        made = replace(made, system=replace(draft, initial=tuple(every)))
    return made


def _action(drawing: _Drawing, rng: Random, number: int, m: str | None, *, wild: bool) -> Action:
    guard = drawing.truth(rng, m)
    updates, needs = drawing.change(rng, m)
    fault = rng.choice(("lose", "crash")) if rng.random() < 0.25 else None
    fairness = rng.choice(FAIRNESS)
    bounds: tuple[Bound, ...] = ()
    checks: tuple[Check, ...] = ()
    if rng.random() < 0.12:
        bounds = (Bound(drawing.truth(rng, m, 1), f"cut {number} of {m}"),)
    if wild and rng.random() < 0.3:
        checks = (Check(drawing.truth(rng, m, 1), f"as promised by {m}"),)
    parts = [part for part in (guard, needs) if part != build.TRUE]
    drawing.noise.shuffle(parts)
    whole = parts[0] if len(parts) == 1 else App("and", tuple(parts))
    name = f"a{number}({m or ''})"
    return Action(name, "p", whole, updates, fault, fairness, m, checks=checks, bounds=bounds)


def _property(drawing: _Drawing, rng: Random, kind: PropertyKind) -> Property:
    seed = rng.random()
    about = rng.random() < 0.8
    clauses = []
    for m in drawing.messages if about else (None,):
        own = Random(seed)  # noqa: S311 - a test's dice
        when = build.TRUE if own.random() < 0.3 else drawing.truth(own, m)
        clauses.append(Clause(str(m), when, drawing.truth(own, m)))
    drawing.noise.shuffle(clauses)
    return Property(f"is {kind}", kind, tuple(clauses))


def _start(drawing: _Drawing, rng: Random, variables: Sequence[Variable]) -> State:
    of_name: dict[str, Value] = {}
    for name, sort in {**drawing.own, **drawing.shared, "d": drawing.holder, "e": BOOL}.items():
        empty = sort in {drawing.holder, drawing.cell, drawing.pair}
        of_name[name] = _domain(sort)[0] if empty else rng.choice(_domain(sort)[:2])
    return tuple(of_name[variable.name.partition("[")[0]] for variable in variables)


def _domain(sort: Sort) -> tuple[Value, ...]:
    if sort == BOOL:
        return (False, True)
    return sort.labels if isinstance(sort, EnumSort) else (0, 1, 2)


def symmetric_of(seed: int, *, wild: bool = False) -> Symmetric:
    """The random symmetric system with this number."""
    rng = Random(seed)  # noqa: S311 - a test's dice
    return symmetric(rng, rng.choice((2, 2, 3)), wild=wild)
