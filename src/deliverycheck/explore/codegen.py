"""Code generation: a system's successor function as Python source over packed states.

Four functions are written from one plan:

    targets(s)  -> [t, ...]                the states after each enabled action
    edges(s)    -> [(action, t), ...]      the same with the action's index
    marks(s)    -> int                     which clauses hold; whether it is at rest, or cut off
    withheld(s) -> [action, ...]           what only a bound forbids
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from deliverycheck.explore.expressions import python_of
from deliverycheck.explore.packing import Packing, packing_of
from deliverycheck.explore.plan import Branch, Move, Store, Tree, marks_of, tree_of
from deliverycheck.system import build
from deliverycheck.system.fairness import beyond
from deliverycheck.system.model import System
from deliverycheck.system.sorts import IntSort
from deliverycheck.system.terms import Term, variables_of


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
    tree = tree_of(system, packing)
    writer.function("targets", tree, with_action=False)
    writer.function("edges", tree, with_action=True)
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


class _Writer:
    def __init__(self, system: System, packing: Packing) -> None:
        self.system = system
        self.packing = packing
        self.lines: list[str] = []

    def function(self, name: str, tree: Tree, *, with_action: bool) -> None:
        self.lines += [f"def {name}(s):", "    out = []", "    add = out.append"]
        self._tree(tree, 1, set(), with_action)
        self.lines += ["    return out", ""]

    def marks(self) -> None:
        marks = list(marks_of(self.system))
        self.lines.append("def marks(s):")
        self._load(1, set(), *(term for _, term in marks))
        self.lines.append("    m = 0")
        for bit, term in marks:
            if term == build.TRUE:
                self._line(1, f"m |= {bit}")
            else:
                self._line(1, f"if {self._text(term)}: m |= {bit}")
        self.lines += ["    return m", ""]

    def withheld(self) -> None:
        self.lines += ["def withheld(s):", "    out = []"]
        loaded: set[str] = set()
        for number, action in enumerate(self.system.actions):
            if action.bounds:
                term = beyond(action)
                self._load(1, loaded, term)
                self._line(1, f"if {self._text(term)}: out.append({number})")
        self.lines += ["    return out", ""]

    def _tree(self, tree: Tree, depth: int, loaded: set[str], with_action: bool) -> None:
        for node in tree:
            if isinstance(node, Move):
                self._move(node, depth, loaded, with_action)
            else:
                self._branch(node, depth, loaded, with_action)

    def _branch(self, node: Branch, depth: int, loaded: set[str], with_action: bool) -> None:
        self._load(depth, loaded, *node.terms)
        self._line(depth, f"if {' and '.join(map(self._text, node.terms))}:")
        self._tree(node.inside, depth + 1, set(loaded), with_action)

    def _move(self, move: Move, depth: int, loaded: set[str], with_action: bool) -> None:
        """The action is enabled: check, see to the bounds, and add the state after it."""
        trouble = f"raise Trouble({move.action}, s)"
        if move.bounds:
            self._load(depth, loaded, *(bound.term for bound in move.bounds))
            self._line(depth, "within = True")
            for bound in move.bounds:
                self._line(depth, f"if not ({self._text(bound.term)}):")
                self._line(depth + 1, f"hit({bound.name!r}); within = False")
            self._line(depth, "if within:")
            depth += 1
            loaded = set(loaded)
        for check in move.checks:
            self._load(depth, loaded, check)
            self._line(depth, f"if not ({self._text(check)}): {trouble}")
        for term, low, high in move.ranges:
            self._load(depth, loaded, term)
            self._line(depth, f"if not ({low} <= {self._text(term)} <= {high}): {trouble}")
        parts = [str(move.constant)] if move.constant else []
        for store in move.stores:
            self._read(depth, loaded, self.system.variables[store.at].name)
            self._load(depth, loaded, store.term)
            parts.append(self._change(store))
        target = " + ".join(["s", *parts])
        self._line(depth, f"add(({move.action}, {target}))" if with_action else f"add({target})")

    def _change(self, store: Store) -> str:
        """What a store adds to the word: its new code less its old one, in its place."""
        slot, text, old = self.packing.slots[store.at], self._text(store.term), f"v{store.at}"
        if slot.low:
            text, old = f"({text} - {slot.low})", f"({old} - {slot.low})"
        return f"(({text} - {old}) << {slot.offset})"

    def _text(self, term: Term) -> str:
        return python_of(term, self.system.index)

    def _load(self, depth: int, loaded: set[str], *terms: Term) -> None:
        """Read the variables of some terms out of the word, each once on the way to a leaf."""
        self._read(depth, loaded, *(v.name for term in terms for v in variables_of(term)))

    def _read(self, depth: int, loaded: set[str], *names: str) -> None:
        for name in dict.fromkeys(names):
            if name in loaded:
                continue
            loaded.add(name)
            at = self.system.index[name]
            slot, sort = self.packing.slots[at], self.system.variables[at].sort
            text = f"s >> {slot.offset} & {slot.mask}" if slot.offset else f"s & {slot.mask}"
            if isinstance(sort, IntSort) and sort.low:
                text = f"({text}) + {sort.low}"
            self._line(depth, f"v{at} = {text}")

    def _line(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)
