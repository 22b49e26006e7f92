"""Terms in SMT-LIB 2.6; `smtlib` says of a whole system what it says here of its terms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias, assert_never

from deliverycheck.system.model import System
from deliverycheck.system.sorts import EnumSort, Sort, Value
from deliverycheck.system.terms import App, Const, Op, Term, Var


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
            return value_of(sort, value)
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


def value_of(sort: Sort, value: Value) -> str:
    """A value of a sort, as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(sort, EnumSort):
        return str(sort.labels.index(str(value)))
    return integer_of(int(value))


def integer_of(value: int) -> str:
    """An integer, as text: SMT-LIB has no negative numerals."""
    return f"(- {-value})" if value < 0 else str(value)


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
