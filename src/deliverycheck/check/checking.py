"""Checking: from a question to a result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from deliverycheck.check.believing import Answered, doubts
from deliverycheck.check.coverage import counted, coverage_of
from deliverycheck.check.disagreement import kept_for_report
from deliverycheck.check.engines import worked
from deliverycheck.check.instances import explore_instance
from deliverycheck.check.lifting import lifted_of as lifted_of
from deliverycheck.check.marked import Marked
from deliverycheck.check.notes import assumptions, cautions, is_witness, witnesses
from deliverycheck.check.options import Options, Report
from deliverycheck.check.question import Question
from deliverycheck.check.symbolic import fault_of
from deliverycheck.check.vacuity import vacuity
from deliverycheck.errors import Diagnostic, DisagreementError, InputError
from deliverycheck.explore.explored import Explored, ReachableFault
from deliverycheck.explore.limits import Progress
from deliverycheck.explore.runs import shortest_run
from deliverycheck.lang.shapes import label_of
from deliverycheck.lift.lifting import Lifted
from deliverycheck.semantics.interpreter import ModelFault
from deliverycheck.system.digest import digest_of
from deliverycheck.system.model import System
from deliverycheck.system.verdicts import Json, ModelResult, PropertyResult


def explored(
    lifted: Lifted,
    options: Options | None = None,
    report: Callable[[Progress], None] | None = None,
) -> Explored:
    """Explore a lifted model, in the instance that fits its environment.

    Raises ReachableFault if a reachable step goes wrong.
    """
    return explore_instance(lifted, options or Options(), report)


def check(
    question: Question,
    options: Options | None = None,
    report: Report | None = None,
) -> ModelResult:
    """Check one model. Raises InputError for a bad model, DisagreementError for a bad tool."""
    return examine(question, lifted_of(question), options, report).result


@dataclass(frozen=True, slots=True)
class Examined:
    """A result with what it was read off."""

    result: ModelResult
    lifted: Lifted
    marked: Marked | None
    """The graph, if the explicit engine was asked."""


def examine(
    question: Question,
    lifted: Lifted,
    options: Options | None = None,
    report: Report | None = None,
) -> Examined:
    """Check a model that is lifted already (by `lifted_of`, from this question).

    Raises like `check`.
    """
    options = options or Options()
    wanted = options.properties
    asked = tuple(p for p in lifted.system.properties if not wanted or p.name in wanted)
    try:
        done = worked(lifted, asked, tuple(witnesses(lifted)), options, report)
    except ReachableFault as fault:
        run = shortest_run(fault.found, [fault.number])
        raise _told(question, fault, fault.found.system, run.actions if run else ()) from None
    except DisagreementError as error:
        raise kept_for_report(error, question, lifted, options.certifying.folder) from None
    wrong = fault_of(lifted.system, done.symbolic) if done.symbolic is not None else None
    if wrong is not None:
        if done.found is not None and done.found.complete and not done.found.hits:
            text = f"{question.name}: only the symbolic engine finds a step that goes wrong"
            only = DisagreementError(Diagnostic("DC902", text))
            raise kept_for_report(only, question, lifted, options.certifying.folder)
        raise _told(question, wrong[0], lifted.system, wrong[1].actions)
    findings = [one.finding for one in done.answered]
    marked, found = done.marked, done.found
    whole = marked is not None and marked.found.complete
    count = counted(marked.found, marked.steps) if marked is not None and whole else None
    vain = vacuity(
        question,
        lifted,
        found,
        count,
        findings,
        lambda messages: lifted_of(replace(question, messages=messages)),
    )
    result = ModelResult(
        question.name,
        question.source,
        digest_of(lifted.system),
        question.messages,
        settings_of(lifted),
        dict(question.faults),
        question.claims,
        done.exploration,
        tuple(_result(question, one, vain.empty) for one in done.answered if not _is_hidden(one)),
        (*cautions(lifted, found, findings), *vain.cautions, *doubts(done.answered)),
        tuple(assumptions(lifted)),
        question.judged_by,
        lifted.system,
        question.fairness,
        done.interrupted,
        coverage_of(lifted, found, count) if found is not None and count is not None else None,
    )
    return Examined(result, lifted, marked)


def _is_hidden(one: Answered) -> bool:
    return is_witness(one.finding.prop.name)


def _told(
    question: Question, fault: ModelFault, system: System, actions: Iterable[int]
) -> InputError:
    """The fault of a model with its place in the source and the way there."""
    diagnostic = fault.diagnostics[0]
    names = [system.actions[at].name for at in actions]
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
    return {name: plain(value) for name, value in settings if name != "messages"}


def plain(value: object) -> Json:
    """The value of a setting as plain data."""
    if isinstance(value, Enum):
        return value.name
    return value if isinstance(value, bool | int | str) else label_of(value)


def _result(question: Question, one: Answered, empty: Mapping[str, str]) -> PropertyResult:
    """The result of a property; what would hold of whatever happens does not `hold`."""
    finding = one.finding
    name, verdict, reason = finding.prop.name, finding.verdict, finding.reason
    if name in empty and verdict in ("holds", "undetermined"):
        verdict, reason = "vacuous", empty[name]
    return PropertyResult(
        name,
        verdict,
        question.expected(name),
        finding.evidence,
        finding.about,
        finding.trace,
        finding.example,
        reason,
        one.answers,
    )
