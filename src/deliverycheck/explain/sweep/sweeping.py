"""The sweep: the verdict for every combination, and what to make of it.

One engine looks at every combination. Whatever is recommended then (a repair, a condition, the two
sides of a threshold) is looked at again, by both engines unless one alone was asked for, and what
was read off the table is read off again, until all that it names has been looked at twice. So no
repair is shown that the engines did not agree on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import inf
from typing import Literal

from deliverycheck.check.checking import lifted_of, settings_of
from deliverycheck.check.options import Options, Report
from deliverycheck.check.question import Question
from deliverycheck.check.variation import Place, Varied
from deliverycheck.errors import Diagnostic, InputError
from deliverycheck.explain.sweep.analysis import (
    Partial,
    changes,
    flip,
    is_redundant,
    least_changes,
    sufficient,
    turns,
)
from deliverycheck.explain.sweep.found import (
    Decisive,
    Sufficient,
    Sweep,
    Threshold,
    Values,
    Way,
)
from deliverycheck.explain.sweep.table import Look, Table, here


def sweep_of(
    question: Question,
    varied: Sequence[Varied],
    options: Options | None = None,
    look: Look | None = None,
    report: Report | None = None,
) -> Sweep:
    """The sweep of a model over what is varied.

    Wanted is what `options.properties` names; or else what the claim promises and what the model
    states itself; or else, where that is nothing, everything. `look`: how the rows are looked at,
    if not one by one in this process (see `load.elsewhere`). Raises InputError for a model that is
    wrong as it stands, DisagreementError for a bad tool.
    """
    lifted = lifted_of(question)
    options = options or Options()
    known = tuple(prop.name for prop in lifted.system.properties)
    plain = replace(question, expects={})
    promised = tuple(name for name in known if plain.expected(name) == "holds")
    asked = tuple(name for name in known if name in options.properties)
    wanted = asked or promised or known
    if not wanted:
        text = f"{question.name} promises nothing and states nothing that could be judged"
        remedy = 'Write `claims = "at-least-once"`, say, or a property under `@always`.'
        raise InputError(Diagnostic("DC002", text, remedy))
    options = replace(options, properties=wanted)
    table = Table(question, varied, wanted, settings_of(lifted))
    quick = replace(options, engine="explicit") if options.engine == "auto" else options
    table.fill(look or here(question, varied, report), quick, report)
    while not table.interrupted:
        named = [place for place in table.rows if place in _recommended(table)]
        unseen = [place for place in named if not table.rows[place].again]
        if not unseen:
            break
        for place in unseen:
            if not table.interrupted:
                table.confirm(place, options, report)
    return _found(question, table)


def _recommended(table: Table) -> set[Place]:
    """The rows that are named to be relied upon."""
    named = set(_ways(table))
    for _, _, _, holds, violated in _turns(table):
        named |= {holds, violated}
    return named


def _found(question: Question, table: Table) -> Sweep:
    """What the table says in the end. Nothing is named that was not looked at twice."""
    rows, varied, wanted = table.rows, table.varied, table.wanted
    ways = [_way(table, place) for place in _ways(table) if rows[place].again]
    budgets = {one.name for one in varied if one.kind == "fault"}
    tables = {name: table.verdicts(name) for name in wanted}
    axes = list(enumerate(varied))
    return Sweep(
        question.name,
        question.source,
        question.claims,
        question.messages,
        tuple(varied),
        tuple(wanted),
        tuple(rows.values()),
        rows[table.base].number,
        tuple(
            Decisive(one.name, name, rows[pair[0]].number, rows[pair[1]].number)
            for axis, one in axes
            for name in wanted
            if (pair := flip(tables[name], axis, table.base)) is not None
        ),
        tuple(one.name for axis, one in axes if is_redundant(tables.values(), axis)),
        tuple(_sufficient(table)),
        tuple(way for way in ways if not budgets & set(way.changes)),
        tuple(way for way in ways if budgets & set(way.changes)),
        tuple(
            Threshold(one.name, name, side, rows[holds].number, rows[violated].number)
            for one, name, side, holds, violated in _turns(table)
            if rows[holds].again and rows[violated].again
        ),
        tuple(table.unconfirmed),
        table.interrupted,
    )


def _ways(table: Table) -> list[Place]:
    """The least changes after which all that is wanted holds, if at the base something does not."""
    base = table.rows[table.base]
    if not any(base.verdict(name) == "violated" for name in table.wanted):
        return []
    found = least_changes(table.good(), table.base)

    def price(place: Place) -> tuple[float, ...]:
        cost = table.rows[place].outcome.cost
        paid = (inf, inf) if cost is None else (cost.messages, cost.durable_writes)
        return (len(changes(place, table.base)), *paid, *place)

    return sorted(found, key=price)


def _way(table: Table, place: Place) -> Way:
    made = dict(changes(place, table.base))
    values = {table.varied[axis].name: table.varied[axis].json[made[axis]] for axis in sorted(made)}
    return Way(values, table.rows[place].number)


def _sufficient(table: Table) -> Iterator[Sufficient]:
    sizes = [len(one.values) for one in table.varied]

    def sets(good: Iterable[Place]) -> tuple[Values, ...]:
        return tuple(_values(table.varied, one) for one in sufficient(set(good), sizes))

    for name in table.wanted:
        holds = (place for place, verdict in table.verdicts(name).items() if verdict == "holds")
        yield Sufficient(name, sets(holds))
    yield Sufficient(None, sets(table.good()))


def _values(varied: Sequence[Varied], partial: Partial) -> Values:
    pairs = zip(varied, partial, strict=True)
    return {one.name: one.json[value] for one, value in pairs if value is not None}


Side = Literal["from", "up-to", "at"]


def _turns(table: Table) -> Iterator[tuple[Varied, str, Side, Place, Place]]:
    """Where each property turns along each number: the side, where it holds, where it does not."""
    for axis, one in enumerate(table.varied):
        if not one.is_ordered:
            continue
        base = table.base
        line = [(*base[:axis], value, *base[axis + 1 :]) for value in range(len(one.values))]
        for name in table.wanted:
            verdicts = [table.rows[place].verdict(name) for place in line]
            for holds, violated in turns(verdicts):
                rest = verdicts[holds:] if holds > violated else verdicts[: holds + 1]
                side: Side = "from" if holds > violated else "up-to"
                if any(verdict != "holds" for verdict in rest):
                    side = "at"
                yield one, name, side, line[holds], line[violated]
