"""Promises: the properties every model is checked for, and those a model adds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from deliverycheck.lang.domains import Message
from deliverycheck.lang.shapes import label_of
from deliverycheck.lift.processes import Process, works_on
from deliverycheck.lift.steps.ledger import (
    ORDER,
    ORDER_VARIABLE,
    LedgerView,
    keeps_order,
    messages_of,
)
from deliverycheck.lift.steps.path import Context, Path
from deliverycheck.lift.values.equality import same
from deliverycheck.lift.values.value import Known
from deliverycheck.system import build
from deliverycheck.system.model import Clause, Property, PropertyKind
from deliverycheck.system.terms import Term

ONE = build.integer(1)


def standard(context: Context, processes: list[Process]) -> tuple[Property, ...]:
    """The properties of the ledger; none for a model that never speaks to it.

    Perfect links: no loss, no duplicate, no phantom (Cachin, Guerraoui, Rodrigues 2011, 2.4);
    the four delivery assurances: WS-ReliableMessaging 1.2, 2.4.
    """
    if not context.verbs:
        return ()
    path = Path(context, "", None)
    views = {m: LedgerView(path, m) for m in messages_of(context)}
    had = {m: build.at_most(ONE, view.effects()) for m, view in views.items()}

    def each(
        name: str, kind: PropertyKind, when: dict[Message, Term], then: dict[Message, Term]
    ) -> Property:
        clauses = tuple(Clause(label_of(m), when[m], then[m]) for m in views)
        return Property(name, kind, clauses)

    accepted = {m: view.accepted() for m, view in views.items()}
    # A loss is excused once the message lies with a person, and can still be while that can come.
    saved = {m: build.any_of(had[m], view.parked()) for m, view in views.items()}
    heard = {m: build.any_of(saved[m], view.told("failed")) for m, view in views.items()}
    done = {m: view.told("done") for m, view in views.items()}
    backed = {m: build.any_of(had[m], view.held()) for m, view in views.items()}
    once = {m: build.at_most(view.effects(), ONE) for m, view in views.items()}
    return (
        each("no-loss", "possible", accepted, saved),
        each("no-silent-loss", "possible", accepted, heard),
        each("honest-ack", "always", done, backed),
        each("no-duplicate-effect", "always", had, once),
        each("no-phantom-effect", "always", had, accepted),
        *_orders(path, had),
        each("eventual-effect", "leads-to", accepted, heard),
        _no_deadlock(views, heard, processes),
    )


def _orders(path: Path, had: dict[Message, Term]) -> Iterator[Property]:
    pairs = [build.all_of(had[a], had[b]) for a, b in combinations(had, 2)]
    when = build.any_of(*pairs)
    order = path.read(ORDER_VARIABLE, ORDER) if keeps_order(path.context) else Known("ordered")
    in_order = build.negate(same(order, Known("overtaken")))
    yield Property("in-order", "always", (Clause("", when, in_order),))
    # Between a stale effect and the first effect of the later message lies at least one state.
    yield Property("no-stale-effect", "always", (Clause("", when, same(order, Known("ordered"))),))


def _no_deadlock(
    views: dict[Message, LedgerView], heard: dict[Message, Term], processes: list[Process]
) -> Property:
    """Nothing left to do, so nothing may be left undone: no open message, none in anybody's hands.

    A process that stands somewhere without a message is a server that waits for the next one.
    """
    clauses = [Clause(label_of(m), view.accepted(), heard[m]) for m, view in views.items()]
    for process in processes:
        for m in views:
            held = build.any_of(*works_on(process, m))
            about = f"{label_of(m)} in {process.actor}.{process.method}"
            clauses.append(Clause(about, held, build.FALSE))
    return Property("no-deadlock", "at-rest", tuple(clauses))
