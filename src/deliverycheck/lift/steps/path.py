"""A path: one way through one step, as far as it has been followed."""

from __future__ import annotations

import ast
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from deliverycheck.lang.design import Design, Field
from deliverycheck.lang.domains import Sort
from deliverycheck.lang.layout import leaves
from deliverycheck.lang.naming import owned_variable
from deliverycheck.lang.shapes import Shape
from deliverycheck.lift.code.flow import Scope
from deliverycheck.lift.code.liveness import Name
from deliverycheck.lift.code.spots import Spot
from deliverycheck.lift.values.value import Sym, Val
from deliverycheck.system import build
from deliverycheck.system.model import Bound, Event
from deliverycheck.system.terms import Term, Var


@dataclass(frozen=True, slots=True)
class Mishap:
    """Where a step would raise an exception: the condition for it, and what would be wrong."""

    when: Term
    message: str
    file: str
    line: int
    fault: str | None


@dataclass(frozen=True, slots=True)
class Gate:
    """What a path has to get past: elsewhere the step is blocked, or Python raises."""

    term: Term
    raises: bool = False
    spot: Spot | None = None
    """Where a `require` of the author says it."""


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer that some process asks: the fault that fires it early, and what it is about.

    `store` is what the step had changed when it asked; `among` the channels it listens to, all if
    none is named.
    """

    fault: str
    subject: Sort
    actor: str
    process: str
    store: Mapping[str, Term]
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What is the same for every path through a model: the design, its fields, its ledger."""

    design: Design
    fields: Mapping[str, Field]
    verbs: frozenset[str]
    """The ledger verbs the model uses; the ledger keeps no other records."""
    timers: dict[str, Timer] = field(default_factory=dict[str, "Timer"])
    """By placeholder: the timers asked so far."""

    @property
    def settings(self) -> Mapping[str, object]:
        """The settings, and the number of messages."""
        return self.design.settings


@dataclass(slots=True)
class Path:
    """The state so far, in terms of the state the step started from."""

    context: Context
    actor: str
    process: str | None
    store: dict[str, Term] = field(default_factory=dict[str, Term])
    locals: dict[Name, Val] = field(default_factory=dict[Name, Val])
    declared: dict[Name, Shape] = field(default_factory=dict[Name, Shape])
    conditions: list[Term] = field(default_factory=list[Term])
    """One term, simplified: what holds in all states in which the path is taken this far."""
    gates: list[Gate] = field(default_factory=list[Gate])
    """The same piece by piece, in the order of the code."""
    bounds: list[Bound] = field(default_factory=list[Bound])
    events: list[Event] = field(default_factory=list[Event])
    touched: set[str] = field(default_factory=set[str])
    asked: bool = False
    in_fault: bool = False
    fault: str | None = None
    in_property: bool = False
    mishaps: list[Mishap] = field(default_factory=list["Mishap"])
    owed: list[Term] = field(default_factory=list[Term])

    def fork(self) -> Path:
        """A second path that starts where this one is."""
        return Path(
            self.context,
            self.actor,
            self.process,
            dict(self.store),
            dict(self.locals),
            dict(self.declared),
            list(self.conditions),
            list(self.gates),
            list(self.bounds),
            list(self.events),
            self.touched,
            self.asked,
            self.in_fault,
            self.fault,
            self.in_property,
            self.mishaps,
            list(self.owed),
        )

    def assume(self, term: Term, spot: Spot | None = None) -> bool:
        """Go on only where `term` holds; False if that is nowhere."""
        return self._past(Gate(term, spot=spot))

    def _past(self, gate: Gate) -> bool:
        if gate.term != build.TRUE or gate.spot is not None:
            self.gates.append(gate)
        self.conditions = [build.all_of(*self.conditions, gate.term)]
        return self.conditions[0] != build.FALSE

    def demand(self, term: Term, message: str, scope: Scope, node: ast.AST) -> None:
        """Python would raise here without `term`: where that can be, the model is wrong."""
        failing = build.all_of(*self.conditions, build.negate(term))
        gate = Gate(term, raises=True)
        if failing == build.FALSE:
            self.gates += [gate] if term != build.TRUE else []
            return
        code = scope.function.__code__
        line: int = getattr(node, "lineno", code.co_firstlineno)
        self.mishaps.append(Mishap(failing, message, code.co_filename, line, self.fault))
        self.owed.append(term)
        self._past(gate)

    @contextmanager
    def under(self, assumption: Term) -> Generator[None]:
        """What is looked at inside is looked at only where `assumption` holds."""
        before, mark, passed = self.conditions, len(self.owed), len(self.gates)
        self.conditions = [build.all_of(*before, assumption)]
        try:
            yield
        finally:
            self.gates[passed:] = [
                replace(gate, term=build.implies(assumption, gate.term))
                for gate in self.gates[passed:]
            ]
            owed = [build.implies(assumption, term) for term in self.owed[mark:]]
            self.owed[mark:] = owed
            self.conditions = [build.all_of(*before, *owed)]

    @contextmanager
    def naming(self, scope: Scope, values: Mapping[str, Val]) -> Generator[None]:
        """Inside, these names of the scope have these values."""
        before = self.locals
        self.locals = before | {(scope.path, name): value for name, value in values.items()}
        try:
            yield
        finally:
            self.locals = before

    def read(self, name: str, shape: Shape) -> Sym:
        """The present value of a variable, by its full name."""
        return Sym(
            shape,
            tuple(
                self.store.get(leaf.name, Var(leaf.name, leaf.sort)) for leaf in leaves(shape, name)
            ),
        )

    def write(self, name: str, shape: Shape, terms: tuple[Term, ...]) -> None:
        """Give a variable new leaves."""
        for leaf, term in zip(leaves(shape, name), terms, strict=True):
            self.store[leaf.name] = term

    def variable(self, name: str) -> str:
        """The variable of a field: a volatile one belongs to the replica that acts."""
        piece = self.context.fields[name]
        self.touched.add(name)
        if not piece.volatile:
            return name
        return owned_variable(name, self.actor, self.siblings())

    def siblings(self) -> tuple[str, ...]:
        """All replicas of the role that acts."""
        for role in self.context.design.roles():
            actors = self.context.design.actors(role)
            if self.actor in actors:
                return actors
        return (self.actor,)

    def read_field(self, name: str) -> Sym:
        """The present value of a field."""
        return self.read(self.variable(name), self.context.fields[name].shape)

    def write_field(self, name: str, terms: tuple[Term, ...]) -> None:
        """Give a field new leaves."""
        self.write(self.variable(name), self.context.fields[name].shape, terms)

    def tell(self, kind: str, where: str = "", what: str = "") -> None:
        """Note what the step does, for reports."""
        piece = self.context.fields.get(where)
        other = ""
        if piece is not None and piece.channel is not None:
            other = (piece.channel.target if kind == "put" else piece.channel.source).name
        self.events.append(Event(kind, where, what, other))
