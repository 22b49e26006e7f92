"""Compiling a dossier: what was seen when the model was checked, then what is asked on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from deliverycheck.check.checking import Examined, examine, lifted_of
from deliverycheck.check.cost import cost_of
from deliverycheck.check.options import Options, Report
from deliverycheck.check.question import Question
from deliverycheck.check.variation import Varied
from deliverycheck.explain.dossier.charts import charts_of
from deliverycheck.explain.dossier.dossier import Dossier
from deliverycheck.explain.dossier.machines import machines_of
from deliverycheck.explain.dossier.places import docstring_of, places_of
from deliverycheck.explain.dossier.samples import samples_of
from deliverycheck.explain.dossier.strips import strips_of
from deliverycheck.explain.frontier import frontier_of
from deliverycheck.explain.sweep.sweeping import sweep_of
from deliverycheck.explain.why.explaining import explained


def dossier_of(question: Question, examined: Examined, options: Options | None = None) -> Dossier:
    """The dossier of a model that was checked: its result, explained, and what the graph shows.

    Raises DisagreementError if a run does not replay.
    """
    options = options or Options()
    result = explained(examined)
    marked = examined.marked
    return Dossier(
        result,
        docstring_of(question),
        places_of(question),
        machines_of(question, options),
        charts_of(examined, result),
        {
            one.name: strips_of(examined, result.properties, one.trace)
            for one in result.properties
            if one.trace is not None
        },
        () if marked is None else samples_of(examined.lifted, marked, result.properties),
        cost_of(question, options),
    )


def full_dossier(
    question: Question,
    options: Options,
    caps: Mapping[str, int],
    varied: Sequence[Varied],
    report: Report | None = None,
) -> Dossier:
    """Check a model, and find out how little breaks it and what repairs it.

    `caps`: the most faults of each kind for the frontier. `varied`: the settings that may change to
    repair what is promised and broken. Raises InputError for a bad model, DisagreementError for a
    bad tool.
    """
    examined = examine(question, lifted_of(question), options, report)
    dossier = dossier_of(question, examined, options)
    if dossier.result.interrupted:
        return dossier
    # The least and the most are settled by visiting states; Z3 has given its verdict already.
    visiting = replace(options, engine="explicit")
    frontier = frontier_of(replace(question, faults={}), caps, visiting, report) if caps else None
    broken = any(
        one.verdict == "violated" and replace(question, expects={}).expected(one.name) == "holds"
        for one in dossier.result.properties
    )
    sweep = sweep_of(question, varied, options, report=report) if broken and varied else None
    return replace(dossier, frontier=frontier, sweep=sweep)
