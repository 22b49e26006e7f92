"""Causes: all minimal sets of faults that break a property, each with a shortest run.

What is left of a finite budget is part of the state: every state that breaks the property tells how
much was spent on the way there, and a run that spends so much is a run under that budget. A fault
that may happen without end is counted on the way, the smallest count looked for; of one that has to
go on in the loop of a run without end, no count is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import combinations
from math import inf
from typing import TypeAlias

from deliverycheck.check.endless import shown_endless
from deliverycheck.check.explicit import shown
from deliverycheck.explain.why.fates import Fates
from deliverycheck.explore.edges import Edges, without
from deliverycheck.explore.fair import fair_in
from deliverycheck.explore.lasso import endless_run, open_states
from deliverycheck.explore.rations import Amounts, Rations, least_taken
from deliverycheck.explore.runs import faults_of, first_run
from deliverycheck.lang.naming import budget_variable
from deliverycheck.lift.faults import paid_from
from deliverycheck.lift.lifting import Lifted
from deliverycheck.system.explanations import Cause
from deliverycheck.system.verdicts import Trace

Budget: TypeAlias = tuple[float, ...]
"""How often each fault may happen: those with a count of their own, then the others."""


@dataclass(frozen=True, slots=True)
class Paid:
    """What the faults of a system draw from."""

    counted: tuple[str, ...]
    """The budgets of which the states tell what is left."""
    endless: tuple[str, ...]
    """Those of which they do not."""
    draws: Sequence[int | None]
    """By action: the endless budget it draws from, by its place; None: none."""

    def barred(self, endless: AbstractSet[int]) -> frozenset[int]:
        """The actions that draw from another endless budget than these."""
        return frozenset(
            number
            for number, draw in enumerate(self.draws)
            if draw is not None and draw not in endless
        )


def causes(lifted: Lifted, fates: Fates) -> tuple[Cause, ...]:
    """The minimal causes, those with the fewest faults first, then those with the shortest runs.

    Raises DisagreementError if a run does not replay.
    """
    paid = paid_in(lifted)
    names = (*paid.counted, *paid.endless)
    order = [key for key in lifted.budgets if key in names]
    found: list[Cause] = []
    for budget, nodes in least_budgets(fates, paid).items():
        amounts = dict(zip(names, budget, strict=True))
        faults = {key: amounts[key] for key in order if amounts[key]}
        found.append(Cause(faults, _run(lifted, fates, paid, budget, nodes)))

    def few_first(one: Cause) -> tuple[float, int, list[float]]:
        amounts = [-one.faults.get(key, 0) for key in order]
        return sum(one.faults.values()), len(one.trace.steps), amounts

    return tuple(sorted(found, key=few_first))


def paid_in(lifted: Lifted) -> Paid:
    """What the faults of a model draw from."""
    keys = [key for key, amount in lifted.budgets.items() if amount > 0]
    endless = tuple(key for key in keys if lifted.budgets[key] == inf)
    counted = tuple(key for key in keys if key not in endless)
    payers = (paid_from(lifted.design, lifted.budgets, one) for one in lifted.system.actions)
    return Paid(counted, endless, [endless.index(k) if k in endless else None for k in payers])


def least_budgets(fates: Fates, paid: Paid) -> Mapping[Budget, AbstractSet[int]]:
    """The minimal budgets that break the property, each with the nodes at which it is broken."""
    spent = _meter(fates, paid)
    found: dict[Budget, set[int]] = {}
    for going_on in _subsets(_in_loops(fates, paid)):
        if _is_beyond(_budget((0,) * len(paid.counted), _none(paid), going_on), found):
            continue
        wrong = frozenset(_wrong(fates, paid.barred(going_on)))
        draws = [None if draw in going_on else draw for draw in paid.draws]

        def is_too_much(node: int, taken: Amounts, going_on: AbstractSet[int] = going_on) -> bool:
            return bool(found) and _is_beyond(_budget(spent(node), taken, going_on), found)

        ways = least_taken(
            fates.nodes.edges, fates.nodes.starts, draws, len(paid.endless), is_too_much
        )
        for node, taken in ways if wrong else ():
            if node in wrong:
                found.setdefault(_budget(spent(node), taken, going_on), set()).add(node)
    return {one: nodes for one, nodes in found.items() if not _is_beyond(one, found)}


def _none(paid: Paid) -> Amounts:
    return (0,) * len(paid.endless)


def _budget(spent: Amounts, taken: Amounts, going_on: AbstractSet[int]) -> Budget:
    return (*spent, *(inf if at in going_on else amount for at, amount in enumerate(taken)))


def _is_beyond(one: Budget, others: Collection[Budget]) -> bool:
    """Whether a budget is more than another one."""
    return any(
        other != one and all(a <= b for a, b in zip(other, one, strict=True)) for other in others
    )


def _in_loops(fates: Fates, paid: Paid) -> list[int]:
    """The endless budgets that a loop may draw from in which a promise is never kept."""
    if fates.prop.kind != "leads-to":
        return []
    edges = fates.nodes.edges
    drawn = {
        paid.draws[edges.actions[edge]]
        for nodes in fates.broken
        for node in nodes
        for edge in edges.of(node)
        if edges.targets[edge] in nodes
    }
    return sorted(draw for draw in drawn if draw is not None)


def _subsets(numbers: list[int]) -> Iterator[frozenset[int]]:
    for size in range(len(numbers) + 1):
        yield from map(frozenset, combinations(numbers, size))


def _meter(fates: Fates, paid: Paid) -> Callable[[int], Amounts]:
    """Tells of a node how much of each counted budget was spent on the way there."""
    found = fates.marked.found
    counters = [found.system.index[budget_variable(key)] for key in paid.counted]
    slots = [(found.code.packing.slots[at], found.system.initial[0][at]) for at in counters]

    def spent(node: int) -> Amounts:
        word = found.states[fates.nodes.states[node]]
        return tuple(
            int(full) - (((word >> slot.offset) & slot.mask) + slot.low) for slot, full in slots
        )

    return spent


def _wrong(fates: Fates, barred: frozenset[int]) -> Iterator[int]:
    """The nodes at which a run has gone wrong that takes none of some actions from there on."""
    if fates.prop.kind != "leads-to":
        yield from fates.barred
        return
    edges = without(fates.nodes.edges, barred)
    possible = replace(fates.nodes.possible, edges=edges)
    for clause in range(len(fates.prop.clauses)):
        yield from fates.endless(possible, clause)


def _run(
    lifted: Lifted, fates: Fates, paid: Paid, budget: Budget, goals: AbstractSet[int]
) -> Trace:
    """A shortest run to one of some nodes under a budget, and round if it has no end."""
    found, prop = fates.marked.found, fates.prop
    amounts = budget[len(paid.counted) :]
    going_on = {at for at, amount in enumerate(amounts) if amount == inf}
    draws = [None if draw in going_on else draw for draw in paid.draws]
    most = tuple(0 if at in going_on else int(amount) for at, amount in enumerate(amounts))
    rations = Rations(draws, most)
    if prop.kind == "leads-to":
        states = {fates.nodes.states[node] for node in goals}
        inside = without(fates.marked.edges, paid.barred(going_on))
        return _endless(lifted, fates, states, inside, rations)
    edges, size = fates.nodes.edges, rations.size

    def onward(at: int) -> Iterator[tuple[int, int]]:
        node, taken = divmod(at, size)
        for edge in edges.of(node):
            after = rations.after(taken, edges.actions[edge])
            if after is not None:
                yield edges.actions[edge], edges.targets[edge] * size + after

    starts = (start * size for start in fates.nodes.starts)
    run = first_run(starts, onward, lambda at: at // size in goals, faults_of(found))
    if run is None:
        raise ValueError("no run to a state that was reached")
    run = replace(run, states=tuple(at // size for at in run.states))
    last = run.states[-1]
    about = next(
        clause.about
        for clause, nodes in zip(prop.clauses, fates.broken, strict=True)
        if last in nodes
    )
    return _trace(shown(lifted, found, prop, run, about).trace)


def _endless(
    lifted: Lifted, fates: Fates, states: AbstractSet[int], inside: Edges, rations: Rations
) -> Trace:
    """A shortest run into one of some states where it can stay for ever, and round."""
    marked, prop = fates.marked, fates.prop
    possible = replace(marked.possible, edges=inside)
    way = marked.edges, rations
    traces: list[Trace] = []
    for number in range(len(prop.clauses)):
        when, then = marked.bits[prop.name, number]
        asked, met = marked.having(when), marked.having(then)
        fair = fair_in(possible, open_states(marked.possible, asked, met), possible.relied)
        near = [one for one in fair if not states.isdisjoint(one)]
        if near:
            endless = endless_run(marked.found, possible, asked, met, near, possible.relied, way)
            traces.append(_trace(shown_endless(lifted, marked.found, prop, endless).trace))
    return min(traces, key=lambda trace: (trace.loop_start or 0, len(trace.steps)))


def _trace(trace: Trace | None) -> Trace:
    if trace is None:
        raise ValueError("what is shown has a run")
    return trace


def faults_in(lifted: Lifted, trace: Trace) -> Mapping[str, float]:
    """How often a run draws from each budget; where it does so in the loop, without end."""
    payers = {
        (one.actor, one.name, one.fault): paid_from(lifted.design, lifted.budgets, one)
        for one in lifted.system.actions
    }
    counts: dict[str, float] = {}
    for step in trace.steps:
        key = payers[step.actor, step.action, step.fault]
        if key is not None:
            again = trace.loop_start is not None and step.index > trace.loop_start
            counts[key] = counts.get(key, 0) + (inf if again else 1)
    return counts
