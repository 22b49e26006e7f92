"""What was explored: the states that were found, in order, and what is known of the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from deliverycheck.explore.codegen import Compiled
from deliverycheck.explore.limits import Explorer, Stop
from deliverycheck.semantics.interpreter import ModelFault
from deliverycheck.system.model import State, System
from deliverycheck.system.sorts import contains

if TYPE_CHECKING:
    from deliverycheck.explore.native.space import Space
    from deliverycheck.explore.permuting import Permutation


@dataclass(slots=True)
class Explored:
    """The reachable states in order of discovery, so level by level.

    `levels[d]` is the number of states nearer than d steps; a state's number is its place in
    `states`. States from `expanded` on were reached, but what follows them was not looked at.
    """

    system: System
    code: Compiled
    states: Sequence[int]
    index: Mapping[int, int]
    levels: list[int]
    transitions: int = 0
    expanded: int = 0
    stopped: Stop | None = None
    hits: tuple[str, ...] = field(default=())
    explorer: Explorer = field(default_factory=Explorer)
    space: Space | None = None
    """The same states in arrays, if the native engine found them."""

    @property
    def permutations(self) -> tuple[Permutation, ...]:
        """What makes states one that differ only in names: here nothing (see `orbits.Quotient`)."""
        return ()

    @property
    def complete(self) -> bool:
        """Whether every reachable state was found and looked at."""
        return self.stopped is None

    @property
    def depth(self) -> int:
        """The length of the longest of all shortest runs found."""
        return len(self.levels) - 1

    def depth_of(self, number: int) -> int:
        """How many steps a state is away from the start."""
        low, high = 0, len(self.levels)
        while low < high:
            middle = (low + high) // 2
            if self.levels[middle] <= number:
                low = middle + 1
            else:
                high = middle
        return low - 1

    def level(self, depth: int) -> range:
        """The numbers of the states at a depth."""
        last = depth + 1 == len(self.levels)
        return range(self.levels[depth], len(self.states) if last else self.levels[depth + 1])

    def number_of(self, state: State) -> int | None:
        """The number of a state; None if it was not reached, or is none of the instance's."""
        sorts = (variable.sort for variable in self.system.variables)
        if not all(contains(sort, value) for sort, value in zip(sorts, state, strict=True)):
            return None
        return self.index.get(self.code.packing.pack(state))

    def bytes_from(self, number: int, width: int) -> bytes:
        """The packed states from a number on, `width` bytes each, the least significant first."""
        if self.space is not None:
            return self.space.bytes_from(number)
        return b"".join(word.to_bytes(width, "little") for word in self.states[number:])

    def state(self, number: int) -> State:
        """The values of a state's variables."""
        return self.code.packing.unpack(self.states[number])


class ReachableFault(ModelFault):
    """A fault of the model in a state that was reached: `number` of `found`."""

    def __init__(self, fault: ModelFault, found: Explored, number: int) -> None:
        super().__init__(fault.diagnostics[0], fault.action)
        self.found = found
        self.number = number


def uninterrupted(found: Explored) -> Explored:
    """The same. Raises KeyboardInterrupt where that ended the search: nobody else would tell."""
    if found.stopped == "interrupted":
        raise KeyboardInterrupt
    return found
