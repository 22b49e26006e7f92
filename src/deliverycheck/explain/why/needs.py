"""Needs: the faults and steps without which no run goes wrong.

Something is necessary if without it nothing can go wrong: the steps in question are taken out of
the graph, and it is looked whether a counterexample is left. Nothing is called necessary where what
a limit or a bound cut off might hold a counterexample that does without.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from deliverycheck.explain.why.fates import Fates
from deliverycheck.explore.edges import reached, without
from deliverycheck.explore.flags import numbers_in
from deliverycheck.system.verdicts import Step, Trace


def necessary_faults(fates: Fates, trace: Trace) -> tuple[str, ...]:
    """The faults of a run that every run has that breaks the property."""
    clauses = range(len(fates.prop.clauses))
    actions = fates.marked.found.system.actions
    return tuple(
        fault
        for fault in trace.faults
        if _is_necessary(fates, clauses, [n for n, a in enumerate(actions) if a.fault == fault])
    )


def necessary_steps(fates: Fates, trace: Trace, clauses: Sequence[int]) -> tuple[int, ...]:
    """The steps of a run, from 1, whose like is in every run that breaks one of some clauses.

    A step and its like have the same actor and name, and are faults of the same kind.
    """
    by_key: dict[tuple[str, str, str | None], list[int]] = {}
    for number, action in enumerate(fates.marked.found.system.actions):
        by_key.setdefault((action.actor, action.name, action.fault), []).append(number)
    keys = dict.fromkeys(map(_key, trace.steps))
    needed = {key for key in keys if _is_necessary(fates, clauses, by_key[key])}
    return tuple(step.index for step in trace.steps if _key(step) in needed)


def _key(step: Step) -> tuple[str, str, str | None]:
    return step.actor, step.action, step.fault


def _is_necessary(fates: Fates, clauses: Iterable[int], actions: Collection[int]) -> bool:
    """Whether no run without some actions breaks one of some clauses."""
    nodes, marked, barred = fates.nodes, fates.marked, frozenset(actions)
    seen = reached(nodes.edges, nodes.starts, barred)
    cut = marked.cut()
    if any(cut[nodes.states[node]] for node in numbers_in(seen)):
        return False
    if fates.prop.kind != "leads-to":
        return not any(seen[node] for clause in clauses for node in fates.broken[clause])
    possible = replace(nodes.possible, edges=without(nodes.edges, barred))
    return not any(seen[node] for clause in clauses for node in fates.endless(possible, clause))
