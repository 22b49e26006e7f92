"""Running a model: asked of the engines, explained where it is told. Imported when one is run."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import cast

import pytest

from deliverycheck.check.checking import Examined, examine
from deliverycheck.check.options import Engine, Options
from deliverycheck.errors import DisagreementError, InputError
from deliverycheck.explain.dossier.compiling import dossier_of
from deliverycheck.explain.dossier.dossier import Dossier
from deliverycheck.explain.dossier.places import docstring_of, places_of
from deliverycheck.explain.why.explaining import explained
from deliverycheck.plugin.asking import Asked, told
from deliverycheck.plugin.state import STATE
from deliverycheck.plugin.telling import notes_of
from deliverycheck.system.verdicts import ModelResult

DISAGREEING = "No verdict of this model can be trusted: deliverycheck disagrees with itself."


def run(asked: Asked, names: Sequence[str], model: str, config: pytest.Config) -> None:
    """Check some properties of a model, and keep what comes of it under the id of its node.

    Raises KeyboardInterrupt; what was found out until then is kept.
    """
    state = config.stash[STATE]
    engine = cast("Engine", config.getoption("--delivery-engine"))
    options = Options(properties=tuple(names), engine=engine)
    try:
        examined = examine(asked.question, asked.lifted, options)
        state.found[model] = examined.result
        wants_report = bool(config.getoption("--delivery-report"))
        if wants_report:  # what there is of it so far, should the rest be interrupted
            about, places = docstring_of(asked.question), places_of(asked.question)
            state.dossiers[model] = Dossier(examined.result, about, places)
        if examined.result.interrupted:
            raise KeyboardInterrupt
        if wants_report:
            state.dossiers[model] = dossier_of(asked.question, examined, options)
            state.found[model] = state.dossiers[model].result
        else:
            wanted = [
                prop.name
                for prop in examined.result.properties
                if prop.trace and prop.as_expected is False
            ]
            state.found[model] = _explained(examined, wanted)
    except InputError as error:
        state.failed[model] = "\n".join(told(error, config))
    except DisagreementError as error:
        state.failed[model] = "\n".join([DISAGREEING, *told(error, config)])
    else:
        notes = tuple(notes_of(state.found[model]))
        if notes:
            state.notes[model] = notes


def _explained(examined: Examined, wanted: Collection[str]) -> ModelResult:
    """The result with an explanation of those counterexamples alone."""
    result = examined.result
    some = tuple(prop for prop in result.properties if prop.name in wanted)
    if not some:
        return result
    told_of = explained(replace(examined, result=replace(result, properties=some)))
    by_name = {prop.name: prop for prop in told_of.properties}
    properties = tuple(by_name.get(prop.name, prop) for prop in result.properties)
    return replace(result, properties=properties)
