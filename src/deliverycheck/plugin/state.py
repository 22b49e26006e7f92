"""What the plugin keeps while pytest runs: which files are models, and what was found out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from deliverycheck.explain.dossier.dossier import Dossier
    from deliverycheck.system.verdicts import ModelResult

NARROWEST, WIDEST = 40, 100
"""Columns of a text, whatever the terminal says."""


@dataclass(slots=True)
class State:
    """Of one pytest process."""

    named: frozenset[Path] = frozenset()
    """The files that `deliverycheck_models` names."""
    found: dict[str, ModelResult] = field(default_factory=dict[str, "ModelResult"])
    """By the id of a model's node: what came of it."""
    dossiers: dict[str, Dossier] = field(default_factory=dict[str, "Dossier"])
    """By the same id: all there is to report of it, if a report is wanted."""
    failed: dict[str, str] = field(default_factory=dict[str, str])
    """Or why nothing did, as a text."""
    notes: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """By the same id: what weakens its result."""
    lost: int = 0
    """Workers of xdist that went without handing over what they had found."""
    written: str = ""
    """What is to be said of the report."""


STATE = pytest.StashKey[State]()


def width_of(config: pytest.Config) -> int:
    """Columns to write: those of the terminal, which of xdist's processes only one has."""
    told = getattr(config, "workerinput", {}).get("deliverycheck_width")
    if isinstance(told, int):
        return told
    if config.pluginmanager.get_plugin("terminalreporter") is None:
        return 80
    return max(NARROWEST, min(WIDEST, config.get_terminal_writer().fullwidth))
