"""What is said about a counterexample beyond its steps: when it was decided, and by what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deliverycheck.system.terms import Term

if TYPE_CHECKING:
    from deliverycheck.system.verdicts import Trace


@dataclass(frozen=True, slots=True)
class Cause:
    """Faults that suffice, of which no smaller number does, and a shortest run with just them."""

    faults: Mapping[str, float]
    """How often each occurs in the run; `inf`: again and again."""
    trace: Trace


@dataclass(frozen=True, slots=True)
class Contrast:
    """A run that goes well, and is like the counterexample for its first `shared` steps.

    From there on it needs no fault, if any such run does not; no such run shares more steps; and of
    those that share as many, none gets to a place where all is well by fewer.
    """

    shared: int
    trace: Trace
    at_rest: bool
    """Whether nothing has to happen any more at its end; if not, it can go on well for ever."""
    not_taken: int
    """The step of the counterexample, from 1, that it does not take after those they share: of one
    that goes round, the first of the loop, once it has gone round."""


@dataclass(frozen=True, slots=True)
class LookAlike:
    """What an actor cannot know: a state that is the same to it, where the ledger differs."""

    actor: str
    step: int | None
    """The step that it takes not knowing better, from 1; None: it never finds out."""
    message: str
    here: int
    """Effects of the message in the run."""
    there: int
    """Effects of the message in the other state."""
    trace: Trace
    """A shortest run to the other state: one in which the same step is right."""
    shared: int
    """How many of its first steps are those of the counterexample."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a run breaks a property: all computed on the whole graph, none of it guessed.

    A run *goes well* if it is fair and keeps the property. What a bound cut off might go well.
    """

    exact: bool
    """Whether no bound cut anything off; if one did, what might go well may only be hoped to, and
    there may be smaller causes that were not seen."""
    point_of_no_return: int | None
    """The number of steps after which no run goes well any more, whatever happens next; None:
    however often the loop goes round, it could still go well, or is hoped to."""
    decisive: tuple[int, ...]
    """The steps (from 1) where something else could have been done with another outlook: from can
    go either way to can only go wrong, or never can again. At any other step the choice did not
    matter."""
    necessary_faults: tuple[str, ...]
    """Faults that every run that breaks the property has."""
    irrelevant_faults: tuple[str, ...]
    """Faults of the environment that no cause needs."""
    necessary_steps: tuple[int, ...]
    """The steps whose like is in every run that breaks the property for the same message."""
    false: tuple[Term, ...]
    """The parts of what was promised that are not so at the end; of a run without end: what never
    comes."""
    contrast: Contrast | None
    look_alikes: tuple[LookAlike, ...]
    causes: tuple[Cause, ...]
    """All minimal causes, those with the fewest faults first."""
