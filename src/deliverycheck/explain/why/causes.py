"""Causes: all minimal sets of faults that break a property, each with a shortest run.

What is left of a finite budget is part of the state: every state that breaks the property tells how
much was spent on the way there, and a run that spends so much is a run under that budget. For a
fault that may happen without end nothing is counted: it is looked whether the property breaks
without it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import combinations
from math import inf
from typing import TypeAlias

from deliverycheck.check.endless import shown_endless
from deliverycheck.check.explicit import shown
from deliverycheck.explain.why.fates import Fates
from deliverycheck.explore.edges import Edges, reached, without
from deliverycheck.explore.fair import divide
from deliverycheck.explore.lasso import endless_run, open_states
from deliverycheck.explore.runs import faults_of, first_run
from deliverycheck.lang.naming import budget_variable
from deliverycheck.lift.lifting import Lifted
from deliverycheck.system.explanations import Cause
from deliverycheck.system.verdicts import Trace

Needed: TypeAlias = tuple[tuple[int, ...], frozenset[str]]
"""How much is spent of each finite budget, and which faults occur of those without end."""


def causes(lifted: Lifted, fates: Fates) -> tuple[Cause, ...]:
    """The minimal causes, those with the fewest faults first, then those with the shortest runs.

    Raises DisagreementError if a run does not replay.
    """
    spent = _meter(fates)
    broken: dict[Needed, set[int]] = {}
    for occurring in _subsets(_uncounted(lifted)):
        others = _others(lifted, occurring)
        seen = reached(fates.nodes.edges, fates.nodes.starts, others)
        for node in _wrong(fates, others):
            if seen[node]:
                broken.setdefault((spent(node), occurring), set()).add(node)
        if any(not any(amounts) and not faults for amounts, faults in broken):
            break  # no fault is needed at all
    least = [one for one in broken if not any(_below(other, one) for other in broken)]
    traces = [_run(lifted, fates, broken[one], one[1]) for one in least]
    found = [Cause(faults_in(trace), trace) for trace in traces]
    return tuple(sorted(found, key=lambda one: (sum(one.faults.values()), len(one.trace.steps))))


def _uncounted(lifted: Lifted) -> list[str]:
    """The faults that may happen without end, in the order of the budgets."""
    endless = (key.partition(".")[0] for key, amount in lifted.budgets.items() if amount == inf)
    return list(dict.fromkeys(endless))


def _subsets(names: list[str]) -> Iterator[frozenset[str]]:
    for size in range(len(names) + 1):
        yield from map(frozenset, combinations(names, size))


def _others(lifted: Lifted, occurring: Collection[str]) -> frozenset[int]:
    """The faults without a count that are none of these."""
    counters = {budget_variable(key) for key in lifted.budgets}
    return frozenset(
        number
        for number, action in enumerate(lifted.system.actions)
        if action.fault and action.fault not in occurring and not counters & action.updates.keys()
    )


def _meter(fates: Fates) -> Callable[[int], tuple[int, ...]]:
    """Tells of a node how much of each counted budget was spent on the way there."""
    found = fates.marked.found
    variables = found.system.variables
    counters = [at for at, variable in enumerate(variables) if variable.store == "budget"]
    slots = [(found.code.packing.slots[at], found.system.initial[0][at]) for at in counters]

    def spent(node: int) -> tuple[int, ...]:
        word = found.states[fates.nodes.states[node]]
        return tuple(
            int(full) - (((word >> slot.offset) & slot.mask) + slot.low) for slot, full in slots
        )

    return spent


def _wrong(fates: Fates, barred: frozenset[int]) -> Iterator[int]:
    """The nodes at which a run without some actions has gone wrong."""
    if fates.prop.kind != "leads-to":
        yield from fates.barred
        return
    edges = without(fates.nodes.edges, barred)
    possible = replace(fates.nodes.possible, edges=edges)
    for clause in range(len(fates.prop.clauses)):
        yield from fates.endless(possible, clause)


def _below(one: Needed, other: Needed) -> bool:
    fewer = all(a <= b for a, b in zip(one[0], other[0], strict=True))
    return one != other and fewer and one[1] <= other[1]


def _run(lifted: Lifted, fates: Fates, goals: Collection[int], occurring: Collection[str]) -> Trace:
    """A shortest run to one of some nodes, by faults that are counted or among these."""
    found, prop = fates.marked.found, fates.prop
    others = _others(lifted, occurring)
    if prop.kind == "leads-to":
        states = {fates.nodes.states[node] for node in goals}
        return _endless(lifted, fates, states, without(fates.marked.edges, others))
    edges = without(fates.nodes.edges, others)

    def onward(node: int) -> Iterator[tuple[int, int]]:
        return ((edges.actions[edge], edges.targets[edge]) for edge in edges.of(node))

    run = first_run(fates.nodes.starts, onward, goals.__contains__, faults_of(found))
    if run is None:
        raise ValueError("no run to a state that was reached")
    last = run.states[-1]
    about = next(
        clause.about
        for clause, nodes in zip(prop.clauses, fates.broken, strict=True)
        if last in nodes
    )
    return _trace(shown(lifted, found, prop, run, about).trace)


def _endless(lifted: Lifted, fates: Fates, states: AbstractSet[int], edges: Edges) -> Trace:
    """A shortest run into one of some states where it can stay for ever, and round."""
    marked, prop = fates.marked, fates.prop
    possible = replace(marked.possible, edges=edges)
    traces: list[Trace] = []
    for number in range(len(prop.clauses)):
        when, then = marked.bits[prop.name, number]
        asked, met = marked.having(when), marked.having(then)
        fair = divide(possible, open_states(possible, asked, met), possible.relied).fair
        near = [one for one in fair if not states.isdisjoint(one)]
        if near:
            endless = endless_run(marked.found, possible, asked, met, near, possible.relied)
            traces.append(_trace(shown_endless(lifted, marked.found, prop, endless).trace))
    return min(traces, key=lambda trace: (trace.loop_start or 0, len(trace.steps)))


def _trace(trace: Trace | None) -> Trace:
    if trace is None:
        raise ValueError("what is shown has a run")
    return trace


def faults_in(trace: Trace) -> Mapping[str, float]:
    """How often each fault occurs in a run; one in the loop, without end."""
    counts: dict[str, float] = {}
    for step in trace.steps:
        if step.fault:
            again = trace.loop_start is not None and step.index > trace.loop_start
            counts[step.fault] = counts.get(step.fault, 0) + (inf if again else 1)
    return counts
