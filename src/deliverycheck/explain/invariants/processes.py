"""Processes: which variables say where a method stands, and what it works on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deliverycheck.explain.invariants.facts import Fact
from deliverycheck.system.model import Action, System
from deliverycheck.system.sorts import EnumSort

IDLE = "idle"
"""The place of a process that is not running."""

NOTHING = "None"
"""The label of a parameter while its process is not running."""


@dataclass(frozen=True, slots=True)
class Process:
    """A method with places, as one replica runs it, by the names of its variables."""

    place: str
    actor: str
    method: str
    places: tuple[str, ...]
    parameters: tuple[str, ...]
    """The variables of its parameters; empty, too, if one of them is more than a label."""
    alone: bool
    """Whether it is the only process of its actor."""
    shared: frozenset[str]
    """Places that another process of the actor has as well."""

    def variables(self) -> frozenset[str]:
        """The place and the parameters."""
        return frozenset((self.place, *self.parameters))

    def stands(self, fact: Fact) -> bool:
        """Whether a fact says that the process runs, or what it works on."""
        labels = fact.labels()
        if fact.var.name == self.place:
            return IDLE not in labels
        return fact.var.name in self.parameters and len(labels) == 1 and NOTHING not in labels


Processes = Mapping[str, Process]
"""Each process under the name of each of its variables."""


def processes_of(system: System) -> Processes:
    """The processes of a lifted system; a system made by hand need not have any."""
    heads: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    for variable in system.variables:
        actor, dot, method = variable.name.partition(".")
        if variable.store != "place" or not dot or "." in method:
            continue
        if isinstance(variable.sort, EnumSort) and variable.sort.labels[:1] == (IDLE,):
            heads[variable.name] = (actor, method, variable.sort.labels[1:])
    found: dict[str, Process] = {}
    for name, (actor, method, places) in heads.items():
        others = [head[2] for other, head in heads.items() if head[0] == actor and other != name]
        shared = frozenset(place for labels in others for place in labels)
        process = Process(
            name, actor, method, places, _parameters(system, name), not others, shared
        )
        found |= dict.fromkeys(process.variables(), process)
    return found


def _parameters(system: System, place: str) -> tuple[str, ...]:
    """The variables that follow the place's, as many as the method's steps have arguments."""
    counts = {len(a.parameters) for a in system.actions if _method_of(a) == place}
    rest = [v for v in system.variables if v.store == "place" and v.name.startswith(f"{place}.")]
    count = max(counts, default=0)
    for variable in rest[:count]:
        plain = "." not in variable.name.removeprefix(f"{place}.")
        labelled = isinstance(variable.sort, EnumSort) and NOTHING in variable.sort.labels
        if not plain or not labelled:
            return ()
    return tuple(variable.name for variable in rest[:count])


def _method_of(action: Action) -> str:
    return f"{action.actor}.{action.name.partition('(')[0]}"
