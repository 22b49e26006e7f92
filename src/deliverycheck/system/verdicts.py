"""What an engine answers: a verdict with its evidence, never a bare yes or no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Literal, TypeAlias

from deliverycheck.system.explanations import Cause, Explanation
from deliverycheck.system.guarantees import Claim
from deliverycheck.system.model import Event, State, System
from deliverycheck.system.shown import Shown
from deliverycheck.system.sorts import Value
from deliverycheck.system.terms import Term

Verdict: TypeAlias = Literal["holds", "violated", "undetermined", "vacuous", "error"]

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a certificate of some `kind` (INV, ...): who accepted it, or why nobody."""

    kind: str
    status: Literal["accepted", "refused", "unchecked"]
    by: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one engine says by itself; `within` names the bounds its answer is subject to."""

    engine: Literal["explicit", "symbolic"]
    verdict: Verdict
    within: tuple[str, ...] = ()
    steps: int | None = None
    """Of the run it found."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a verdict can be believed.

    `kind` is `inductive-invariant`, `k-induction`, `progress` or `ranking` (a proof, for any number
    of copies and retries), `exhaustive` (every reachable state was looked at), `run` or `lasso` (a
    counterexample, or one without end, replayed by plain CPython) or `bounded` (a search that ended
    early: never behind a `holds`).
    `within` names the bounds that cut behaviour off; empty means the verdict is about the whole
    model.
    """

    kind: str
    detail: Mapping[str, Json]
    within: tuple[str, ...] = ()
    invariant: tuple[Term, ...] = ()
    """What the proof rests on: true in every reachable state; for a loss, from there on."""
    checked: Checked | None = None
    """What an independent checker said of the certificate."""


@dataclass(frozen=True, slots=True)
class Change:
    """A variable that a step changed."""

    variable: str
    old: Value
    new: Value


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a run; `index` counts from 1."""

    index: int
    actor: str
    action: str
    message: str | None
    fault: str | None
    changes: tuple[Change, ...]
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace(Shown):
    """A run from an initial state: `states` has one more entry than `steps`.

    One without end has a `loop_start`: its last state equals `states[loop_start]`, and from there
    it repeats the steps in between for ever. Where `loop_start` is the number of steps, nothing
    happens any more.
    """

    steps: tuple[Step, ...]
    states: tuple[State, ...]
    loop_start: int | None = None
    point_of_no_return: int | None = None

    @property
    def faults(self) -> tuple[str, ...]:
        """The faults the run needs, each once, in the order they strike."""
        return tuple(dict.fromkeys(step.fault for step in self.steps if step.fault))


@dataclass(frozen=True, slots=True)
class PropertyResult(Shown):
    """What was found out about one property of one model."""

    name: str
    verdict: Verdict
    expected: Verdict | None
    evidence: Evidence
    about: str = ""
    """The instance that is violated, mostly a message."""
    trace: Trace | None = None
    example: Trace | None = None
    """A run to what a `sometimes` property asks for."""
    reason: str = ""
    """Why it is undetermined or vacuous, in words."""
    answers: tuple[Answer, ...] = ()
    """What each engine says."""
    explanation: Explanation | None = None
    """Why its run goes wrong; None where there is no run, or it was not explained."""
    unexplained: str = ""
    """Why a run was not explained, in words."""

    @property
    def as_expected(self) -> bool | None:
        """Whether it came out as expected; None where nothing was expected.

        A property that was never put to the test does not break an expectation that it holds;
        `--strict` asks for more.
        """
        if self.expected is None:
            return None
        return self.verdict == self.expected or (self.expected, self.verdict) == (
            "holds",
            "vacuous",
        )

    @property
    def because(self) -> tuple[str, ...]:
        """The faults that are to blame for the run: of its faults those of a minimal cause, where
        all causes are known; else all of them."""
        if self.trace is None:
            return ()
        if self.explanation is None or not self.explanation.exact:
            return self.trace.faults
        cause = next(filter(self._is_in_the_run, self.explanation.causes), None)
        kinds = {key.partition(".")[0] for key in cause.faults} if cause else {*self.trace.faults}
        return tuple(fault for fault in self.trace.faults if fault in kinds)

    def _is_in_the_run(self, cause: Cause) -> bool:
        """Whether the run has all the faults of a cause, and as often."""
        least: dict[str, float] = {}
        for key, amount in cause.faults.items():
            kind = key.partition(".")[0]
            least[kind] = least.get(kind, 0) + amount
        trace = self.trace
        start = None if trace is None else trace.loop_start
        found: dict[str, float] = {}
        for step in trace.steps if trace is not None else ():
            if step.fault:
                again = start is not None and step.index > start
                found[step.fault] = found.get(step.fault, 0) + (inf if again else 1)
        return all(found.get(kind, 0) >= amount for kind, amount in least.items())


@dataclass(frozen=True, slots=True)
class Exploration:
    """How much was looked at; `stopped` says what ended it early."""

    complete: bool
    states: int
    transitions: int
    depth: int
    stopped: str | None = None


@dataclass(frozen=True, slots=True)
class Caution:
    """Something that weakens a result or was asked for in vain."""

    code: str
    text: str
    file: str | None = None
    """The source it is about, without the folders of the machine."""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """How often an action was taken: by how many steps between the states that were found."""

    actor: str
    name: str
    step: str
    """The step of the model it belongs to, whatever the message."""
    fault: str | None
    times: int


@dataclass(frozen=True, slots=True)
class Visited:
    """The places of a process (an actor's method) that were reached, and those that never were."""

    process: str
    reached: tuple[str, ...]
    never: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the explored runs went through.

    Where not everything was looked at (`complete`), what is missing may come later.
    """

    actions: tuple[Taken, ...]
    places: tuple[Visited, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class ModelResult(Shown):
    """Everything found out about one model in one environment."""

    model: str
    source: str
    digest: str
    messages: int
    settings: Mapping[str, Json]
    faults: Mapping[str, float]
    claims: Claim | None
    exploration: Exploration
    properties: tuple[PropertyResult, ...]
    warnings: tuple[Caution, ...] = ()
    assumptions: tuple[str, ...] = ()
    judged_by: str = ""
    """What the expectations come from, in words."""
    system: System | None = None
    """What the proofs speak about."""
    fairness: str = "strong"
    """How fair receiving from a channel is."""
    interrupted: bool = False
    """Whether Ctrl-C ended an engine before it was done."""
    coverage: Coverage | None = None
    """What was gone through; None where no states were visited."""
