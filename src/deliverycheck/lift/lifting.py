"""Lifting: a design and a fault budget become a system of guarded actions."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from deliverycheck.errors import Diagnostic, InputError
from deliverycheck.lang.design import Design, Field
from deliverycheck.lang.layout import default, flatten, leaves
from deliverycheck.lang.machine import Kept
from deliverycheck.lang.naming import owned_variable
from deliverycheck.lang.protocol import Protocol, Receiving
from deliverycheck.lang.roles import Role
from deliverycheck.lang.shapes import Shape, label_of
from deliverycheck.lang.source import function_node, place_of_field
from deliverycheck.lift.actions import Workshop
from deliverycheck.lift.faults import (
    Budget,
    channel_faults,
    crash,
    nothing_under_way,
    paid_from,
)
from deliverycheck.lift.own import KINDS, name_of, own
from deliverycheck.lift.processes import Process, stored, works_on
from deliverycheck.lift.promises import standard
from deliverycheck.lift.sources import Sources, sources_of
from deliverycheck.lift.stated import stated
from deliverycheck.lift.steps.ledger import RECORDS, VERBS, records
from deliverycheck.lift.steps.path import Context, Timer
from deliverycheck.lift.values.containers import mentioning
from deliverycheck.lift.values.value import fits, known_terms
from deliverycheck.system import build
from deliverycheck.system.model import Action, State, Store, System, Variable
from deliverycheck.system.terms import Term, Var


@dataclass(frozen=True, slots=True)
class Lifted:
    """A model as a system, with what connects the two."""

    design: Design
    budgets: Mapping[str, float]
    system: System
    processes: tuple[Process, ...]
    kept: Kept
    """The locals each process still needs at each of its places."""
    owners: Mapping[str, str]
    """The role each volatile field belongs to."""
    idle_faults: tuple[str, ...]
    """Budgeted faults that no action of the system ever spends."""
    asks_timers: bool
    """Whether any step asks a timer."""
    sources: Sources
    """The pieces of source it was made from."""


def lift(design: Design, budgets: Mapping[str, float], receiving: Receiving = "strong") -> Lifted:
    """The system of a design in an environment: its faults, and how fair its channels are.

    Raises InputError with every refusal at once.
    """
    context = Context(design, {piece.name: piece for piece in design.fields}, _verbs(design.cls))
    budget = Budget(budgets)
    shop = Workshop(context, budget, receiving)
    for marked in design.methods:
        if marked.mark.part in ("action", "fault"):
            shop.lift(marked)
    refused = [*shop.refused, *_wrong_starts(design), *_wrong_names(design, context.verbs)]
    owners = _owners(design, shop.touched, refused)
    custom = [
        prop
        for marked in design.methods
        if marked.mark.part in KINDS
        for prop in own(context, marked, owners, refused)
    ]
    if refused:
        raise InputError(sorted(set(refused), key=lambda d: (d.file or "", d.line or 0, d.message)))
    laid_out = list(_layout(design, context, shop.processes, owners))
    quiet = _quiet(design, shop, owners)
    actions = (
        *shop.actions(quiet),
        *channel_faults(design, budget),
        *_crashes(design, budget, shop.processes, owners),
    )
    variables = [variable for variable, _ in laid_out] + [v for v, _ in budget.variables()]
    start: State = tuple(value for _, value in laid_out) + tuple(n for _, n in budget.variables())
    system = System(
        design.cls.__name__,
        tuple(variables),
        (start,),
        tuple(actions),
        (*standard(context, shop.processes), *custom),
    )
    kept = {
        (process.method, place): tuple((*path, last) for path, last in names)
        for process in shop.processes
        for place, names in process.kept.items()
    }
    allowed = [key for key, amount in budgets.items() if amount > 0]
    paid = {paid_from(design, budgets, action) for action in actions}
    idle = tuple(key for key in allowed if key not in paid)
    own_properties = {
        name_of(m): stated(context, m) for m in design.methods if m.mark.part in KINDS
    }
    return Lifted(
        design,
        budgets,
        system,
        tuple(shop.processes),
        kept,
        owners,
        idle,
        bool(context.timers),
        sources_of(shop.methods, quiet, own_properties),
    )


def _verbs(cls: type[Protocol]) -> frozenset[str]:
    """The ledger verbs that occur anywhere in a model's source."""
    found: set[str] = set()
    for base in cls.__mro__:
        own = vars(base).values() if issubclass(base, Protocol) and base is not Protocol else ()
        for function in filter(inspect.isfunction, own):
            node = function_node(function)
            for part in ast.walk(node) if node else ():
                match part:
                    case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=verb)):
                        found |= {verb} & set(VERBS)
                    case _:
                        pass
    return frozenset(found)


def _wrong_names(design: Design, verbs: frozenset[str]) -> Iterator[Diagnostic]:
    """Fields that bear the name of one of the ledger's records."""
    for piece in design.fields:
        if verbs and piece.name in RECORDS:
            text = f"the field `{piece.name}` bears the name of a record of the ledger"
            where = place_of_field(design.cls, piece.name)
            yield Diagnostic("DC107", text, "Give it another name.", *where)


def _wrong_starts(design: Design) -> Iterator[Diagnostic]:
    for piece in design.fields:
        if piece.channel is None and not fits(piece.shape, piece.initial):
            file, line = place_of_field(design.cls, piece.name)
            text = f"field `{piece.name}` cannot start as {label_of(piece.initial)}"
            remedy = "A field starts with a value of its type; a channel starts empty."
            yield Diagnostic("DC108", text, remedy, file, line)


def _owners(
    design: Design, touched: Mapping[str, set[str]], refused: list[Diagnostic]
) -> dict[str, str]:
    owners: dict[str, str] = {}
    for piece in design.fields:
        users = [role for role, names in touched.items() if piece.name in names]
        if not piece.volatile or not users:
            continue
        owners[piece.name] = users[0]
        if len(users) > 1 or users[0] == "environment":
            file, line = place_of_field(design.cls, piece.name)
            text = f"volatile field `{piece.name}` is used by {' and '.join(users)}"
            remedy = "What dies with a process belongs to one role; make it durable, or split it."
            refused.append(Diagnostic("DC116", text, remedy, file, line))
    return owners


def _layout(
    design: Design, context: Context, processes: list[Process], owners: Mapping[str, str]
) -> Iterator[tuple[Variable, bool | int | str]]:
    """All variables but the budgets, each with its first value."""
    for piece in design.fields:
        store: Store = (
            "volatile" if piece.volatile else "channel" if piece.channel is not None else "durable"
        )
        for name in _variables_of(design, piece, owners):
            yield from _laid_out(name, piece.shape, piece.initial, store)
    for process in processes:
        for name, shape, value in process.variables():
            yield from _laid_out(name, shape, value, "place")
    for name, shape in records(context):
        yield from _laid_out(name, shape, default(shape), "ledger")


def _variables_of(design: Design, piece: Field, owners: Mapping[str, str]) -> Iterator[str]:
    if not piece.volatile:
        yield piece.name
    elif piece.name in owners:
        for role in design.roles():
            if role.name == owners[piece.name]:
                actors = design.actors(role)
                yield from (owned_variable(piece.name, actor, actors) for actor in actors)


def _laid_out(
    name: str, shape: Shape, value: object, store: Store
) -> Iterator[tuple[Variable, bool | int | str]]:
    for leaf, first in zip(leaves(shape, name), flatten(shape, value), strict=True):
        yield Variable(leaf.name, leaf.sort, store), first


def _quiet(design: Design, shop: Workshop, owners: Mapping[str, str]) -> dict[str, Term]:
    """What each timer's placeholder means, now that all processes are known.

    A sender's timer is due when nothing about its subject is under way; a lease, when nobody has
    it in hand: a copy in a channel is nobody's.
    """
    meaning: dict[str, Term] = {}
    for name, timer in shop.context.timers.items():
        near = tuple(_near(design, timer))
        actors = {actor for role in near for actor in design.actors(role)}
        others = [
            process
            for process in shop.processes
            if f"{process.actor}.{process.method}" != timer.process
            if not timer.among or process.actor in actors  # a fault's process is of no role
        ]
        busy = [term for p in others for term in works_on(p, timer.subject)]
        busy += _remembers(design, owners, timer, near)
        parts = [build.negate(term) for term in busy]
        if timer.fault == "delay":
            still = nothing_under_way(design, timer.subject, timer.among)
            parts += (build.substitute(term, timer.store) for term in still)
        meaning[name] = build.all_of(*parts)
    return meaning


def _near(design: Design, timer: Timer) -> Iterator[Role]:
    """The roles whose work on its subject a timer waits for: those at the ends of its channels."""
    ends = {
        end
        for piece in design.fields
        if piece.channel is not None and piece.name in timer.among
        for end in (piece.channel.source, piece.channel.target)
    }
    yield from (role for role in design.roles() if not ends or role in ends)


def _remembers(
    design: Design, owners: Mapping[str, str], timer: Timer, near: Sequence[Role]
) -> Iterator[Term]:
    """When another actor has the subject in its volatile memory."""
    for role in near:
        actors = design.actors(role)
        for actor in actors:
            if actor == timer.actor:
                continue
            for piece in design.fields:
                if owners.get(piece.name) == role.name:
                    value = stored(piece.shape, owned_variable(piece.name, actor, actors))
                    yield from mentioning(value, timer.subject)


def _crashes(
    design: Design, budget: Budget, processes: list[Process], owners: Mapping[str, str]
) -> Iterator[Action]:
    for role in design.roles():
        if not role.crashes:
            continue
        actors = design.actors(role)
        for actor in actors:
            resets: dict[Term, Term] = {}
            lost = [piece for piece in design.fields if owners.get(piece.name) == role.name]
            rows = [(owned_variable(p.name, actor, actors), p.shape, p.initial) for p in lost]
            rows += [row for p in processes if p.actor == actor for row in p.variables()]
            for name, shape, value in rows:
                pairs = zip(leaves(shape, name), known_terms(shape, value), strict=True)
                resets |= {Var(leaf.name, leaf.sort): term for leaf, term in pairs}
            yield from crash(role, actor, budget, resets)
