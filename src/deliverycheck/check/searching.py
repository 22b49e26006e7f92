"""Searching: what the explicit engine says, by every state, or by what stands for many."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from deliverycheck.check.explicit import judge
from deliverycheck.check.finding import Finding
from deliverycheck.check.instances import explore_instance
from deliverycheck.check.marked import Marked
from deliverycheck.check.options import Options, Report
from deliverycheck.check.reduced import MarkedOrbits
from deliverycheck.explore.explored import Explored
from deliverycheck.explore.memory import NoRoom
from deliverycheck.explore.orbits import Quotient
from deliverycheck.explore.permuting import TooMany
from deliverycheck.explore.quotient import explore_quotient
from deliverycheck.explore.search import can_compile
from deliverycheck.lift.lifting import Lifted
from deliverycheck.lift.mentions import mentions_of
from deliverycheck.system.symmetry import symmetry_of
from deliverycheck.system.verdicts import Json


@dataclass(frozen=True, slots=True)
class Searched:
    """The answers of the explicit engine, in the order of the properties."""

    marked: Marked
    findings: tuple[Finding, ...]
    elsewhere: Mapping[str, Explored] = field(default_factory=dict[str, Explored])
    """By property, what its answer was read off where that is not `marked.found`."""

    def basis(self, prop: str) -> Explored:
        """What the answer about a property was read off."""
        return self.elsewhere.get(prop, self.marked.found)


def searched_by(lifted: Lifted, options: Options, report: Report | None = None) -> Searched:
    """Explore a model and judge its properties. Raises ReachableFault, DisagreementError.

    Where there are more states than the limits allow, what is still open is asked of
    representatives: one state stands for all that differ only in what messages are called.
    """
    began = time.monotonic()
    found = explore_instance(lifted, options, report, options.checkpoint)
    marked = Marked(found)
    findings = list(judge(lifted, marked))
    open_ = {one.prop.name for one in findings if one.verdict == "undetermined"}
    if not open_ or not options.symmetry or found.stopped != "states":
        return Searched(marked, tuple(findings))
    if options.limits.seconds is not None:
        left = max(0.0, options.limits.seconds - (time.monotonic() - began))
        options = replace(options, limits=replace(options.limits, seconds=left))
    told = list(_by_names(lifted, found, open_, options, report))
    instead = {one.prop.name: one for one, _ in told}
    kept = tuple(instead.get(one.prop.name, one) for one in findings)
    return Searched(marked, kept, {one.prop.name: orbits for one, orbits in told})


def _by_names(
    lifted: Lifted, found: Explored, open_: set[str], options: Options, report: Report | None
) -> Iterator[tuple[Finding, Explored]]:
    """What representatives say of the properties that are open, if they say anything."""
    properties = tuple(prop for prop in found.system.properties if prop.name in open_)
    system = replace(found.system, properties=properties)
    symmetry = symmetry_of(system, mentions_of(lifted))
    if not symmetry.properties:
        return
    explorer = options.explorer
    if explorer.engine == "auto" and can_compile():
        explorer = replace(explorer, engine="native")  # there is much to see, that is known already
    try:
        orbits = explore_quotient(system, symmetry, options.limits, report, explorer)
        if orbits.stopped == "interrupted":
            found.stopped = "interrupted"
        counts = orbits.counts()
        for finding in judge(lifted, MarkedOrbits(orbits)):
            if finding.verdict != "undetermined":
                yield _told(orbits, counts, finding), orbits
    except (TooMany, NoRoom):
        return  # what they would have said stays open


def _told(orbits: Quotient, counts: tuple[int, int], finding: Finding) -> Finding:
    """The finding, which says how many states were looked at by how many representatives."""
    if finding.evidence.kind not in ("exhaustive", "bounded"):
        return finding
    states, transitions = counts
    alike: list[Json] = [list(names) for names in orbits.symmetry.classes]
    detail: dict[str, Json] = {
        **finding.evidence.detail,
        "states": states,
        "transitions": transitions,
        "representatives": len(orbits.states),
        "alike": alike,
    }
    return replace(finding, evidence=replace(finding.evidence, detail=detail))
