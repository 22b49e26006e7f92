"""The lattice: the verdict on a property under every fault budget up to some caps, at one go.

A budget is part of the state: what is left of it. So the runs under every budget lie in one graph,
in which each budget has an initial state of its own. A state means the same whichever of them it
was reached from: whether it breaks a property is found out once, and one search backwards tells
from which initial states, so under which budgets, such a state is reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from itertools import product
from typing import Literal, TypeAlias

from deliverycheck.check.instances import explore_instance
from deliverycheck.check.marked import Marked
from deliverycheck.check.options import Options, Report
from deliverycheck.explore.explored import uninterrupted
from deliverycheck.explore.fair import fair_in
from deliverycheck.explore.flags import both, but_not, either
from deliverycheck.explore.groups import flags_in
from deliverycheck.explore.lasso import open_states
from deliverycheck.explore.memory import NoRoom
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
    wanted = [
        prop
        for prop in lifted.system.properties
        if not options.properties or prop.name in options.properties
    ]
    try:
        fates, harm = _fates(marked, wanted, at)
        return Lattice(faults, fates, harm, copies)
    except NoRoom:
        unknown: dict[Amounts, Fate] = dict.fromkeys(at, "open")
        return Lattice(faults, {prop.name: unknown for prop in wanted}, {}, copies)


def _fates(
    marked: Marked, wanted: Iterable[Property], at: Mapping[Amounts, int]
) -> tuple[dict[str, dict[Amounts, Fate]], dict[str, dict[Amounts, int]]]:
    """The fates and the harm of some properties, by the initial states of the budgets."""
    unseen = marked.leading_to(marked.cut())
    fates: dict[str, dict[Amounts, Fate]] = {}
    harm: dict[str, dict[Amounts, int]] = {}
    for prop in wanted:
        broken = broken_from(marked, prop)
        fates[prop.name] = {
            budget: "broken" if broken[number] else "open" if unseen[number] else "kept"
            for budget, number in at.items()
        }
        system = marked.found.system
        if prop.kind in ("always", "possible") and len(by_message(system, prop)) > 1:
            more = map(marked.leading_to, broken_at_once(marked, prop)[1:])
            leading = [broken, *more]
            harm[prop.name] = {
                budget: sum(flags[number] for flags in leading) for budget, number in at.items()
            }
    return fates, harm


def _start(lifted: Lifted, budget: Mapping[str, int]) -> State:
    """The initial state with so much of each budget."""
    (start,) = lifted.system.initial
    values = list(start)
    for key, amount in budget.items():
        values[lifted.system.index[budget_variable(key)]] = amount
    return tuple(values)


def broken_from(marked: Marked, prop: Property) -> bytearray:
    """For each state whether a run from there on breaks the property."""
    count = len(marked.marks)
    goals = bytearray(count)
    if prop.kind != "sometimes":
        breaking = _endless if prop.kind == "leads-to" else Marked.wrong
        for number in range(len(prop.clauses)):
            goals = either(goals, breaking(marked, prop, number))
        return marked.leading_to(goals)
    broken, every, cut = goals, bytearray(b"\1" * count), marked.cut()
    for number in range(len(prop.clauses)):
        # Broken where no example is in reach, not even behind what was cut off.
        able = marked.leading_to(either(marked.examples(prop, number), cut))
        broken = either(broken, but_not(every, able))
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


def broken_at_once(marked: Marked, prop: Property) -> list[bytearray]:
    """By number of messages, from one on: whether a state breaks a property about single messages
    for so many of them. As far as there is such a state."""
    found: list[bytearray] = []
    for clauses in by_message(marked.found.system, prop).values():
        wrong = reduce(either, (marked.wrong(prop, number) for number in clauses))
        more = [wrong, *(both(fewer, wrong) for fewer in found)]
        found = [either(*pair) for pair in zip(found, more, strict=False)] + more[len(found) :]
        if 1 not in found[-1]:
            found.pop()
    return found


def _endless(marked: Marked, prop: Property, number: int) -> bytearray:
    """Whether a state asks for something that need not come: a fair run goes on without it."""
    when, then = marked.bits[prop.name, number]
    asked, met = marked.having(when), marked.having(then)
    possible = marked.possible
    fair = fair_in(possible, open_states(possible, asked, met), possible.relied)
    return both(asked, marked.leading_to(flags_in(len(asked), fair), met))
