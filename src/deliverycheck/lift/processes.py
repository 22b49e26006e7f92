"""Processes: the variables of a method with yields, and what it keeps where it stops."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from deliverycheck.lang.domains import Sort as Things
from deliverycheck.lang.layout import default, leaves
from deliverycheck.lang.naming import IDLE, process_variable
from deliverycheck.lang.shapes import Choice, Flag, Perhaps, Record, Shape, perhaps
from deliverycheck.lift.code.flow import Flow, Stop
from deliverycheck.lift.code.liveness import Name, live_names, written_names
from deliverycheck.lift.code.refusal import Refusal
from deliverycheck.lift.steps.changes import fitted
from deliverycheck.lift.steps.walk import Finished
from deliverycheck.lift.values.containers import mentioning
from deliverycheck.lift.values.equality import same
from deliverycheck.lift.values.value import Known, Sym, Val, known_terms, symbolic
from deliverycheck.system import build
from deliverycheck.system.sorts import EnumSort
from deliverycheck.system.terms import Term, Var


def stored(shape: Shape, name: str) -> Sym:
    """A variable's value in the state a step starts from."""
    return Sym(shape, tuple(Var(leaf.name, leaf.sort) for leaf in leaves(shape, name)))


@dataclass(slots=True)
class Process:
    """A method with yields, as one replica runs it: its places, parameters and kept locals."""

    actor: str
    method: str
    places: tuple[str, ...]
    parameters: tuple[tuple[str, Shape], ...]
    needs: Mapping[str, tuple[Name, ...]]
    """By place: the locals that may be read after it."""
    locals: dict[Name, Shape] = field(default_factory=dict[Name, Shape])
    kept: dict[str, tuple[Name, ...]] = field(default_factory=dict[str, tuple[Name, ...]])

    @property
    def place(self) -> Sym:
        """Where the process stands."""
        shape = Choice((IDLE, *self.places))
        return stored(shape, process_variable(self.actor, self.method))

    def stands(self, place: str) -> Term:
        """Whether the process stands at a place."""
        return same(self.place, Known(place))

    def parameter(self, name: str, shape: Shape) -> Sym:
        """The parameter of the running process; None while it does not run."""
        return stored(perhaps(shape), process_variable(self.actor, self.method, name))

    def local(self, name: Name) -> Sym:
        """A local of the running process."""
        path, last = name
        variable = process_variable(self.actor, self.method, *path, last)
        return stored(self.locals[name], variable)

    def variables(self) -> Iterator[tuple[str, Shape, object]]:
        """Name, shape and starting value of everything a process needs."""
        at = process_variable(self.actor, self.method)
        yield at, Choice((IDLE, *self.places)), IDLE
        for name, shape in self.parameters:
            yield process_variable(self.actor, self.method, name), perhaps(shape), None
        for (path, last), shape in self.locals.items():
            yield process_variable(self.actor, self.method, *path, last), shape, default(shape)


def needs_of(flow: Flow) -> dict[str, tuple[Name, ...]]:
    """By place: the locals, parameters of the process apart, that may be read after it."""
    live, written = live_names(flow), written_names(flow)
    parameters = {((), name) for name in flow.scope.parameters}
    return {
        place: tuple(sorted((live[at] & written) - parameters))
        for place, at in flow.places().items()
    }


def keep(
    process: Process, flow: Flow, finished: Finished, settings: Mapping[str, object]
) -> dict[Name, tuple[Term, ...]]:
    """The locals that are still needed where the process stops, with their terms."""
    place = finished.place or IDLE
    at = next(i.node for i in flow.code if isinstance(i, Stop) and i.place == place)
    path = finished.path
    kept: dict[Name, tuple[Term, ...]] = {}
    for name in process.needs[place]:
        value = path.locals.get(name)
        if value is None:
            text = f"`{name[1]}` may have no value at `{place}`, but is needed after it"
            raise Refusal("DC106", text, "Give it a value on every way to that `yield`.", at)
        shape = path.declared.get(name) or process.locals.get(name)
        if shape is None:
            shape = _natural(name[1], value, settings, at)
        if process.locals.setdefault(name, shape) != shape:
            remedy = f"Declare it: `{name[1]}: ...`."
            raise Refusal("DC108", f"`{name[1]}` is of two types", remedy, at)
        kept[name] = fitted(path, value, shape, flow.scope, None)
    process.kept[place] = tuple(kept)
    return kept


def _natural(name: str, value: Val, settings: Mapping[str, object], at: ast.AST) -> Shape:
    """The shape of a local that is kept across a yield without a declared type."""
    shape = symbolic(value, settings).shape if value != Known(None) else None
    match shape:
        case Flag() | Record() | Perhaps():
            return shape
        case Choice(options) if not all(isinstance(option, str) for option in options):
            return shape
        case _:
            raise Refusal(
                "DC108",
                f"`{name}` is kept across a `yield`, so its type must be declared",
                f"Write `{name}: Annotated[int, Range(0, 3)] = ...`, or whatever it is.",
                at,
            )


def works_on(process: Process, subject: Things) -> Iterator[Term]:
    """When the process has `subject` in its hands: as a parameter, or in a local it still needs."""
    for name, shape in process.parameters:
        yield from mentioning(process.parameter(name, shape), subject)
    for place, names in process.kept.items():
        for local in names:
            for term in mentioning(process.local(local), subject):
                yield build.all_of(process.stands(place), term)


def updates_of(
    process: Process,
    arguments: tuple[object, ...],
    place: str | None,
    kept: Mapping[Name, tuple[Term, ...]],
    *,
    starts: bool,
) -> dict[str, Term]:
    """The process's own variables after the step: dead ones go back to their first value."""
    updates: dict[str, Term] = {}
    if place is None and starts:
        return updates
    at = process_variable(process.actor, process.method)
    sort = EnumSort((IDLE, *process.places))
    updates[at] = build.label(place or IDLE, sort)
    for (name, shape), value in zip(process.parameters, arguments, strict=True):
        target = perhaps(shape)
        variable = process_variable(process.actor, process.method, name)
        if place is None or starts:
            terms = known_terms(target, None if place is None else value)
            pairs = zip(leaves(target, variable), terms, strict=True)
            updates |= {leaf.name: term for leaf, term in pairs}
    for (path, last), shape in process.locals.items():
        variable = process_variable(process.actor, process.method, *path, last)
        terms = kept.get((path, last)) or known_terms(shape, default(shape))
        pairs = zip(leaves(shape, variable), terms, strict=True)
        updates |= {leaf.name: term for leaf, term in pairs}
    return updates
