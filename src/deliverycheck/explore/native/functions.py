"""A system's functions in LLVM's language, over states of 64-bit words.

    i64 @successors(ptr state, ptr targets, ptr actions, ptr hits)
        The states after each enabled action, one behind the other, and (16 bits each) the actions.
        Returns how many; if a step goes wrong, minus one less the action. What a bound cuts off is
        noted: the byte of the bound in `hits` becomes 1.
    void @marks(ptr state, ptr marks)
        The marks of a state: `mark_words` words.
    i64 @withheld(ptr state, ptr actions)
        How many actions only a bound forbids, and which.
    i64 @turned(ptr state, ptr targets, ptr turns, ptr hits)
        The same as `successors`, with the permutation that makes the representative in place of the
        action. Only where states that differ in names are one (see `representing`): all targets are
        representatives then.

The order of the successors is the plain engine's: both are written from the same plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deliverycheck.explore.native.representing import representing
from deliverycheck.explore.native.writing import Known, Text
from deliverycheck.explore.packing import WORD, Packing, packing_of, words_of
from deliverycheck.explore.permuting import Permutation
from deliverycheck.explore.plan import Branch, Move, Store, Tree, clause_bits, marks_of, tree_of
from deliverycheck.system.fairness import beyond
from deliverycheck.system.model import System
from deliverycheck.system.sorts import BoolSort


@dataclass(frozen=True, slots=True)
class Functions:
    """The functions of a system as text, and what their callers have to know."""

    packing: Packing
    words: int
    """Words of a state."""
    mark_words: int
    bounds: tuple[str, ...]
    """The names of the bounds, in the order of `hits`."""
    text: str


def functions_of(system: System, permutations: Sequence[Permutation] = ()) -> Functions:
    """Write the functions of a system (see `fitting.fits`), or of its representatives."""
    packing = packing_of(system)
    words = words_of(packing)
    bounds = tuple(dict.fromkeys(b.name for action in system.actions for b in action.bounds))
    mark_words = -(-(2 + 2 * len(clause_bits(system))) // WORD)
    writer = _Writer(system, packing, words, bounds, least=bool(permutations))
    tree = tree_of(system, packing)
    parts = [writer.successors(tree), writer.marks(mark_words), writer.withheld()]
    if permutations:
        parts += [writer.turned(tree), *representing(packing, permutations)]
    return Functions(packing, words, mark_words, bounds, "\n".join(parts))


class _Writer:
    def __init__(
        self,
        system: System,
        packing: Packing,
        words: int,
        bounds: tuple[str, ...],
        *,
        least: bool,
    ) -> None:
        self.system = system
        self.packing = packing
        self.words = words
        self.bounds = bounds
        self.least = least
        self.with_turns = False
        self.text = Text()

    # The functions

    def successors(self, tree: Tree) -> str:
        return self._steps("successors", tree)

    def turned(self, tree: Tree) -> str:
        self.with_turns = True
        return self._steps("turned", tree)

    def _steps(self, name: str, tree: Tree) -> str:
        known = self._begin(f"i64 @{name}(ptr %s, ptr %targets, ptr %actions, ptr %hits)")
        self.text.add("%count = alloca i64")
        self.text.add("store i64 0, ptr %count")
        self._tree(tree, known)
        self.text.add(f"ret i64 {self.text.value('load i64, ptr %count')}")
        return self._ended()

    def marks(self, mark_words: int) -> str:
        known = self._begin("void @marks(ptr %s, ptr %marks)")
        found = ["0"] * mark_words
        for bit, term in marks_of(self.system):
            word, shift = divmod(bit.bit_length() - 1, WORD)
            wide = self.text.value(f"zext i1 {known.value(term)} to i64")
            moved = self.text.value(f"shl i64 {wide}, {shift}")
            found[word] = self.text.value(f"or i64 {found[word]}, {moved}")
        for word, value in enumerate(found):
            self._store("i64", value, self._place("i64", "%marks", str(word)))
        self.text.add("ret void")
        return self._ended()

    def withheld(self) -> str:
        known = self._begin("i64 @withheld(ptr %s, ptr %actions)")
        self.text.add("%count = alloca i64")
        self.text.add("store i64 0, ptr %count")
        for number, action in enumerate(self.system.actions):
            if action.bounds:
                here, after = self.text.label(), self.text.label()
                self.text.split(known.value(beyond(action)), here, after)
                self.text.begin(here)
                self._count(number)
                self.text.jump(after)
                self.text.begin(after)
        self.text.add(f"ret i64 {self.text.value('load i64, ptr %count')}")
        return self._ended()

    def _begin(self, head: str) -> Known:
        self.text = Text([f"define {head} {{", "start:"])
        words = tuple(
            self.text.value(f"load i64, ptr {self._place('i64', '%s', str(word))}")
            for word in range(self.words)
        )
        return Known(self.text, self.packing, words, {})

    def _ended(self) -> str:
        return "\n".join([*self.text.lines, "}", ""])

    # The tree of guards

    def _tree(self, tree: Tree, known: Known) -> None:
        for node in tree:
            if isinstance(node, Branch):
                inside, after = self.text.label(), self.text.label()
                self.text.split(known.all_of(node.terms), inside, after)
                self.text.begin(inside)
                self._tree(node.inside, known.inside())
                self.text.jump(after)
                self.text.begin(after)
            else:
                self._move(node, known)

    def _move(self, move: Move, known: Known) -> None:
        """The action is enabled: see to the bounds, check, and add the state after it."""
        after = self.text.label()
        if move.bounds:
            for bound in move.bounds:
                self._note(bound.name, known.value(bound.term))
            here = self.text.label()
            self.text.split(known.all_of(tuple(b.term for b in move.bounds)), here, after)
            self.text.begin(here)
            known = known.inside()
        for check in move.checks:
            self._demand(known.value(check), move.action)
        for term, low, high in move.ranges:
            value = known.value(term)
            self._demand(self.text.value(f"icmp sge i64 {value}, {low}"), move.action)
            self._demand(self.text.value(f"icmp sle i64 {value}, {high}"), move.action)
        number = self._count(move.action)
        first = self.text.value(f"mul i64 {number}, {self.words}") if self.words > 1 else number
        for word, value in enumerate(self._target(move, known)):
            at = self.text.value(f"add i64 {first}, {word}") if word else first
            self._store("i64", value, self._place("i64", "%targets", at))
        if self.least:
            target = self._place("i64", "%targets", first)
            turn = self.text.value(f"call i64 @least(ptr {target})")
            if self.with_turns:
                short = self.text.value(f"trunc i64 {turn} to i16")
                self._store("i16", short, self._place("i16", "%actions", number))
        self.text.jump(after)
        self.text.begin(after)

    def _target(self, move: Move, known: Known) -> list[str]:
        """The words of the state after a move. No variable carries over into another."""
        target = list(known.words)
        constants = [0] * self.words
        for at, by in move.deltas:
            word, shift = divmod(self.packing.slots[at].offset, WORD)
            constants[word] += by << shift
        for store in move.stores:
            word, shift = divmod(self.packing.slots[store.at].offset, WORD)
            new = self._code(store, known)
            change = self.text.value(f"sub i64 {new}, {known.code(store.at)}")
            moved = self.text.value(f"shl i64 {change}, {shift}")
            target[word] = self.text.value(f"add i64 {target[word]}, {moved}")
        return [
            self.text.value(f"add i64 {value}, {constant}") if constant else value
            for value, constant in zip(target, constants, strict=True)
        ]

    def _code(self, store: Store, known: Known) -> str:
        """The code to store for a term."""
        value, low = known.value(store.term), self.packing.slots[store.at].low
        if isinstance(self.system.variables[store.at].sort, BoolSort):
            return self.text.value(f"zext i1 {value} to i64")
        return self.text.value(f"sub i64 {value}, {low}") if low else value

    # Small things

    def _note(self, bound: str, holds: str) -> None:
        """Where a bound does not hold, its byte in `hits` becomes 1."""
        cut, after = self.text.label(), self.text.label()
        self.text.split(holds, after, cut)
        self.text.begin(cut)
        self._store("i8", "1", self._place("i8", "%hits", str(self.bounds.index(bound))))
        self.text.jump(after)
        self.text.begin(after)

    def _demand(self, holds: str, action: int) -> None:
        """Where something does not hold that must, the function ends."""
        wrong, after = self.text.label(), self.text.label()
        self.text.split(holds, after, wrong)
        self.text.begin(wrong)
        self.text.add(f"ret i64 {-1 - action}")
        self.text.begin(after)

    def _count(self, action: int) -> str:
        """Note one more action; which number it has."""
        number = self.text.value("load i64, ptr %count")
        self._store("i16", str(action), self._place("i16", "%actions", number))
        self._store("i64", self.text.value(f"add i64 {number}, 1"), "%count")
        return number

    def _place(self, kind: str, start: str, number: str) -> str:
        return self.text.value(f"getelementptr {kind}, ptr {start}, i64 {number}")

    def _store(self, kind: str, value: str, place: str) -> None:
        self.text.add(f"store {kind} {value}, ptr {place}")
