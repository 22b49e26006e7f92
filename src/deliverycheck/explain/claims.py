"""Claims: what is said about delivery guarantees, each with checks that show it or its limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, assert_never

from deliverycheck.check.checking import examine, lifted_of
from deliverycheck.check.cost import cost_of
from deliverycheck.check.options import Options, Report
from deliverycheck.check.question import Question
from deliverycheck.explain.compare import Comparison, compare
from deliverycheck.explain.why.explaining import explained
from deliverycheck.system.verdicts import PropertyResult

Judgement: TypeAlias = Literal["true", "imprecise", "false"]
"""`imprecise`: true only with a condition that goes unsaid."""


@dataclass(frozen=True, slots=True)
class PropertyShown:
    """That a property has a verdict in some environment; and who cannot know, if that is said."""

    question: Question
    prop: str
    verdict: Literal["holds", "violated"]
    unknown_to: str | None = None
    """The actor that cannot tell what happened in the run that breaks it."""


@dataclass(frozen=True, slots=True)
class SameShown:
    """That two designs show the world the same, or not."""

    a: Question
    b: Question
    same: bool


@dataclass(frozen=True, slots=True)
class CostShown:
    """That a delivery by one design costs more messages or durable writes than by another, and not
    fewer of the others."""

    dearer: Question
    cheaper: Question


Paid: TypeAlias = tuple[int, int]
"""What a delivery costs: messages sent, and durable writes."""

Evidence: TypeAlias = PropertyShown | SameShown | CostShown


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that is said, what is to be thought of it, and what is to show that."""

    text: str
    section: str
    judgement: Judgement
    note: str
    shown: tuple[Evidence, ...]
    """In favour of it."""
    but: tuple[Evidence, ...]
    """Against it, or where it ends."""
    source: str = ""
    """The document that says it, and where in it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a piece of evidence; `comes_out` None: it was not found out."""

    evidence: Evidence
    comes_out: bool | None
    found: PropertyResult | Comparison | tuple[Paid | None, Paid | None]


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim with what came of its evidence."""

    claim: Claim
    shown: tuple[Checked, ...]
    but: tuple[Checked, ...]

    @property
    def comes_out(self) -> bool | None:
        """Whether all is as the claim's author says; None if some of it was not found out."""
        outcomes = [one.comes_out for one in (*self.shown, *self.but)]
        if False in outcomes:
            return False
        return None if None in outcomes else True


class Checker:
    """Checks claims, of which many ask the same about a model: it is looked at once."""

    def __init__(self, claims: Iterable[Claim], options: Options | None = None) -> None:
        self._options = options or Options()
        self._asked: dict[str, set[str]] = {}
        self._found: dict[str, Mapping[str, PropertyResult]] = {}
        for claim in claims:
            for one in (*claim.shown, *claim.but):
                if isinstance(one, PropertyShown):
                    self._asked.setdefault(_key(one.question), set()).add(one.prop)

    def check(self, claim: Claim, report: Report | None = None) -> CheckedClaim:
        """Check all evidence of one of the claims.

        Raises InputError for a model that goes wrong, KeyboardInterrupt where that ended a check.
        """

        def every(evidence: Iterable[Evidence]) -> tuple[Checked, ...]:
            return tuple(self._checked(one, report) for one in evidence)

        return CheckedClaim(claim, every(claim.shown), every(claim.but))

    def _result(self, question: Question, name: str, report: Report | None) -> PropertyResult:
        key = _key(question)
        if key not in self._found:
            narrowed = replace(self._options, properties=tuple(sorted(self._asked[key])))
            examined = examine(question, lifted_of(question), narrowed, report)
            if examined.result.interrupted:
                raise KeyboardInterrupt
            self._found[key] = {prop.name: prop for prop in explained(examined).properties}
        return self._found[key][name]

    def _checked(self, evidence: Evidence, report: Report | None) -> Checked:
        match evidence:
            case PropertyShown(question, name, verdict, unknown_to):
                prop = self._result(question, name, report)
                if prop.verdict not in ("holds", "violated"):
                    return Checked(evidence, None, prop)
                told = prop.explanation.look_alikes if prop.explanation else ()
                known = unknown_to is None or unknown_to in {one.actor for one in told}
                return Checked(evidence, prop.verdict == verdict and known, prop)
            case SameShown(a, b, same):
                found = compare(a, b, self._options, report)
                return Checked(evidence, None if found.same is None else found.same == same, found)
            case CostShown(dearer, cheaper):
                more, less = _paid(dearer, self._options), _paid(cheaper, self._options)
                if more is None or less is None:
                    return Checked(evidence, None, (more, less))
                beyond = [a > b for a, b in zip(more, less, strict=True)]
                below = [a < b for a, b in zip(more, less, strict=True)]
                return Checked(evidence, any(beyond) and not any(below), (more, less))
        assert_never(evidence)


def _key(question: Question) -> str:
    """What makes two questions the same."""
    parts = (question.cls, question.messages, *map(_sorted, (question.settings, question.faults)))
    return repr((*parts, question.fairness, question.source))


def _sorted(table: Mapping[str, object]) -> list[tuple[str, object]]:
    return sorted(table.items(), key=lambda pair: pair[0])


def _paid(question: Question, options: Options) -> Paid | None:
    cost = cost_of(question, options)
    return None if cost is None else (cost.messages, cost.durable_writes)
