"""A system in SMT-LIB 2.6 (logic QF_LIA), for any SMT solver; printed by our own hands.

Everything is said about a moment: variable 3 at moment 0 is the constant `v3.0`. Truth values are
`Bool`, integers are `Int`, a label is its position in its enumeration; the domains are constraints.
(Barrett, Fontaine, Tinelli: The SMT-LIB Standard, version 2.6.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias, assert_never

from deliverycheck.system.model import Action, Property, State, System
from deliverycheck.system.sorts import BoolSort, EnumSort, IntSort, Sort, Value
from deliverycheck.system.terms import App, Const, Op, Term, Var


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
    for number, prop in enumerate(system.properties):
        yield f"; {prop.kind}: {comment(prop.name)}"
        yield from _clauses(system, number, prop)


def _clauses(system: System, number: int, prop: Property) -> Iterator[str]:
    """`bad` for what holds in states; `when` and `then` for what speaks of other states too."""
    for at, clause in enumerate(prop.clauses):
        when, then = written(system, clause.when, 0), written(system, clause.then, 0)
        if prop.kind in {"sometimes", "possible"}:
            yield _truth(f"when-{number}-{at}", when)
            yield _truth(f"then-{number}-{at}", then)
            continue
        resting = [denied(written(system, a.guard, 0)) for a in system.actions if a.fault is None]
        rest = resting if prop.kind == "at-rest" else []
        yield _truth(f"bad-{number}-{at}", both([when, denied(then), *rest]))


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
    return both(f"(= {name_of(at, moment)} {_value(v.sort, value)})" for at, (v, value) in pairs)


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


def written(system: System, term: Term, moment: int) -> str:
    """A term about the state of a moment. What occurs in it more than once is written once.

    Terms share their parts, so a term written out in full could be of exponential size.
    """
    nodes = _nodes(system, term, moment)
    uses = [0] * len(nodes)
    for node in nodes:
        if not isinstance(node, str):
            for arg in node[1]:
                uses[arg] += 2 if node[0] in {"min", "max"} else 1  # these write theirs twice
    texts: list[str] = []
    lets: list[str] = []
    for number, node in enumerate(nodes):
        text = node if isinstance(node, str) else _applied(node[0], [texts[i] for i in node[1]])
        if uses[number] > 1 and not isinstance(node, str):
            lets.append(f"(let ((s{number} {text})) ")
            text = f"s{number}"
        texts.append(text)
    return "".join(lets) + texts[-1] + ")" * len(lets)


_Node: TypeAlias = str | tuple[Op, tuple[int, ...]]
"""A subterm: the text of a leaf, or an operator and the numbers of its arguments."""


def _nodes(system: System, term: Term, moment: int) -> list[_Node]:
    """The different subterms of a term, each after its arguments; the term itself is the last."""
    numbers: dict[int, int] = {}  # by identity: comparing shared terms could take for ever
    known: dict[_Node, int] = {}
    stack = [term]
    while stack:
        here = stack[-1]
        args = here.args if isinstance(here, App) else ()
        missing = [arg for arg in args if id(arg) not in numbers]
        if missing:
            stack += missing
            continue
        stack.pop()
        if isinstance(here, App):
            node: _Node = (here.op, tuple(numbers[id(arg)] for arg in args))
        else:
            node = _leaf(system, here, moment)
        numbers[id(here)] = known.setdefault(node, len(known))
    return list(known)


def _leaf(system: System, term: Const | Var, moment: int) -> str:
    match term:
        case Const(value, sort):
            return _value(sort, value)
        case Var(name):
            return name_of(system.index[name], moment)
    assert_never(term)


def _applied(op: Op, args: list[str]) -> str:
    match op:
        case "and":
            return both(args)
        case "or":
            return either(args)
        case "min":
            return f"(ite (<= {args[0]} {args[1]}) {args[0]} {args[1]})"
        case "max":
            return f"(ite (<= {args[0]} {args[1]}) {args[1]} {args[0]})"
        case "not" | "ite":
            return f"({op} {' '.join(args)})"
        case "eq":
            return f"(= {args[0]} {args[1]})"
        case "lt":
            return f"(< {args[0]} {args[1]})"
        case "le":
            return f"(<= {args[0]} {args[1]})"
        case "add":
            return f"(+ {args[0]} {args[1]})"
        case "sub":
            return f"(- {args[0]} {args[1]})"
    assert_never(op)


def _value(sort: Sort, value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(sort, EnumSort):
        return str(sort.labels.index(str(value)))
    return _integer(int(value))


def _integer(value: int) -> str:
    return f"(- {-value})" if value < 0 else str(value)


def _inside(sort: Sort, text: str) -> str:
    """That a value, given as text, is one of the sort's."""
    match sort:
        case BoolSort():
            return "true"
        case EnumSort(labels):
            return f"(<= 0 {text} {len(labels) - 1})"
        case IntSort(low, high):
            return f"(<= {_integer(low)} {text}{'' if high is None else ' ' + _integer(high)})"
    assert_never(sort)


def name_of(at: int, moment: int) -> str:
    """A variable at a moment; its own name may hold characters that no solver takes."""
    return f"v{at}.{moment}"


def both(parts: Iterable[str]) -> str:
    """That everything holds; nothing is demanded by nothing."""
    wanted = [part for part in parts if part != "true"]
    return f"(and {' '.join(wanted)})" if len(wanted) > 1 else (wanted or ["true"])[0]


def either(parts: Iterable[str]) -> str:
    """That something holds."""
    wanted = list(parts)
    return f"(or {' '.join(wanted)})" if len(wanted) > 1 else (wanted or ["false"])[0]


def denied(text: str) -> str:
    """That it does not hold."""
    return f"(not {text})"


def comment(text: str) -> str:
    """A name as it may stand in a comment: one line of plain characters."""
    return "".join(c if " " <= c <= "~" else "_" for c in text)
