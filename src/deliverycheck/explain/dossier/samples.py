"""Sample runs: what a design does when all goes well, and how it comes through each fault.

They are what puts a property that holds to the test (its witnesses): a fault strikes, or a message
arrives that was applied already, and yet the run comes to where nothing more has to happen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from deliverycheck.check.marked import Marked, has_any
from deliverycheck.check.traces import replayed
from deliverycheck.explore.plan import AT_REST
from deliverycheck.explore.runs import Run, faults_of, first_run
from deliverycheck.lift.lifting import Lifted
from deliverycheck.system.model import Action, System
from deliverycheck.system.verdicts import PropertyResult, Trace

WORTH_SAMPLING = 300_000
"""Steps of the graph up to which sample runs are looked for."""

AGAIN = ("no-duplicate-effect", "no-stale-effect")
"""What a second arrival of a message puts to the test."""

STRUCK = ("no-loss", "no-silent-loss", "honest-ack", "eventual-effect", "no-deadlock")
"""What a fault puts to the test."""

TITLES: Mapping[str, str] = {
    "lose": "A message is lost",
    "duplicate": "A message is copied",
    "reorder": "A message overtakes another",
    "crash": "A process crashes",
    "delay": "A timer fires too early",
    "expire": "A lease runs out too early",
}
"""What the faults do that every model knows."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A shortest run of its kind, to where a message is settled: nothing more has to happen."""

    title: str
    """What it is a sample of, as a heading: `Nothing goes wrong`, `A message is lost`."""
    fault: str | None
    """The fault that strikes in it, once; no other one does, if that can be."""
    puts_to_the_test: tuple[str, ...]
    """The properties that hold, and that this run puts to the test."""
    trace: Trace
    applied: bool
    """Whether the message it is about has its effect in it."""


def samples_of(
    lifted: Lifted, marked: Marked, properties: Sequence[PropertyResult]
) -> tuple[Sample, ...]:
    """The sample runs of a model: without a fault, with each, with a message that comes again.

    None where there is no ledger of effects, the graph is too large, or not all of it is there.
    Raises DisagreementError if a run does not replay.
    """
    found = marked.found
    counts = [v.name for v in found.system.variables if v.name.startswith("effects[")]
    if not counts or not found.complete or found.transitions > WORTH_SAMPLING:
        return ()
    held = [one.name for one in properties if one.verdict == "holds"]
    rests = has_any(marked.marks, AT_REST)
    return tuple(_samples(_Looking(lifted, marked, counts[0], rests), held))


def _samples(looking: _Looking, held: Sequence[str]) -> Iterator[Sample]:
    faults = [action.fault for action in looking.system.actions]
    calm = {number for number, fault in enumerate(faults) if fault is None}
    struck_at = (looking.waits, looking.is_unsettled)
    smooth = looking.run(None, calm)
    if smooth is not None:
        yield Sample("Nothing goes wrong", None, (), *smooth)
    struck = tuple(name for name in held if name in STRUCK)
    for fault in dict.fromkeys(filter(None, faults)):
        strikes = {number for number, one in enumerate(faults) if one == fault}
        hit = looking.run(strikes, calm | strikes, struck_at)
        if hit is not None:
            yield Sample(TITLES.get(fault, f"{fault} strikes"), fault, struck, *hit)
    comes_again = looking.run(looking.arrivals(), range(len(faults)), (looking.is_applied,))
    if comes_again is not None:
        again = tuple(name for name in held if name in AGAIN)
        title = f"{looking.message} arrives again, after it was applied"
        yield Sample(title, None, again, *comes_again)


@dataclass(frozen=True, slots=True)
class _Looking:
    """A graph, and whose effect the runs shall bring about."""

    lifted: Lifted
    marked: Marked
    effects: str
    """The variable that counts them."""
    rests: bool
    """Whether there is a state in which nothing more has to happen."""

    @property
    def system(self) -> System:
        return self.marked.found.system

    @property
    def message(self) -> str:
        return self.effects.partition("[")[2].removesuffix("]")

    def arrivals(self) -> set[int]:
        """The actions by which a process that applies the message receives it."""
        actions = self.system.actions
        appliers = {
            _process(action)
            for action in actions
            if any(event.kind == "effect" for event in action.events)
        }
        return {
            number
            for number, action in enumerate(actions)
            if _process(action) in appliers
            and any(e.kind == "take" and _mentions(e.what, self.message) for e in action.events)
        }

    def run(
        self,
        wanted: Container[int] | None,
        allowed: Container[int],
        matters: Sequence[Callable[[int], bool]] = (),
    ) -> tuple[Trace, bool] | None:
        """The shortest run by allowed actions, one of them a wanted one, to where the message is
        settled; and whether it is applied.

        If there is such a run, no other message is accepted in it; and this one is applied, or at
        least accepted. The wanted action counts only in states that matter: in the first way, if
        there is such a run, or else in the next.
        """
        others = [name for name in self.system.index if name.startswith("accepted[")]
        alone = tuple(name for name in others if name != f"accepted[{self.message}]")
        for without in (alone, ()):
            for applied in (True, False):
                for counts in matters or (self.is_unsettled,):
                    run = self._shortest(wanted, allowed, counts, applied, without)
                    if run is not None:
                        return replayed(self.lifted, self.marked.found, run), applied
        return None

    def _shortest(
        self,
        wanted: Container[int] | None,
        allowed: Container[int],
        counts: Callable[[int], bool],
        applied: bool,
        without: Sequence[str],
    ) -> Run | None:
        found, edges, index = self.marked.found, self.marked.edges, self.system.index
        needed = index[self.effects if applied else f"accepted[{self.message}]"]
        barred = [index[name] for name in without]

        def onward(node: int) -> Iterator[tuple[int, int]]:
            # a node is a state, twice over: before and after a wanted action
            state, done = divmod(node, 2)
            for edge in edges.of(state):
                action = edges.actions[edge]
                if action in allowed:
                    now = done or wanted is None or (action in wanted and counts(state))
                    yield action, 2 * edges.targets[edge] + now

        def is_goal(node: int) -> bool:
            state, done = divmod(node, 2)
            if not done or self.is_unsettled(state):
                return False
            values = found.state(state)
            return bool(values[needed]) and not any(values[at] for at in barred)

        starts = [2 * state for state in found.level(0)]
        run = first_run(starts, onward, is_goal, faults_of(found))
        return None if run is None else Run(tuple(n // 2 for n in run.states), run.actions)

    def is_applied(self, state: int) -> bool:
        """Whether the message has had its effect."""
        return bool(self.marked.found.state(state)[self.system.index[self.effects]])

    def waits(self, state: int) -> bool:
        """Whether it has not."""
        return not self.is_applied(state)

    def is_unsettled(self, state: int) -> bool:
        """Whether something still has to happen; in a system that never rests: whether there is no
        answer, or, where nobody answers, no effect."""
        if self.rests:
            return not self.marked.marks[state] & AT_REST
        told = self.system.index.get(f"told[{self.message}]")
        if told is not None:
            return self.marked.found.state(state)[told] == "nothing"
        return self.waits(state)


def _process(action: Action) -> tuple[str, str]:
    """The method an action is a step of, and whose."""
    return action.actor, action.name.partition("(")[0]


def _mentions(what: str, message: str) -> bool:
    """Whether an item is, or holds, a message."""
    return message in re.findall(r"\w+", what)
