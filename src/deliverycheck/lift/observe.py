"""Observing: what the variables of the lifted system are in a running model."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import cast

from deliverycheck.lang.channels import Channel
from deliverycheck.lang.domains import Message
from deliverycheck.lang.layout import flatten, leaves
from deliverycheck.lang.machine import Machine
from deliverycheck.lang.naming import budget_variable, owned_variable, process_variable
from deliverycheck.lang.shapes import Shape
from deliverycheck.lift.lifting import Lifted
from deliverycheck.lift.processes import Process
from deliverycheck.system.model import State
from deliverycheck.system.sorts import Value


def observe(lifted: Lifted, machine: Machine) -> State:
    """The state of the system that the running model is in."""
    seen: dict[str, Value] = {}

    def note(name: str, shape: Shape, value: object) -> None:
        seen.update(
            (leaf.name, v)
            for leaf, v in zip(leaves(shape, name), flatten(shape, value), strict=True)
        )

    design = lifted.design
    for piece in design.fields:
        if not piece.volatile:
            value = machine.shared[piece.name]
            if isinstance(value, Channel):
                value = cast("Channel[object]", value).items
            note(piece.name, piece.shape, value)
    for role in design.roles():
        actors = design.actors(role)
        for actor in actors:
            for piece in design.fields:
                if lifted.owners.get(piece.name) == role.name:
                    name = owned_variable(piece.name, actor, actors)
                    note(name, piece.shape, machine.owned[actor][piece.name])
    for process in lifted.processes:
        _note_process(process, machine, note)
    if any(variable.store == "ledger" for variable in lifted.system.variables):
        _note_ledger(machine, seen)
    seen |= {budget_variable(key): int(left) for key, left in machine.budgets.items() if left < inf}
    return tuple(seen[variable.name] for variable in lifted.system.variables)


def _note_process(
    process: Process, machine: Machine, note: Callable[[str, Shape, object], None]
) -> None:
    key = (process.actor, process.method)
    running = machine.processes.get(key)
    values: dict[str, object] = {}
    if running:
        values[process_variable(*key)] = running.place
        for (name, _), value in zip(process.parameters, running.arguments, strict=True):
            values[process_variable(*key, name)] = value
        for path, value in machine.locals_of(key).items():
            values[process_variable(*key, *path)] = value
    for name, shape, start in process.variables():
        note(name, shape, values.get(name, start))


def _note_ledger(machine: Machine, seen: dict[str, Value]) -> None:
    ledger = machine.model.ledger
    for m in machine.model.every(Message):
        seen[f"accepted[{m}]"] = ledger.ranks.get(m, 0)
        seen[f"effects[{m}]"] = ledger.effects(m)
        seen[f"told[{m}]"] = ledger.told(m)
        seen[f"parked[{m}]"] = ledger.parked(m)
        seen[f"held[{m}]"] = ledger.taken_over(m)
    seen["order"] = ledger.order
