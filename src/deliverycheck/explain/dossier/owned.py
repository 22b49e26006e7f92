"""What is an actor's own: the places of its processes, and what no other role changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from deliverycheck.lang.layout import leaves
from deliverycheck.lang.naming import owned_variable, process_variable
from deliverycheck.lang.roles import Role
from deliverycheck.lift.lifting import Lifted

Sort: TypeAlias = Literal["process", "field", "record"]


@dataclass(frozen=True, slots=True)
class Thing:
    """A process, a field, or a record of the ledger, with its variables."""

    name: str
    sort: Sort
    variables: tuple[str, ...]


def things_of(lifted: Lifted, role: Role, actor: str) -> tuple[list[Thing], list[Thing]]:
    """What is an actor's own, and the fields and records that it shares with other roles.

    Faults are no role: what a crash or a fault of the model's own changes as well stays the
    actor's own. Of replicas each has its own places and memory; what is durable is the role's.
    """
    own = [_process(lifted, process.method, actor) for process in lifted.processes
           if process.actor == actor]  # fmt: skip
    shared: list[Thing] = []
    changers = _changers(lifted)
    for thing in (*_fields(lifted, role, actor), *_records(lifted)):
        roles = frozenset[str]().union(*(changers.get(v, frozenset()) for v in thing.variables))
        if role.name in roles:
            (own if len(roles) == 1 else shared).append(thing)
    return own, shared


def _process(lifted: Lifted, method: str, actor: str) -> Thing:
    place = process_variable(actor, method)
    names = (v.name for v in lifted.system.variables if v.store == "place")
    inside = tuple(n for n in names if n == place or n.startswith(f"{place}."))
    return Thing(method, "process", inside)


def _fields(lifted: Lifted, role: Role, actor: str) -> Iterator[Thing]:
    """The fields an actor might call its own: not channels, and not another role's memory."""
    actors = lifted.design.actors(role)
    for piece in lifted.design.fields:
        owner = lifted.owners.get(piece.name)
        if piece.channel is None and (owner == role.name or not piece.volatile):
            name = owned_variable(piece.name, actor, actors) if piece.volatile else piece.name
            names = tuple(leaf.name for leaf in leaves(piece.shape, name))
            yield Thing(piece.name, "field", names)


def _records(lifted: Lifted) -> Iterator[Thing]:
    found: dict[str, list[str]] = {}
    for variable in lifted.system.variables:
        if variable.store == "ledger":
            found.setdefault(variable.name.partition("[")[0], []).append(variable.name)
    for name, variables in found.items():
        yield Thing(name, "record", tuple(variables))


def _changers(lifted: Lifted) -> Mapping[str, frozenset[str]]:
    """By variable: the roles with a step, no fault, that may change it."""
    design = lifted.design
    roles = {actor: role.name for role in design.roles() for actor in design.actors(role)}
    found: dict[str, set[str]] = {}
    for action in lifted.system.actions:
        if action.fault is None:
            for name in action.updates:
                found.setdefault(name, set()).add(roles.get(action.actor, action.actor))
    return {name: frozenset(who) for name, who in found.items()}


def names_of(things: Sequence[Thing]) -> frozenset[str]:
    """The variables of some things."""
    return frozenset(name for thing in things for name in thing.variables)
