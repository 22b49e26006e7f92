"""The state graph as a picture needs it: whole where it is small, else what lies around a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from deliverycheck.check.checking import Examined
from deliverycheck.check.marked import Marked
from deliverycheck.explain.dossier.outlooks import Outlook as Outlook
from deliverycheck.explain.dossier.outlooks import outlooks
from deliverycheck.explain.dossier.states import differences, told_step, vocabulary_of
from deliverycheck.explain.invariants.vocabulary import Vocabulary
from deliverycheck.explain.why.explaining import WORTH_EXPLAINING
from deliverycheck.system.verdicts import ModelResult, PropertyResult, Step, Trace

MOST_NODES = 200
"""Nodes of a picture in which a person can find anything."""

AROUND_A_RUN = 60
"""Nodes of a picture of what lies around a run: with more, the run would be lost in it."""


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
    beyond: int = 0
    """States that its steps lead to, and that are not in the picture."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Steps from one state to another, by number; several between two states are one edge."""

    source: int
    target: int
    steps: tuple[str, ...]
    """By name, in the model's order."""
    fault: str | None
    """The fault, if all of its steps spend the same."""
    of_run: tuple[tuple[int, str], ...] = ()
    """The steps of the run among them: which one it is, from 1, and its name."""

    @property
    def on_run(self) -> bool:
        """Whether the run takes it."""
        return bool(self.of_run)


@dataclass(frozen=True, slots=True)
class Chart:
    """The graph of a property, whole or around its run."""

    prop: str
    nodes: tuple[Node, ...]
    """In the order of their numbers."""
    edges: tuple[Edge, ...]
    """In the order of their sources, then of their targets."""
    states: int
    """How many states there are in all."""

    @property
    def whole(self) -> bool:
        """Whether every state is in it."""
        return len(self.nodes) == self.states


Taken: TypeAlias = Mapping[tuple[int, int], Sequence[Step]]
"""By source and target: the steps that a run takes there."""


def charts_of(examined: Examined, result: ModelResult) -> Mapping[str, Chart]:
    """The chart of each property that is violated, by name; else of the first that was promised.

    There are none where not every state was found, or where there are too many steps to look
    through. `result` is that of `examined`, explained or not.
    """
    marked = examined.marked
    if marked is None or not marked.found.complete or marked.found.transitions > WORTH_EXPLAINING:
        return {}
    return {prop.name: chart_of(marked, prop.name, prop.trace) for prop in worth_a_chart(result)}


def worth_a_chart(result: ModelResult) -> tuple[PropertyResult, ...]:
    """The properties that are violated by a run; else the first that was promised and holds."""
    violated = tuple(p for p in result.properties if p.verdict == "violated" and p.trace)
    holding = [p for p in result.properties if p.verdict == "holds" and p.example is None]
    promised = [p for p in holding if p.expected is not None]
    return violated or tuple((promised or holding)[:1])


def chart_of(marked: Marked, prop_name: str, trace: Trace | None, most: int = MOST_NODES) -> Chart:
    """The graph as to a property: all of it, if it has no more than `most` states; else what lies
    around its run.

    Around a run are the states that the fewest steps forth or back lead to; without a run, those
    that are nearest to the start. Of equally near ones the first to be discovered are taken.

    Raises ValueError if there is no such property.
    """
    found = marked.found
    (prop,) = (one for one in found.system.properties if one.name == prop_name)
    run, taken = _run(marked, trace)
    if len(found.states) <= most:
        shown: Iterable[int] = range(len(found.states))
    elif run:
        shown = sorted(_around(marked, list(run), most))
    else:
        shown = range(most)
    fate, names = outlooks(marked, prop), [variable.name for variable in found.system.variables]
    vocabulary = vocabulary_of(found.system)
    inside, starts = frozenset(shown), found.level(0)
    nodes = tuple(
        Node(
            number,
            found.depth_of(number),
            number in starts,
            fate[number],
            run.get(number),
            _lines(marked, vocabulary, names, number),
            len(_after(marked, number) - inside),
        )
        for number in shown
    )
    return Chart(prop_name, nodes, tuple(_edges(marked, shown, taken)), len(found.states))


def _lines(
    marked: Marked, vocabulary: Vocabulary, names: Sequence[str], number: int
) -> tuple[str, ...]:
    values = zip(names, marked.found.state(number), strict=True)
    known = {name: (value,) for name, value in values}
    lines = differences(vocabulary, marked.found.system, known)
    return tuple(line.removeprefix("exactly ") for line in lines)  # all is exact here


def _run(marked: Marked, trace: Trace | None) -> tuple[dict[int, int], Taken]:
    """By state of a run after how many steps it is reached first; and where it takes which steps.

    A run that Z3 found may leave the instance that was explored; such states are passed over.
    """
    numbers = [marked.found.number_of(state) for state in trace.states] if trace else []
    reached: dict[int, int] = {}
    for at, number in enumerate(numbers):
        if number is not None:
            reached.setdefault(number, at)
    taken: dict[tuple[int, int], list[Step]] = {}
    for step in trace.steps if trace else ():
        source, target = numbers[step.index - 1], numbers[step.index]
        if source is not None and target is not None:
            taken.setdefault((source, target), []).append(step)
    return reached, taken


def _around(marked: Marked, run: Sequence[int], most: int) -> Iterator[int]:
    """The states of a run and those around it, nearest first, until there are enough."""
    most = min(most, max(AROUND_A_RUN, len(run)))
    starts, sources = marked.before.starts, marked.before.sources
    layer, seen = list(run), set(run)
    count = 0
    while layer:
        yield from layer[: most - count]
        count += len(layer)
        if count >= most:
            return
        near = {
            other
            for number in layer
            for other in (
                *_after(marked, number),
                *sources[starts[number] : starts[number + 1]],
            )
        }
        layer = sorted(near - seen)
        seen |= near


def _after(marked: Marked, number: int) -> set[int]:
    return {marked.edges.targets[edge] for edge in marked.edges.of(number)}


def _edges(marked: Marked, shown: Iterable[int], taken: Taken) -> Iterator[Edge]:
    actions, inside = marked.found.system.actions, frozenset(shown)
    for source in shown:
        steps: dict[int, list[int]] = {}
        for edge in marked.edges.of(source):
            steps.setdefault(marked.edges.targets[edge], []).append(marked.edges.actions[edge])
        for target in sorted(steps.keys() & inside):
            several = [actions[at] for at in steps[target]]
            faults = {action.fault for action in several}
            by_run = taken.get((source, target), ())
            yield Edge(
                source,
                target,
                tuple(dict.fromkeys(told_step(action.name) for action in several)),
                several[0].fault if len(faults) == 1 else None,
                tuple((step.index, told_step(step.action)) for step in by_run),
            )
