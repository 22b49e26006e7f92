"""Searching by representatives: one state for all that differ only in what messages are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from math import factorial, prod

from deliverycheck.explore.canonical import canonical
from deliverycheck.explore.codegen import Trouble, compiled
from deliverycheck.explore.limits import Explorer, Limits, Progress
from deliverycheck.explore.native.fitting import fits
from deliverycheck.explore.orbits import Quotient
from deliverycheck.explore.search import can_compile, search
from deliverycheck.explore.unfolding import first_fault
from deliverycheck.system.model import System
from deliverycheck.system.symmetry import Symmetry


def explore_quotient(
    system: System,
    symmetry: Symmetry,
    limits: Limits | None = None,
    report: Callable[[Progress], None] | None = None,
    explorer: Explorer | None = None,
    *,
    trying: bool | None = None,
) -> Quotient:
    """The representatives of all reachable states of a system whose variables are finite.

    `symmetry` is what `system.symmetry.symmetry_of` says of this very system, or ValueError is
    raised. The limits are about representatives. `trying`: find representatives by trying all
    permutations in any case.

    Raises ReachableFault as `explore` does, with the states on the way to it in `found`; TooMany if
    there are more orders of the messages than can be listed.
    """
    if symmetry.system is not system:
        raise ValueError("the symmetry of another system")
    explorer = explorer or Explorer()
    if trying is None:  # only what tries them all can be handed over to the native explorer
        orders = prod(factorial(len(alike)) for alike in symmetry.classes)
        trying = explorer.engine != "plain" and can_compile() and fits(system, orders)
    plain = compiled(system)
    names = canonical(plain.packing, symmetry, trying=trying)
    least = names.least
    starts = (least(plain.packing.pack(state)) for state in system.initial)
    states = list(dict.fromkeys(starts))
    index = {word: number for number, word in enumerate(states)}

    # Most targets are representatives that are known already: to look is quicker than to sort.
    def targets(word: int) -> list[int]:
        index = found.index
        return [one if one in index else least(one) for one in plain.targets(word)]

    def edges(word: int) -> list[tuple[int, int]]:
        index = found.index
        return [(at, one if one in index else least(one)) for at, one in plain.edges(word)]

    code = replace(plain, targets=targets, edges=edges)
    found = Quotient(
        system,
        code,
        states,
        index,
        [0],
        explorer=explorer,
        plain=plain,
        canonical=names,
        symmetry=symmetry,
    )
    try:
        search(found, limits or Limits(), report)
    except Trouble:
        # Which of its states a plain search comes upon first is seen only at the end of the level.
        level = range(*found.levels[-2:])
        wrong = [number for number in level if _goes_wrong(plain.targets, found.states[number])]
        raise first_fault(found, wrong) from None
    found.hits = tuple(sorted(_by_all_names(symmetry, found.hits)))
    return found


def _goes_wrong(targets: Callable[[int], list[int]], word: int) -> bool:
    try:
        targets(word)
    except Trouble:
        return True
    return False


def _by_all_names(symmetry: Symmetry, hits: Iterable[str]) -> set[str]:
    """The bounds that were hit, and those that say the same of other messages."""
    found = set(hits)
    work = list(found)
    for name in work:  # grows while it is walked through
        for exchange in symmetry.exchanges:
            more = exchange.bounds.get(name, frozenset()) - found
            found |= more
            work += more
    return found
