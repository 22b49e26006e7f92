"""Vocabulary: conditions in the words of the model.

A phrase carries how tightly it holds together, so that brackets stand only where they must.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from deliverycheck.explain.invariants.facts import Fact, fact_of, whole
from deliverycheck.explain.invariants.phrases import (
    AND,
    AND_SIGN,
    LOOSE,
    OR,
    OR_SIGN,
    SUM,
    WHOLE,
    Phrase,
    among,
    at_place,
    copies,
    joined,
    standing,
)
from deliverycheck.explain.invariants.processes import NOTHING, Process, processes_of
from deliverycheck.explain.invariants.reading import record_of
from deliverycheck.explain.invariants.symmetry import messages_of, renamed_label, renamed_variable
from deliverycheck.system.model import System, Variable
from deliverycheck.system.sorts import BoolSort, EnumSort
from deliverycheck.system.terms import App, Const, Op, Term, Var

EMPTY = "-"
"""The label of an ordered channel's empty cell."""

_CELL = re.compile(r"([^\[\]]+)\[(.+)\]")
_SIGNS: Mapping[Op, str] = {"add": "+", "sub": "-", "le": "≤", "lt": "<"}


class Vocabulary:
    """The words for the conditions on a system, with messages under the given names.

    Labels to `avoid` are said only where there is no other way.
    """

    def __init__(self, system: System, names: Mapping[str, str], avoid: Collection[str]) -> None:
        self.names = names
        self.variables = {variable.name: variable for variable in system.variables}
        self.messages = messages_of(system)
        self.processes = processes_of(system)
        self.avoid = avoid

    def all_of(self, terms: Sequence[Term]) -> Phrase:
        """The terms, joined by `and`."""
        return joined(self._grouped(terms, affirmed=True), AND_SIGN, AND)

    def each_of(self, terms: Sequence[Term]) -> tuple[str, ...]:
        """The terms one by one; but a process's place and what it works on are told together."""
        return tuple(part.text for part in self._grouped(terms, affirmed=True))

    def any_of(self, terms: Sequence[Term]) -> Phrase:
        """The terms, joined by `or`."""
        return joined(self._grouped(terms, affirmed=False), OR_SIGN, OR)

    def phrase(self, term: Term) -> Phrase:
        """Any term in words."""
        fact = fact_of(term)
        if fact is not None:
            return self._fact(fact)
        match term:
            case Const(bool() as value):
                return Phrase(str(value).lower(), WHOLE)
            case Const(value):
                return Phrase(self._label(str(value)), WHOLE)
            case Var():
                return self._noun(term)
            case App("and", args):
                return self.all_of(args)
            case App("or", args):
                return self.any_of(args)
            case App("not", (inner,)):
                return Phrase(f"not ({self.phrase(inner).text})")
            case App("eq", args):
                if any(map(_is_condition, args)):
                    return joined([self.phrase(arg) for arg in args], " ↔ ", LOOSE)
                return Phrase(" = ".join(self.phrase(arg).inside(SUM) for arg in args))
            case App("add" | "sub" as op, (left, right)):
                # On the right of a minus, another sum needs its brackets.
                parts = self.phrase(left).inside(SUM), self.phrase(right).inside(WHOLE)
                return Phrase(f"{parts[0]} {_SIGNS[op]} {parts[1]}", SUM)
            case App("le" | "lt" as op, (left, right)):
                return Phrase(
                    f"{self.phrase(left).inside(SUM)} {_SIGNS[op]} {self.phrase(right).inside(SUM)}"
                )
            case App("ite", (test, then, other)):
                said = [self.phrase(part).inside(AND) for part in (then, test, other)]
                return Phrase("({} if {} else {})".format(*said), WHOLE)
            case App(op, args):
                return Phrase(f"{op}({', '.join(self.phrase(arg).text for arg in args)})", WHOLE)

    def _grouped(self, terms: Sequence[Term], *, affirmed: bool) -> list[Phrase]:
        """A phrase for each term, but one for a process's place and what it works on.

        Such facts belong together where all are affirmed, or where one of them is denied.
        """
        groups: dict[str, dict[str, Fact]] = {}
        for term in terms:
            process, fact = self._standing(term, affirmed)
            if process and fact:
                groups.setdefault(process.place, {}).setdefault(fact.var.name, fact)
        phrases: list[Phrase] = []
        for term in terms:
            process, fact = self._standing(term, affirmed)
            known = groups[process.place] if process else {}
            is_all = process and known.keys() == process.variables() and len(known) > 1
            if not process or not fact or not is_all or known[fact.var.name] != fact:
                phrases.append(self.phrase(term))
            elif fact.var.name == process.place:
                works = [self._label(known[name].labels()[0]) for name in process.parameters]
                places = known[process.place].labels()
                text = f"({', '.join(works)})"
                phrases.append(standing(process, places, text, affirmed=affirmed))
        return phrases

    def _standing(self, term: Term, affirmed: bool) -> tuple[Process | None, Fact | None]:
        """The process whose place or work a term affirms (or denies), with what it affirms."""
        fact = fact_of(term)
        process = self.processes.get(fact.var.name) if fact else None
        said = fact.negated() if fact and not affirmed else fact
        stands = process is not None and said is not None and process.stands(said)
        return (process, said) if stands else (None, None)

    def _fact(self, fact: Fact) -> Phrase:
        name, sort = fact.var.name, fact.var.sort
        process = self.processes.get(name)
        if process is not None and name == process.place:
            return at_place(process, fact)
        if isinstance(sort, BoolSort):
            return self._flag(name, fact.spans == ((1, 1),))
        if isinstance(sort, EnumSort):
            return self._choice(fact, sort, process)
        return self._number(fact)

    def _flag(self, name: str, value: bool) -> Phrase:
        variable = self.variables.get(name)
        told = renamed_variable(name, self.names)
        cell = _CELL.fullmatch(told.removesuffix("?"))
        if cell and f"len({cell[1]})" not in self.variables:
            if variable is not None and variable.store == "ledger":
                record = "taken_over" if cell[1] == "held" else cell[1]
                return Phrase(("" if value else "not ") + f"{record}({cell[2]})")
            return Phrase(f"{cell[2]} {'∈' if value else '∉'} {cell[1]}")
        if told.endswith("?"):
            return Phrase(f"{told.removesuffix('?')} {'≠' if value else '='} None")
        return Phrase(told if value else f"not {told}")

    def _choice(self, fact: Fact, sort: EnumSort, process: Process | None) -> Phrase:
        noun = self._noun(fact.var).text
        positive, labels = fact.told(self.avoid)
        told = [self._label(label) for label in labels]
        variable = self.variables.get(fact.var.name)
        if variable is not None and variable.store == "channel" and labels == (EMPTY,):
            return Phrase(f"{noun} is empty" if positive else f"{noun} is not empty")
        if process is not None and len(process.parameters) == 1:
            where = "" if process.alone else f" in {process.method}"
            if set(labels) <= set(self.messages):
                works = "works" if positive else "does not work"
                return Phrase(f"{process.actor} {works} on {' or '.join(told)}{where}")
            if labels == (NOTHING,) and set(sort.labels) <= {NOTHING, *self.messages}:
                some = "no" if positive else "a"
                return Phrase(f"{process.actor} works on {some} message{where}")
        if len(told) == 1:
            return Phrase(f"{noun} {'=' if positive else '≠'} {told[0]}")
        return Phrase(f"{noun} {'∈' if positive else '∉'} {{{', '.join(told)}}}")

    def _number(self, fact: Fact) -> Phrase:
        variable = self.variables.get(fact.var.name)
        record = record_of(variable) if variable is not None else ""
        low, last = whole(fact.var.sort)[0]
        noun = self._noun(fact.var).text
        happened = ((1, last),)
        if record == "accepted" and fact.spans in (((0, 0),), happened):
            cell = _CELL.fullmatch(renamed_variable(fact.var.name, self.names))
            of = cell[2] if cell else noun
            return Phrase(("" if fact.spans == happened else "not ") + f"accepted({of})")
        if record == "effects" and last is not None and fact.spans == ((last, last),):
            return Phrase(f"{noun} ≥ {last}")  # the ledger counts no further
        bag = _bag_cell(variable, self.names)
        if bag is not None:
            return joined([Phrase(copies(span, last, *bag)) for span in fact.spans], OR_SIGN, OR)
        return among(noun, fact.spans, fact.negated().spans, (low, last))

    def _noun(self, var: Var) -> Phrase:
        """The value of a variable."""
        variable = self.variables.get(var.name)
        told = renamed_variable(var.name, self.names)
        if variable is None:
            return Phrase(told, WHOLE)
        cell = _CELL.fullmatch(told)
        if variable.store == "ledger" and cell:
            return Phrase(f"{'rank' if cell[1] == 'accepted' else cell[1]}({cell[2]})", WHOLE)
        if variable.store == "budget":
            return Phrase(f"{told.removeprefix('budget.')} left", WHOLE)
        bag = _bag_cell(variable, self.names)
        return Phrase(f"copies of {bag[0]} in {bag[1]}" if bag else told, WHOLE)

    def _label(self, label: str) -> str:
        return renamed_label(label, self.names)


def _bag_cell(variable: Variable | None, names: Mapping[str, str]) -> tuple[str, str] | None:
    """The item and the channel of a counter of copies."""
    if variable is None or variable.store != "channel" or whole(variable.sort)[0][0] != 0:
        return None
    cell = _CELL.fullmatch(renamed_variable(variable.name, names))
    is_label = isinstance(variable.sort, BoolSort | EnumSort)
    return None if cell is None or is_label else (cell[2], cell[1])


def _is_condition(term: Term) -> bool:
    """Whether a term is true or false, as far as its outermost part tells."""
    match term:
        case Const(value):
            return isinstance(value, bool)
        case Var(_, sort):
            return isinstance(sort, BoolSort)
        case App("ite", (_, then, _)):
            return _is_condition(then)
        case App(op):
            return op in ("not", "and", "or", "eq", "lt", "le")
