"""The lattice: the verdict on a property under every fault budget up to some caps, at one go.

A budget is part of the state: what is left of it. So the runs under every budget lie in one graph,
in which each budget has an initial state of its own. A state means the same whichever of them it
was reached from: whether it breaks a property is found out once, and one search backwards tells
from which initial states, so under which budgets, such a state is reached.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal, TypeAlias

from deliverycheck.check.instances import explore_instance
from deliverycheck.check.marked import Marked
from deliverycheck.check.options import Options, Report
from deliverycheck.explore.doom import can_reach
from deliverycheck.explore.explored import uninterrupted
from deliverycheck.explore.fair import divide
from deliverycheck.explore.lasso import open_states
from deliverycheck.explore.plan import CUT
from deliverycheck.lang.naming import budget_variable
from deliverycheck.lift.lifting import Lifted
from deliverycheck.system.model import Property, State, System

Amounts: TypeAlias = tuple[int, ...]
"""How often each fault may happen, in the order of `Lattice.faults`."""

MANY_COPIES = 7
"""Copies of one item in flight that are looked at where a few do not hold all there is."""

Fate: TypeAlias = Literal["broken", "kept", "open"]
"""`open`: a limit or a bound cut off what might break it."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """What becomes of each property under each budget."""

    faults: tuple[str, ...]
    fates: Mapping[str, Mapping[Amounts, Fate]]
    """By property and budget."""
    harm: Mapping[str, Mapping[Amounts, int]]
    """By property about several messages, and budget: with how many of them it can be broken in one
    state. Promises are left out: what comes of one message says nothing about another's."""
    copies: int | None
    """The copies of one item in flight that were looked at, if that was fixed."""


def lattice_of(lifted: Lifted, options: Options, report: Report | None = None) -> Lattice:
    """The lattice below the budgets of a model, all of which must be finite.

    Raises KeyboardInterrupt where that ended the search.
    """
    faults = tuple(key for key, amount in lifted.budgets.items() if amount > 0)
    budgets = list(product(*(range(int(lifted.budgets[key]) + 1) for key in faults)))
    starts = tuple(_start(lifted, dict(zip(faults, budget, strict=True))) for budget in budgets)
    wide = replace(lifted, system=replace(lifted.system, initial=starts))
    copies = options.copies
    found = explore_instance(wide, replace(options, copies=copies), report)
    if found.hits and found.complete and copies is None:
        # Many faults make many copies; a frontier with gaps is worth little, so it may cost more.
        copies = MANY_COPIES
        found = explore_instance(wide, replace(options, copies=copies), report)
    marked = Marked(uninterrupted(found))
    numbers = {found.state(number): number for number in found.level(0)}
    at = {budget: numbers[start] for budget, start in zip(budgets, starts, strict=True)}
    unseen = can_reach(marked.before, _cut(marked))
    fates: dict[str, dict[Amounts, Fate]] = {}
    harm: dict[str, dict[Amounts, int]] = {}
    for prop in lifted.system.properties:
        if options.properties and prop.name not in options.properties:
            continue
        broken = broken_from(marked, prop)
        fates[prop.name] = {
            budget: "broken" if broken[number] else "open" if unseen[number] else "kept"
            for budget, number in at.items()
        }
        if prop.kind in ("always", "possible") and len(by_message(lifted.system, prop)) > 1:
            worst = _worst_from(marked, prop, broken)
            harm[prop.name] = {budget: worst[number] for budget, number in at.items()}
    return Lattice(faults, fates, harm, copies)


def _start(lifted: Lifted, budget: Mapping[str, int]) -> State:
    """The initial state with so much of each budget."""
    (start,) = lifted.system.initial
    values = list(start)
    for key, amount in budget.items():
        values[lifted.system.index[budget_variable(key)]] = amount
    return tuple(values)


def _cut(marked: Marked) -> Iterator[bool]:
    """For each state whether something was cut off right behind it."""
    for number, marks in enumerate(marked.marks):
        yield bool(marks & CUT) or number >= marked.found.expanded


def broken_from(marked: Marked, prop: Property) -> bytearray:
    """For each state whether a run from there on breaks the property."""
    count = len(marked.marks)
    clauses = range(len(prop.clauses))
    if prop.kind != "sometimes":
        goals = bytearray(count)
        for number in clauses:
            is_promise = prop.kind == "leads-to"
            for state in (_endless if is_promise else Marked.wrong)(marked, prop, number):
                goals[state] = 1
        return can_reach(marked.before, map(bool, goals))
    broken = bytearray(count)
    for number in clauses:
        # Broken where no example is in reach, not even behind what was cut off.
        examples = set(marked.examples(prop, number))
        hoped = (n in examples or cut for n, cut in enumerate(_cut(marked)))
        able = can_reach(marked.before, hoped)
        broken = bytearray(was or not can for was, can in zip(broken, able, strict=True))
    return broken


def by_message(system: System, prop: Property) -> Mapping[str, list[int]]:
    """The clauses of a property by the message each is about; none if one is about no message, or
    about several."""
    ledger = [one.name for one in system.variables if one.store == "ledger"]
    messages = {name.partition("[")[2].removesuffix("]") for name in ledger if "[" in name}
    found: dict[str, list[int]] = {}
    for number, clause in enumerate(prop.clauses):
        about = [part for part in clause.about.split(", ") if part in messages]
        if len(about) != 1:
            return {}
        found.setdefault(about[0], []).append(number)
    return found


def broken_at_once(marked: Marked, prop: Property) -> Counter[int]:
    """For each state that breaks a property about single messages, for how many of them."""
    return Counter(
        state
        for clauses in by_message(marked.found.system, prop).values()
        for state in {state for number in clauses for state in marked.wrong(prop, number)}
    )


def _worst_from(marked: Marked, prop: Property, broken: bytearray) -> list[int]:
    """For each state: for how many messages the property is broken at once in a state it leads to,
    at most."""
    count = broken_at_once(marked, prop)
    worst = [int(is_broken) for is_broken in broken]  # from there, at least one is
    for most in sorted({*count.values()} - {1}):
        goals = (count[state] >= most for state in range(len(worst)))
        able = can_reach(marked.before, goals)
        worst = [most if can else was for can, was in zip(able, worst, strict=True)]
    return worst


def _endless(marked: Marked, prop: Property, number: int) -> Iterable[int]:
    """The states that ask for something that need not come: a fair run goes on without it."""
    when, then = marked.bits[prop.name, number]
    asked, met = marked.having(when), marked.having(then)
    possible = marked.possible
    opened = open_states(possible, asked, met)
    fair = divide(possible, opened, possible.relied).fair
    before = marked.before
    stays = {state for component in fair for state in component}
    work = list(stays)
    while work:
        state = work.pop()
        for source in before.sources[before.starts[state] : before.starts[state + 1]]:
            if source not in stays and not met[source]:
                stays.add(source)
                work.append(source)
    return (state for state in stays if asked[state])
