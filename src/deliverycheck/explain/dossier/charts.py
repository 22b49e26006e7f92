"""The state graph as a picture needs it: whole where it is small, else what lies around a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

MOST_NODES = 200
"""Nodes of a picture in which a person can find anything."""

Outlook: TypeAlias = Literal["well", "either", "wrong", "broken"]
"""What can still become of a state: it can only go well, either way, only wrong; or it is broken
already."""


@dataclass(frozen=True, slots=True)
class Node:
    """A state: `number` is its place in the order of discovery, so of distance from the start."""

    number: int
    depth: int
    initial: bool
    outlook: Outlook
    on_run: int | None
    """After how many steps of the run it is reached (the first time); None: it is not on it."""
    lines: tuple[str, ...]
    """What is not as it was at the start, in the model's words."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Steps from one state to another, by number; several between two states are one edge."""

    source: int
    target: int
    steps: tuple[str, ...]
    fault: str | None
    """The fault, if all of its steps spend the same."""
    on_run: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """The graph of a property, whole or around its run."""

    prop: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    states: int
    """How many states there are in all."""

    @property
    def whole(self) -> bool:
        """Whether every state is in it."""
        return len(self.nodes) == self.states
