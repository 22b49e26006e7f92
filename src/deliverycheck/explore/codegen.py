"""Code generation: a system's successor function as Python source over packed states.

What every action's guard has in common is tested once: the guards' conjuncts become a tree of
`if`s. Where the guard settles the old value of a variable, its update is the addition of a
constant. Four functions come out of the same tree:

    targets(s)  -> [t, ...]                the states after each enabled action
    edges(s)    -> [(action, t), ...]      the same with the action's index
    marks(s)    -> int                     which clauses hold; whether it is at rest, or cut off
    withheld(s) -> [action, ...]           what only a bound forbids
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from deliverycheck.explore.expressions import python_of
from deliverycheck.explore.packing import Packing, code_of, packing_of
from deliverycheck.system import build
from deliverycheck.system.fairness import assumptions_of, beyond, possible
from deliverycheck.system.model import Action, System
from deliverycheck.system.ranges import narrowed, range_of
from deliverycheck.system.sorts import BoolSort, EnumSort, IntSort
from deliverycheck.system.terms import App, Const, Term, Var, variables_of


class Trouble(Exception):
    """An enabled action leaves a domain or fails a check; `args` are its index and the state."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """The generated functions of one system."""

    packing: Packing
    targets: Callable[[int], list[int]]
    edges: Callable[[int], list[tuple[int, int]]]
    marks: Callable[[int], int]
    withheld: Callable[[int], list[int]]
    hits: set[str]
    """The names of the bounds that cut something off so far."""
    source: str


def compiled(system: System) -> Compiled:
    """Generate and compile the functions of a system whose variables are all finite."""
    packing = packing_of(system)
    hits: set[str] = set()
    writer = _Writer(system, packing)
    writer.function("targets", with_action=False)
    writer.function("edges", with_action=True)
    writer.marks()
    writer.withheld()
    source = "\n".join(writer.lines) + "\n"
    namespace: dict[str, object] = {"Trouble": Trouble, "hit": hits.add}
    # The text is our own, made from checked terms; no name or label of a model goes into it.
    exec(compile(source, f"<successors of {system.name}>", "exec"), namespace)  # noqa: S102
    return Compiled(
        packing,
        cast("Callable[[int], list[int]]", namespace["targets"]),
        cast("Callable[[int], list[tuple[int, int]]]", namespace["edges"]),
        cast("Callable[[int], int]", namespace["marks"]),
        cast("Callable[[int], list[int]]", namespace["withheld"]),
        hits,
        source,
    )


AT_REST = 1
"""The bit of `marks` for a state in which nothing has to happen any more."""

CUT = 2
"""The bit of `marks` for a state in which a bound cut off a step."""


def clause_bits(system: System) -> dict[tuple[str, int], tuple[int, int]]:
    """By property name and clause number: the bits of `marks` for its `when` and its `then`."""
    bits: dict[tuple[str, int], tuple[int, int]] = {}
    for prop in system.properties:
        for number in range(len(prop.clauses)):
            first = 4 << (2 * len(bits))
            bits[prop.name, number] = (first, first << 1)
    return bits


DEEPEST = 60
"""Guards shared further down are tested one by one: Python takes no more than 99 indentations."""

Row = tuple[int, Action, tuple[Term, ...]]
"""An action with its index and the conjuncts of its guard that are still to be tested."""


class _Writer:
    def __init__(self, system: System, packing: Packing) -> None:
        self.system = system
        self.packing = packing
        self.lines: list[str] = []

    # Functions

    def function(self, name: str, *, with_action: bool) -> None:
        self.lines += [f"def {name}(s):", "    out = []", "    add = out.append"]
        rows: list[Row] = [
            (i, action, _conjuncts(action.guard)) for i, action in enumerate(self.system.actions)
        ]
        self._tree(rows, 1, set(), with_action)
        self.lines += ["    return out", ""]

    def marks(self) -> None:
        clauses = [c for prop in self.system.properties for c in prop.clauses]
        # A step that only a bound forbids could happen all the same: the state is not at rest.
        moves = [possible(self.system, one) for one in assumptions_of(self.system)]
        cuts = [
            build.all_of(action.guard, build.negate(bound.term))
            for action in self.system.actions
            for bound in action.bounds
        ]
        self.lines.append("def marks(s):")
        every = [*moves, *cuts, *(t for c in clauses for t in (c.when, c.then))]
        self._load((v.name for term in every for v in variables_of(term)), 1, set())
        self.lines.append("    m = 0")
        # At rest is tested only where a property asks: in most states the first guard answers.
        if any(prop.kind == "at-rest" for prop in self.system.properties):
            busy = " or ".join(map(self._text, moves)) or "False"
            self.lines.append(f"    if not ({busy}): m = {AT_REST}")
        if cuts:
            self.lines.append(f"    if {' or '.join(map(self._text, cuts))}: m |= {CUT}")
        for number, clause in enumerate(clauses):
            first = 4 << (2 * number)
            for term, bit in ((clause.when, first), (clause.then, first << 1)):
                if term == build.TRUE:
                    self.lines.append(f"    m |= {bit}")
                elif term != build.FALSE:
                    self.lines.append(f"    if {self._text(term)}: m |= {bit}")
        self.lines += ["    return m", ""]

    def withheld(self) -> None:
        self.lines += ["def withheld(s):", "    out = []"]
        loaded: set[str] = set()
        for number, action in enumerate(self.system.actions):
            if action.bounds:
                term = beyond(action)
                self._load((v.name for v in variables_of(term)), 1, loaded)
                self.lines.append(f"    if {self._text(term)}: out.append({number})")
        self.lines += ["    return out", ""]

    # The tree of guards

    def _tree(self, rows: list[Row], depth: int, loaded: set[str], with_action: bool) -> None:
        rows = list(rows)
        while rows:
            index, action, rest = rows[0]
            if not rest:
                self._leaf(index, action, depth, loaded, with_action)
                rows.pop(0)
                continue
            if len(rows) == 1 or depth > DEEPEST:
                self._load((v.name for part in rest for v in variables_of(part)), depth, loaded)
                self._line(depth, f"if {' and '.join(map(self._text, rest))}:")
                self._leaf(index, action, depth + 1, set(loaded), with_action)
                rows.pop(0)
                continue
            test = self._commonest(rows)
            inside = [(i, a, _without(r, test)) for i, a, r in rows if test in r]
            rows = [row for row in rows if test not in row[2]]
            self._load((v.name for v in variables_of(test)), depth, loaded)
            self._line(depth, f"if {self._text(test)}:")
            self._tree(inside, depth + 1, set(loaded), with_action)

    def _commonest(self, rows: list[Row]) -> Term:
        """The conjunct that most guards share; ties go to the one that comes first."""
        counts = Counter(test for _, _, rest in rows for test in rest)
        return max(counts, key=lambda test: counts[test])

    def _leaf(
        self, index: int, action: Action, depth: int, loaded: set[str], with_action: bool
    ) -> None:
        """The action is enabled: check, see to the bounds, and add the state after it."""
        known = narrowed(action.guard)
        if action.bounds:
            self._load((v.name for b in action.bounds for v in variables_of(b.term)), depth, loaded)
            self._line(depth, "within = True")
            for bound in action.bounds:
                self._line(depth, f"if not ({self._text(bound.term)}):")
                self._line(depth + 1, f"hit({bound.name!r}); within = False")
            self._line(depth, "if within:")
            depth += 1
            loaded = set(loaded)
        for check in action.checks:
            self._load((v.name for v in variables_of(check.term)), depth, loaded)
            self._line(depth, f"if not ({self._text(check.term)}): raise Trouble({index}, s)")
        constant = 0
        parts: list[str] = []
        for name, term in action.updates.items():
            at = self.system.index[name]
            slot, sort = self.packing.slots[at], self.system.variables[at].sort
            if isinstance(sort, IntSort) and sort.high is not None:
                low, high = range_of(term, {**known, **_within(action, known)})
                if low < sort.low or high > sort.high:
                    self._load((v.name for v in variables_of(term)), depth, loaded)
                    inside = f"{sort.low} <= {self._text(term)} <= {sort.high}"
                    self._line(depth, f"if not ({inside}): raise Trouble({index}, s)")
            delta = self._constant_delta(name, term, action.guard)
            if delta is not None:
                constant += delta << slot.offset
                continue
            self._load((name, *(v.name for v in variables_of(term))), depth, loaded)
            parts.append(f"(({self._code(term, at)} - {self._stored(at)}) << {slot.offset})")
        target = " + ".join(["s", *([str(constant)] if constant else []), *parts])
        self._line(depth, f"add(({index}, {target}))" if with_action else f"add({target})")

    def _constant_delta(self, name: str, term: Term, guard: Term) -> int | None:
        """By how much the variable's code changes, where that is always the same."""
        sort = self.system.variables[self.system.index[name]].sort
        match term:
            case App("add", (Var(other), Const(int() as by))) if other == name:
                return by
            case App("sub", (Var(other), Const(int() as by))) if other == name:
                return -by
            case Const(value):
                for part in _conjuncts(guard):
                    match part:
                        case App("eq", (Var(other), Const(old))) if other == name:
                            return code_of(sort, value) - code_of(sort, old)
                        case Var(other) if other == name:
                            return code_of(sort, value) - 1
                        case App("not", (Var(other),)) if other == name:
                            return code_of(sort, value)
                        case _:
                            pass
                return None
            case _:
                return None

    def _code(self, term: Term, at: int) -> str:
        """The code to store for a term."""
        low = self.packing.slots[at].low
        text = self._text(term)
        return f"({text} - {low})" if low else text

    def _stored(self, at: int) -> str:
        low = self.packing.slots[at].low
        return f"(v{at} - {low})" if low else f"v{at}"

    def _text(self, term: Term) -> str:
        return python_of(term, self.system.index)

    def _load(self, names: Iterable[str], depth: int, loaded: set[str]) -> None:
        """Read variables out of the word, each once on the way to a leaf."""
        for name in names:
            if name in loaded:
                continue
            loaded.add(name)
            at = self.system.index[name]
            slot, sort = self.packing.slots[at], self.system.variables[at].sort
            text = f"s >> {slot.offset} & {slot.mask}" if slot.offset else f"s & {slot.mask}"
            match sort:
                case IntSort(low, _) if low:
                    text = f"({text}) + {low}"
                case BoolSort() | EnumSort() | IntSort():
                    pass
            self._line(depth, f"v{at} = {text}")

    def _line(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)


def _within(
    action: Action, known: Mapping[str, tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    """What the bounds add to the guard: an update they let through stays below them."""
    found = dict(known)
    for bound in action.bounds:
        match bound.term:
            case App("le", (App("add", (Var() as var, Const(int() as by))), Const(int() as top))):
                low, high = found.get(var.name, range_of(var, {}))
                found[var.name] = (low, min(high, top - by))
            case _:
                pass
    return found


def _conjuncts(guard: Term) -> tuple[Term, ...]:
    if guard == build.TRUE:
        return ()
    return guard.args if isinstance(guard, App) and guard.op == "and" else (guard,)


def _without(tests: tuple[Term, ...], test: Term) -> tuple[Term, ...]:
    return tuple(other for other in tests if other != test)
