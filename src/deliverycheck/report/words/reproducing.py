"""The command that gives a result again."""

from __future__ import annotations

import shlex

from deliverycheck.report.words.headlines import budget_text
from deliverycheck.system.verdicts import ModelResult


def arguments(result: ModelResult) -> tuple[str, ...]:
    """What follows `deliverycheck` to check the same model in the same environment.

    Everything that was asked is said, whether or not it is what the model says itself; limits and
    the number of copies are no part of a result.
    """
    source = result.source
    model = f"{source}:{result.model}" if source.endswith(".py") else source
    found = ["check", model, "--messages", str(result.messages)]
    found += ["--faults", budget_text(result.faults), "--fairness", result.fairness]
    for name, value in result.settings.items():
        found += ["--set", f"{name}={value}"]
    return tuple(found)


def command(result: ModelResult) -> str:
    """The same as a line for a shell."""
    return shlex.join(("deliverycheck", *arguments(result)))
