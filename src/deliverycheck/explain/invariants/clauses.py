"""Clauses: an invariant as disjunctions of facts, none of them longer than it need be."""

from __future__ import annotations

from collections.abc import Collection
from itertools import product
from typing import TypeGuard

from deliverycheck.explain.invariants.facts import Fact, canonical, fact_of, term_of
from deliverycheck.explain.invariants.symmetry import Literals
from deliverycheck.system import build
from deliverycheck.system.sorts import IntSort
from deliverycheck.system.terms import App, Term

MOST_PARTS = 16
"""A condition that would fall into more clauses than this stays in one piece."""


def is_choice(term: Term) -> TypeGuard[App]:
    """Whether a term is a disjunction, but not one about a single variable."""
    return isinstance(term, App) and term.op == "or" and fact_of(term) is None


def clauses_of(term: Term) -> list[Literals]:
    """A condition, in its fixed form, as clauses that hold together."""
    if fact_of(term) is None and isinstance(term, App):
        if term.op == "and":
            return [clause for part in term.args for clause in clauses_of(part)]
        if term.op == "or":
            return _distributed(term)
    return [] if term == build.TRUE else [frozenset(() if term == build.FALSE else (term,))]


def _distributed(term: App) -> list[Literals]:
    parts = [clauses_of(part) for part in term.args]
    size = 1
    for part in parts:
        size *= len(part)
    if size > MOST_PARTS:
        return [frozenset(term.args)]
    found: list[Literals] = []
    for row in product(*parts):
        # Two parts may speak of one variable now, and be one fact.
        joined = canonical(App("or", tuple(literal for literals in row for literal in literals)))
        if joined == build.FALSE:
            found.append(frozenset())
        elif joined != build.TRUE:
            found.append(frozenset(joined.args if is_choice(joined) else (joined,)))
    return found


def implied(clauses: Collection[Literals]) -> set[Literals]:
    """The clauses that another one implies, part by part."""
    facts = {
        clause: {literal: fact for literal in clause if (fact := fact_of(literal)) is not None}
        for clause in clauses
    }

    def stronger(clause: Literals, other: Literals) -> bool:
        return all(
            literal in other
            or (
                literal in facts[clause]
                and any(
                    found.var == facts[clause][literal].var and facts[clause][literal].within(found)
                    for found in facts[other].values()
                )
            )
            for literal in clause
        )

    return {
        clause
        for clause in clauses
        if any(other != clause and stronger(other, clause) for other in clauses)
    }


def simplified(clauses: Collection[Literals]) -> set[Literals]:
    """The clauses, given those that settle something about a variable by themselves.

    With at most one effect at any time, `effects = 1` is `effects >= 1`, so it is told so; and two
    effects are no alternative to anything.
    """
    settled: dict[str, Fact] = {}
    for clause in clauses:
        for fact in filter(None, map(fact_of, clause)):
            if len(clause) == 1:
                known = settled.get(fact.var.name)
                settled[fact.var.name] = fact.meet(known) if known else fact
    return {clause if len(clause) == 1 else _given(clause, settled) for clause in clauses}


def _given(clause: Literals, settled: dict[str, Fact]) -> Literals:
    found: set[Term] = set()
    for literal in clause:
        fact = fact_of(literal)
        known = settled.get(fact.var.name) if fact else None
        if fact is None or known is None:
            found.add(literal)
            continue
        within = fact.meet(known)
        if known.within(fact) or not within.spans:
            found.add(build.truth(bool(within.spans)))
            continue
        wider = within.join(known.negated())
        is_simpler = isinstance(fact.var.sort, IntSort) and len(wider.spans) <= len(within.spans)
        found.add(term_of(wider) if is_simpler else literal)
    if build.TRUE in found:
        return clause  # it says nothing that the others do not say
    return frozenset(found - {build.FALSE})
