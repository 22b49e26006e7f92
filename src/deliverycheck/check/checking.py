"""Checking: from a question to a result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum

from deliverycheck.check.explicit import Finding, judge
from deliverycheck.check.instances import explore_instance, line_of
from deliverycheck.check.notes import assumptions, cautions, is_witness, witnesses
from deliverycheck.check.question import Question
from deliverycheck.errors import Diagnostic, InputError
from deliverycheck.explore.runs import shortest_run
from deliverycheck.explore.search import Explored, Limits, Progress, ReachableFault
from deliverycheck.lang.design import design_of
from deliverycheck.lang.shapes import label_of
from deliverycheck.lift.lifting import Lifted, lift
from deliverycheck.system.digest import digest_of
from deliverycheck.system.verdicts import (
    Exploration,
    Json,
    ModelResult,
    PropertyResult,
)


@dataclass(frozen=True, slots=True)
class Options:
    """How to check, not what."""

    limits: Limits = field(default_factory=Limits)
    copies: int | None = None
    properties: tuple[str, ...] = ()
    """Only these properties; empty: all."""


def lifted_of(question: Question) -> Lifted:
    """The system a question is about. Raises InputError."""
    line = line_of(question.messages, question.faults)
    design = design_of(question.cls, question.messages, question.settings, line)
    return lift(design, question.faults)


def explored(
    lifted: Lifted,
    options: Options | None = None,
    report: Callable[[Progress], None] | None = None,
) -> Explored:
    """Explore a lifted model, in the instance that fits its environment.

    Raises ReachableFault if a reachable step goes wrong.
    """
    options = options or Options()
    return explore_instance(lifted, options.limits, options.copies, report)


def check(
    question: Question,
    options: Options | None = None,
    report: Callable[[Progress], None] | None = None,
) -> ModelResult:
    """Check one model. Raises InputError for a bad model, DisagreementError for a bad tool."""
    return check_lifted(question, lifted_of(question), options, report)


def check_lifted(
    question: Question,
    lifted: Lifted,
    options: Options | None = None,
    report: Callable[[Progress], None] | None = None,
) -> ModelResult:
    """Check a model that is lifted already (by `lifted_of`, from this question)."""
    options = options or Options()
    wanted = options.properties
    asked = tuple(p for p in lifted.system.properties if not wanted or p.name in wanted)
    watched = replace(lifted.system, properties=(*asked, *witnesses(lifted)))
    try:
        found = explored(replace(lifted, system=watched), options, report)
    except ReachableFault as fault:
        raise _told(question, fault) from None
    findings = list(judge(lifted, found))
    return ModelResult(
        question.name,
        question.source,
        digest_of(lifted.system),
        question.messages,
        settings_of(lifted),
        dict(question.faults),
        question.claims,
        Exploration(
            found.complete, len(found.states), found.transitions, found.depth, found.stopped
        ),
        tuple(_result(question, finding) for finding in findings if not is_witness(finding)),
        tuple(cautions(question, lifted, found, findings)),
        tuple(assumptions(lifted)),
        question.judged_by,
    )


def _told(question: Question, fault: ReachableFault) -> InputError:
    """The fault of a model with its place in the source and the way there."""
    diagnostic = fault.diagnostics[0]
    run = shortest_run(fault.found, [fault.number])
    names = [fault.found.system.actions[at].name for at in run.actions] if run else []
    way = " after " + ", ".join(names) if names else ""
    file, line = diagnostic.file, diagnostic.line
    method = getattr(question.cls, fault.action.name.partition("(")[0], None)
    code = getattr(method, "__code__", None)
    if file is None and code is not None:
        file, line = code.co_filename, code.co_firstlineno
    text = f"{question.name}: {diagnostic.message}{way}"
    return InputError(Diagnostic(diagnostic.code, text, diagnostic.remedy, file, line))


def settings_of(lifted: Lifted) -> dict[str, Json]:
    """The settings as plain data."""
    settings = lifted.design.settings.items()
    return {name: _plain(value) for name, value in settings if name != "messages"}


def _plain(value: object) -> Json:
    if isinstance(value, Enum):
        return value.name
    return value if isinstance(value, bool | int | str) else label_of(value)


def _result(question: Question, finding: Finding) -> PropertyResult:
    return PropertyResult(
        finding.prop.name,
        finding.verdict,
        question.expected(finding.prop.name),
        finding.evidence,
        finding.about,
        finding.trace,
        finding.reason,
    )
