"""Coverage: how often each step was taken, and which places were reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from deliverycheck.explore.edges import Edges, edges_of
from deliverycheck.explore.explored import Explored
from deliverycheck.lang.naming import process_variable
from deliverycheck.lift.lifting import Lifted
from deliverycheck.lift.sources import Named, Step
from deliverycheck.system import build
from deliverycheck.system.model import Action
from deliverycheck.system.terms import Const
from deliverycheck.system.verdicts import Coverage, Taken, Visited


@dataclass(frozen=True, slots=True)
class Counted:
    """What the edges of the reachable graph say about each action of the system."""

    times: tuple[int, ...]
    """How many edges take it."""
    moves: frozenset[int]
    """The actions that change the state at least once."""


def counted(found: Explored, edges: Edges | None = None) -> Counted:
    """Count the steps by action; `edges` are all of them, if they are at hand."""
    if found.space is not None:
        from deliverycheck.explore.native.steps import tally_in  # heavy

        sums, moves = tally_in(found.space, found.expanded)
        return Counted(tuple(sums), frozenset(moves))
    edges = edges or edges_of(found)
    times = Counter(edges.actions)
    still = set(times)
    for number in range(found.expanded):
        if not still:
            break  # mostly after a few states: hardly any step changes nothing
        for at in edges.of(number):
            if edges.targets[at] != number:
                still.discard(edges.actions[at])
    every = range(len(found.system.actions))
    return Counted(tuple(times[n] for n in every), frozenset(times.keys() - still))


def coverage_of(lifted: Lifted, found: Explored, count: Counted) -> Coverage:
    """What the runs that were explored went through."""
    return Coverage(
        tuple(_actions(lifted, count)),
        tuple(_places(lifted, count)),
        found.complete and not found.hits,
    )


def step_by_action(lifted: Lifted) -> dict[Named, Step]:
    """The step of the source that each action of a method belongs to."""
    return {named: step for step in lifted.sources.steps for named in step.actions}


def is_mishap(action: Action) -> bool:
    """Whether it is no step at all, but a place where the model goes wrong."""
    return any(check.term == build.FALSE for check in action.checks)


def _actions(lifted: Lifted, count: Counted) -> Iterator[Taken]:
    """Every action by its name; several ways through one step are one, and count together."""
    steps = step_by_action(lifted)
    times: Counter[tuple[str, str, str, str | None]] = Counter()
    for number, action in enumerate(lifted.system.actions):
        if not is_mishap(action):
            label = _label(action, steps.get((action.actor, action.name)))
            times[action.actor, action.name, label, action.fault] += count.times[number]
    known = {(actor, name) for actor, name, _, _ in times}
    for step in lifted.sources.steps:
        for actor, name in sorted(step.actions - known):
            times[actor, name, _local(step), None] = 0  # its guard is false whatever the state
    for (actor, name, label, fault), number in times.items():
        yield Taken(actor, name, label, fault, number)


def _label(action: Action, step: Step | None) -> str:
    if step is not None:
        return _local(step)
    if action.actor == "environment":
        return action.name.partition("(")[0]  # a fault of the model's own
    event = action.events[0] if action.events else None
    if action.fault is None or event is None or event.kind != action.fault:
        return action.name
    return action.fault if event.where == action.actor else f"{action.fault}({event.where})"


def _local(step: Step) -> str:
    return step.method + (f' at "{step.place}"' if step.place else "")


def _places(lifted: Lifted, count: Counted) -> Iterator[Visited]:
    """A place is reached if some step that was taken leads to it."""
    for process in lifted.processes:
        variable = process_variable(process.actor, process.method)
        reached: set[str] = set()
        for number, action in enumerate(lifted.system.actions):
            match action.updates.get(variable):
                case Const(str() as place) if count.times[number]:
                    reached.add(place)
                case _:
                    pass
        yield Visited(
            variable,
            tuple(place for place in process.places if place in reached),
            tuple(place for place in process.places if place not in reached),
        )
