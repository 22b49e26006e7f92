"""The bounded instance of a system: natural numbers up to a limit, with every cut on record."""

from __future__ import annotations

from dataclasses import replace

from deliverycheck.system import build
from deliverycheck.system.model import Action, Bound, Clause, Property, System
from deliverycheck.system.ranges import narrowed, range_of
from deliverycheck.system.sorts import IntSort
from deliverycheck.system.terms import Term, Var


def bounded(system: System, copies: int, naturals: int) -> System:
    """The system with every endless integer ending: in channels at `copies`, else at `naturals`.

    A step that would go beyond is cut off by a `Bound` that names the variable. A system without
    endless variables is returned as it is.
    """
    endless = {v.name: v for v in system.variables if _is_endless(v.sort)}
    if not endless:
        return system
    limits: dict[str, int] = {}
    ending: dict[str, Term] = {}
    for name, variable in endless.items():
        low = variable.sort.low if isinstance(variable.sort, IntSort) else 0
        first = max(int(state[system.index[name]]) for state in system.initial)
        limits[name] = max(copies if variable.store == "channel" else naturals, low, first)
        ending[name] = Var(name, IntSort(low, limits[name]))

    def end(term: Term) -> Term:
        return build.substitute(term, ending)

    def cut(action: Action) -> Action:
        known = narrowed(action.guard)
        bounds = [replace(bound, term=end(bound.term)) for bound in action.bounds]
        for name in action.updates.keys() & endless.keys():
            if range_of(action.updates[name], known)[1] > limits[name]:
                fits = build.at_most(end(action.updates[name]), build.integer(limits[name]))
                bounds.append(Bound(fits, f"{name}: at most {limits[name]}"))
        return replace(
            action,
            guard=end(action.guard),
            updates={name: end(term) for name, term in action.updates.items()},
            checks=tuple(replace(check, term=end(check.term)) for check in action.checks),
            bounds=tuple(sorted(bounds, key=lambda bound: bound.name)),
        )

    def end_clause(clause: Clause) -> Clause:
        return Clause(clause.about, end(clause.when), end(clause.then))

    return System(
        system.name,
        tuple(
            replace(v, sort=IntSort(v.sort.low, limits[v.name]))
            if v.name in endless and isinstance(v.sort, IntSort)
            else v
            for v in system.variables
        ),
        system.initial,
        tuple(cut(action) for action in system.actions),
        tuple(
            Property(p.name, p.kind, tuple(end_clause(clause) for clause in p.clauses))
            for p in system.properties
        ),
    )


def _is_endless(sort: object) -> bool:
    return isinstance(sort, IntSort) and sort.high is None
