"""What a sweep has found: rows, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from deliverycheck.check.outcome import Outcome
from deliverycheck.check.variation import Place, Varied
from deliverycheck.system.guarantees import Claim
from deliverycheck.system.verdicts import Json, PropertyResult

Values = Mapping[str, Json]
"""Some of what is varied, by name, with a value each."""


@dataclass(frozen=True, slots=True)
class Row:
    """One combination, and what came of it; `number` counts from 1."""

    number: int
    place: Place
    settings: Values
    faults: Mapping[str, float]
    outcome: Outcome
    again: bool = False
    """Whether it was looked at a second time, with all engines that were asked for."""

    def result(self, name: str) -> PropertyResult | None:
        """The result of a property, if the model did not go wrong."""
        return next((one for one in self.outcome.results if one.name == name), None)

    def verdict(self, name: str) -> str:
        """The verdict on a property: `error` where the model goes wrong."""
        result = self.result(name)
        if result is not None:
            return result.verdict
        return "error" if self.outcome.wrong else "undetermined"

    def keeps(self, names: Sequence[str]) -> bool:
        """Whether all these properties hold; one that was put to no test does not."""
        return all(self.verdict(name) == "holds" for name in names)


@dataclass(frozen=True, slots=True)
class Decisive:
    """A setting or budget that makes the difference for a property, with two rows that show it.

    Nothing else differs between the rows: in one the property holds, in the other it is violated.
    """

    name: str
    prop: str
    holds: int
    violated: int


@dataclass(frozen=True, slots=True)
class Sufficient:
    """The minimal sets of values with which a property holds in all rows that have them.

    `prop` None stands for all that is wanted together.
    """

    prop: str | None
    sets: tuple[Values, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """Changes from the base with which all that is wanted holds, and their row."""

    changes: Values
    row: int


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where a property turns along the values of one number, all else being as in the base.

    `side`: it holds `from` this value on, or `up-to` it, as far as was looked; or just `at` it.
    """

    name: str
    prop: str
    side: Literal["from", "up-to", "at"]
    holds: int
    """The row in which it holds, next to the one in which it is violated."""
    violated: int


@dataclass(frozen=True, slots=True)
class Sweep:
    """The table of all combinations, and what it says. Rows are named by their numbers."""

    model: str
    source: str
    claims: Claim | None
    messages: int
    varied: tuple[Varied, ...]
    wanted: tuple[str, ...]
    """The properties that were looked at, all of which should hold."""
    rows: tuple[Row, ...]
    base: int
    decisive: tuple[Decisive, ...]
    redundant: tuple[str, ...]
    """What changes nothing, all else being equal."""
    sufficient: tuple[Sufficient, ...]
    repairs: tuple[Way, ...]
    """Changes of settings alone; the fewest and cheapest first."""
    conditions: tuple[Way, ...]
    """Changes of budgets, or of budgets and settings: not a better design, but a kinder world."""
    thresholds: tuple[Threshold, ...]
    unconfirmed: tuple[int, ...]
    """Rows that the second look judged otherwise, or not at all. None of them is recommended."""
    interrupted: bool

    def row(self, number: int) -> Row:
        """The row of a number."""
        return self.rows[number - 1]

    def value(self, number: int, name: str) -> Json:
        """The value that something varied has in a row."""
        pairs = zip(self.varied, self.row(number).place, strict=True)
        return next(one.json[at] for one, at in pairs if one.name == name)
