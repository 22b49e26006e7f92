"""Goals: what has to be reached, or shown to be out of reach, to decide a property."""

from __future__ import annotations

from collections.abc import Iterator

from deliverycheck.prove.names import MISHAP, own_names
from deliverycheck.system import build
from deliverycheck.system.fairness import resting
from deliverycheck.system.model import Action, Clause, Property, System
from deliverycheck.system.ranges import narrowed, range_of
from deliverycheck.system.sorts import IntSort
from deliverycheck.system.terms import App, Const, Term, Var


def goals_of(system: System) -> dict[str, Term]:
    """Every goal by its name; together they decide all properties but those of `own_names`.

    `breaks P`: a state that breaks P; `tests P`: one that puts it to the test; `shows P N`: an
    example for clause N of a `sometimes` property.
    """
    goals = {MISHAP: mishap(system)}
    rest, own = resting(system), own_names(system)
    for prop in system.properties:
        if prop.kind == "sometimes":
            for number, clause in enumerate(prop.clauses):
                goals[f"shows {prop.name} {number}"] = build.all_of(clause.when, clause.then)
            continue
        goals[f"tests {prop.name}"] = build.any_of(*(clause.when for clause in prop.clauses))
        if prop.name not in own:
            broken = build.any_of(*map(breaking, prop.clauses))
            restful = rest if prop.kind == "at-rest" else build.TRUE
            goals[f"breaks {prop.name}"] = build.all_of(restful, broken)
    return goals


def breaking(clause: Clause) -> Term:
    """What breaks a clause: its `when` without its `then`."""
    return build.all_of(clause.when, build.negate(clause.then))


def enabled(action: Action) -> Term:
    """The action can be taken in this instance: its guard holds, and no bound cuts it off."""
    return build.all_of(action.guard, *(bound.term for bound in action.bounds))


def sound(system: System, action: Action) -> Term:
    """The enabled action does nothing wrong: all checks hold, all values stay in their sorts."""
    return build.all_of(*(check.term for check in action.checks), *_inside(system, action))


def cut_off(system: System) -> Term:
    """Some step could happen, but for a bound of the instance."""
    return build.any_of(
        *(
            build.all_of(action.guard, build.negate(bound.term))
            for action in system.actions
            for bound in action.bounds
        )
    )


def mishap(system: System) -> Term:
    """Some enabled action goes wrong."""
    return build.any_of(
        *(build.all_of(enabled(a), build.negate(sound(system, a))) for a in system.actions)
    )


def _inside(system: System, action: Action) -> Iterator[Term]:
    """For each updated integer, that it stays in its sort, unless the guard settles that."""
    known = narrowed(enabled(action))
    for name, term in action.updates.items():
        sort = system.variables[system.index[name]].sort
        if not isinstance(sort, IntSort):
            continue
        low, high = range_of(term, known)
        if low < sort.low:
            yield build.at_most(build.integer(sort.low), term)
        if sort.high is not None and high > sort.high:
            yield build.at_most(term, build.integer(sort.high))


def after(action: Action, term: Term) -> Term:
    """The term's value after the action, said of the state before it (its weakest precondition,
    Dijkstra 1975)."""
    return build.substitute(term, dict(action.updates))


def start(system: System) -> Term:
    """The state is an initial one."""
    variables = [Var(v.name, v.sort) for v in system.variables]
    return build.any_of(
        *(
            build.all_of(
                *(
                    build.equal(var, Const(value, var.sort))
                    for var, value in zip(variables, state, strict=True)
                )
            )
            for state in system.initial
        )
    )


def property_of(system: System, name: str) -> Property:
    """The property with this name."""
    return next(prop for prop in system.properties if prop.name == name)


def conjuncts(term: Term) -> tuple[Term, ...]:
    """The parts of a conjunction."""
    if term == build.TRUE:
        return ()
    return term.args if isinstance(term, App) and term.op == "and" else (term,)
