"""Who stands where: the lanes of a drawing, from left to right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from deliverycheck.report.drawing.flights import NETWORK, Flight
from deliverycheck.report.drawing.scene import RECORDS, Scene

ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane; the network has one between any two layers of actors."""

    kind: Literal["actor", "network", "environment", "ledger"]
    name: str


def cast_of(scene: Scene) -> tuple[Lane, ...]:
    """The lanes of a scene: whoever sends first stands left of whom it sends to.

    The network lies between; the environment, if it acts, and the ledger are at the right.
    """
    actors = list(dict.fromkeys(_actors(scene)))
    busy = any(row.step.actor == NETWORK for row in scene.rows)
    lanes: list[Lane] = []
    layers = _layers(actors, scene)
    for at, layer in enumerate(layers):
        lanes += [Lane("actor", name) for name in layer]
        alone = len(layers) == 1 and (bool(scene.flights) or busy)
        if at + 1 < len(layers) or alone:
            lanes.append(Lane("network", NETWORK))
    if not layers and (scene.flights or busy):
        lanes.append(Lane("network", NETWORK))
    ends = [flight.sender for flight in scene.flights] + [f.receiver for f in scene.flights]
    if any(row.step.actor == ENVIRONMENT for row in scene.rows) or ENVIRONMENT in ends:
        lanes.append(Lane("environment", ENVIRONMENT))
    if any(part.kind in RECORDS for row in scene.rows for part in row.parts):
        lanes.append(Lane("ledger", "ledger"))
    return tuple(lanes)


def goals_of(flight: Flight, names: list[str]) -> list[str]:
    """The actors that the flight is on its way to, or has come to."""
    if flight.receiver is not None:
        return [flight.receiver]
    same = [name for name in names if _role(name) == flight.goal or name == flight.goal]
    return same or ([flight.goal] if flight.goal else [])


def _actors(scene: Scene) -> Iterator[str]:
    """Everyone who acts, and every role that something is sent to."""
    others = (NETWORK, ENVIRONMENT)
    acting = [row.step.actor for row in scene.rows if row.step.actor not in others]
    yield from acting
    for flight in scene.flights:
        yield from (name for name in goals_of(flight, acting) if name not in others)


def _layers(actors: list[str], scene: Scene) -> list[list[str]]:
    """The actors by how many they are behind whoever begins; an answer moves nobody."""
    ahead: dict[str, set[str]] = {name: set() for name in actors}
    for flight in scene.flights:
        for goal in goals_of(flight, actors):
            source = flight.sender or ""
            if source in ahead and goal in ahead and not _reaches(ahead, source, goal):
                ahead[goal].add(source)
    depth: dict[str, int] = {}
    while len(depth) < len(actors):
        for name in actors:
            if name not in depth and ahead[name] <= depth.keys():
                depth[name] = max((depth[other] + 1 for other in ahead[name]), default=0)
    met = {name for name in actors if ahead[name] or any(name in s for s in ahead.values())}
    for name in actors:
        alike = [depth[other] for other in actors if other in met and _role(other) == _role(name)]
        if name not in met and alike:
            depth[name] = alike[0]
    first: dict[str, int] = {}
    for at, name in enumerate(actors):
        first.setdefault(_role(name), at)
    ordered = sorted(actors, key=lambda name: (first[_role(name)], len(name), name))
    return [[n for n in ordered if depth[n] == d] for d in sorted(set(depth.values()))]


def _reaches(ahead: dict[str, set[str]], source: str, goal: str) -> bool:
    """Whether `goal` is the source or stands, over any number of others, ahead of it."""
    waiting, seen = [source], {source}
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        for other in ahead[name] - seen:
            seen.add(other)
            waiting.append(other)
    return False


def _role(name: str) -> str:
    """The role of a replica: `worker` of `worker2`."""
    return name.rstrip("0123456789") or name
