"""Stepping: a run taken by hand, with what can become of it at every point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from deliverycheck.check.marked import Marked
from deliverycheck.check.traces import replayed, trace_of
from deliverycheck.explain.why.fates import Fates
from deliverycheck.explore.runs import Run
from deliverycheck.lift.lifting import Lifted
from deliverycheck.system.model import Property
from deliverycheck.system.verdicts import Step, Trace

Outlook: TypeAlias = Literal["open", "safe", "doomed", "broken"]
"""Of a property at a point of a run: it can still go well and wrong; it cannot go wrong any more;
it can only go wrong, unless somebody stops for ever; it is broken already."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A step that is possible now, and the outlook after it, by property."""

    step: Step
    outlook: Mapping[str, Outlook]
    action: int
    target: int


@dataclass(frozen=True, slots=True)
class Position:
    """A point of a run that is taken by hand: what led there, and what can follow."""

    trace: Trace
    outlook: Mapping[str, Outlook]
    choices: tuple[Choice, ...]
    withheld: tuple[str, ...]
    """Steps that only a bound forbids here."""
    unseen: bool
    """Whether what follows was not looked at, since a limit ended the search."""


class Walk:
    """A run through the graph of a model, step by step, forth and back."""

    def __init__(self, lifted: Lifted, marked: Marked, props: Sequence[Property]) -> None:
        self.lifted = lifted
        self.marked = marked
        self.fates = {prop.name: Fates(marked, prop) for prop in props}
        self.states = [marked.found.level(0)[0]]
        self.actions: list[int] = []
        self.at = 0

    def take(self, choice: Choice) -> None:
        """Go on by a step; what was undone before is forgotten."""
        self.states[self.at + 1 :] = [choice.target]
        self.actions[self.at :] = [choice.action]
        self.at += 1

    def jump(self, steps: int) -> bool:
        """Go to the point after so many steps of the run, undone ones included, if there is one."""
        if not 0 <= steps < len(self.states):
            return False
        self.at = steps
        return True

    def position(self) -> Position:
        """Where the run is now. Raises DisagreementError if plain CPython sees it otherwise."""
        found = self.marked.found
        run = Run(tuple(self.states[: self.at + 1]), tuple(self.actions[: self.at]))
        ways = {name: _way(fates, run) for name, fates in self.fates.items()}
        here = run.states[-1]
        choices: list[Choice] = []
        for edge in self.marked.edges.of(here):
            action, target = self.marked.edges.actions[edge], self.marked.edges.targets[edge]
            (step,) = trace_of(found, Run((here, target), (action,))).steps
            outlook: dict[str, Outlook] = {
                name: _outlook(fates, [*ways[name], fates.follow(ways[name][-1], action, target)])
                for name, fates in self.fates.items()
            }
            choices.append(Choice(step, outlook, action, target))
        actions = found.system.actions
        return Position(
            replayed(self.lifted, found, run),
            {name: _outlook(fates, ways[name]) for name, fates in self.fates.items()},
            tuple(choices),
            tuple(actions[at].name for at in found.code.withheld(found.states[here])),
            here >= found.expanded,
        )


def _way(fates: Fates, run: Run) -> list[int]:
    """The nodes of a run through states."""
    way = [fates.start_at(run.states[0])]
    for action, state in zip(run.actions, run.states[1:], strict=True):
        way.append(fates.follow(way[-1], action, state))
    return way


def _outlook(fates: Fates, way: Sequence[int]) -> Outlook:
    """The outlook at the end of a way through nodes; what was broken on it stays so."""
    if not fates.barred.isdisjoint(way):
        return "broken"
    can_go_well, can_go_wrong = fates.fate(way[-1])
    if not can_go_well:
        return "doomed"
    return "open" if can_go_wrong else "safe"
