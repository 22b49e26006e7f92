"""A system: variables, where they start, what can happen, and what is asked of it.

This is the form every engine works on. It knows nothing of Python models; it can be built by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from deliverycheck.errors import Diagnostic, InputError
from deliverycheck.system.sorts import EnumSort, Sort, Value, contains
from deliverycheck.system.terms import IllTyped, Kind, Term, kind_of, kind_of_sort, variables_of

State: TypeAlias = tuple[Value, ...]
"""A value for each variable, in the order of `System.variables`."""

Store: TypeAlias = Literal["durable", "volatile", "place", "channel", "ledger", "budget"]
"""Where a variable lives: what survives a crash, what does not, a process's place and locals,
the network, the ledger no protocol can see, and what is left of the environment's faults."""

Fairness: TypeAlias = Literal["none", "weak", "strong"]

PropertyKind: TypeAlias = Literal["always", "sometimes", "possible", "at-rest", "leads-to"]


@dataclass(frozen=True, slots=True)
class Variable:
    """A named value of the state."""

    name: str
    sort: Sort
    store: Store = "durable"


@dataclass(frozen=True, slots=True)
class Check:
    """What must be true whenever the action happens; if not, the model itself is wrong."""

    term: Term
    message: str
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """What the bounded instance demands on top of the guard.

    Where the guard holds and the bound does not, behaviour is cut; every engine must record the
    bound's name, so that no verdict hides it.
    """

    term: Term
    name: str


@dataclass(frozen=True, slots=True)
class Event:
    """One thing a step does, in the words of reports (`put`, `take`, `effect`, ...)."""

    kind: str
    where: str = ""
    what: str = ""
    other: str = ""
    """Who is at the other end: of a `put` the receiver, of a `take` the sender."""


@dataclass(frozen=True, slots=True)
class Action:
    """A guarded step of one actor. Variables it does not update keep their values.

    Several actions may bear one name: they are the paths through one step of the model.
    `fault` names the fault of the environment the step spends, if it is one.
    """

    name: str
    actor: str
    guard: Term
    updates: Mapping[str, Term]
    fault: str | None = None
    fairness: Fairness = "weak"
    message: str | None = None
    parameters: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    checks: tuple[Check, ...] = ()
    bounds: tuple[Bound, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """One instance of a property (`about` names it, mostly a message): when ..., then ..."""

    about: str
    when: Term
    then: Term


@dataclass(frozen=True, slots=True)
class Property:
    """What is asked of a system, by kind.

    * `always`: in every reachable state, each clause's `when` implies its `then`;
    * `sometimes`: for each clause some reachable state satisfies `when` and `then`;
    * `possible`: from every reachable state with `when`, some continuation (faults included)
      reaches `then`: AG (when -> EF then); its violation is a doomed state;
    * `at-rest`: like `always`, in states where nothing has to happen any more: no step that
      fairness speaks of is possible (see `system.fairness`);
    * `leads-to`: in every fair run, each state with `when` is followed by one with `then`, or has
      it itself (Owicki and Lamport 1982: `when` ~> `then`).
    """

    name: str
    kind: PropertyKind
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class System:
    """Variables, initial states, guarded actions, properties. Raises InputError when malformed."""

    name: str
    variables: tuple[Variable, ...]
    initial: tuple[State, ...]
    actions: tuple[Action, ...]
    properties: tuple[Property, ...] = ()
    index: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", {v.name: i for i, v in enumerate(self.variables)})
        found = tuple(Diagnostic("DC701", f"{self.name}: {text}") for text in _faults_of(self))
        if found:
            raise InputError(found)

    def valuation(self, state: State) -> dict[str, Value]:
        """The state as a mapping from variable names."""
        return {v.name: value for v, value in zip(self.variables, state, strict=True)}


def _faults_of(system: System) -> Iterator[str]:
    """Everything that is wrong with a system, in words."""
    if len(system.index) != len(system.variables):
        yield "two variables have the same name"
        return
    if not system.initial:
        yield "there is no initial state"
    names = Counter(prop.name for prop in system.properties)
    for name, count in names.items():
        if count > 1:
            yield f"two properties are called {name}"
    for variable in system.variables:
        if isinstance(variable.sort, EnumSort) and len(set(variable.sort.labels)) < len(
            variable.sort.labels
        ):
            yield f"the labels of {variable.name} are not all different"
    for state in system.initial:
        if len(state) != len(system.variables):
            yield f"an initial state has {len(state)} values for {len(system.variables)} variables"
            continue
        for variable, value in zip(system.variables, state, strict=True):
            if not contains(variable.sort, value):
                yield f"{variable.name} starts as {value!r}, which is not in {variable.sort}"
    for action in system.actions:
        where = f"action {action.name}"
        yield from _faults_of_term(system, action.guard, "bool", f"{where}, guard")
        for check in action.checks:
            yield from _faults_of_term(system, check.term, "bool", f"{where}, check")
        for bound in action.bounds:
            yield from _faults_of_term(system, bound.term, "bool", f"{where}, bound")
        for name, term in action.updates.items():
            if name not in system.index:
                yield f"{where} updates {name}, which is no variable"
                continue
            kind = kind_of_sort(system.variables[system.index[name]].sort)
            yield from _faults_of_term(system, term, kind, f"{where}, update of {name}")
    for prop in system.properties:
        for clause in prop.clauses:
            for term in (clause.when, clause.then):
                yield from _faults_of_term(system, term, "bool", f"property {prop.name}")


def _faults_of_term(system: System, term: Term, kind: Kind, where: str) -> Iterator[str]:
    for var in variables_of(term):
        at = system.index.get(var.name)
        if at is None:
            yield f"{where}: there is no variable {var.name}"
        elif system.variables[at].sort != var.sort:
            yield f"{where}: {var.name} is a {system.variables[at].sort}, used as a {var.sort}"
    try:
        found = kind_of(term)
    except IllTyped as error:
        yield f"{where}: {error}"
        return
    if found != kind:
        yield f"{where}: a {found} where a {kind} is needed"
