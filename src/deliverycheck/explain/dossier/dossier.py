"""A dossier: a result with all that was found out around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from deliverycheck.check.cost import Cost
from deliverycheck.explain.dossier.charts import Chart
from deliverycheck.explain.dossier.machines import Machine
from deliverycheck.explain.dossier.places import Places
from deliverycheck.explain.dossier.samples import Sample
from deliverycheck.explain.dossier.strips import Strip
from deliverycheck.explain.frontier import Frontier
from deliverycheck.explain.sweep.found import Sweep
from deliverycheck.system.verdicts import ModelResult


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything a report tells about one model in one environment."""

    result: ModelResult
    """Explained, as `check` prints it."""
    about: str
    """The model's docstring: its first sentence first, paragraphs apart by an empty line."""
    places: Places
    machines: tuple[Machine, ...] = ()
    charts: Mapping[str, Chart] = field(default_factory=dict[str, Chart])
    """By property; none where not every state was visited, or there are too many."""
    strips: Mapping[str, tuple[Strip, ...]] = field(default_factory=dict[str, tuple[Strip, ...]])
    """By property that is violated: along its run, what becomes of all that are."""
    samples: tuple[Sample, ...] = ()
    cost: Cost | None = None
    frontier: Frontier | None = None
    """None where it was not asked for."""
    sweep: Sweep | None = None
    """The settings that were varied to find repairs; None where there was nothing to repair."""
