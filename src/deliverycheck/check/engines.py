"""Both engines at work on one model, side by side, and what they say together."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from deliverycheck.check.believing import Answered, believable
from deliverycheck.check.crossing import answer_of, crossed
from deliverycheck.check.finding import Finding
from deliverycheck.check.marked import Marked
from deliverycheck.check.notes import is_witness
from deliverycheck.check.options import Options, Report
from deliverycheck.check.searching import Searched, searched_by
from deliverycheck.check.symbolic import concluded
from deliverycheck.explore.explored import Explored
from deliverycheck.lift.lifting import Lifted
from deliverycheck.prove.engine import COMMAND, Budget, Symbolic
from deliverycheck.system.model import Property
from deliverycheck.system.verdicts import Exploration

SYMBOLIC_SECONDS = 60.0
"""For a model, where no limit is given."""

SHARE = 0.8
"""The part of a limit of seconds that the solvers may use."""

SOLVER_MEGABYTES = 4_096.0
"""For each solver's process, where no limit is given."""


@dataclass(frozen=True, slots=True)
class Worked:
    """What the engines found out about a model."""

    marked: Marked | None
    symbolic: Symbolic | None
    answered: tuple[Answered, ...]
    interrupted: bool

    @property
    def found(self) -> Explored | None:
        """What the explicit engine has explored."""
        return self.marked.found if self.marked is not None else None

    @property
    def exploration(self) -> Exploration:
        """How much was looked at.

        By the symbolic engine alone no state is counted; the depth is the longest shown run's.
        """
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
        searched = None
        if options.engine != "symbolic":
            system = replace(lifted.system, properties=(*asked, *hidden))
            watched = replace(lifted, system=system)
            searched = searched_by(watched, options, report)
            if symbolic is not None:
                symbolic.expect(
                    {
                        one.prop.name: one.verdict == "violated"
                        for one in searched.findings
                        if one.verdict in ("holds", "violated") and one.prop.kind != "sometimes"
                    }
                )
        found = searched.marked.found if searched is not None else None
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
    answered = _together(searched, proved)
    deadline = None if options.limits.seconds is None else began + options.limits.seconds
    if interrupted:
        deadline = began  # nobody waits for a checker any more
    try:
        believed = [*believable(found, answered, options.certifying, deadline)]
    except KeyboardInterrupt:
        interrupted = True
        believed = [*believable(found, answered, options.certifying, began)]
    marked = searched.marked if searched is not None else None
    return Worked(marked, symbolic, tuple(believed), interrupted)


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
    seconds = SYMBOLIC_SECONDS
    if options.limits.seconds is not None:
        seconds = SHARE * options.limits.seconds  # what it proves has to be checked as well
    budget = Budget(seconds, options.limits.memory or SOLVER_MEGABYTES)
    symbolic = Symbolic(system, budget, options.solver or COMMAND, report)
    symbolic.start()
    return symbolic


def _together(searched: Searched | None, proved: Sequence[Finding]) -> list[Answered]:
    """One answer to each property; where both engines were asked, they must agree."""
    if searched is None:
        return [Answered(one, (answer_of("symbolic", one),)) for one in proved]
    by_name = {one.prop.name: one for one in proved}
    answered: list[Answered] = []
    for one in searched.findings:
        other = by_name.get(one.prop.name)
        if other is None:
            says = () if is_witness(one.prop.name) else (answer_of("explicit", one),)
            answered.append(Answered(one, says))
            continue
        answers = (answer_of("explicit", one), answer_of("symbolic", other))
        answered.append(
            Answered(crossed(searched.basis(one.prop.name), one, other), answers, instead=one)
        )
    return answered
