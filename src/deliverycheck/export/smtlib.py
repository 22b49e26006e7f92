"""A system in SMT-LIB 2.6 (logic QF_LIA), for any SMT solver; printed by our own hands.

Everything is said about a moment: variable 3 at moment 0 is the constant `v3.0`. Truth values are
`Bool`, integers are `Int`, a label is its position in its enumeration; the domains are constraints.
(Barrett, Fontaine, Tinelli: The SMT-LIB Standard, version 2.6.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from deliverycheck.export.smtlib_terms import (
    both,
    denied,
    either,
    integer_of,
    name_of,
    value_of,
    written,
)
from deliverycheck.system.model import Action, Property, State, System
from deliverycheck.system.sorts import BoolSort, EnumSort, IntSort, Sort


def smtlib_of(system: System) -> str:
    """The whole transition system as definitions; what to ask about them is left to the reader.

    Moment 0 is now, moment 1 is after one step.
    """
    return "\n".join(_lines(system)) + "\n"


def _lines(system: System) -> Iterator[str]:
    yield f"; {comment(system.name)}"
    yield "; Ask, for example: (assert domain.0) (assert action-0) (check-sat)"
    yield "(set-logic QF_LIA)"
    for moment in (0, 1):
        yield from declarations(system, moment)
        yield _truth(f"domain.{moment}", domains(system, moment))
    starts = (stated(system, state, 0) for state in system.initial)
    yield _truth("init", either(starts))
    for number, action in enumerate(system.actions):
        yield f"; {comment(action.name)}"
        yield _truth(f"action-{number}", step(system, action, 0, 1))
        yield _truth(f"wrong-{number}", goes_wrong(system, action, 0))
    every = range(len(system.actions))
    yield _truth("step", either(f"action-{number}" for number in every))
    yield _truth("wrong", either(f"wrong-{number}" for number in every))
    yield "; Nothing has to happen: no step that fairness speaks of is possible."
    yield _truth("rest", rest(system, 0))
    for number, prop in enumerate(system.properties):
        yield f"; {prop.kind}: {comment(prop.name)}"
        yield from _clauses(system, number, prop)


def _clauses(system: System, number: int, prop: Property) -> Iterator[str]:
    """`bad` for what holds in states; `when` and `then` for what speaks of other states too."""
    for at, clause in enumerate(prop.clauses):
        when, then = written(system, clause.when, 0), written(system, clause.then, 0)
        if prop.kind in {"sometimes", "possible", "leads-to"}:
            yield _truth(f"when-{number}-{at}", when)
            yield _truth(f"then-{number}-{at}", then)
            continue
        resting = ["rest"] if prop.kind == "at-rest" else []
        yield _truth(f"bad-{number}-{at}", both([when, denied(then), *resting]))


def _truth(name: str, text: str) -> str:
    return f"(define-fun {name} () Bool {text})"


def declarations(system: System, moment: int) -> Iterator[str]:
    """A constant for each variable at a moment."""
    for at, variable in enumerate(system.variables):
        sort = "Bool" if isinstance(variable.sort, BoolSort) else "Int"
        said = comment(f"{variable.name}: {variable.sort}")
        yield f"(declare-const {name_of(at, moment)} {sort}) ; {said}"


def domains(system: System, moment: int) -> str:
    """That every variable has a value of its sort."""
    return both(
        _inside(variable.sort, name_of(at, moment)) for at, variable in enumerate(system.variables)
    )


def stated(system: System, state: State, moment: int) -> str:
    """That the moment's state is this one."""
    pairs = enumerate(zip(system.variables, state, strict=True))
    return both(f"(= {name_of(at, moment)} {value_of(v.sort, value)})" for at, (v, value) in pairs)


def enabled(system: System, action: Action, moment: int) -> str:
    """That the action can be taken: its guard and its bounds."""
    terms = (action.guard, *(bound.term for bound in action.bounds))
    return both(written(system, term, moment) for term in terms)


def goes_right(system: System, action: Action, moment: int) -> str:
    """That the action's checks hold, and no update leaves its variable's sort."""
    checks = [written(system, check.term, moment) for check in action.checks]
    fits = [
        _inside(system.variables[system.index[name]].sort, written(system, term, moment))
        for name, term in action.updates.items()
    ]
    return both([*checks, *fits])


def goes_wrong(system: System, action: Action, moment: int) -> str:
    """That the action can be taken and goes wrong."""
    return both([enabled(system, action, moment), denied(goes_right(system, action, moment))])


def rest(system: System, moment: int) -> str:
    """That no step that is relied upon could change anything, whatever its bounds say.

    An action is relied upon, to whatever degree, unless nothing is assumed of it, or of another
    path through the same step of the same actor.
    """
    steps = [action for action in system.actions if action.fault is None and action.updates]
    free = {(action.actor, action.name) for action in steps if action.fairness == "none"}
    return both(
        denied(both([written(system, action.guard, moment), changes(system, action, moment)]))
        for action in steps
        if (action.actor, action.name) not in free
    )


def changes(system: System, action: Action, moment: int) -> str:
    """That some update would give its variable another value."""
    return either(
        denied(f"(= {name_of(system.index[name], moment)} {written(system, term, moment)})")
        for name, term in action.updates.items()
    )


def moves(system: System, action: Action, before: int, after: int) -> str:
    """That the action's updates, all at once, lead from one moment's state to the other's."""
    return both(
        f"(= {name_of(at, after)} {written(system, action.updates[variable.name], before)})"
        if variable.name in action.updates
        else f"(= {name_of(at, after)} {name_of(at, before)})"
        for at, variable in enumerate(system.variables)
    )


def step(system: System, action: Action, before: int, after: int) -> str:
    """That the action can be taken, goes right, and leads from one moment to the other."""
    return both(
        [
            enabled(system, action, before),
            goes_right(system, action, before),
            moves(system, action, before, after),
        ]
    )


def _inside(sort: Sort, text: str) -> str:
    """That a value, given as text, is one of the sort's."""
    match sort:
        case BoolSort():
            return "true"
        case EnumSort(labels):
            return f"(<= 0 {text} {len(labels) - 1})"
        case IntSort(low, high):
            return f"(<= {integer_of(low)} {text}{'' if high is None else ' ' + integer_of(high)})"
    assert_never(sort)


def comment(text: str) -> str:
    """A name as it may stand in a comment: one line of plain characters."""
    return "".join(c if " " <= c <= "~" else "_" for c in text)
