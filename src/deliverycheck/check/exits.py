"""Exit codes: what a script learns from a run."""

from __future__ import annotations

from collections.abc import Iterable

from deliverycheck.errors import Exit
from deliverycheck.system.verdicts import ModelResult


def exit_of(results: Iterable[ModelResult], *, strict: bool = False) -> Exit:
    """The exit code of some results; the worst one counts."""
    results = tuple(results)
    if any(result.interrupted for result in results):
        return Exit.INTERRUPTED
    deciding = [
        prop
        for result in results
        for prop in result.properties
        if prop.expected is not None or not _expects_anything(result)
    ]
    if any(prop.as_expected is False and prop.verdict != "undetermined" for prop in deciding):
        return Exit.NOT_AS_EXPECTED
    if any(prop.verdict == "undetermined" for prop in deciding):
        return Exit.UNDETERMINED
    warned = any(result.warnings for result in results)
    if strict and (warned or any(prop.verdict == "vacuous" for prop in deciding)):
        return Exit.VACUOUS_OR_WARNED
    return Exit.AS_EXPECTED


def _expects_anything(result: ModelResult) -> bool:
    return any(prop.expected is not None for prop in result.properties)
