"""Both engines at work on one model, side by side, and what they say together."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from deliverycheck.check.certifying import certified, exhausted
from deliverycheck.check.crossing import answer_of, crossed
from deliverycheck.check.explicit import Finding, judge
from deliverycheck.check.instances import explore_instance
from deliverycheck.check.notes import is_witness
from deliverycheck.check.options import Options, Report
from deliverycheck.check.symbolic import concluded
from deliverycheck.explore.search import Explored
from deliverycheck.lift.lifting import Lifted
from deliverycheck.prove.engine import COMMAND, Budget, Symbolic
from deliverycheck.system.model import Property
from deliverycheck.system.verdicts import Answer, Exploration

SYMBOLIC_SECONDS = 60.0
"""For a model, where no limit is given."""

SOLVER_MEGABYTES = 4_096.0
"""For each solver's process, where no limit is given."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a property: what both engines say together, and what each says."""

    finding: Finding
    answers: tuple[Answer, ...] = ()
    instead: Finding | None = None
    """What still stands if nobody can check the certificate of the finding."""


@dataclass(frozen=True, slots=True)
class Worked:
    """What the engines found out about a model."""

    found: Explored | None
    symbolic: Symbolic | None
    answered: tuple[Answered, ...]
    interrupted: bool

    @property
    def exploration(self) -> Exploration:
        """How much was looked at; by the symbolic engine alone, no states, but runs so long."""
        found = self.found
        if found is None:
            traces = (one.finding.trace for one in self.answered)
            depth = max((len(trace.steps) for trace in traces if trace), default=0)
            return Exploration(False, 0, 0, depth, "interrupted" if self.interrupted else None)
        return Exploration(
            found.complete, len(found.states), found.transitions, found.depth, found.stopped
        )


def worked(
    lifted: Lifted,
    asked: Sequence[Property],
    hidden: Sequence[Property],
    options: Options,
    report: Report | None,
) -> Worked:
    """Let the engines answer. Raises ReachableFault, DisagreementError."""
    began = time.monotonic()
    symbolic = _begun(lifted, asked, hidden, options, report)
    try:
        found, explicit = None, []
        if options.engine != "symbolic":
            system = replace(lifted.system, properties=(*asked, *hidden))
            watched = replace(lifted, system=system)
            found = explore_instance(watched, options.limits, options.copies, report)
            if found.stopped == "interrupted" and symbolic is not None:
                symbolic.stop()
            explicit = list(judge(lifted, found))
        interrupted = found is not None and found.stopped == "interrupted"
        if symbolic is not None:
            try:
                symbolic.wait()
            except KeyboardInterrupt:
                interrupted = True
    finally:
        if symbolic is not None:
            symbolic.stop()
    proved = list(concluded(lifted, symbolic)) if symbolic is not None else []
    answered = _together(found, explicit, proved)
    seconds = options.limits.seconds
    left = None if seconds is None else seconds - (time.monotonic() - began)
    if not interrupted:
        answered = _certified(found, answered, options, left)
    return Worked(found, symbolic, tuple(answered), interrupted)


def _begun(
    lifted: Lifted,
    asked: Sequence[Property],
    hidden: Sequence[Property],
    options: Options,
    report: Report | None,
) -> Symbolic | None:
    """The symbolic engine, started in the background, if it is wanted."""
    if options.engine == "explicit":
        return None
    watched = (*asked, *hidden) if options.engine == "symbolic" else tuple(asked)
    system = replace(lifted.system, properties=watched)
    seconds = options.limits.seconds or SYMBOLIC_SECONDS
    budget = Budget(seconds, options.limits.memory or SOLVER_MEGABYTES)
    symbolic = Symbolic(system, budget, options.solver or COMMAND, report)
    symbolic.start()
    return symbolic


def _together(
    found: Explored | None, explicit: Sequence[Finding], proved: Sequence[Finding]
) -> list[Answered]:
    """One answer to each property; where both engines were asked, they must agree."""
    if found is None:
        return [Answered(one, (answer_of("symbolic", one),)) for one in proved]
    by_name = {one.prop.name: one for one in proved}
    answered: list[Answered] = []
    for one in explicit:
        other = by_name.get(one.prop.name)
        if other is None:
            says = () if is_witness(one.prop.name) else (answer_of("explicit", one),)
            answered.append(Answered(one, says))
            continue
        answers = (answer_of("explicit", one), answer_of("symbolic", other))
        answered.append(Answered(crossed(found, one, other), answers, instead=one))
    return answered


def _certified(
    found: Explored | None,
    answered: Sequence[Answered],
    options: Options,
    left: float | None,
) -> list[Answered]:
    """The answers once their certificates were checked by others."""

    kept = [one for one in answered if not is_witness(one.finding.prop.name)]
    hidden = [one for one in answered if is_witness(one.finding.prop.name)]
    first = [_presented(found, one.finding) for one in kept]
    checked = certified(first, options.certifying, left)
    again = [
        _presented(found, one.instead) if one.instead and _unsupported(finding) else None
        for one, finding in zip(kept, checked, strict=True)
    ]
    second = iter(certified([one for one in again if one], options.certifying, left))
    final: list[Answered] = []
    for one, finding, other in zip(kept, checked, again, strict=True):
        stands = next(second) if other else finding
        if _unsupported(stands) and stands.evidence.kind != "exhaustive":
            stands = _unbelieved(stands)
        final.append(replace(one, finding=stands))
    return [*final, *hidden]


def _presented(found: Explored | None, finding: Finding) -> Finding:
    """The finding with a certificate, if one can be made."""
    own = finding.certificate is None or (
        found is not None and finding.certificate.system is found.system
    )
    return exhausted(found, finding) if found is not None and own else finding


def _unsupported(finding: Finding) -> bool:
    """Whether a verdict rests on a proof that nobody could check.

    A run needs no more support than its replay, unless what matters is what comes after it.
    """
    checked = finding.evidence.checked
    if finding.verdict == "undetermined" or checked is None or checked.status != "unchecked":
        return False
    return checked.kind not in ("TRACE", "REACH")


def _unbelieved(finding: Finding) -> Finding:
    checked = finding.evidence.checked
    why = f" ({checked.reason})" if checked and checked.reason else ""
    reason = f"a proof was found, but nobody could check it{why}"
    return replace(finding, verdict="undetermined", trace=None, reason=reason)
